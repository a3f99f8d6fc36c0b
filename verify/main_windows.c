/*
 * Where the verifier starts on Windows, whose own arguments are UTF-16: main gets
 * them as UTF-8.
 */
#include <windows.h>

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char ** argv);
int wmain(int argc, wchar_t ** wide);

extern int _dowildcard; /* The C library's: whether "*" stands for names. */
int _dowildcard = 0;

/* ${wide} as UTF-8, which the caller frees, or NULL. */
static char *
narrow(const wchar_t * wide)
{
	int n = WideCharToMultiByte(
	    CP_UTF8, WC_ERR_INVALID_CHARS, wide, -1, NULL, 0, NULL, NULL);
	char * text = (n > 0) ? calloc((size_t)n, 1) : NULL;

	if (text != NULL)
		(void)WideCharToMultiByte(
		    CP_UTF8, 0, wide, -1, text, n, NULL, NULL);
	return text;
}

int
wmain(int argc, wchar_t ** wide)
{
	char ** argv = calloc((size_t)argc + 1, sizeof(*argv));
	int n = 0;
	int rc = 64;

	while ((argv != NULL) && (n < argc)) {
		argv[n] = narrow(wide[n]);
		if (argv[n] == NULL)
			break;
		n++;
	}
	if (n == argc)
		rc = main(argc, argv);
	else
		(void)fputs(
		    "azcustody-verify: an argument is no Unicode\n", stderr);
	while (n > 0)
		free(argv[--n]);
	free(argv);
	return rc;
}
