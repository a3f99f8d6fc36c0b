#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/digest.h"
#include "evidence/text.h"
#include "timeline/embedded.h"

#include "timeline/html.h"

static void
add(struct html * h, const void * bytes, size_t len)
{
	if (h->failed)
		return;
	if (buf_add(&h->out, bytes, len, h->e) != 0)
		h->failed = 1;
}

void
html_raw(struct html * h, const char * text)
{
	add(h, text, strlen(text));
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
	add(h, text, (size_t)len);
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

		add(h, from, plain);
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
		add(h, &digits[i], 1);
	}
}

void
html_json(struct html * h, const void * json, size_t len)
{
	const uint8_t * at = json;

	for (size_t i = 0; i < len; i++) {
		if ((at[i] == '<') || (at[i] == '>') || (at[i] == '&')) {
			html_rawf(h, "\\u%04x", at[i]);
			continue;
		}
		if ((i + 2 < len) && (at[i] == 0xE2) && (at[i + 1] == 0x80) &&
		    ((at[i + 2] & 0xFE) == 0xA8)) {
			html_rawf(h, "\\u20%02x", at[i + 2] - 0x80);
			i += 2;
			continue;
		}
		add(h, &at[i], 1);
	}
}

static const struct embedded *
find_file(struct html * h, const char * name)
{
	size_t count;
	const struct embedded * files = embedded_files(&count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(files[i].name, name) == 0)
			return &files[i];
	}
	if (!h->failed)
		err_set(h->e, ERR_BUG, NULL, "no embedded file %s", name);
	h->failed = 1;
	return NULL;
}

void
html_file(struct html * h, const char * name)
{
	const struct embedded * file = find_file(h, name);

	if (file != NULL)
		add(h, file->bytes, file->len);
}

void
html_file_hash(struct html * h, const char * name)
{
	const struct embedded * file = find_file(h, name);
	uint8_t hash[DIGEST_SHA256_LEN];

	if (file == NULL)
		return;
	digest_sha256(file->bytes, file->len, hash);
	html_raw(h, "'sha256-");
	if (!h->failed &&
	    (text_base64_encode(&h->out, hash, sizeof(hash), h->e) != 0))
		h->failed = 1;
	html_raw(h, "'");
}
