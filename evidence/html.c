#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/html.h"
#include "evidence/text.h"

void
html_bytes(struct html * h, const void * bytes, size_t len)
{
	if (h->failed)
		return;
	if (buf_add(&h->out, bytes, len, h->e) != 0)
		h->failed = 1;
}

void
html_raw(struct html * h, const char * text)
{
	html_bytes(h, text, strlen(text));
}

void
html_rawf(struct html * h, const char * fmt, ...)
{
	char text[1024];
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if ((len < 0) || ((size_t)len >= sizeof(text))) {
		if (!h->failed)
			err_set(h->e, ERR_BUG, NULL,
			    "a piece of the report is "
			    "too long");
		h->failed = 1;
		return;
	}
	html_bytes(h, text, (size_t)len);
}

/* What ${c} becomes in character data and attributes, or NULL. */
static const char *
entity(char c)
{
	switch (c) {
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '&':
		return "&amp;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	}
	return NULL;
}

void
html_text(struct html * h, const char * text)
{
	struct buf shown = { 0 };
	const char * from;

	if (h->failed || (text == NULL))
		return;
	if (text_escape(&shown, text, strlen(text), h->e) != 0) {
		h->failed = 1;
		goto out;
	}
	from = buf_text(&shown);
	while (*from != '\0') {
		size_t plain = strcspn(from, "<>&\"'");

		html_bytes(h, from, plain);
		from += plain;
		if (*from == '\0')
			break;
		html_raw(h, entity(*from));
		from++;
	}

out:
	buf_free(&shown);
}

void
html_time(struct html * h, int64_t at)
{
	char full[CLOCK_TEXT_SIZE];

	if (at == CLOCK_UNKNOWN) {
		html_raw(h, "unknown");
		return;
	}
	clock_format(at, full);
	html_rawf(h, "<time title=\"%s\">%.10s %.8sZ</time>", full, full,
	    (strlen(full) > 19) ? full + 11 : full);
}

void
html_number(struct html * h, int64_t n)
{
	char digits[32];
	size_t len;

	(void)snprintf(digits, sizeof(digits), "%" PRId64, n);
	len = strlen(digits);
	for (size_t i = 0; i < len; i++) {
		if ((i > 0) && ((len - i) % 3 == 0) && (digits[i - 1] != '-'))
			html_raw(h, "&#8239;");
		html_bytes(h, &digits[i], 1);
	}
}
