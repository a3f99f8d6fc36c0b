#ifndef EVIDENCE_CHECK_H
#define EVIDENCE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/case_file.h"
#include "evidence/check_answer.h"
#include "evidence/check_batch.h"
#include "evidence/check_page.h"
#include "evidence/check_start.h"
#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/gap.h"
#include "evidence/journal.h"
#include "evidence/ledger.h"
#include "evidence/lines.h"
#include "evidence/merkle.h"
#include "evidence/package_check.h"
#include "evidence/package_read.h"
#include "evidence/seal.h"
#include "evidence/source.h"
#include "evidence/x509.h"

/*
 * The inside of package_check, for the files check_*.c only: one pass over the
 * stream that hands each member to the part that judges it, the state the parts
 * share, and the table of checks.
 */

/* One line of the table in check.c for each; codes are for programs. */
enum check_id {
	CHECK_STRUCTURE,
	CHECK_NAME,
	CHECK_MISSING,
	CHECK_EMPTY_PART,
	CHECK_EXTRA,
	CHECK_FOLDER,
	CHECK_BAGIT,
	CHECK_DOCUMENT,
	CHECK_UNKNOWN_MEMBER,
	CHECK_MANIFEST,
	CHECK_TAGMANIFEST,
	CHECK_OXUM,
	CHECK_GROUP,
	CHECK_GROUP_OF,
	CHECK_CATALOGUE,
	CHECK_MEMBER,
	CHECK_SOURCE,
	CHECK_MERKLE,
	CHECK_PAYLOAD,
	CHECK_STREAM,
	CHECK_SEAL,
	CHECK_SEAL_TAGMANIFEST,
	CHECK_SEAL_FILE,
	CHECK_CASE,
	CHECK_CERTIFICATE,
	CHECK_JOURNAL,
	CHECK_JOURNAL_STORY,
	CHECK_ANSWER,
	CHECK_REQUEST,
	CHECK_EXPECTED,
	CHECK_CHECKSUM,
	CHECK_UNREAD,
	CHECK_NO_SEAL,
	CHECK_NO_SIGNER,
	CHECK_SIGNATURE,
	CHECK_SIGNATURE_MISSING,
	CHECK_SIGNER,
	CHECK_UNTRUSTED,
	CHECK_NO_TRUST,
	CHECK_COUNT,
	CHECK_LISTING,
	CHECK_LISTED,
	CHECK_NO_LISTING,
	CHECK_GAPS,
	CHECK_NOT_JUDGED,
	CHECK_NO_LEDGER,
	CHECK_LEDGER,
	CHECK_LEDGER_TRUST,
	CHECK_LEDGER_OPEN,
	CHECK_LEDGER_END,
	CHECK_NO_TOKEN,
	CHECK_TOKEN_MISSING,
	CHECK_TOKEN,
	CHECK_STAMP_UNTRUSTED,
	CHECK_NO_STAMP_TRUST,
	CHECK_STAMP_OTHER,
	CHECK_UNSTAMPED,
	CHECK_STAMPED,
	CHECK_BEGUN,
	CHECK_SIGNED_BY,
	CHECK_EXPIRED,
	CHECK_REVOCATION,
	CHECK_DEMAND,
	CHECK_DEMAND_OPEN
};
#define CHECK_IDS 64

#define CHECK_REPORT_MAX 100 /* Findings of one check that are reported. */
#define CHECK_TAGS_MAX ((size_t)8 << 20) /* Of tag manifest kept for detail. */
#define CHECK_BUCKETS 1024
#define CHECK_CERTIFICATES_MAX 1024

/* A certificate that a line names, or that is here. */
struct check_certificate {
	uint8_t sha256[DIGEST_SHA256_LEN];
	bool is_named;
	bool is_here;
};

struct check {
	int fd;
	const struct package_check_options * options;
	struct package_result * result;
	struct err * e;
	int threads;     /* Beside this one; 0: none. */
	bool is_failed;  /* e says what kept us from judging. */
	bool is_damaged; /* The stream could not be read through. */
	bool is_plain;
	bool is_folder;        /* Unpacked: no frames, no file's digest. */
	int64_t folder_intact; /* Payload with the digest of its line. */
	bool is_tail;          /* What is read now stands behind the damage. */
	int64_t found[CHECK_IDS];

	/* The stream. */
	struct package_read * r;
	char top[NAME_SIZE];
	struct package_item item;
	struct digest * d; /* Of the member at hand. */
	uint8_t sha256[DIGEST_SHA256_LEN];
	struct buf whole;
	struct lines lines;
	struct check_batches * batches; /* Of lines; NULL until needed. */
	bool is_spoilt; /* The rest of the member is only hashed. */
	bool seen[MEMBER_KINDS];
	struct package_place place[MEMBER_KINDS]; /* The first of each. */
	struct package_place last[MEMBER_KINDS];  /* And the last. */
	struct secret_scan scan; /* Of the payload member at hand. */

