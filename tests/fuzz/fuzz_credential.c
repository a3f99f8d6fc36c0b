/*
 * Any text as a key, a SAS, a URL or a connection string: what is taken has the
 * form it must have, and no error says a word of a long secret.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "collect/credential_string.h"
#include "collect/credential_url.h"
#include "collect/sas.h"

#define QUOTED_MAX 40 /* Names of parameters may be said. */

int LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len);

/* Does ${e} say QUOTED_MAX bytes or more of ${text} in one piece? */
static void
look_for(const struct err * e, const char * text, size_t len)
{
	char piece[QUOTED_MAX + 1] = "";

	for (size_t at = 0; at + QUOTED_MAX <= len; at += QUOTED_MAX / 2) {
		memcpy(piece, text + at, QUOTED_MAX);
		if ((strlen(piece) == QUOTED_MAX) &&
		    (strstr(e->text, piece) != NULL))
			abort();
	}
}

static void
check_word(const char * word, const char * set)
{
	if (word[strspn(word, set)] != '\0')
		abort();
}

static void
take_apart(const struct secret * text, bool is_key)
{
	struct credential_parts parts = { 0 };
	struct credential_shape shape;
	struct err e;

	err_init(&e);
	if (credential_parts_parse(text, is_key, &parts, &e) != 0) {
		if (e.text[0] == '\0')
			abort();
		look_for(&e, (const char *)text->bytes, text->len);
	} else if ((parts.sas == NULL) && (parts.key == NULL)) {
		abort();
	} else {
		check_word(
		    parts.account, "abcdefghijklmnopqrstuvwxyz0123456789-");
		if (parts.sas != NULL)
			(void)sas_parse((const char *)parts.sas->bytes,
			    parts.sas->len, &shape, &e);
	}
	secret_free(parts.sas);
	secret_free(parts.key);
}

int
LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len)
{
	struct credential_place place;
	struct credential_shape shape;
	const char * text = (const char *)bytes;
	struct secret * secret;
	struct err e;

	if (len == 0)
		return 0;
	err_init(&e);
	if (secret_start(&e) != 0)
		abort();
	secret = secret_new(len, &e);
	if (secret == NULL)
		abort();
	memcpy(secret->bytes, bytes, len);
	take_apart(secret, false);
	take_apart(secret, true);
	secret_free(secret);
	if (sas_parse(text, len, &shape, &e) != 0)
		look_for(&e, text, len);
	err_init(&e);
	if (credential_url_is(text, len) &&
	    (credential_url_parse(text, len, &place, &e) == 0) &&
	    ((memchr(text, '\0', len) != NULL) ||
		(strlen(place.endpoint) > len)))
		abort();
	return 0;
}
