/*
 * The trust file, which an examiner writes (trust.h):
 *
 *	{"format":"azcustody/trust/1","signers":[{"name":"R. Meyer",
 *	    "kind":"ed25519","public":"RWQ...","roles":["collector"],
 *	    "from":"2026-01-01T00:00:00.0000000Z","to":null}, ...],
 *	    "demands":[{"roles":["collector"],"count":1}, ...]}
 *
 * "public" is line 2 of a minisign public key file; a signer of kind "cms" has
 * "certificate_sha256" instead, the SHA-256 of the certificate's DER.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/document.h"
#include "evidence/io.h"
#include "evidence/name.h"
#include "evidence/text.h"
#include "evidence/trust.h"

static const struct document_member members[] = {
	{ "signers", DOCUMENT_ARRAY, DOCUMENT_REQUIRED },
	{ "demands", DOCUMENT_ARRAY, DOCUMENT_OPTIONAL },
};

static const struct document_member signer_members[] = {
	{ "name", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "kind", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "public", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
	{ "certificate_sha256", DOCUMENT_SHA256, DOCUMENT_OPTIONAL },
	{ "roles", DOCUMENT_ARRAY, DOCUMENT_NULLABLE },
	{ "from", DOCUMENT_TIME, DOCUMENT_NULLABLE },
	{ "to", DOCUMENT_TIME, DOCUMENT_NULLABLE },
	{ "revoked", DOCUMENT_TIME, DOCUMENT_OPTIONAL },
};

static const struct document_member demand_members[] = {
	{ "roles", DOCUMENT_ARRAY, DOCUMENT_NULLABLE },
	{ "count", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Read the base64 of a public key. */
static int
parse_public(const char * text, struct trust_key * key, struct err * e)
{
	struct buf file = { 0 };
	int rc = -1;

	if ((buf_addf(&file, e, "untrusted comment: \n%.100s\n", text) == 0) &&
	    (ed25519_parse_public(file.bytes, file.len, &key->key, e) == 0)) {
		ed25519_digest_public(&key->key, key->sha256);
		rc = 0;
	}
	buf_free(&file);
	return rc;
}

/* The key itself: exactly what its kind has. */
static int
parse_key(const struct json * one, struct trust_key * key, struct err * e)
{
	static const char * const kinds[] = { "ed25519", "cms" };
	const char * text = document_text(one, "public");
	bool has_digest = document_digest(
	    one, "certificate_sha256", key->sha256, DIGEST_SHA256_LEN);
	int kind = document_word(document_text(one, "kind"), kinds, 2);

	if ((kind == SIGNER_ED25519) && (text != NULL) && !has_digest)
		return parse_public(text, key, e);
	if ((kind == SIGNER_CMS) && (text == NULL) && has_digest) {
		key->kind = SIGNER_CMS;
		return 0;
	}
	err_set(e, ERR_INPUT, NULL,
	    "a signer is of kind ed25519 with \"public\", or of kind cms with "
	    "\"certificate_sha256\"");
	return -1;
}

/* The roles of ${one} into ${roles}, which free_roles releases. */
static int
parse_roles(const struct json * one, char * roles[TRUST_MAX_ROLES], size_t * n,
    struct err * e)
{
	const char ** texts = NULL;
	size_t count = 0;
	int rc = -1;

	*n = 0;
	if (document_texts(json_get(one, "roles"), TRUST_MAX_ROLES, &texts,
		&count, e) != 0)
		return -1;
	/* No role is another thing than any role. */
	if ((count == 0) && !json_is_null(json_get(one, "roles"))) {
		err_set(e, ERR_INPUT, NULL,
		    "\"roles\" is null for any role, not empty");
		goto out;
	}
	for (; *n < count; (*n)++) {
		if (name_check_role(texts[*n], e) != 0)
			goto out;
		roles[*n] = text_copy(texts[*n], e);
		if (roles[*n] == NULL)
			goto out;
	}
	rc = 0;

out:
	free(texts);
	return rc;
}

static void
free_roles(char ** roles, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(roles[i]);
}

static int
parse_one(struct trust * trust, struct document * doc, const struct json * one,
    struct err * e)
{
	struct trust_key key = { .is_bounded = true };
	int rc = -1;

	if ((document_check(doc, one, "signers", signer_members,
		 COUNT(signer_members), e) != 0) ||
	    (parse_key(one, &key, e) != 0))
		return -1;
	key.from = document_time(one, "from");
	key.to = document_time(one, "to");
	key.revoked = document_time(one, "revoked");
	key.name = text_copy(document_text(one, "name"), e);
	if ((key.name != NULL) &&
	    (parse_roles(one, key.roles, &key.n_roles, e) == 0))
		rc = trust_add_key(trust, &key, e);
	free(key.name);
	free_roles(key.roles, key.n_roles);
	return rc;
}

