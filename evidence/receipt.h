#ifndef EVIDENCE_RECEIPT_H
#define EVIDENCE_RECEIPT_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/custody.h"
#include "evidence/digest.h"
#include "evidence/document.h"
#include "evidence/err.h"
#include "evidence/signer.h"

/*
 * A head receipt, NNNNNN-receipt.json: who has seen a custody ledger says, in
 * a file that whoever gave it keeps, which entry was the last one then.  A
 * ledger that is cut short later contradicts it.  Its signatures stand beside
 * it: NNNNNN-receipt. and what signer_file puts behind it.
 */
#define RECEIPT_MAX ((size_t)64 << 10) /* Bytes. */
#define RECEIPT_NAME_SIZE SIGNER_FILE_SIZE
#define RECEIPT_COMMENT_SIZE 192

struct receipt {
	const char * package;
	uint8_t seal_sha256[DIGEST_SHA256_LEN];
	int64_t seq;                     /* Of the ledger's last entry. */
	uint8_t head[DIGEST_SHA256_LEN]; /* Of that entry's file. */
	int64_t at;
	const char * clock;
	struct custody_person by;
	struct signer signers[SIGNER_MAX];
	size_t n_signers;
	const char * remarks;

	struct document doc; /* Owned by a parsed one. */
};

/**
 * receipt_format(receipt, out, e):
 * Append the document of ${receipt} to ${out}.  Return 0, or -1 with ${e} set.
 */
int receipt_format(
    const struct receipt * receipt, struct buf * out, struct err * e);

/**
 * receipt_parse(bytes, len, receipt, e):
 * Parse the document into ${receipt}.  Return 0, and receipt_free releases it,
 * or -1 with ${e} set and ${receipt} empty.
 */
int receipt_parse(
    const void * bytes, size_t len, struct receipt * receipt, struct err * e);

/**
 * receipt_name(seq, name):
 * Write the receipt's file name, "NNNNNN-receipt.json", to ${name}.
 */
void receipt_name(int64_t seq, char name[RECEIPT_NAME_SIZE]);

/**
 * receipt_stem(seq, stem):
 * Write what its signature files begin with, "NNNNNN-receipt.", to ${stem}.
 */
void receipt_stem(int64_t seq, char stem[RECEIPT_NAME_SIZE]);

/**
 * receipt_comment(package, seq, role, comment):
 * Write the trusted comment of its signatures, "azcustody/receipt/1 PACKAGE
 * SEQ ROLE", to ${comment}.
 */
void receipt_comment(const char * package, int64_t seq, const char * role,
    char comment[RECEIPT_COMMENT_SIZE]);

/**
 * receipt_free(receipt):
 * Release what a parsed ${receipt} owns and make it zeros.
 */
void receipt_free(struct receipt * receipt);

#endif
