#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "evidence/err_errno.h"

enum err_kind
err_errno_kind(int number)
{
	switch (number) {
	case ENOSPC:
	case EDQUOT:
		return ERR_DISK;
	case EACCES:
	case EPERM:
	case EROFS:
		return ERR_DENIED;
	case ENOENT:
	case ENOTDIR:
	case ELOOP: /* A link where none is followed. */
	case ENXIO: /* A socket. */
		return ERR_NOINPUT;
	default:
		return ERR_SYSTEM;
	}
}

void
err_errno_text(int number, char * text, size_t size)
{
	if (strerror_r(number, text, size) != 0)
		(void)snprintf(text, size, "system error %d", number);
}