	/* Manifests, as they must be. */
	struct digest * manifest;
	struct buf tags;
	struct digest * tagmanifest;
	bool is_tag_proved[MEMBER_KINDS]; /* The tag manifest agrees. */
	bool is_proved; /* Manifest and catalogue are those of the seal. */
	size_t tags_at; /* Of the line of tags that comes next. */

	/* Payload and catalogue, as two digests of the same facts. */
	struct digest * payload;
	struct digest * catalogue;
	int64_t lines_objects;
	struct merkle merkle;
	struct digest * scratch;
	uint8_t running[DIGEST_SHA256_LEN];
	int64_t taken; /* Catalogue lines that were listed. */
	int64_t gaps[GAP_REASON_COUNT];
	int64_t gap_lines, gaps_object;

	/* Documents. */
	struct case_file case_file;
	bool has_case;
	bool has_bag_group; /* bag-info.txt names one: */
	struct group bag_group;
	struct sources sources;
	bool has_sources;
	struct journal journal;
	enum journal_event last_event;
	int64_t journal_objects; /* Committed, as the journal says. */
	int64_t journal_pages, journal_again; /* Of the two listings. */
	uint8_t journal_running[DIGEST_SHA256_LEN];
	int64_t requests, connections; /* Opened so far. */
	struct check_certificate certificates[CHECK_CERTIFICATES_MAX];
	size_t certificate_count;
	int64_t footprint_requests; /* -1: there is none. */

	struct check_answers answers;
	struct check_start start;

	/* Listings. */
	struct check_page * listing; /* The page at hand. */
	bool is_listing_made;        /* A thread has read all of it. */
	int64_t pages, pages_again;
	int64_t listed;
	bool has_next;                   /* The last page names another one, */
	uint8_t next[DIGEST_SHA256_LEN]; /* this, */
	uint8_t same[DIGEST_SHA256_LEN]; /* or this, without its marker. */
	struct package_set in_listing, in_package;
	struct package_set pages_want, pages_have;

	/* The seal. */
	struct seal seal;
	struct buf seal_bytes;
	int64_t border;
	uint8_t border_sha256[DIGEST_SHA256_LEN];
	bool is_signed[SIGNER_MAX], is_stamped[SEAL_MAX_TOKENS]; /* Here. */
	struct buf signature[SIGNER_MAX], token[SEAL_MAX_TOKENS];
	int64_t stamped_at[SIGNER_MAX]; /* Proved, or CLOCK_UNKNOWN. */
	int64_t
	    file_proved_at; /* By when its ledger proves the file existed. */
	struct ledger * ledger; /* Beside the package, or NULL. */
	struct err ledger_e;    /* Why it could not be read. */
	bool has_certificates;
	struct x509_set * carried; /* seal/certs.pem: helps, proves nothing. */
};

/**
 * check_find(c, id, member, fmt, ...):
 * Report the finding ${id} about ${member} ("" for none) in words made from
 * ${fmt}, and let it weigh on its question.  Foreign text may be in both.
 */
void check_find(struct check * c, enum check_id id, const char * member,
    const char * fmt, ...) __attribute__((format(printf, 4, 5)));

/**
 * check_find_err(c, id, member, why):
 * As check_find, in the words of ${why}; a failure that is not about the input
 * (memory, I/O) ends the check instead.
 */
void check_find_err(struct check * c, enum check_id id, const char * member,
    const struct err * why);

/**
 * check_is_damage(why):
 * Return whether ${why} is about the input, not about us or the machine.
 */
bool check_is_damage(const struct err * why);

/**
 * check_stream(c, r):
 * Read all members of ${r} and judge each.  Return 0 at the end, 1 if the rest
 * cannot be read because of damage (reported), or -1 if the check cannot go on.
 */
int check_stream(struct check * c, struct package_read * r);

/**
 * check_damage(c):
 * After damage: go on behind it, and count the members that are intact all the
 * same.  Return 0, or -1 if the check cannot go on.
 */
int check_damage(struct check * c);

/**
 * check_members(c):
 * Compare each payload member with its lines of manifest and catalogue, one by
 * one and reporting each that differs; count those that are intact.  Return 0,
 * or -1 if the check cannot go on.
 */
int check_members(struct check * c);

/**
 * check_folder(c, r):
 * At the end of the unpacked folder ${r}: find what no list names, and say what
 * cannot be judged of a folder.
 */
void check_folder(struct check * c, struct package_read * r);

/* The parts.  Each function judges what its name says and reports. */

/**
 * check_bagit(c, bytes, len):
 * Judge bagit.txt.
 */
void check_bagit(struct check * c, const uint8_t * bytes, size_t len);

/**
 * check_bag_info(c, bytes, len):
 * Judge bag-info.txt against the payload.
 */
void check_bag_info(struct check * c, const uint8_t * bytes, size_t len);

/**
 * check_manifest_add(c):
 * Add the member at hand, read to its end, to the manifest it belongs to.
 */
void check_manifest_add(struct check * c);

/**
 * check_manifest_end(c):
 * Compare the manifest, read to its end, with the payload that went before.
 */
void check_manifest_end(struct check * c);

/**
 * check_tagmanifest_line(c, line, len):
 * Compare a line of the tag manifest with the members that went before.
 */
