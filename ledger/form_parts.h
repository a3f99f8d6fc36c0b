#ifndef LEDGER_FORM_PARTS_H
#define LEDGER_FORM_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/case_file.h"
#include "evidence/err.h"
#include "evidence/html.h"
#include "evidence/ledger_verdict.h"
#include "evidence/package_check.h"
#include "evidence/signer_verify.h"
#include "evidence/trust.h"

/*
 * The chain-of-custody form: one HTML page without scripts or anything from
 * elsewhere, made for A4.  What this program knows is filled in; what people
 * write by hand is left blank.
 */
struct form {
	const char * path; /* The package or ledger, as given. */
	const struct ledger * ledger;
	const struct ledger_verdict * verdict;
	const struct trust * trust;
	const struct package_result * package; /* NULL: not at hand. */
	const struct case_file * case_file;    /* NULL: not proved. */
	const struct trust_word * trusted;     /* What was brought. */
	size_t n_trusted;
	int64_t made_at;
	const char * clock;
};

/* How many signatures came to what. */
struct form_signatures {
	size_t of[SIGNER_BAD + 1]; /* By enum signer_verdict. */
};

/**
 * form_style(h):
 * Append the style sheet.
 */
void form_style(struct html * h);

/**
 * form_style_hash(h):
 * Append 'sha256-...' of the style sheet, for the page's security policy.
 */
void form_style_hash(struct html * h);

/**
 * form_field(h, key, label, text):
 * Append the field ${key} with its ${label} and the foreign ${text}; nothing if
 * that is NULL.
 */
void form_field(
    struct html * h, const char * key, const char * label, const char * text);

/**
 * form_field_hex(h, key, label, sha256):
 * As form_field, for a digest.
 */
void form_field_hex(struct html * h, const char * key, const char * label,
    const uint8_t sha256[DIGEST_SHA256_LEN]);

/**
 * form_field_time(h, key, label, at):
 * As form_field, for a moment, in full and in UTC.
 */
void form_field_time(
    struct html * h, const char * key, const char * label, int64_t at);

/**
 * form_field_number(h, key, label, n):
 * As form_field, for a number.
 */
void form_field_number(
    struct html * h, const char * key, const char * label, int64_t n);

/**
 * form_blank(h, key, label):
 * Append a field that is filled in by hand.
 */
void form_blank(struct html * h, const char * key, const char * label);

/**
 * form_verdict(h, word):
 * Append "PASS", "FAIL" or "UNDECIDED" so that it is seen, in print as well.
 */
void form_verdict(struct html * h, const char * word);

/**
 * form_entry_word(form, one):
 * Return the word for what was found about the entry ${one}.
 */
const char * form_entry_word(
    const struct form * form, const struct ledger_entry * one);

/**
 * form_item(h, form):
 * Append what the item is and who is responsible for it.
 */
void form_item(struct html * h, const struct form * form);

/**
 * form_handovers(h, form):
 * Append each release with its reception, and what has only one of the two.
 */
void form_handovers(struct html * h, const struct form * form);

/**
 * form_entries(h, form):
 * Append every entry in full.
 */
void form_entries(struct html * h, const struct form * form);

/**
 * form_count_signatures(form, count):
 * Judge every signature of the ledger into ${count}.
 */
void form_count_signatures(
    const struct form * form, struct form_signatures * count);

/**
 * form_write(form, out, e):
 * Put the whole page into ${out}, which is empty.  Return 0, or -1 with ${e}
 * set.
 */
int form_write(const struct form * form, struct buf * out, struct err * e);

#endif
