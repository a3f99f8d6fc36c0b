#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/text.h"

#include "collect/http.h"
#include "collect/options.h"
#include "collect/options_word.h"
#include "collect/stamping.h"

#define ADVICE OPTIONS_ADVICE

static_assert(OPTIONS_MAX_TSAS <= STAMPING_MAX, "all of them are asked");

/* Words that carry one text, and where it goes. */
static const struct {
	enum options_word word;
	size_t offset;
} texts[] = {
	{ WORD_CASE, offsetof(struct options, case_id) },
	{ WORD_EXHIBIT, offsetof(struct options, exhibit) },
	{ WORD_EXAMINER, offsetof(struct options, examiner) },
	{ WORD_ORGANISATION, offsetof(struct options, organisation) },
	{ WORD_AUTHORITY, offsetof(struct options, authority) },
	{ WORD_PURPOSE, offsetof(struct options, purpose) },
	{ WORD_PREVIOUS, offsetof(struct options, previous) },
	{ WORD_REVISIT, offsetof(struct options, revisit) },
	{ WORD_OUT, offsetof(struct options, out) },
	{ WORD_FOLDER, offsetof(struct options, folder) },
	{ WORD_TLS_CA, offsetof(struct options, tls_ca) },
	{ WORD_PROXY_LOGIN, offsetof(struct options, proxy_login) },
	{ WORD_CONFIG, offsetof(struct options, config) },
};

int
options_parse_moment(const char * text, int64_t * at, struct err * e)
{
	char stamp[CLOCK_TEXT_SIZE];

	if (strlen(text) != strlen("2026-11-01"))
		return clock_parse(text, at, e);
	(void)snprintf(stamp, sizeof(stamp), "%sT00:00:00Z", text);
	return clock_parse(stamp, at, e);
}

/* A text for people: UTF-8, without controls, not empty, not too long. */
static int
check_text(const char * text, struct err * e)
{
	size_t len = strlen(text);

	if ((len == 0) || (len > OPTIONS_MAX_TEXT)) {
		err_set(e, ERR_USAGE, ADVICE, "the text is %s",
		    (len == 0) ? "empty" : "longer than 1024 bytes");
		return -1;
	}
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if ((c < 0x20) || (c == 0x7f)) {
			err_set(e, ERR_USAGE, ADVICE,
			    "the text holds a control character");
			return -1;
		}
	}
	if (!text_is_utf8(text, len)) {
		err_set(e, ERR_USAGE, ADVICE, "the text is no UTF-8");
		return -1;
	}
	return 0;
}

