/*
 * Any text as a classic line: the fields are as many as the splitter says, none
 * is longer than the line, and each is text.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/text.h"
#include "timeline/classic.h"

int LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len)
{
	struct classic c = { .count = 0 };
	size_t separators = 0;
	size_t total = 0;
	struct err e;

	err_init(&e);
	if (!text_is_utf8(bytes, len) || (memchr(bytes, '\0', len) != NULL))
		return 0;
	for (size_t i = 0; i < len; i++)
		separators += (bytes[i] == ';');
	for (int again = 0; again < 2; again++) {
		if (classic_parse(&c, (const char *)bytes, len, &e) != 0)
			abort();
		assert((c.count >= 1) && (c.count <= separators + 1));
		total = 0;
		for (size_t i = 0; i < CLASSIC_FIELDS_V2; i++) {
			if (c.fields[i] == NULL)
				continue;
			assert(i < c.count);
			assert(text_is_utf8(c.fields[i], strlen(c.fields[i])));
			total += strlen(c.fields[i]);
		}
		assert(total <= len);
	}
	classic_free(&c);
	return 0;
}
