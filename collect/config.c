#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/io.h"
#include "evidence/text.h"

#include "collect/config.h"
#include "collect/options_word.h"
#include "collect/redact.h"

#define FORMAT "azcustody/config/1"

/* What a member's value is in JSON. */
enum sort {
	SORT_TEXT,
	SORT_NUMBER,
	SORT_TRUTH, /* The option takes no value. */
	SORT_LIST,  /* Of texts, each a word of its own. */
	SORT_JOINED /* Of texts, joined by commas to one word. */
};

static const struct member {
	const char * name;
	enum options_word word;
	enum sort sort;
} members[] = {
	{ "case", WORD_CASE, SORT_TEXT },
	{ "exhibit", WORD_EXHIBIT, SORT_TEXT },
	{ "examiner", WORD_EXAMINER, SORT_TEXT },
	{ "organisation", WORD_ORGANISATION, SORT_TEXT },
	{ "authority", WORD_AUTHORITY, SORT_TEXT },
	{ "purpose", WORD_PURPOSE, SORT_TEXT },
	{ "logs", WORD_LOGS, SORT_JOINED },
	{ "containers", WORD_CONTAINER, SORT_LIST },
	{ "prefixes", WORD_PREFIX, SORT_LIST },
	{ "include", WORD_INCLUDE, SORT_JOINED },
	{ "attach", WORD_ATTACH, SORT_LIST },
	{ "folder", WORD_FOLDER, SORT_TEXT },
	{ "from", WORD_FROM, SORT_TEXT },
	{ "to", WORD_TO, SORT_TEXT },
	{ "out", WORD_OUT, SORT_TEXT },
	{ "sign", WORD_SIGN, SORT_TEXT },
	{ "password_file", WORD_PASSWORD_FILE, SORT_TEXT },
	{ "compress", WORD_COMPRESS, SORT_TEXT },
	{ "max_package_size", WORD_MAX_PACKAGE, SORT_TEXT },
	{ "jobs", WORD_JOBS, SORT_NUMBER },
	{ "tries", WORD_TRIES, SORT_NUMBER },
	{ "timeout", WORD_TIMEOUT, SORT_NUMBER },
	{ "cms_cert", WORD_CMS_CERT, SORT_TEXT },
	{ "cms_key", WORD_CMS_KEY, SORT_TEXT },
	{ "cms_role", WORD_CMS_ROLE, SORT_TEXT },
	{ "cms_password_file", WORD_CMS_PASSWORD, SORT_TEXT },
	{ "cms_provider", WORD_CMS_PROVIDER, SORT_TEXT },
	{ "cms_chain", WORD_CMS_CHAIN, SORT_LIST },
	{ "cms_crl", WORD_CMS_CRL, SORT_LIST },
	{ "cms_ocsp", WORD_CMS_OCSP, SORT_LIST },
	{ "encrypt_to", WORD_ENCRYPT_TO, SORT_LIST },
	{ "tsa", WORD_TSA, SORT_LIST },
	{ "tsa_optional", WORD_TSA_OPTIONAL, SORT_TRUTH },
	{ "tls_ca", WORD_TLS_CA, SORT_TEXT },
	{ "pin_sha256", WORD_PIN, SORT_LIST },
	{ "proxy", WORD_PROXY, SORT_TEXT },
	{ "proxy_login_file", WORD_PROXY_LOGIN, SORT_TEXT },
	{ "cap_mbps", WORD_CAP, SORT_NUMBER },
	{ "accept_excess_permissions", WORD_ACCEPT, SORT_TRUTH },
	{ "accept_low_space", WORD_ACCEPT_SPACE, SORT_TRUTH },
	{ "prove_ranges", WORD_PROVE, SORT_TRUTH },
};

/* Of one of "accounts"; its "name" comes first. */
static const struct member account_members[] = {
	{ "endpoint", WORD_ENDPOINT, SORT_TEXT },
	{ "cloud", WORD_CLOUD, SORT_TEXT },
	{ "key_file", WORD_KEY, SORT_TEXT },
	{ "sas_file", WORD_SAS, SORT_TEXT },
};

