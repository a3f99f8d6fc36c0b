/*
 * Any text as the file of --config: it is refused, or its words are within
 * their limits and no signature stands in it.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "collect/config.h"

int LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len);

/* Does a text below ${value} have a signature?  json_parse bounds the depth. */
static void
look_at(const struct json * value)
{
	const char * text = json_text(value);
	const char * sig = (text == NULL) ? NULL : strstr(text, "?sig=");
	const struct json * one;

	if ((sig != NULL) && (strchr("&;\"'<> \t\r\n\v\f", sig[5]) == NULL) &&
	    (strncmp(sig + 5, "-REDACTED-", 10) != 0) && (sig[5] != '%'))
		abort();
	for (one = json_first(value); one != NULL; one = json_next(one))
		look_at(one);
}

int
LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len)
{
	static char program[] = "azcustody-collect";
	static char verb[] = "run";
	char * argv[] = { program, verb, NULL };
	struct options o;
	struct config c;
	struct err e;

	err_init(&e);
	if (options_read(2, argv, &o, &e) != 0)
		abort();
	if (config_parse(bytes, len, &c, &e) != 0) {
		if (e.text[0] == '\0')
			abort();
		return 0;
	}
	look_at(c.root);
	if (config_apply(&c, &o, &e) == 0) {
		if ((o.account_count > OPTIONS_MAX_ACCOUNTS) ||
		    (o.container_count > OPTIONS_MAX_CONTAINERS) ||
		    (o.prefix_count > OPTIONS_MAX_PREFIXES) ||
		    (o.pin_count > OPTIONS_MAX_PINS))
			abort();
		(void)options_finish(&o, &e);
	}
	config_free(&c);
	return 0;
}
