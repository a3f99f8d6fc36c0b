#include <string.h>

#include "evidence/digest.h"
#include "evidence/text.h"
#include "timeline/embedded.h"

#include "timeline/html.h"

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
		html_bytes(h, &at[i], 1);
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
		html_bytes(h, file->bytes, file->len);
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