void check_tagmanifest_line(struct check * c, const uint8_t * line, size_t len);

/**
 * check_tagmanifest_end(c):
 * Judge what the tag manifest left out.
 */
void check_tagmanifest_end(struct check * c);

/**
 * check_case(c, bytes, len):
 * Judge meta/case.json.
 */
void check_case(struct check * c, const uint8_t * bytes, size_t len);

/**
 * check_tool(c, bytes, len):
 * Judge meta/tool.json.
 */
void check_tool(struct check * c, const uint8_t * bytes, size_t len);

/**
 * check_sources(c, bytes, len):
 * Judge meta/sources.json.
 */
void check_sources(struct check * c, const uint8_t * bytes, size_t len);

/**
 * check_footprint(c, bytes, len):
 * Judge meta/footprint.json.
 */
void check_footprint(struct check * c, const uint8_t * bytes, size_t len);

/**
 * check_clock_line(c, line, len):
 * Judge a line of meta/clock.jsonl.
 */
void check_clock_line(struct check * c, const uint8_t * line, size_t len);

/**
 * check_need_certificate(c, sha256):
 * A line names the certificate of ${sha256}: it must be here.
 */
void check_need_certificate(struct check * c, const uint8_t * sha256);

/**
 * check_certificate_end(c):
 * Compare a certificate, read to its end, with its name.
 */
void check_certificate_end(struct check * c);

/**
 * check_certificates(c):
 * At the end: is each certificate here that a line names?
 */
void check_certificates(struct check * c);

/**
 * check_readme(c, bytes, len):
 * Judge README-VERIFY.txt.
 */
void check_readme(struct check * c, const uint8_t * bytes, size_t len);

/**
 * check_payload_end(c):
 * Note the payload member at hand, read to its end.
 */
void check_payload_end(struct check * c);

/**
 * check_objects_end(c):
 * Compare the catalogue as a whole with the payload.
 */
void check_objects_end(struct check * c);

/**
 * check_journal_line(c, line, len):
 * Judge a line of the journal.
 */
void check_journal_line(struct check * c, const uint8_t * line, size_t len);

/**
 * check_journal_end(c):
 * Judge how the journal ends and whether it tells of what is here.
 */
void check_journal_end(struct check * c);

/**
 * check_listing_begin(c):
 * Begin a page of a listing.
 */
void check_listing_begin(struct check * c);

/**
 * check_listing_data(c, bytes, len):
 * Read further ${bytes} of the page.
 */
void check_listing_data(struct check * c, const uint8_t * bytes, size_t len);

/**
 * check_listing_end(c):
 * End the page and count its entries.
 */
void check_listing_end(struct check * c);

/**
 * check_listing_add(c, source, listed, holder):
 * Count an object or gap of the package, of source ${source}, against the
 * listings by the digest of what was ${listed}; nothing where no service listed
 * it.  Of a group, the package ${holder} has it or says why not; NULL: all of
 * them do.
 */
void check_listing_add(struct check * c, int64_t source,
    const uint8_t listed[DIGEST_SHA256_LEN], const char * holder);

/**
 * check_listing_add_folder(c, source, name, len):
 * Count the folder ${name} of ${len} bytes, left out by a gap, in place of the
 * page that would list it.
 */
void check_listing_add_folder(
    struct check * c, int64_t source, const void * name, size_t len);

/**
 * check_listing_free(c):
 * Release the page at hand.
 */
void check_listing_free(struct check * c);

/**
 * check_completeness(c):
 * At the end: compare listings, objects, gaps, and the seal's counts.
 */
void check_completeness(struct check * c);

/**
 * check_seal(c, bytes, len):
 * Judge seal/seal.json against all that went before it.
 */
void check_seal(struct check * c, const uint8_t * bytes, size_t len);

/**
 * check_seal_file(c, bytes, len):
 * Keep a signature or time stamp of the seal for the end.
 */
void check_seal_file(struct check * c, const uint8_t * bytes, size_t len);

/**
 * check_seal_certificates(c, bytes, len):
 * Take what seal/certs.pem carries.
 */
void check_seal_certificates(
    struct check * c, const uint8_t * bytes, size_t len);

/**
 * check_time(c):
 * At the end: what shows when it was sealed?  Comes before check_authenticity,
 * which judges each signature at the moment proved for it.
 */
void check_time(struct check * c);

/**
 * check_authenticity(c):
 * At the end: did all declared signers sign, and who is trusted?
 */
void check_authenticity(struct check * c);

/**
 * check_signer_free(c):
 * Release the files of the seal.
 */
void check_signer_free(struct check * c);

/**
 * check_archive(c, r):
 * Hash the whole file of ${r}, which is read no more, and compare it with what
 * was brought from outside.
 */
void check_archive(struct check * c, struct package_read * r);

/**
 * check_load_ledger(c):
 * Read the ledger beside the package, for check_time and check_custody.
 */
void check_load_ledger(struct check * c);

/**
 * check_custody(c):
 * Judge the ledger.
 */
void check_custody(struct check * c);

#endif
