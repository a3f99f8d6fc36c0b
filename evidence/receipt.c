#include <stdio.h>
#include <string.h>

#include "evidence/receipt.h"

static const struct document_member members[] = {
	{ "package", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "seal_sha256", DOCUMENT_SHA256, DOCUMENT_REQUIRED },
	{ "seq", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
	{ "head", DOCUMENT_SHA256, DOCUMENT_REQUIRED },
	{ "at", DOCUMENT_TIME, DOCUMENT_REQUIRED },
	{ "clock", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "by", DOCUMENT_OBJECT, DOCUMENT_REQUIRED },
	{ "signers", DOCUMENT_ARRAY, DOCUMENT_REQUIRED },
	{ "remarks", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
};

int
receipt_format(const struct receipt * receipt, struct buf * out, struct err * e)
{
	struct json_out j;

	json_begin_document(&j, out, "receipt", e);
	json_put_text(&j, "package", receipt->package);
	json_put_hex(
	    &j, "seal_sha256", receipt->seal_sha256, DIGEST_SHA256_LEN);
	json_put_integer(&j, "seq", receipt->seq);
	json_put_hex(&j, "head", receipt->head, DIGEST_SHA256_LEN);
	json_put_time(&j, "at", receipt->at);
	document_put_nullable(&j, "clock", receipt->clock);
	custody_put_person(&j, "by", &receipt->by);
	signer_put(&j, receipt->signers, receipt->n_signers);
	document_put_optional(&j, "remarks", receipt->remarks);
	return json_end_document(&j);
}

int
receipt_parse(
    const void * bytes, size_t len, struct receipt * receipt, struct err * e)
{
	const struct json * root = NULL;
	char stem[RECEIPT_NAME_SIZE];
	int rc = -1;

	memset(receipt, 0, sizeof(*receipt));
	if (len > RECEIPT_MAX) {
		err_set(e, ERR_LIMIT, NULL, "a receipt of more than 64 KiB");
		return -1;
	}
	if (document_parse_file(&receipt->doc, bytes, len, "receipt", members,
		sizeof(members) / sizeof(members[0]), e) != 0)
		return -1;
	root = receipt->doc.root;
	receipt->package = document_text(root, "package");
	(void)document_digest(
	    root, "seal_sha256", receipt->seal_sha256, DIGEST_SHA256_LEN);
	receipt->seq = document_integer(root, "seq", 0);
	(void)document_digest(root, "head", receipt->head, DIGEST_SHA256_LEN);
	receipt->at = document_time(root, "at");
	receipt->clock = document_text(root, "clock");
	receipt->remarks = document_text(root, "remarks");
	if ((receipt->seq < 1) || (receipt->seq > CUSTODY_MAX_SEQ)) {
		err_set(e, ERR_INPUT, NULL, "a seq that cannot be");
		goto out;
	}
	receipt_stem(receipt->seq, stem);
	if ((name_check_package(receipt->package, e) != 0) ||
	    (custody_parse_person(&receipt->doc, "by", &receipt->by, e) != 0) ||
	    (signer_parse(&receipt->doc, stem, receipt->signers,
		 &receipt->n_signers, e) != 0))
		goto out;
	rc = 0;

out:
	if (rc != 0)
		receipt_free(receipt);
	return rc;
}

void
receipt_name(int64_t seq, char name[RECEIPT_NAME_SIZE])
{
	(void)snprintf(
	    name, RECEIPT_NAME_SIZE, "%06lld-receipt.json", (long long)seq);
}

void
receipt_stem(int64_t seq, char stem[RECEIPT_NAME_SIZE])
{
	(void)snprintf(
	    stem, RECEIPT_NAME_SIZE, "%06lld-receipt.", (long long)seq);
}

void
receipt_comment(const char * package, int64_t seq, const char * role,
    char comment[RECEIPT_COMMENT_SIZE])
{
	(void)snprintf(comment, RECEIPT_COMMENT_SIZE,
	    "azcustody/receipt/1 %s %06lld %s", package, (long long)seq, role);
}

void
receipt_free(struct receipt * receipt)
{
	document_free(&receipt->doc);
	memset(receipt, 0, sizeof(*receipt));
}