/* An account's name by Azure's rule: 3 to 24 of a-z and 0-9. */
static int
add_account(struct options * o, const char * name, struct err * e)
{
	size_t len = strlen(name);

	if ((len < 3) || (len > 24) ||
	    (strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789") != len)) {
		err_set(e, ERR_USAGE, ADVICE,
		    "an account's name is 3 to 24 of a-z and 0-9");
		return -1;
	}
	for (size_t i = 0; i < o->account_count; i++) {
		if (strcmp(o->accounts[i].name, name) == 0) {
			err_set(
			    e, ERR_USAGE, ADVICE, "%s is there twice", name);
			return -1;
		}
	}
	if (o->account_count == OPTIONS_MAX_ACCOUNTS) {
		err_set(e, ERR_USAGE, "collect in several runs",
		    "more than %d accounts", OPTIONS_MAX_ACCOUNTS);
		return -1;
	}
	o->accounts[o->account_count].name = name;
	o->account_count++;
	return 0;
}

/* Give ${value} to the account that stands before it. */
static int
add_to_account(struct options * o, int word, const char * value, struct err * e)
{
	struct options_account * a;
	const char ** place = NULL;

	if (o->account_count == 0) {
		err_set(e, ERR_USAGE, ADVICE, "it must follow its --account");
		return -1;
	}
	a = &o->accounts[o->account_count - 1];
	if (word == WORD_ENDPOINT)
		place = &a->endpoint;
	else if (word == WORD_CLOUD)
		place = &a->cloud;
	else if (word == WORD_KEY)
		place = &a->key_source;
	else
		place = &a->sas_source;
	if (*place != NULL) {
		err_set(e, ERR_USAGE, ADVICE, "account %s has one already",
		    a->name);
		return -1;
	}
	*place = value;
	if ((a->endpoint != NULL) && (a->cloud != NULL)) {
		err_set(e, ERR_USAGE, ADVICE,
		    "account %s has both an endpoint and a cloud", a->name);
		return -1;
	}
	if ((a->key_source != NULL) && (a->sas_source != NULL)) {
		err_set(e, ERR_USAGE, ADVICE,
		    "account %s has both a key and a SAS", a->name);
		return -1;
	}
	return 0;
}

/* A container's name: "$logs" and the like, or 3 to 63 of a-z, 0-9 and -. */
static int
add_container(struct options * o, const char * name, struct err * e)
{
	const char * rest = name + ((name[0] == '$') ? 1 : 0);
	size_t len = strlen(rest);

	if ((len < 3) || (len > 63) ||
	    (strspn(rest, "abcdefghijklmnopqrstuvwxyz0123456789-") != len)) {
		err_set(e, ERR_USAGE, ADVICE,
		    "a container's name is 3 to 63 of a-z, 0-9 and -");
		return -1;
	}
	for (size_t i = 0; i < o->container_count; i++) {
		if (strcmp(o->containers[i], name) == 0) {
			err_set(
			    e, ERR_USAGE, ADVICE, "%s is there twice", name);
			return -1;
		}
	}
	if (o->container_count == OPTIONS_MAX_CONTAINERS) {
		err_set(e, ERR_USAGE, "collect in several runs",
		    "more than %d containers", OPTIONS_MAX_CONTAINERS);
		return -1;
	}
	o->containers[o->container_count] = name;
	o->container_count++;
	return 0;
}

/* A number from 1 to ${max} into ${place}. */
static int
set_number(int * place, const char * value, int max, struct err * e)
{
	int64_t n;

	if ((text_parse_integer(value, strlen(value), &n) != 0) || (n < 1) ||
	    (n > max)) {
		err_set(
		    e, ERR_USAGE, ADVICE, "it is a number from 1 to %d", max);
		return -1;
	}
	*place = (int)n;
	return 0;
}

static int
add_recipient(struct options * o, const char * value, struct err * e)
{
	if (o->encrypt_to_count == OPTIONS_MAX_RECIPIENTS) {
		err_set(e, ERR_USAGE, ADVICE, "more than %d recipients",
		    OPTIONS_MAX_RECIPIENTS);
		return -1;
	}
	o->encrypt_to[o->encrypt_to_count++] = value;
	return 0;
}

static int
add_pin(struct options * o, const char * value, struct err * e)
{
	uint8_t pin[DIGEST_SHA256_LEN];

	if (http_parse_pin(value, pin, e) != 0)
		return -1;
	if (o->pin_count == OPTIONS_MAX_PINS) {
		err_set(e, ERR_USAGE, ADVICE, "more than %d pins",
		    OPTIONS_MAX_PINS);
		return -1;
	}
	o->pins[o->pin_count++] = value;
	return 0;
}

static int
add_tsa(struct options * o, const char * value, struct err * e)
{
	if (stamping_check(value, e) != 0)
		return -1;
	if (o->tsa_count == OPTIONS_MAX_TSAS) {
		err_set(e, ERR_USAGE, ADVICE, "more than %d authorities",
		    OPTIONS_MAX_TSAS);
		return -1;
	}
	o->tsas[o->tsa_count++] = value;
	return 0;
}

static int
add_carried(struct options * o, const char * word, const char * value,
    bool is_certificates, struct err * e)
{
	if (o->carried_count == OPTIONS_MAX_CARRIED) {
		err_set(e, ERR_USAGE, ADVICE, "more than %d files",
		    OPTIONS_MAX_CARRIED);
		return -1;
	}
	o->carried[o->carried_count++] = (struct options_carried){
		.path = value, .word = word, .is_certificates = is_certificates
	};
	return 0;
}

static int
set_compress(struct options * o, const char * value, struct err * e)
{
	if (strcmp(value, "zstd") == 0) {
		o->is_compressed = true;
	} else if (strcmp(value, "none") == 0) {
		o->is_compressed = false;
	} else {
		err_set(e, ERR_USAGE, ADVICE, "it is \"zstd\" or \"none\"");
		return -1;
	}
	return 0;
}

/* Words about who signs. */
static const struct {
	enum options_word word;
	enum signing_word about;
} signers[] = {
	{ WORD_SIGN, SIGNING_SIGN },
	{ WORD_PASSWORD_FILE, SIGNING_PASSWORD },
	{ WORD_CMS_KEY, SIGNING_CMS_KEY },
	{ WORD_CMS_CERT, SIGNING_CMS_CERT },
	{ WORD_CMS_PASSWORD, SIGNING_CMS_PASSWORD },
	{ WORD_CMS_PROVIDER, SIGNING_CMS_PROVIDER },
	{ WORD_CMS_ROLE, SIGNING_CMS_ROLE },
};

/* As set_text, for a word about who signs. */
static int
set_signer(struct options * o, int word, const char * value, struct err * e)
{
	for (size_t i = 0; i < sizeof(signers) / sizeof(*signers); i++) {
		if ((int)signers[i].word != word)
			continue;
		if ((check_text(value, e) != 0) ||
		    (signing_take(&o->signing, signers[i].about, value, e) !=
			0))
			return -1;
		return 1;
	}
	return 0;
}

/* A plain text with its place in ${o}: 1 done, 0 not one of them, -1 bad. */
static int
set_text(struct options * o, int word, const char * value, struct err * e)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		const char ** place;

		if ((int)texts[i].word != word)
			continue;
		if (check_text(value, e) != 0)
			return -1;
		place = (const char **)(void *)((char *)o + texts[i].offset);
		*place = value;
		return 1;
	}
	return 0;
}