static int
parse_demand(struct trust * trust, struct document * doc,
    const struct json * one, struct err * e)
{
	struct trust_demand demand = { 0 };
	int rc = -1;

	if (document_check(doc, one, "demands", demand_members,
		COUNT(demand_members), e) != 0)
		return -1;
	demand.count = document_integer(one, "count", 0);
	if ((demand.count < 1) || (demand.count > SIGNER_MAX))
		err_set(e, ERR_INPUT, NULL, "\"count\" is from 1 to %d",
		    SIGNER_MAX);
	else if (parse_roles(one, demand.roles, &demand.n_roles, e) == 0)
		rc = trust_add_demand(trust, &demand, e);
	free_roles(demand.roles, demand.n_roles);
	return rc;
}

int
trust_parse(struct trust * trust, const void * bytes, size_t len,
    struct buf * unknown, struct err * e)
{
	const struct json * one = NULL;
	struct document doc = { 0 };
	int rc = 0;

	if (document_parse(
		&doc, bytes, len, "trust", members, COUNT(members), e) != 0)
		return -1;
	one = json_first(json_get(doc.root, "signers"));
	for (; (rc == 0) && (one != NULL); one = json_next(one))
		rc = parse_one(trust, &doc, one, e);
	one = json_first(json_get(doc.root, "demands"));
	for (; (rc == 0) && (one != NULL); one = json_next(one))
		rc = parse_demand(trust, &doc, one, e);
	if (rc == 0)
		rc = buf_add_text(unknown, buf_text(&doc.unknown), e);
	document_free(&doc);
	return rc;
}

int
trust_add_document(struct trust * trust, const char * path, struct err * e)
{
	struct buf file = { 0 }, unknown = { 0 };
	int rc = -1;

	if ((io_load(IO_PATH, path, TRUST_FILE_MAX, &file, e) == 0) &&
	    (trust_parse(trust, buf_text(&file), file.len, &unknown, e) == 0)) {
		if (unknown.len == 0)
			rc = 0;
		else
			err_set(e, ERR_INPUT, NULL, "unknown members: %.200s",
			    buf_text(&unknown));
	}
	if (rc != 0)
		err_in(e, "trust file %s", path);
	buf_free(&file);
	buf_free(&unknown);
	return rc;
}

/* ---- In words for people ------------------------------------------------ */

/* Append to ${text}, as much as fits. */
static void __attribute__((format(printf, 2, 3)))
add(char text[TRUST_TEXT_SIZE], const char * format, ...)
{
	size_t len = strlen(text);
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(text + len, TRUST_TEXT_SIZE - len, format, ap);
	va_end(ap);
}

static void
add_roles(char text[TRUST_TEXT_SIZE], char * const * roles, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add(text, "%s%s",
		    (i == 0)          ? ""
			: (i + 1 < n) ? ", "
				      : " or ",
		    roles[i]);
}

static void
add_moment(char text[TRUST_TEXT_SIZE], const char * word, int64_t at)
{
	char stamp[CLOCK_TEXT_SIZE];

	if (at == CLOCK_UNKNOWN)
		return;
	clock_format(at, stamp);
	add(text, ", %s %s", word, stamp);
}

void
trust_key_text(const struct trust_key * key, char text[TRUST_TEXT_SIZE])
{
	text[0] = '\0';
	add(text, "%.250s", key->name);
	if (!key->is_bounded)
		return;
	add(text, " (by the trust file, ");
	if (key->n_roles > 0)
		add(text, "as ");
	add_roles(text, key->roles, key->n_roles);
	add(text, "%s", (key->n_roles == 0) ? "in any role" : "");
	add_moment(text, "from", key->from);
	add_moment(text, "until", key->to);
	add_moment(text, "revoked from", key->revoked);
	add(text, ")");
}

void
trust_demand_text(
    const struct trust_demand * demand, char text[TRUST_TEXT_SIZE])
{
	text[0] = '\0';
	add(text, "the trust file demands %lld trusted signer%s in %s",
	    (long long)demand->count, (demand->count == 1) ? "" : "s",
	    (demand->n_roles == 0)       ? "any role"
		: (demand->n_roles == 1) ? "the role "
					 : "the roles ");
	add_roles(text, demand->roles, demand->n_roles);
}
