#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "evidence/err.h"
#include "evidence/err_errno.h"

/* Copy ${from} to ${to}, bytes that are not printable ASCII as \xNN. */
static void
copy_printable(char * to, size_t size, const char * from)
{
	static const char hex[] = "0123456789abcdef";
	size_t n = 0;

	for (; *from != '\0'; from++) {
		unsigned char c = (unsigned char)*from;

		if ((c >= 0x20) && (c < 0x7f)) {
			if (n + 1 >= size)
				break;
			to[n++] = (char)c;
			continue;
		}
		if (n + 4 >= size)
			break;
		to[n++] = '\\';
		to[n++] = 'x';
		to[n++] = hex[c >> 4];
		to[n++] = hex[c & 15];
	}
	to[n] = '\0';
}

/* Format into ${to}, then make it printable. */
static void format_printable(char * to, size_t size, const char * fmt,
    va_list ap) __attribute__((format(printf, 3, 0)));

static void
format_printable(char * to, size_t size, const char * fmt, va_list ap)
{
	char raw[ERR_TEXT_SIZE];

	if (vsnprintf(raw, sizeof(raw), fmt, ap) < 0)
		raw[0] = '\0';
	copy_printable(to, size, raw);
}

void
err_init(struct err * e)
{
	e->kind = ERR_NONE;
	e->text[0] = '\0';
	e->advice[0] = '\0';
}

void
err_set(struct err * e, enum err_kind kind, const char * advice,
    const char * fmt, ...)
{
	va_list ap;

	assert(kind != ERR_NONE);
	if (e->kind != ERR_NONE)
		return;
	e->kind = kind;
	va_start(ap, fmt);
	format_printable(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	copy_printable(
	    e->advice, sizeof(e->advice), (advice == NULL) ? "" : advice);
}

void
err_set_errno(struct err * e, int number, const char * fmt, ...)
{
	char place[ERR_TEXT_SIZE];
	char why[128];
	enum err_kind kind;
	va_list ap;

	va_start(ap, fmt);
	format_printable(place, sizeof(place), fmt, ap);
	va_end(ap);
	err_errno_text(number, why, sizeof(why));
	kind = err_errno_kind(number);
	err_set(e, kind,
	    (kind == ERR_DISK) ? "free some space and resume" : NULL, "%s: %s",
	    place, why);
}

void
err_in(struct err * e, const char * fmt, ...)
{
	char place[ERR_TEXT_SIZE];
	char text[2 * ERR_TEXT_SIZE + 4];
	va_list ap;

	if (e->kind == ERR_NONE)
		return;
	va_start(ap, fmt);
	format_printable(place, sizeof(place), fmt, ap);
	va_end(ap);
	(void)snprintf(text, sizeof(text), "%s: %s", place, e->text);
	copy_printable(e->text, sizeof(e->text), text);
}

int
err_exit_code(enum err_kind kind)
{
	switch (kind) {
	case ERR_NONE:
		return 0;
	case ERR_FORGED:
		return 1;
	case ERR_USAGE:
		return 64;
	case ERR_INPUT:
	case ERR_LIMIT:
		return 65;
	case ERR_NOINPUT:
		return 66;
	case ERR_REMOTE:
		return 69;
	case ERR_BUG:
		return 70;
	case ERR_SYSTEM:
		return 71;
	case ERR_DISK:
		return 74;
	case ERR_AGAIN:
		return 75;
	case ERR_DENIED:
		return 77;
	case ERR_STOPPED:
		return 130;
	}
	return 70;
}

void
err_print(const char * program, const struct err * e)
{
	(void)fprintf(stderr, "%s: %s%s%s\n", program, e->text,
	    (e->advice[0] != '\0') ? "; " : "", e->advice);
}