/* A word that is a number. */
static int
set_amount(struct options * o, int word, const char * text, struct err * e)
{
	if (word == WORD_MAX_PACKAGE)
		return options_parse_size(text, &o->max_package, e);
	if (word == WORD_JOBS)
		return set_number(&o->jobs, text, OPTIONS_MAX_JOBS, e);
	if (word == WORD_TRIES)
		return set_number(&o->tries, text, OPTIONS_MAX_TRIES, e);
	if (word == WORD_TIMEOUT)
		return set_number(&o->timeout, text, OPTIONS_MAX_TIMEOUT, e);
	return set_number(&o->cap_mbps, text, OPTIONS_MAX_MBPS, e);
}

int
options_set_word(
    struct options * o, int word, const char * value, struct err * e)
{
	const char * text = (value == NULL) ? "" : value;
	int is_text = (value == NULL) ? 0 : set_text(o, word, value, e);

	if ((is_text == 0) && (value != NULL))
		is_text = set_signer(o, word, value, e);
	if (is_text != 0)
		return (is_text > 0) ? 0 : -1;
	switch (word) {
	case WORD_ACCOUNT:
		return add_account(o, text, e);
	case WORD_ENDPOINT:
	case WORD_CLOUD:
	case WORD_KEY:
	case WORD_SAS:
		return add_to_account(o, word, text, e);
	case WORD_CONTAINER:
		return add_container(o, text, e);
	case WORD_ATTACH:
		return options_add_attach(o, text, e);
	case WORD_PREFIX:
		return options_add_prefix(o, text, e);
	case WORD_LOGS:
		return options_parse_logs(text, &o->logs, e);
	case WORD_INCLUDE:
		return options_parse_include(text, &o->include, e);
	case WORD_FROM:
		return options_parse_moment(text, &o->from, e);
	case WORD_TO:
		return options_parse_moment(text, &o->to, e);
	case WORD_COMPRESS:
		return set_compress(o, text, e);
	case WORD_MAX_PACKAGE:
	case WORD_JOBS:
	case WORD_TRIES:
	case WORD_TIMEOUT:
	case WORD_CAP:
		return set_amount(o, word, text, e);
	case WORD_ACCEPT:
	case WORD_ACCEPT_SPACE:
		*(word == WORD_ACCEPT ? &o->accept_excess
				      : &o->accept_low_space) = true;
		return 0;
	case WORD_ENCRYPT_TO:
		return add_recipient(o, text, e);
	case WORD_PIN:
		return add_pin(o, text, e);
	case WORD_TSA:
		return add_tsa(o, text, e);
	case WORD_CMS_CHAIN:
		return add_carried(o, "--cms-chain", text, true, e);
	case WORD_CMS_CRL:
		return add_carried(o, "--cms-crl", text, false, e);
	case WORD_CMS_OCSP:
		return add_carried(o, "--cms-ocsp", text, false, e);
	case WORD_TSA_OPTIONAL:
		o->is_tsa_optional = true;
		return 0;
	case WORD_PROXY:
		o->proxy = text;
		return http_check_proxy(text, e);
	case WORD_PROVE:
		o->prove_ranges = true;
		return 0;
	case WORD_JSON:
		o->is_json = true;
		return 0;
	case 'q':
		o->is_quiet = true;
		return 0;
	case 'v':
		o->is_verbose = true;
		return 0;
	default:
		err_set(e, ERR_BUG, NULL, "word %d has no meaning", word);
		return -1;
	}
}

