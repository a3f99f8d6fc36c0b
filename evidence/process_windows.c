/* process.h on Windows. */
#include <windows.h>

#include <fcntl.h>
#include <io.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/process.h"
#include "evidence/secret.h"

static volatile sig_atomic_t stopped;
static UINT code_page; /* Of the console, as it was. */

/* Names that may stay: the system's own parts look for them. */
static const char * const kept[] = { "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR",
	"PATH", "TEMP", "TMP", "USERPROFILE", "NO_COLOR", "COLUMNS" };

/* Whether the entry "NAME=value" has one of the kept names. */
static bool
is_kept(const wchar_t * entry)
{
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		size_t n = 0;

		/* ASCII alone, in any case. */
		while ((kept[i][n] != '\0') &&
		    ((entry[n] & ~0x20) == (kept[i][n] & ~0x20)))
			n++;
		if ((kept[i][n] == '\0') && (entry[n] == L'='))
			return true;
	}
	return false;
}

/* Drop every other entry, from the C library's environment and the process's. */
static void
reduce_environment(void)
{
	wchar_t name[256];
	size_t at = 0;

	while ((_wenviron != NULL) && (_wenviron[at] != NULL)) {
		size_t len = wcscspn(_wenviron[at], L"=");

		if (is_kept(_wenviron[at]) || (len == 0) || (len >= 255)) {
			at++;
			continue;
		}
		memcpy(name, _wenviron[at], (len + 1) * sizeof(wchar_t));
		name[len + 1] = L'\0'; /* "NAME=" takes it away. */
		if (_wputenv(name) != 0)
			at++;
	}
}

static void
restore_console(void)
{
	(void)SetConsoleOutputCP(code_page);
}

int
process_start(struct err * e)
{
	err_init(e);
	(void)SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX |
	    SEM_NOOPENFILEERRORBOX);
	(void)HeapSetInformation(
	    NULL, HeapEnableTerminationOnCorruption, NULL, 0);
	/* No library is ever looked for beside the program or in PATH. */
	(void)SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_SYSTEM32);
	(void)_setmode(0, _O_BINARY);
	(void)_setmode(1, _O_BINARY);
	(void)_setmode(2, _O_BINARY);
	code_page = GetConsoleOutputCP();
	if ((code_page != 0) && (atexit(restore_console) == 0))
		(void)SetConsoleOutputCP(CP_UTF8);
	reduce_environment();
	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1) {
		err_set(e, ERR_SYSTEM, NULL, "libcrypto cannot start");
		return -1;
	}
	return secret_start(e);
}

/* The system calls it in a thread of its own. */
static BOOL WINAPI
note_stop(DWORD event)
{
	(void)event;
	stopped = 1;
	return TRUE;
}

void
process_catch_stop(void)
{
	(void)SetConsoleCtrlHandler(note_stop, TRUE);
}

bool
process_is_stopped(void)
{
	return stopped != 0;
}

int
process_cores(void)
{
	SYSTEM_INFO info;

	GetSystemInfo(&info);
	return (info.dwNumberOfProcessors < 1) ? 1
	    : (info.dwNumberOfProcessors > 64) ? 64
					       : (int)info.dwNumberOfProcessors;
}

int
process_start_thread(pthread_t * thread, process_run * run, void * argument)
{
	return pthread_create(thread, NULL, run, argument);
}
