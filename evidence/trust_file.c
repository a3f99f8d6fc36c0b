/*
 * The trust file, which an examiner writes (trust.h):
 *
 *	{"format":"azcustody/trust/1","signers":[{"name":"R. Meyer",
 *	    "kind":"ed25519","public":"RWQ...","roles":["collector"],
 *	    "from":"2026-01-01T00:00:00.0000000Z","to":null}, ...]}
 *
 * "public" is line 2 of a minisign public key file; a signer of kind "cms" has
 * "certificate_sha256" instead, the SHA-256 of the certificate's DER.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/document.h"
#include "evidence/io.h"
#include "evidence/name.h"
#include "evidence/text.h"
#include "evidence/trust.h"

static const struct document_member members[] = {
	{ "signers", DOCUMENT_ARRAY, DOCUMENT_REQUIRED },
};

static const struct document_member signer_members[] = {
	{ "name", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "kind", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "public", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
	{ "certificate_sha256", DOCUMENT_SHA256, DOCUMENT_OPTIONAL },
	{ "roles", DOCUMENT_ARRAY, DOCUMENT_NULLABLE },
	{ "from", DOCUMENT_TIME, DOCUMENT_NULLABLE },
	{ "to", DOCUMENT_TIME, DOCUMENT_NULLABLE },
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

static int
parse_one(struct trust * trust, struct document * doc, const struct json * one,
    struct err * e)
{
	struct trust_key key = { 0 };
	const char ** roles = NULL;
	char * copies[TRUST_MAX_ROLES + 1] = { NULL };
	size_t n = 0;
	int rc = -1;

	if (document_check(doc, one, "signers", signer_members,
		COUNT(signer_members), e) != 0)
		return -1;
	if ((parse_key(one, &key, e) != 0) ||
	    (document_texts(
		 json_get(one, "roles"), TRUST_MAX_ROLES, &roles, &n, e) != 0))
		return -1;
	copies[TRUST_MAX_ROLES] = text_copy(document_text(one, "name"), e);
	key.name = copies[TRUST_MAX_ROLES];
	key.from = document_time(one, "from");
	key.to = document_time(one, "to");
	for (; key.n_roles < n; key.n_roles++) {
		if (name_check_role(roles[key.n_roles], e) != 0)
			goto out;
		copies[key.n_roles] = text_copy(roles[key.n_roles], e);
		key.roles[key.n_roles] = copies[key.n_roles];
		if (copies[key.n_roles] == NULL)
			goto out;
	}
	/* No role is another thing than any role. */
	if ((n == 0) && !json_is_null(json_get(one, "roles"))) {
		err_set(e, ERR_INPUT, NULL,
		    "\"roles\" is null for any role, not empty");
		goto out;
	}
	if (key.name != NULL)
		rc = trust_add_key(trust, &key, e);

out:
	for (size_t i = 0; i <= TRUST_MAX_ROLES; i++)
		free(copies[i]);
	free(roles);
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

	if ((io_load(AT_FDCWD, path, TRUST_FILE_MAX, &file, e) == 0) &&
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
