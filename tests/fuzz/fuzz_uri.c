/*
 * Any text as a URI: what is redacted stays so, and no signature that stands in
 * the clear is left.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/text.h"
#include "timeline/arena.h"
#include "timeline/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len)
{
	struct arena a = { 0 };
	struct event ev;
	const char * text;
	const char * once;
	const char * sig;
	struct err e;

	err_init(&e);
	event_init(&ev);
	if (!text_is_utf8(bytes, len) || (memchr(bytes, '\0', len) != NULL))
		return 0;
	text = arena_copy(&a, (const char *)bytes, len, &e);
	if ((text == NULL) || (uri_parse_sas(text, &a, &ev, &e) != 0))
		abort();
	once = uri_redact(text, &a, &e);
	if (once == NULL)
		abort();
	assert(text_is_utf8(once, strlen(once)));
	assert(strcmp(uri_redact(once, &a, &e), once) == 0);
	sig = strstr(once, "&sig=");
	if (sig != NULL)
		assert((sig[5] == '-') || (sig[5] == 'X') ||
		    (strchr("&;?# \"'<>", sig[5]) != NULL) || (sig[5] == '%'));
	arena_free(&a);
	return 0;
}
