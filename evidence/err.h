#ifndef EVIDENCE_ERR_H
#define EVIDENCE_ERR_H

#include <stddef.h>

/*
 * Why something failed: the kind people act on, what to do, and one line of
 * text that grows from the place of the failure outwards ("package: member:
 * reason").  The first failure is kept; only main prints it.  The text is
 * printable ASCII: whatever is put in passes text_escape's rule for bytes.
 */

/* What people do differently about it; err_exit_code maps it to an exit. */
enum err_kind {
	ERR_NONE,
	ERR_USAGE,   /* The command line or an option's value: 64. */
	ERR_INPUT,   /* Input is damaged or not what it claims: 65. */
	ERR_NOINPUT, /* Input cannot be opened or read: 66. */
	ERR_FORGED,  /* A signature, digest or chain says otherwise: 1. */
	ERR_DENIED,  /* The service or the system does not permit it: 77. */
	ERR_REMOTE,  /* The service is not reachable or answers wrong: 69. */
	ERR_AGAIN,   /* The service asks to come back later: 75. */
	ERR_LIMIT,   /* Over a stated limit of ours: 65. */
	ERR_DISK,    /* The local disk is full: 74. */
	ERR_STOPPED, /* Interrupted by a signal, resumable: 130. */
	ERR_SYSTEM,  /* A system call or allocation failed: 71. */
	ERR_BUG      /* Ours: 70. */
};

#define ERR_TEXT_SIZE 1024 /* Bytes of the line, terminator included. */
#define ERR_ADVICE_SIZE 256

struct err {
	enum err_kind kind;
	char text[ERR_TEXT_SIZE];
	char advice[ERR_ADVICE_SIZE];
};

/**
 * err_init(e):
 * Make ${e} say that nothing failed.
 */
void err_init(struct err * e);

/**
 * err_set(e, kind, advice, fmt, ...):
 * Record a failure of ${kind} in ${e}: the reason made from ${fmt} and what
 * to do about it (${advice}, NULL for nothing).  Keep what ${e} already holds
 * if it holds a failure.  Bytes outside printable ASCII become \xNN.
 */
void err_set(struct err * e, enum err_kind kind, const char * advice,
    const char * fmt, ...) __attribute__((format(printf, 4, 5)));

/**
 * err_set_errno(e, number, fmt, ...):
 * As err_set, with the system's text for the error ${number} appended and the
 * kind derived from it (ENOSPC and EDQUOT: ERR_DISK; EACCES and EPERM:
 * ERR_DENIED; ENOENT and ENOTDIR: ERR_NOINPUT; else ERR_SYSTEM).
 */
void err_set_errno(struct err * e, int number, const char * fmt, ...)
    __attribute__((format(printf, 3, 4)));

/**
 * err_in(e, fmt, ...):
 * Put the place made from ${fmt} in front of the text of ${e}, as "place:
 * text".  Do nothing if ${e} holds no failure.
 */
void err_in(struct err * e, const char * fmt, ...)
    __attribute__((format(printf, 2, 3)));

/**
 * err_exit_code(kind):
 * Return the exit code of architecture's table for a failure of ${kind}.
 */
int err_exit_code(enum err_kind kind);

/**
 * err_print(program, e):
 * Write "program: text; advice" as one line on standard error.
 */
void err_print(const char * program, const struct err * e);

#endif
