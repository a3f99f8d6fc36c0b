/* err_errno.h on Windows, in the very words that Linux has. */
#include <errno.h>
#include <stdio.h>

#include "evidence/err_errno.h"

static const struct {
	int number;
	enum err_kind kind;
	const char * text;
} numbers[] = {
	{ ENOENT, ERR_NOINPUT, "No such file or directory" },
	{ ENOTDIR, ERR_NOINPUT, "Not a directory" },
	{ EACCES, ERR_DENIED, "Permission denied" },
	{ EPERM, ERR_DENIED, "Operation not permitted" },
	{ EROFS, ERR_DENIED, "Read-only file system" },
	{ ENOSPC, ERR_DISK, "No space left on device" },
	{ EEXIST, ERR_SYSTEM, "File exists" },
	{ EMFILE, ERR_SYSTEM, "Too many open files" },
	{ ENOMEM, ERR_SYSTEM, "Cannot allocate memory" },
	{ EPIPE, ERR_SYSTEM, "Broken pipe" },
	{ EAGAIN, ERR_SYSTEM, "Resource temporarily unavailable" },
	{ EIO, ERR_SYSTEM, "Input/output error" },
};

#define COUNT (sizeof(numbers) / sizeof(numbers[0]))

enum err_kind
err_errno_kind(int number)
{
	for (size_t i = 0; i < COUNT; i++)
		if (numbers[i].number == number)
			return numbers[i].kind;
	return ERR_SYSTEM;
}

void
err_errno_text(int number, char * text, size_t size)
{
	(void)snprintf(text, size, "system error %d", number);
	for (size_t i = 0; i < COUNT; i++)
		if (numbers[i].number == number)
			(void)snprintf(text, size, "%s", numbers[i].text);
}
