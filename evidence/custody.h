#ifndef EVIDENCE_CUSTODY_H
#define EVIDENCE_CUSTODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/digest.h"
#include "evidence/document.h"
#include "evidence/err.h"
#include "evidence/name.h"
#include "evidence/signer.h"

/*
 * One entry of the custody ledger, NNNNNN-EVENT.json: who did what with the
 * package, when and why.  Its signatures stand beside it: NNNNNN-EVENT. and
 * what signer_file puts behind it.
 */
#define CUSTODY_MAX ((size_t)256 << 10) /* Bytes of one entry. */
#define CUSTODY_MAX_SEQ 999999
#define CUSTODY_COMMENT_SIZE 192
#define CUSTODY_NAME_SIZE SIGNER_FILE_SIZE

enum custody_event {
	CUSTODY_SEALED,
	CUSTODY_RELEASED,
	CUSTODY_RECEIVED,
	CUSTODY_ACCESSED,
	CUSTODY_VERIFIED,
	CUSTODY_COPIED,
	CUSTODY_DERIVED,
	CUSTODY_ENCRYPTED,
	CUSTODY_DISCLOSED,
	CUSTODY_STORED,
	CUSTODY_RETURNED,
	CUSTODY_DESTROYED,
	CUSTODY_CORRECTED,
	CUSTODY_TIMESTAMPED,
	CUSTODY_NOTED
};
#define CUSTODY_EVENT_COUNT 15

struct custody_person {
	const char * name;
	const char * title;
	const char * organisation;
	const char * contact;
};

struct custody_signature {
	const char * file;
	uint8_t sha256[DIGEST_SHA256_LEN];
};

struct custody_medium {
	const char * kind;
	const char * serial;
	const char * seal;
};

/* The release that a receipt of the package answers. */
struct custody_release {
	int64_t seq;                       /* 0: none is quoted. */
	uint8_t sha256[DIGEST_SHA256_LEN]; /* Of its entry file. */
};

/* What was made of the package: a copy, a timeline, a part of it. */
struct custody_product {
	const char * what; /* NULL: nothing. */
	uint8_t sha256[DIGEST_SHA256_LEN];
	int64_t size; /* Bytes that were hashed; -1: not said. */
};

/* The time stamp that an entry brings: NNNNNN-timestamped.tsr. */
struct custody_token {
	const char * file; /* NULL: none. */
	uint8_t sha256[DIGEST_SHA256_LEN];
	const uint8_t * bytes; /* For ledger_append; never of a parsed one. */
	size_t len;
};

struct custody_entry {
	int64_t seq; /* From 1. */
	const char * package;
	uint8_t seal_sha256[DIGEST_SHA256_LEN];
	uint8_t prev[DIGEST_SHA256_LEN]; /* Entry 1: the seal's. */
	struct custody_signature prev_sigs[SIGNER_MAX];
	size_t n_prev_sigs;
	enum custody_event event;
	int64_t at;
	const char * clock; /* How far it can be relied on, in words. */
	const char * tool;  /* Program and version, or NULL. */
	struct custody_person by;
	struct signer signers[SIGNER_MAX];
	size_t n_signers;
	struct custody_person from; /* Name NULL: not said. */
	struct custody_person to;
	const char * purpose;
	const char * authority;
	const char * place;
	struct custody_medium medium; /* Kind NULL: not said. */
	const char * transport;
	const char * condition;
	bool has_archive;
	uint8_t archive_sha256[DIGEST_SHA256_LEN];
	bool has_archive_sha512;
	uint8_t archive_sha512[DIGEST_MAX_LEN];
	int64_t archive_size;
	struct custody_release release; /* Of CUSTODY_RECEIVED. */
	struct custody_product product; /* Of what is made of it. */
	int64_t corrects; /* Seq of the entry it corrects, or 0. */
	int64_t about;    /* Seq of the entry that a note or token is about. */
	struct custody_token token;
	const char * remarks;

	struct document doc; /* Owned by a parsed one. */
};

/**
 * custody_event_text(event):
 * Return the word of ${event} ("sealed").
 */
const char * custody_event_text(enum custody_event event);

/**
 * custody_event_parse(text, event):
 * Put the event whose word is ${text} into ${event}.  Return 0, or -1 with
 * ${event} untouched.
 */
int custody_event_parse(const char * text, enum custody_event * event);

/**
 * custody_put_person(j, key, person):
 * Put ${person} as the member ${key}; nothing if its name is NULL.
 */
void custody_put_person(struct json_out * j, const char * key,
    const struct custody_person * person);

/**
 * custody_parse_person(doc, key, person, e):
 * Read the member ${key} of ${doc} into ${person}, whose text is borrowed from
 * ${doc}; without such a member ${person} is untouched.  Return 0, or -1 with
 * ${e} set.
 */
int custody_parse_person(struct document * doc, const char * key,
    struct custody_person * person, struct err * e);

/**
 * custody_format(entry, out, e):
 * Append the document of ${entry} to ${out}.  Return 0, or -1 with ${e} set.
 */
int custody_format(
    const struct custody_entry * entry, struct buf * out, struct err * e);

/**
 * custody_parse(bytes, len, entry, e):
 * Parse an entry into ${entry} and check what it alone can show (entry 1, and
 * no other, is "sealed", has an archive and no prev_sigs and points to its
 * seal; signers are unique and their files named from custody_stem).  Return 0, and custody_free releases it, or -1 with ${e} set and
 * ${entry} empty.
 */
int custody_parse(const void * bytes, size_t len, struct custody_entry * entry,
    struct err * e);

/**
 * custody_entry_name(seq, event, name):
 * Write the entry's file name, "NNNNNN-EVENT.json", to ${name}.
 */
void custody_entry_name(
    int64_t seq, enum custody_event event, char name[CUSTODY_NAME_SIZE]);

/**
 * custody_stem(seq, event, stem):
 * Write what the names of an entry's signature files begin with (signer_file),
 * "NNNNNN-EVENT.", to ${stem}.
 */
void custody_stem(
    int64_t seq, enum custody_event event, char stem[CUSTODY_NAME_SIZE]);

/**
 * custody_token_name(seq, name):
 * Write the name of the token that entry ${seq} brings to ${name}.
 */
void custody_token_name(int64_t seq, char name[CUSTODY_NAME_SIZE]);

/**
 * custody_comment(package, seq, role, comment):
 * Write the trusted comment of an entry's signature, "azcustody/custody/1
 * PACKAGE SEQ ROLE", to ${comment}.
 */
void custody_comment(const char * package, int64_t seq, const char * role,
    char comment[CUSTODY_COMMENT_SIZE]);

/**
 * custody_free(entry):
 * Release what a parsed ${entry} owns and make it zeros.
 */
void custody_free(struct custody_entry * entry);

#endif