/* Does a key of minisign's sign, or, is there a password for one? */
static bool
has_signer(const struct options * o, int word)
{
	for (size_t i = 0; i < o->signing.n; i++) {
		const struct signing_one * one = &o->signing.list[i];

		if ((one->kind == SIGNER_ED25519) &&
		    ((word == WORD_SIGN) ? (one->given != NULL)
					 : (one->password_source != NULL)))
			return true;
	}
	return false;
}

/* Does the command line have this sort of files for seal/certs.pem? */
static bool
has_carried(const struct options * o, const char * word)
{
	for (size_t i = 0; i < o->carried_count; i++)
		if (strcmp(o->carried[i].word, word) == 0)
			return true;
	return false;
}

/* A certificate's signer is named as a whole. */
static bool
has_cms(const struct options * o)
{
	for (size_t i = 0; i < o->signing.n; i++) {
		if (o->signing.list[i].kind == SIGNER_CMS)
			return true;
	}
	return false;
}

bool
options_has_word(const struct options * o, int word)
{
	switch (word) {
	case WORD_CONTAINER:
		return o->container_count > 0;
	case WORD_PREFIX:
		return o->prefix_count > 0;
	case WORD_PIN:
		return o->pin_count > 0;
	case WORD_TSA:
		return o->tsa_count > 0;
	case WORD_ATTACH:
		return o->attach_count > 0;
	case WORD_ENCRYPT_TO:
		return o->encrypt_to_count > 0;
	case WORD_SIGN:
	case WORD_PASSWORD_FILE:
		return has_signer(o, word);
	case WORD_CMS_KEY:
	case WORD_CMS_CERT:
	case WORD_CMS_ROLE:
	case WORD_CMS_PASSWORD:
	case WORD_CMS_PROVIDER:
		return has_cms(o);
	case WORD_CMS_CHAIN:
		return has_carried(o, "--cms-chain");
	case WORD_CMS_CRL:
		return has_carried(o, "--cms-crl");
	case WORD_CMS_OCSP:
		return has_carried(o, "--cms-ocsp");
	default:
		return (word >= WORD_CASE) && (word < WORD_ONCE) &&
		    ((o->seen & (UINT64_C(1) << (word - WORD_CASE))) != 0);
	}
}

void
options_note_word(struct options * o, int word)
{
	if ((word >= WORD_CASE) && (word < WORD_ONCE))
		o->seen |= UINT64_C(1) << (word - WORD_CASE);
}
