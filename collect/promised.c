#include <string.h>

#include "evidence/seal.h"
#include "evidence/text.h"

#include "collect/promised.h"

#define KEY_HEX (2 * AGE_KEY_LEN + 1)

static int
take_recipients(struct promised * p, const struct options * o, struct err * e)
{
	if (o->encrypt_to_count == 0)
		return 0;
	p->recipients.n = 0;
	for (size_t i = 0; i < o->encrypt_to_count; i++) {
		if (age_recipients_take(&p->recipients, o->encrypt_to[i], e) ==
		    0)
			continue;
		err_in(e, "--encrypt-to");
		return -1;
	}
	return 0;
}

int
promised_take(struct promised * p, const struct options * o, struct err * e)
{
	if (o->tsa_count > 0) {
		memcpy(p->tsas, o->tsas, sizeof(p->tsas));
		p->tsa_count = o->tsa_count;
		p->is_tsa_optional = false;
	}
	p->is_tsa_optional = p->is_tsa_optional || o->is_tsa_optional;
	if (p->role_count == 0) {
		for (size_t i = 0; i < o->signing.n; i++)
			p->roles[i] = o->signing.list[i].role;
		p->role_count = o->signing.n;
	}
	if (o->signing.n * p->tsa_count > SEAL_MAX_TOKENS) {
		err_set(e, ERR_USAGE, "name fewer signers or authorities",
		    "%zu signers and %zu authorities give more than %d time "
		    "stamps",
		    o->signing.n, p->tsa_count, SEAL_MAX_TOKENS);
		return -1;
	}
	return take_recipients(p, o, e);
}

size_t
promised_missing(const struct promised * p, const struct signing * signing,
    const char * roles[SIGNER_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < p->role_count; i++) {
		size_t k = 0;

		while ((k < signing->n) &&
		    (strcmp(p->roles[i], signing->list[k].role) != 0))
			k++;
		if (k == signing->n)
			roles[n++] = p->roles[i];
	}
	return n;
}

void
promised_put(const struct promised * p, struct json_out * j)
{
	char hex[KEY_HEX];

	json_open_object(j, "promised");
	json_open_array(j, "tsas");
	for (size_t i = 0; i < p->tsa_count; i++)
		json_put_text(j, NULL, p->tsas[i]);
	json_close_array(j);
	json_put_bool(j, "tsa_optional", p->is_tsa_optional);
	json_open_array(j, "recipients");
	for (size_t i = 0; i < p->recipients.n; i++) {
		text_hex_encode(p->recipients.list[i].key, AGE_KEY_LEN, hex);
		json_put_text(j, NULL, hex);
	}
	json_close_array(j);
	json_open_array(j, "roles");
	for (size_t i = 0; i < p->role_count; i++)
		json_put_text(j, NULL, p->roles[i]);
	json_close_array(j);
	json_close_object(j);
}

/* The texts of the array ${name}, at most ${max}, into ${list}. */
static int
get_texts(const struct json * object, const char * name, const char ** list,
    size_t max, size_t * n)
{
	const struct json * one = json_first(json_get(object, name));

	for (*n = 0; one != NULL; one = json_next(one)) {
		if ((*n == max) || (json_text(one) == NULL))
			return -1;
		list[(*n)++] = json_text(one);
	}
	return 0;
}

int
promised_get(struct promised * p, const struct json * object)
{
	const char * keys[AGE_RECIPIENTS_MAX] = { NULL };
	const struct json * own = json_get(object, "promised");

	memset(p, 0, sizeof(*p));
	if ((own == NULL) ||
	    (get_texts(own, "tsas", p->tsas, OPTIONS_MAX_TSAS, &p->tsa_count) !=
		0) ||
	    (get_texts(own, "recipients", keys, AGE_RECIPIENTS_MAX,
		 &p->recipients.n) != 0) ||
	    (get_texts(own, "roles", p->roles, SIGNER_MAX, &p->role_count) !=
		0))
		return -1;
	p->is_tsa_optional = json_is_true(json_get(own, "tsa_optional"));
	for (size_t i = 0; i < p->recipients.n; i++)
		if (text_hex_decode(
			keys[i], p->recipients.list[i].key, AGE_KEY_LEN) != 0)
			return -1;
	return 0;
}
