#ifndef COLLECT_SENT_H
#define COLLECT_SENT_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/err.h"
#include "evidence/request.h"

/*
 * What is sent, noted before it is sent, so that a run that is killed leaves no
 * request without a line: files "sent.N" of the work folder, each line as
 * requests.jsonl will have it if no answer is recorded.
 *
 * A file is left for the next at SENT_FILE_BYTES, and removed when a checkpoint
 * has made durable the lines of all requests in it: so there are few of them,
 * whatever the number of requests.  Notes are written and not synced: they
 * outlive the process, not the machine, and "sent.boot" says which start of the
 * machine they are of.
 *
 * Notes are made on the network's thread, the rest on the recording one.
 */
#define SENT_FILE_BYTES (INT64_C(1) << 20)
#define SENT_FILES_MAX 1024 /* At a time. */
#define SENT_RUNS_MAX 1000000
#define SENT_LEFT_MAX ((size_t)64 << 20) /* Bytes that a resumed run reads. */

struct sent;

/* What a killed run left. */
struct sent_left {
	struct buf lines;  /* Whole ones, with their LF. */
	bool is_same_boot; /* The machine has run on since: none is lost. */
	int64_t first;     /* The numbers of the files. */
	int64_t last;
};

/**
 * sent_begin_run(dir, run, e):
 * Take ${run}, or the next number above it that no run before took, also one
 * that was killed before its first checkpoint: so no id is used twice.  Return
 * 0, or -1 with ${e} set.
 */
int sent_begin_run(int dir, int64_t * run, struct err * e);

/**
 * sent_load(dir, left, e):
 * Read what the files in the work folder ${dir} hold into ${left}, whose lines
 * the caller frees with buf_free.  Return 0, or -1 with ${e} set.
 */
int sent_load(int dir, struct sent_left * left, struct err * e);

/**
 * sent_open(dir, left, e):
 * Begin a file behind those of ${left}, whose requests all have their lines
 * now, in the work folder ${dir} (borrowed).  Return it, for sent_close, or
 * NULL with ${e} set.
 */
struct sent * sent_open(int dir, const struct sent_left * left, struct err * e);

/**
 * sent_note(s, request, file, e):
 * Write ${request}, which is about to be sent, and put the number of the file
 * into ${file}.  Return 0, or -1 with ${e} set.
 */
int sent_note(struct sent * s, const struct request * request, int64_t * file,
    struct err * e);

/**
 * sent_settle(s, file):
 * A request noted in ${file} has its line.
 */
void sent_settle(struct sent * s, int64_t file);

/**
 * sent_save(s):
 * A checkpoint is about to be made, and the one before it is durable: remove
 * the files that it covered.
 */
void sent_save(struct sent * s);

/**
 * sent_close(s):
 * Release ${s}; its files stay.  NULL is fine.
 */
void sent_close(struct sent * s);

#endif
