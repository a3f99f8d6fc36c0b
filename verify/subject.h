#ifndef VERIFY_SUBJECT_H
#define VERIFY_SUBJECT_H

#include <stdbool.h>
#include <stddef.h>

#include "evidence/age_decrypt.h"
#include "evidence/buf.h"
#include "evidence/err.h"
#include "evidence/package_check.h"

/*
 * A package and what stands beside it, all opened before anything is read.
 */
struct subject {
	const char * path; /* As given; borrowed. */
	int fd;
	bool is_folder;    /* fd is a directory: unpacked. */
	bool is_encrypted; /* fd is a file of age, */
	int clear;         /* whose content goes here; else -1. */
	int ledger;        /* PACKAGE.custody, or -1. */
	bool has_checksum;
	struct buf checksum; /* The .sha256 file. */
	int out;             /* Where to unpack, or -1. */
};

/**
 * subject_open(s, path, scratch, e):
 * Open the package ${path} (borrowed), a file or unpacked, its ledger and
 * checksum file, if they are there, into ${s}; for an encrypted one also a file
 * without a name in the folder ${scratch} (NULL: the one it is in) for its
 * content.  Return 0, or -1 with ${e} set; subject_close may follow either.
 */
int subject_open(struct subject * s, const char * path, const char * scratch,
    struct err * e);

/**
 * subject_ledger_path(path, out, e):
 * Append where the ledger of the package ${path} stands, encrypted or not, to
 * ${out}.  Return 0, or -1 with ${e} set.
 */
int subject_ledger_path(const char * path, struct buf * out, struct err * e);

/**
 * subject_decrypt(s, identities, e):
 * Decrypt ${s}, if it is encrypted, by ${identities} (NULL: none were brought).
 * Return the descriptor of the package itself, which stays the subject's, or -1
 * with ${e} set.
 */
int subject_decrypt(const struct subject * s,
    const struct age_identities * identities, struct err * e);

/**
 * subject_close(s):
 * Close what ${s} holds.
 */
void subject_close(struct subject * s);

#endif
