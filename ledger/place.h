#ifndef LEDGER_PLACE_H
#define LEDGER_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/ledger.h"
#include "evidence/ledger_verdict.h"
#include "evidence/signer_sign.h"
#include "evidence/trust.h"

/*
 * A package and the custody ledger beside it, held for adding one entry: the
 * ledger is locked from the moment it is read until the entry is in it.
 */
struct place {
	const char * package; /* Its path, as given. */
	struct buf folder;    /* The path of the ledger. */
	int fd;               /* The package; -1: none. */
	int around;           /* The folder the package lies in. */
	int dir;              /* The ledger, locked. */
	int64_t size;
	uint8_t sha256[DIGEST_SHA256_LEN]; /* As computed here and now. */
	struct ledger * ledger;
	const struct ledger_entry * head;
	struct buf clock; /* What this machine says about its clock. */
	struct buf tool;  /* This program, for entries. */
};

/**
 * place_open(place, package, folder, e):
 * Open the package of path ${package} (borrowed) and lock and read its ledger,
 * which is ${folder}, or PACKAGE.custody beside it if that is NULL; finish what
 * an interrupted run left there.  Return 0, or -1 with ${e} set; place_close
 * follows either.
 */
int place_open(struct place * place, const char * package, const char * folder,
    struct err * e);

/**
 * place_open_ledger(place, folder, e):
 * As place_open, for the ledger in ${folder} alone.
 */
int place_open_ledger(
    struct place * place, const char * folder, struct err * e);

/**
 * place_is_ledger(path):
 * Return whether ${path} is called as a ledger is, not as a package.
 */
bool place_is_ledger(const char * path);

/**
 * place_is_package(path):
 * Return whether ${path} is called as a package is: NAME.tar or NAME.tar.zst.
 */
bool place_is_package(const char * path);

/**
 * place_name_ledger(path, folder, out, e):
 * Append to ${out} the path of the ledger of ${path}: ${folder} unless that is
 * NULL; ${path} itself if it is called as a ledger is; NAME.custody beside the
 * package.  Return 0, or -1 with ${e} set.
 */
int place_name_ledger(
    const char * path, const char * folder, struct buf * out, struct err * e);

/**
 * place_describe_clock(text, e):
 * Append to ${text} what this machine says about its clock, in words.  Return
 * 0, or -1 with ${e} set.
 */
int place_describe_clock(struct buf * text, struct err * e);

/**
 * place_hash(place, e):
 * Compute the digest and size of the package.  Return 0, or -1 with ${e} set.
 */
int place_hash(struct place * place, struct err * e);

/**
 * place_judge(place, trust, is_damaged, e):
 * Judge the ledger by ${trust} before anything is added: nothing in it may be
 * wrong, and the package, if there is one, must be the one that it is about -
 * or, if ${is_damaged}, must not be, since that is what is to be recorded.  (A
 * note that records such damage makes the ledger no worse.)  Return 0, or -1
 * with ${e} set.
 */
int place_judge(struct place * place, const struct trust * trust,
    bool is_damaged, struct err * e);

/**
 * place_follow(place, entry, e):
 * Fill in what ties ${entry} to the entry before it, and the present moment,
 * which may not be earlier than the one of that entry.  Return 0, or -1 with
 * ${e} set.
 */
int place_follow(
    struct place * place, struct custody_entry * entry, struct err * e);

/**
 * place_pin(place, entry):
 * Put the package's digest and size into ${entry}.
 */
void place_pin(const struct place * place, struct custody_entry * entry);

/**
 * place_append(place, entry, signers, n, e):
 * Add ${entry}, signed by the ${n} ${signers}, and say on standard output where
 * it is and what its digest is.  Return 0, or -1 with ${e} set.
 */
int place_append(struct place * place, struct custody_entry * entry,
    const struct signer_key * signers, size_t n, struct err * e);

/**
 * place_close(place):
 * Release what ${place} holds.
 */
void place_close(struct place * place);

#endif
