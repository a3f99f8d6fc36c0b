#ifndef VERIFY_SUBJECT_H
#define VERIFY_SUBJECT_H

#include <stdbool.h>
#include <stddef.h>

#include "evidence/buf.h"
#include "evidence/err.h"
#include "evidence/package_check.h"

/*
 * A package and what stands beside it, all opened before anything is read.
 */
struct subject {
	const char * path; /* As given; borrowed. */
	int fd;
	bool is_folder; /* fd is a directory: unpacked. */
	int ledger;     /* PACKAGE.custody, or -1. */
	bool has_checksum;
	struct buf checksum; /* The .sha256 file. */
	int out;             /* Where to unpack, or -1. */
};

/**
 * subject_open(s, path, e):
 * Open the package ${path} (borrowed), a file or unpacked, its ledger and checksum file, if they
 * are there, into ${s}.  Return 0, or -1 with ${e} set; subject_close may
 * follow either.
 */
int subject_open(struct subject * s, const char * path, struct err * e);

/**
 * subject_close(s):
 * Close what ${s} holds.
 */
void subject_close(struct subject * s);

#endif
