#ifndef EVIDENCE_SANDBOX_H
#define EVIDENCE_SANDBOX_H

#include <stdbool.h>

#include "evidence/err.h"

/*
 * Giving up rights once all inputs are open: from then on the process can
 * neither reach a network, run a program, nor open a file for writing outside
 * what it names here, whatever bytes it reads.
 */
enum sandbox_level {
	SANDBOX_FULL, /* System calls are filtered, and files by Landlock. */
	SANDBOX_PART, /* The kernel has no Landlock; or it is Windows. */
	SANDBOX_NONE  /* The kernel has neither. */
};

/* What stays allowed; descriptors are borrowed for the call. */
struct sandbox_rules {
	const int * read_dirs; /* Below which files may be opened to read. */
	int n_read_dirs;
	const int * write_dirs; /* Below which files may be made and written. */
	int n_write_dirs;
	bool may_talk; /* Over connections that are open by now. */
};

/**
 * sandbox_enter(rules, level, e):
 * Enter the sandbox with nothing but ${rules} allowed (NULL: nothing more is
 * opened at all) and put how far the kernel went along into ${level}.  Threads
 * may be started afterwards; a forbidden system call ends the process, except
 * that opening fails with EACCES.  Return 0, or -1 with ${e} set.
 */
int sandbox_enter(const struct sandbox_rules * rules,
    enum sandbox_level * level, struct err * e);

/**
 * sandbox_level_text(level):
 * Return one phrase for people about ${level}.
 */
const char * sandbox_level_text(enum sandbox_level level);

#endif
