#include <stdio.h>
#include <string.h>

#include "evidence/disclosure.h"
#include "evidence/name.h"
#include "evidence/text.h"

static const struct document_member members[] = {
	{ "package", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "seal_sha256", DOCUMENT_SHA256, DOCUMENT_REQUIRED },
	{ "disclosed", DOCUMENT_OBJECT, DOCUMENT_REQUIRED },
	{ "withheld", DOCUMENT_OBJECT, DOCUMENT_REQUIRED },
	{ "tagmanifest_sha256", DOCUMENT_SHA256, DOCUMENT_REQUIRED },
	{ "at", DOCUMENT_TIME, DOCUMENT_REQUIRED },
	{ "clock", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "by", DOCUMENT_OBJECT, DOCUMENT_REQUIRED },
	{ "to", DOCUMENT_OBJECT, DOCUMENT_OPTIONAL },
	{ "purpose", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
	{ "authority", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
	{ "remarks", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
	{ "signers", DOCUMENT_ARRAY, DOCUMENT_REQUIRED },
	{ "tool", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
};

static const struct document_member count_members[] = {
	{ "objects", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
	{ "bytes", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
};

static const struct document_member path_members[] = {
	{ "seq", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
	{ "path", DOCUMENT_ARRAY, DOCUMENT_REQUIRED },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void
put_count(struct json_out * j, const char * key, int64_t objects, int64_t bytes)
{
	json_open_object(j, key);
	json_put_integer(j, "objects", objects);
	json_put_integer(j, "bytes", bytes);
	json_close_object(j);
}

int
disclosure_format(const struct disclosure * d, struct buf * out, struct err * e)
{
	struct json_out j;

	json_begin_document(&j, out, "disclosure", e);
	json_put_text(&j, "package", d->package);
	json_put_hex(&j, "seal_sha256", d->seal_sha256, DIGEST_SHA256_LEN);
	put_count(&j, "disclosed", d->objects, d->bytes);
	put_count(&j, "withheld", d->withheld_objects, d->withheld_bytes);
	json_put_hex(
	    &j, "tagmanifest_sha256", d->tagmanifest_sha256, DIGEST_SHA256_LEN);
	json_put_time(&j, "at", d->at);
	document_put_nullable(&j, "clock", d->clock);
	custody_put_person(&j, "by", &d->by);
	custody_put_person(&j, "to", &d->to);
	document_put_optional(&j, "purpose", d->purpose);
	document_put_optional(&j, "authority", d->authority);
	document_put_optional(&j, "remarks", d->remarks);
	signer_put(&j, d->signers, d->n_signers);
	document_put_nullable(&j, "tool", d->tool);
	return json_end_document(&j);
}

static int
parse_count(struct disclosure * d, const char * key, int64_t * objects,
    int64_t * bytes, struct err * e)
{
	const struct json * count = json_get(d->doc.root, key);

	if (document_check(&d->doc, count, key, count_members,
		COUNT(count_members), e) != 0)
		return -1;
	*objects = document_integer(count, "objects", 0);
	*bytes = document_integer(count, "bytes", 0);
	return 0;
}

int
disclosure_parse(
    const void * bytes, size_t len, struct disclosure * d, struct err * e)
{
	const struct json * root = NULL;
	int rc = -1;

	memset(d, 0, sizeof(*d));
	if (len > DISCLOSURE_MAX) {
		err_set(e, ERR_LIMIT, NULL, "a disclosure of more than 64 KiB");
		return -1;
	}
	if (document_parse_file(&d->doc, bytes, len, "disclosure", members,
		COUNT(members), e) != 0)
		return -1;
	root = d->doc.root;
	d->package = document_text(root, "package");
	(void)document_digest(
	    root, "seal_sha256", d->seal_sha256, DIGEST_SHA256_LEN);
	(void)document_digest(root, "tagmanifest_sha256", d->tagmanifest_sha256,
	    DIGEST_SHA256_LEN);
	d->at = document_time(root, "at");
	d->clock = document_text(root, "clock");
	d->purpose = document_text(root, "purpose");
	d->authority = document_text(root, "authority");
	d->remarks = document_text(root, "remarks");
	d->tool = document_text(root, "tool");
	if ((name_check_package(d->package, e) != 0) ||
	    (parse_count(d, "disclosed", &d->objects, &d->bytes, e) != 0) ||
	    (parse_count(d, "withheld", &d->withheld_objects,
		 &d->withheld_bytes, e) != 0) ||
	    (custody_parse_person(&d->doc, "by", &d->by, e) != 0) ||
	    (custody_parse_person(&d->doc, "to", &d->to, e) != 0) ||
	    (signer_parse(
		 &d->doc, DISCLOSURE_STEM, d->signers, &d->n_signers, e) != 0))
		goto out;
	rc = 0;

out:
	if (rc != 0)
		disclosure_free(d);
	return rc;
}

void
disclosure_comment(const char * package, const char * role,
    char comment[DISCLOSURE_COMMENT_SIZE])
{
	(void)snprintf(comment, DISCLOSURE_COMMENT_SIZE,
	    "azcustody/disclosure/1 %s %s", package, role);
}

void
disclosure_free(struct disclosure * d)
{
	document_free(&d->doc);
	memset(d, 0, sizeof(*d));
}

int
disclosure_put_path(int64_t seq, const struct merkle_path * path,
    struct buf * out, struct err * e)
{
	struct json_out j;

	json_begin_document(&j, out, "path", e);
	json_put_integer(&j, "seq", seq);
	json_open_array(&j, "path");
	for (size_t i = 0; i < path->n; i++)
		json_put_hex(&j, NULL, path->hash[i], DIGEST_SHA256_LEN);
	json_close_array(&j);
	return json_end_document(&j);
}

int
disclosure_parse_path(const void * bytes, size_t len, int64_t * seq,
    struct merkle_path * path, struct buf * unknown, struct err * e)
{
	struct document doc = { 0 };
	const struct json * one = NULL;
	int rc = -1;

	path->n = 0;
	if (document_parse(&doc, bytes, len, "path", path_members,
		COUNT(path_members), e) != 0)
		return -1;
	*seq = document_integer(doc.root, "seq", 0);
	one = json_first(json_get(doc.root, "path"));
	for (; one != NULL; one = json_next(one)) {
		const char * hex = json_text(one);

		if ((hex == NULL) || (path->n == MERKLE_PATH_MAX) ||
		    (text_hex_decode(
			 hex, path->hash[path->n], DIGEST_SHA256_LEN) != 0)) {
			err_set(e, ERR_INPUT, NULL, "no audit path");
			goto out;
		}
		path->n++;
	}
	rc = (unknown == NULL)
	    ? 0
	    : buf_add_text(unknown, buf_text(&doc.unknown), e);

out:
	document_free(&doc);
	return rc;
}
