#ifndef VERIFY_DISCLOSURE_PARTS_H
#define VERIFY_DISCLOSURE_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/digest.h"
#include "evidence/disclosure.h"
#include "evidence/err.h"
#include "evidence/lines.h"
#include "evidence/seal.h"
#include "evidence/tar.h"
#include "evidence/trust.h"

#include "verify/disclosure_check.h"

/*
 * The inside of disclosure_check, for the files disclosure_*.c only: the state
 * they share, and reading the files of the folder.
 */
#define DISCLOSURE_BLOCK ((size_t)64 << 10)
#define DISCLOSURE_REPORT_MAX 100 /* Findings that are reported. */

/* Lines of one file of the folder. */
struct disclosure_text {
	const char * name;
	int fd;
	int64_t at;
	struct lines lines;
	uint8_t * block;
	const uint8_t * bytes;
	size_t len;
};

struct disclosure_check {
	int dir;
	const struct trust * trust;
	struct disclosure_result * r;
	disclosure_report * report;
	void * context;
	struct err * e;
	bool is_failed; /* Something but the evidence failed. */
	struct digest * d;
	uint8_t * block;
	struct disclosure disclosure;
	struct seal seal;
	struct buf statement, seal_bytes, tags;
	int64_t files; /* That are proved to belong here. */
};

/**
 * disclosure_find(c, is_wrong, code, file, fmt, ...):
 * Report a finding about ${file} in words made from ${fmt}.
 */
void disclosure_find(struct disclosure_check * c, bool is_wrong,
    const char * code, const char * file, const char * fmt, ...)
    __attribute__((format(printf, 5, 6)));

/**
 * disclosure_find_err(c, code, file, why):
 * As disclosure_find, in the words of ${why}; a failure that is not about the
 * evidence ends the check instead.
 */
void disclosure_find_err(struct disclosure_check * c, const char * code,
    const char * file, const struct err * why);

/**
 * disclosure_load(c, path, max, out):
 * Append the file ${path} of the folder, of at most ${max} bytes, to ${out}.
 * Return 0, or -1 and it is reported.
 */
int disclosure_load(struct disclosure_check * c, const char * path, size_t max,
    struct buf * out);

/**
 * disclosure_hash(c, path, sha256):
 * Write the digest of the file ${path} to ${sha256}.  Return its size, or -1
 * and it is reported.
 */
int64_t disclosure_hash(struct disclosure_check * c, const char * path,
    uint8_t sha256[DIGEST_SHA256_LEN]);

/**
 * disclosure_open_text(c, f, name, max):
 * Start reading the file ${name} in lines of at most ${max} bytes;
 * disclosure_close_text ends ${f} either way.  Return 0, or -1 and it is
 * reported.
 */
int disclosure_open_text(struct disclosure_check * c,
    struct disclosure_text * f, const char * name, size_t max);

/**
 * disclosure_next_line(c, f, line, len):
 * As lines_next over the whole file ${f}, into ${line} and ${len}; a failure is
 * reported.
 */
int disclosure_next_line(struct disclosure_check * c,
    struct disclosure_text * f, const uint8_t ** line, size_t * len);

/**
 * disclosure_close_text(f):
 * Release what ${f} holds.
 */
void disclosure_close_text(struct disclosure_text * f);

/**
 * disclosure_original(file, path):
 * Write where the package's ${file} ("seal/...") stands in a disclosure to
 * ${path}.
 */
void disclosure_original(const char * file, char path[TAR_PATH_MAX]);

/**
 * disclosure_check_signers(c):
 * Judge who signed the seal and who signed the disclosure.
 */
void disclosure_check_signers(struct disclosure_check * c);

/**
 * disclosure_check_strays(c):
 * Judge whether anything is in the folder that does not belong there.
 */
void disclosure_check_strays(struct disclosure_check * c);

/**
 * disclosure_check_objects(c):
 * Judge each catalogue line with its path, its manifest line and its bytes.
 */
void disclosure_check_objects(struct disclosure_check * c);

#endif