/* And of it alone, in place of what is said for all. */
static const struct member own_members[] = {
	{ "logs", WORD_LOGS, SORT_JOINED },
	{ "containers", WORD_CONTAINER, SORT_LIST },
	{ "prefixes", WORD_PREFIX, SORT_LIST },
	{ "include", WORD_INCLUDE, SORT_JOINED },
	{ "from", WORD_FROM, SORT_TEXT },
	{ "to", WORD_TO, SORT_TEXT },
	{ "tls_ca", WORD_TLS_CA, SORT_TEXT },
	{ "pin_sha256", WORD_PIN, SORT_LIST },
	{ "proxy", WORD_PROXY, SORT_TEXT },
	{ "proxy_login_file", WORD_PROXY_LOGIN, SORT_TEXT },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* ---- No secret stands in it ---------------------------------------------- */

/* Return whether ${text} has so long a run of base64 that it may be a key. */
static bool
has_key(const char * text)
{
	static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";

	while (*text != '\0') {
		size_t run = strspn(text, base64);

		/* Padding tells a key from a long path. */
		if ((run >= CONFIG_KEY_LEN) && (text[run] == '='))
			return true;
		text += run;
		if (*text != '\0')
			text++;
	}
	return false;
}

static int
check_text(const char * text, struct err * e)
{
	struct buf clean = { 0 };
	bool is_clean;

	if (redact_text(&clean, text, strlen(text), e) != 0) {
		buf_free(&clean);
		return -1;
	}
	is_clean = (strcmp(buf_text(&clean), text) == 0) && !has_key(text) &&
	    (strstr(text, "pin-value=") == NULL); /* Of a token's URI. */
	buf_free(&clean);
	if (is_clean)
		return 0;
	err_set(e, ERR_DENIED,
	    "put the secret into a file of its own and name that",
	    "a secret stands in it");
	return -1;
}

/* Look at each text below ${value}: json_parse has bounded the depth. */
static int
check_secrets(const struct json * value, struct err * e)
{
	const char * text = json_text(value);
	const struct json * one;

	if ((text != NULL) && (check_text(text, e) != 0))
		return -1;
	for (one = json_first(value); one != NULL; one = json_next(one)) {
		if (check_secrets(one, e) != 0)
			return -1;
	}
	return 0;
}

/* ---- The file ------------------------------------------------------------ */

int
config_parse(const void * bytes, size_t len, struct config * c, struct err * e)
{
	const char * format;

	memset(c, 0, sizeof(*c));
	digest_sha256(bytes, len, c->sha256);
	text_hex_encode(c->sha256, sizeof(c->sha256), c->sha256_text);
	c->root = json_parse(bytes, len, e);
	if (c->root == NULL)
		return -1;
	format = json_text(json_get(c->root, "format"));
	if ((format == NULL) || (strcmp(format, FORMAT) != 0)) {
		err_set(e, ERR_INPUT, NULL, "its format is not \"%s\"", FORMAT);
		goto fail;
	}
	if (check_secrets(c->root, e) == 0)
		return 0;

fail:
	config_free(c);
	return -1;
}

int
config_load(const char * path, struct config * c, struct err * e)
{
	struct buf text = { 0 };
	int rc = -1;

	memset(c, 0, sizeof(*c));
	if (io_load(IO_PATH, path, CONFIG_MAX, &text, e) == 0)
		rc = config_parse(text.bytes, text.len, c, e);
	buf_free(&text);
	if (rc != 0)
		err_in(e, "%s", path);
	return rc;
}

/* ---- Its members --------------------------------------------------------- */

static int
refuse_sort(const char * wanted, struct err * e)
{
	err_set(e, ERR_INPUT, NULL, "it must be %s", wanted);
	return -1;
}

static int
apply_list(const struct member * m, const struct json * value,
    struct options * o, struct err * e)
{
	const struct json * one;

	if (!json_is_array(value))
		return refuse_sort("a list of texts", e);
	for (one = json_first(value); one != NULL; one = json_next(one)) {
		if (json_text(one) == NULL)
			return refuse_sort("a list of texts", e);
		if (options_set_word(o, (int)m->word, json_text(one), e) != 0)
			return -1;
	}
	return 0;
}

/* Join the texts of ${value} by commas and take them as one word. */
static int
apply_joined(const struct member * m, const struct json * value,
    struct options * o, struct err * e)
{
	struct buf joined = { 0 };
	const struct json * one;
	int rc = -1;

	if (!json_is_array(value))
		return refuse_sort("a list of texts", e);
	for (one = json_first(value); one != NULL; one = json_next(one)) {
		if (json_text(one) == NULL) {
			(void)refuse_sort("a list of texts", e);
			goto out;
		}
		if (((joined.len > 0) &&
			(buf_add_text(&joined, ",", e) != 0)) ||
		    (buf_add_text(&joined, json_text(one), e) != 0))
			goto out;
	}
	rc = options_set_word(o, (int)m->word, buf_text(&joined), e);

out:
	buf_free(&joined);
	return rc;
}

static int
apply_value(const struct member * m, const struct json * value,
    struct options * o, struct err * e)
{
	char number[24];
	int64_t n;

	switch (m->sort) {
	case SORT_TEXT:
		if (json_text(value) == NULL)
			return refuse_sort("a text", e);
		return options_set_word(o, (int)m->word, json_text(value), e);
	case SORT_NUMBER:
		if (json_integer(value, &n) != 0)
			return refuse_sort("a number", e);
		(void)snprintf(number, sizeof(number), "%lld", (long long)n);
		return options_set_word(o, (int)m->word, number, e);
	case SORT_TRUTH:
		if (!json_is_true(value))
			return refuse_sort("true, or absent", e);
		return options_set_word(o, (int)m->word, NULL, e);
	case SORT_LIST:
		return apply_list(m, value, o, e);
	case SORT_JOINED:
		return apply_joined(m, value, o, e);
	}
	return refuse_sort("another value", e);
}

/* The member ${name} of a ${table}, or NULL. */
static const struct member *
find(const struct member * table, size_t count, const char * name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	}
	return NULL;
}

