#ifndef TIMELINE_CONFINE_H
#define TIMELINE_CONFINE_H

#include <stdbool.h>
#include <stddef.h>

#include "evidence/err.h"

/*
 * Giving up rights before the first byte of evidence is read: no network, no
 * program, no file but below the folders named (evidence/sandbox.h).
 */
struct confine {
	const char * const * inputs; /* Files; what stands beside may be read */
	size_t count;                /* CONFINE_INPUTS_MAX; 0: read anywhere. */
	int write_dir; /* Below which files may be made; -1: nowhere. */
	bool may_talk; /* Over connections that are open by now. */
};

#define CONFINE_INPUTS_MAX 96

/**
 * confine_enter(c, e):
 * Enter the sandbox that ${c} describes; on a kernel that has none, go on.
 * Return 0, or -1 with ${e} set.
 */
int confine_enter(const struct confine * c, struct err * e);

#endif
