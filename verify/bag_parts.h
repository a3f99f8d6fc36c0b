#ifndef VERIFY_BAG_PARTS_H
#define VERIFY_BAG_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/digest.h"
#include "evidence/err.h"

#include "verify/bag_check.h"
#include "verify/bag_files.h"
#include "verify/bag_text.h"

/*
 * The inside of bag_check, for the files bag_*.c only.
 */
enum bag_finding {
	BAG_STRUCTURE,
	BAG_LIMIT,
	BAG_SPECIAL,
	BAG_DECLARATION,
	BAG_BOM,
	BAG_VERSION,
	BAG_ENCODING,
	BAG_MANIFEST,
	BAG_NO_MANIFEST,
	BAG_PATH,
	BAG_DUPLICATE,
	BAG_MISSING,
	BAG_UNLISTED,
	BAG_DIGEST,
	BAG_OXUM,
	BAG_FETCH_LINE,
	BAG_TWICE,
	BAG_ALGORITHM,
	BAG_REPEATED,
	BAG_CASE_TWIN,
	BAG_FORM_TWIN,
	BAG_RELATIVE,
	BAG_STAR,
	BAG_SYSTEM,
	BAG_FETCH,
	BAG_WEAK,
	BAG_INFO,
	BAG_SPACING,
	BAG_OXUM_TWIN
};
#define BAG_FINDINGS 29

#define BAG_TEXTS_MAX 32 /* Text files at the top that are read whole. */
#define BAG_DIGESTS 6

/* The digests a list may be of, in the order of struct bag's digest. */
extern const struct bag_digest {
	const char * name;
	enum digest_kind kind;
} bag_digests[BAG_DIGESTS];

/* A text file at the top, read whole. */
struct bag_text {
	char name[64];
	struct buf bytes;
	struct buf text; /* In UTF-8. */
	bool is_readable;
};

struct bag {
	struct bag_result * result;
	package_report * report;
	void * context;
	struct err * e;
	bool is_failed; /* e says what kept us from judging. */
	bool is_cut;    /* The container could not be read through. */
	int64_t found[BAG_FINDINGS];
	struct bag_text texts[BAG_TEXTS_MAX];
	int n_texts;
	size_t text_bytes;
	struct bag_files files;
	bool has_payload_folder;
	bool is_strict; /* Version 1.0. */
	enum bag_encoding encoding;
	bool has_list[BAG_FILES_LISTS]; /* Payload first, then tag files. */
	struct digest * digest[BAG_DIGESTS];
	int64_t twin_bytes; /* Of payload that differs in case only */
	int64_t twins;      /* from what was counted before. */
};

/**
 * bag_find(b, id, member, fmt, ...):
 * Report the finding ${id} about ${member} ("" for none) in words made from
 * ${fmt}.  Foreign text may be in both.
 */
void bag_find(struct bag * b, enum bag_finding id, const char * member,
    const char * fmt, ...) __attribute__((format(printf, 4, 5)));

/**
 * bag_find_err(b, id, member, why):
 * As bag_find, in the words of ${why}; a failure that is not about the input
 * ends the check instead.
 */
void bag_find_err(struct bag * b, enum bag_finding id, const char * member,
    const struct err * why);

/**
 * bag_text_named(b, name):
 * Return the text file ${name}, or NULL if it is not there.
 */
struct bag_text * bag_text_named(struct bag * b, const char * name);

/**
 * bag_is_payload(path, len):
 * Return whether ${path} is below data/.
 */
bool bag_is_payload(const char * path, size_t len);

/**
 * bag_list_of(name, list):
 * If ${name} is that of a manifest or tag manifest, return 1 and put the index
 * of its list into ${list}, or -1 there if its digest is none that is known
 * here; else return 0.
 */
int bag_list_of(const char * name, int * list);

/**
 * bag_list_name(list, name):
 * Write the file name of ${list} to ${name}.
 */
void bag_list_name(int list, char name[64]);

/**
 * bag_declaration(b):
 * Judge bagit.txt and take version and encoding from it.
 */
void bag_declaration(struct bag * b);

/**
 * bag_manifests(b):
 * Read all manifests, tag manifests, and fetch.txt into the files of ${b}.
 */
void bag_manifests(struct bag * b);

/**
 * bag_twins(b):
 * Find names that some file systems take for one; a listed name that is here in
 * another normalisation only is taken for that file.
 */
void bag_twins(struct bag * b);

/**
 * bag_complete(b):
 * After all files were read: is what is listed here, as it was listed, and what
 * is here listed?
 */
void bag_complete(struct bag * b);

/**
 * bag_info(b):
 * Compare Payload-Oxum with the payload.
 */
void bag_info(struct bag * b);

#endif