/* The words of the last account of ${o} that are its alone. */
static struct options *
own_of(struct config * c, struct options * o, struct err * e)
{
	struct options_account * a = &o->accounts[o->account_count - 1];
	struct options * own;

	if (a->own != NULL)
		return c->own[c->own_count - 1];
	own = calloc(1, sizeof(*own));
	if (own == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	own->from = CLOCK_UNKNOWN;
	own->to = CLOCK_UNKNOWN;
	c->own[c->own_count++] = own;
	a->own = own;
	return own;
}

/* One member of the account that was added last. */
static int
apply_member(struct config * c, const struct json * one,
    const struct options * line, struct options * o, struct err * e)
{
	const char * name = json_key(one);
	const struct member * m =
	    find(account_members, COUNT(account_members), name);
	struct options * own;

	if (m != NULL)
		return apply_value(m, one, o, e);
	m = find(own_members, COUNT(own_members), name);
	if (m == NULL) {
		err_set(e, ERR_INPUT, "leave it out",
		    "this member of an account is not known");
		return -1;
	}
	if (options_has_word(line, (int)m->word))
		return 0;
	own = own_of(c, o, e);
	if ((own == NULL) || (apply_value(m, one, own, e) != 0))
		return -1;
	options_note_word(own, (int)m->word);
	return 0;
}

/* One account, unless the command line has it. */
static int
apply_account(struct config * c, const struct json * account,
    const struct options * line, struct options * o, struct err * e)
{
	const char * name = json_text(json_get(account, "name"));
	const struct json * one;

	if (name == NULL)
		return refuse_sort("an object with a \"name\"", e);
	for (size_t i = 0; i < line->account_count; i++) {
		if (strcmp(line->accounts[i].name, name) == 0)
			return 0;
	}
	if (options_set_word(o, WORD_ACCOUNT, name, e) != 0)
		return -1;
	o->accounts[o->account_count - 1].is_of_config = true;
	for (one = json_first(account); one != NULL; one = json_next(one)) {
		if (strcmp(json_key(one), "name") == 0)
			continue;
		if (apply_member(c, one, line, o, e) != 0) {
			err_in(e, "account %s: %.64s", name, json_key(one));
			return -1;
		}
	}
	return 0;
}

static int
apply_accounts(struct config * c, const struct json * list,
    const struct options * line, struct options * o, struct err * e)
{
	const struct json * one;

	if (!json_is_array(list))
		return refuse_sort("a list of objects", e);
	for (one = json_first(list); one != NULL; one = json_next(one)) {
		if (apply_account(c, one, line, o, e) != 0)
			return -1;
	}
	return 0;
}

int
config_apply(struct config * c, struct options * o, struct err * e)
{
	const struct json * one;
	const struct member * m;
	const struct options line = *o;

	for (one = json_first(c->root); one != NULL; one = json_next(one)) {
		const char * name = json_key(one);
		int rc = 0;

		if (strcmp(name, "format") == 0)
			continue;
		m = find(members, COUNT(members), name);
		if (strcmp(name, "accounts") == 0) {
			rc = apply_accounts(c, one, &line, o, e);
		} else if (m == NULL) {
			err_set(e, ERR_INPUT, "leave it out",
			    "the member \"%.64s\" is not known", name);
			return -1;
		} else if (!options_has_word(&line, (int)m->word)) {
			rc = apply_value(m, one, o, e);
		}
		if (rc != 0) {
			err_in(e, "%s", name);
			return -1;
		}
	}
	return 0;
}

void
config_free(struct config * c)
{
	for (size_t i = 0; i < c->own_count; i++)
		free(c->own[i]);
	json_free(c->root);
	memset(c, 0, sizeof(*c));
}
