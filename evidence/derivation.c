#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/derivation.h"
#include "evidence/name.h"
#include "evidence/text.h"

static const struct document_member members[] = {
	{ "tagmanifest_sha256", DOCUMENT_SHA256, DOCUMENT_REQUIRED },
	{ "packages", DOCUMENT_ARRAY, DOCUMENT_REQUIRED },
	{ "at", DOCUMENT_TIME, DOCUMENT_REQUIRED },
	{ "clock", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "by", DOCUMENT_OBJECT, DOCUMENT_REQUIRED },
	{ "purpose", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
	{ "authority", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
	{ "remarks", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
	{ "signers", DOCUMENT_ARRAY, DOCUMENT_REQUIRED },
	{ "tool", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
};

static const struct document_member package_members[] = {
	{ "package", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "seal_sha256", DOCUMENT_SHA256, DOCUMENT_REQUIRED },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

int
derivation_format(const struct derivation * d, struct buf * out, struct err * e)
{
	struct json_out j;

	json_begin_document(&j, out, "derivation", e);
	json_put_hex(
	    &j, "tagmanifest_sha256", d->tagmanifest_sha256, DIGEST_SHA256_LEN);
	json_open_array(&j, "packages");
	for (size_t i = 0; i < d->n_packages; i++) {
		json_open_object(&j, NULL);
		document_put_nullable(&j, "package", d->packages[i].package);
		json_put_hex(&j, "seal_sha256", d->packages[i].seal_sha256,
		    DIGEST_SHA256_LEN);
		json_close_object(&j);
	}
	json_close_array(&j);
	json_put_time(&j, "at", d->at);
	document_put_nullable(&j, "clock", d->clock);
	custody_put_person(&j, "by", &d->by);
	document_put_optional(&j, "purpose", d->purpose);
	document_put_optional(&j, "authority", d->authority);
	document_put_optional(&j, "remarks", d->remarks);
	signer_put(&j, d->signers, d->n_signers);
	document_put_nullable(&j, "tool", d->tool);
	return json_end_document(&j);
}

static int
parse_packages(struct derivation * d, struct err * e)
{
	const struct json * array = json_get(d->doc.root, "packages");
	const struct json * at = json_first(array);
	size_t n = document_count(array);

	if ((n == 0) || (n > DERIVED_LIST_MAX)) {
		err_set(e, ERR_LIMIT, NULL, "not 1 to %d in \"packages\"",
		    DERIVED_LIST_MAX);
		return -1;
	}
	d->packages = calloc(n, sizeof(*d->packages));
	if (d->packages == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	for (; at != NULL; at = json_next(at)) {
		struct derivation_package * p = &d->packages[d->n_packages++];

		if (document_check(&d->doc, at, "packages", package_members,
			COUNT(package_members), e) != 0)
			return -1;
		p->package = document_text(at, "package");
		(void)document_digest(
		    at, "seal_sha256", p->seal_sha256, DIGEST_SHA256_LEN);
		if (name_check_package(p->package, e) != 0)
			return -1;
	}
	return 0;
}

int
derivation_parse(
    const void * bytes, size_t len, struct derivation * d, struct err * e)
{
	const struct json * root = NULL;

	memset(d, 0, sizeof(*d));
	if (len > DERIVATION_MAX) {
		err_set(
		    e, ERR_LIMIT, NULL, "a derivation of more than 256 KiB");
		return -1;
	}
	if (document_parse_file(&d->doc, bytes, len, "derivation", members,
		COUNT(members), e) != 0)
		return -1;
	root = d->doc.root;
	(void)document_digest(root, "tagmanifest_sha256", d->tagmanifest_sha256,
	    DIGEST_SHA256_LEN);
	d->at = document_time(root, "at");
	d->clock = document_text(root, "clock");
	d->purpose = document_text(root, "purpose");
	d->authority = document_text(root, "authority");
	d->remarks = document_text(root, "remarks");
	d->tool = document_text(root, "tool");
	if ((parse_packages(d, e) != 0) ||
	    (custody_parse_person(&d->doc, "by", &d->by, e) != 0) ||
	    (signer_parse(&d->doc, DERIVATION_STEM, d->signers, &d->n_signers,
		 e) != 0)) {
		derivation_free(d);
		return -1;
	}
	return 0;
}

void
derivation_comment(const uint8_t tagmanifest_sha256[DIGEST_SHA256_LEN],
    const char * role, char comment[DERIVATION_COMMENT_SIZE])
{
	char hex[DIGEST_SHA256_HEX];

	text_hex_encode(tagmanifest_sha256, DIGEST_SHA256_LEN, hex);
	(void)snprintf(comment, DERIVATION_COMMENT_SIZE,
	    "azcustody/derivation/1 %s %s", hex, role);
}

void
derivation_free(struct derivation * d)
{
	free(d->packages);
	document_free(&d->doc);
	memset(d, 0, sizeof(*d));
}
