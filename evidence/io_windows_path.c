#include <windows.h>

#include <winternl.h>

#include <assert.h>
#include <errno.h>
#include <io.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/io.h"
#include "evidence/io_windows_path.h"

static_assert(IO_WINDOWS_SHARE_ALL ==
	(FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE),
    "io_windows_path.h");

/* What the system says, in the words that Linux has for it. */
static const struct {
	DWORD code;
	int number;
} errors[] = {
	{ ERROR_FILE_NOT_FOUND, ENOENT },
	{ ERROR_PATH_NOT_FOUND, ENOENT },
	{ ERROR_INVALID_DRIVE, ENOENT },
	{ ERROR_INVALID_NAME, ENOENT },
	{ ERROR_BAD_PATHNAME, ENOENT },
	{ ERROR_BAD_NETPATH, ENOENT },
	{ ERROR_BAD_NET_NAME, ENOENT },
	{ ERROR_DIRECTORY, ENOTDIR },
	{ ERROR_ACCESS_DENIED, EACCES },
	{ ERROR_SHARING_VIOLATION, EACCES },
	{ ERROR_LOCK_VIOLATION, EACCES },
	{ ERROR_PRIVILEGE_NOT_HELD, EACCES },
	{ ERROR_FILE_EXISTS, EEXIST },
	{ ERROR_ALREADY_EXISTS, EEXIST },
	{ ERROR_DISK_FULL, ENOSPC },
	{ ERROR_HANDLE_DISK_FULL, ENOSPC },
	{ ERROR_WRITE_PROTECT, EROFS },
	{ ERROR_TOO_MANY_OPEN_FILES, EMFILE },
	{ ERROR_NOT_ENOUGH_MEMORY, ENOMEM },
	{ ERROR_OUTOFMEMORY, ENOMEM },
	{ ERROR_BROKEN_PIPE, EPIPE },
	{ ERROR_NO_DATA, EPIPE },
};

void
io_windows_failed(struct err * e, unsigned long code, const char * fmt, ...)
{
	char place[ERR_TEXT_SIZE];
	int number = EIO;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(place, sizeof(place), fmt, ap);
	va_end(ap);
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].code == (DWORD)code)
			number = errors[i].number;
	err_set_errno(e, number, "%s", place);
}

/* ${path} as UTF-16; the caller frees it. */
static wchar_t *
widen(const char * path, struct err * e)
{
	int n = MultiByteToWideChar(
	    CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, NULL, 0);
	wchar_t * wide = NULL;

	if (n <= 0) {
		err_set(
		    e, ERR_NOINPUT, NULL, "%s: the path is not UTF-8", path);
		return NULL;
	}
	wide = calloc((size_t)n, sizeof(*wide));
	if (wide == NULL)
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
	else
		(void)MultiByteToWideChar(CP_UTF8, 0, path, -1, wide, n);
	return wide;
}

/*
 * A path that begins with \\?\ is taken as it is, in any length; it must be
 * whole, which GetFullPathNameW makes it.  \\host\share is \\?\UNC\host\share.
 */
wchar_t *
io_windows_path(const char * path, struct err * e)
{
	static const wchar_t verbatim[] = L"\\\\?\\", unc[] = L"\\\\?\\UNC\\";
	wchar_t * wide = widen(path, e);
	wchar_t * full = NULL;
	const wchar_t * rest;
	DWORD n;

	if (wide == NULL)
		return NULL;
	n = GetFullPathNameW(wide, 0, NULL, NULL);
	/* Room for what may come in front. */
	full = calloc((size_t)n + 16, sizeof(*full));
	if (full == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		goto out;
	}
	rest = full + 8;
	if ((n == 0) || (GetFullPathNameW(wide, n, full + 8, NULL) >= n)) {
		io_windows_failed(e, GetLastError(), "%s", path);
		free(full);
		full = NULL;
		goto out;
	}
	n = (DWORD)wcslen(rest) + 1;
	if ((wcsncmp(rest, L"\\\\?\\", 4) == 0) ||
	    (wcsncmp(rest, L"\\\\.\\", 4) == 0)) {
		memmove(full, rest, n * sizeof(*full));
	} else if (wcsncmp(rest, L"\\\\", 2) == 0) {
		memmove(full, unc, 8 * sizeof(*full));
		memmove(full + 8, rest + 2, (n - 2) * sizeof(*full));
	} else {
		memmove(full, verbatim, 4 * sizeof(*full));
		memmove(full + 4, rest, n * sizeof(*full));
	}

out:
	free(wide);
	return full;
}

int
io_windows_name(const char * name, wchar_t * wide, size_t size, struct err * e)
{
	int n;

	if (strcmp(name, ".") == 0) {
		wide[0] = L'\0';
		return 0;
	}
	n = (strpbrk(name, "/\\:") != NULL) || (name[0] == '\0') ||
		(strcmp(name, "..") == 0)
	    ? 0
	    : MultiByteToWideChar(
		  CP_UTF8, MB_ERR_INVALID_CHARS, name, -1, wide, (int)size);
	if (n > 1)
		return n - 1;
	err_set(e, ERR_NOINPUT, NULL, "%s: not a name on Windows", name);
	return -1;
}

void *
io_windows_handle(int fd)
{
	return (HANDLE)_get_osfhandle(fd);
}

void *
io_windows_open(int dir, const char * name, const struct io_windows_way * way,
    struct err * e)
{
	wchar_t wide[IO_PART_MAX + 1];
	UNICODE_STRING text = { .Buffer = wide, .MaximumLength = sizeof(wide) };
	OBJECT_ATTRIBUTES attributes = { .Length = sizeof(attributes),
		.RootDirectory = io_windows_handle(dir),
		.ObjectName = &text,
		.Attributes = OBJ_CASE_INSENSITIVE };
	IO_STATUS_BLOCK io = { 0 };
	HANDLE handle = NULL;
	NTSTATUS status;
	int n = io_windows_name(name, wide, IO_PART_MAX + 1, e);

	if (n < 0)
		return NULL;
	text.Length = (USHORT)((size_t)n * sizeof(wchar_t));
	status = NtCreateFile(&handle, way->access | SYNCHRONIZE, &attributes,
	    &io, NULL, FILE_ATTRIBUTE_NORMAL, way->share, way->disposition,
	    way->options | FILE_SYNCHRONOUS_IO_NONALERT |
		FILE_OPEN_REPARSE_POINT,
	    NULL, 0);
	if (status >= 0)
		return handle;
	io_windows_failed(e, RtlNtStatusToDosError(status), "%s", name);
	return NULL;
}

int
io_windows_text(const wchar_t * wide, size_t len, char * text, size_t size)
{
	int n = WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, wide,
	    (int)len, text, (int)size - 1, NULL, NULL);

	if (n <= 0)
		return -1;
	text[n] = '\0';
	return 0;
}

const char *
io_path_last(const char * path)
{
	const char * last = path;

	for (; *path != '\0'; path++)
		if ((*path == '/') || (*path == '\\') || (*path == ':'))
			last = path + 1;
	return last;
}
