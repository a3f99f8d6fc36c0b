#ifndef TIMELINE_OUTPUT_H
#define TIMELINE_OUTPUT_H

#include <stddef.h>

#include "evidence/bag.h"
#include "evidence/buf.h"
#include "evidence/err.h"

/*
 * The folder of a timeline: a BagIt 1.0 bag, whose payload, data/, is what is
 * for people and programs.  It is made beside its final name, as NAME.partial,
 * and gets its name last: a timeline is complete or it is not there.  Every
 * file is hashed as it is written; manifest-sha256.txt lists the payload and
 * tagmanifest-sha256.txt the rest.
 */
#define OUTPUT_FILES_MAX 64

struct output;
struct output_file;

/**
 * output_begin(path, e):
 * Make the folder ${path}.partial; neither it nor ${path} may exist.  Return
 * what output_end or output_abandon releases, or NULL with ${e} set.
 */
struct output * output_begin(const char * path, struct err * e);

/**
 * output_dir(o):
 * Return the descriptor of the payload's folder, which stays ${o}'s.
 */
int output_dir(const struct output * o);

/**
 * output_parent(o):
 * Return the descriptor of the folder in which it stands, which stays ${o}'s.
 */
int output_parent(const struct output * o);

/**
 * output_open(o, name, e):
 * Make the file ${name} in the payload.  Return what output_close releases, or
 * NULL with ${e} set.
 */
struct output_file * output_open(
    struct output * o, const char * name, struct err * e);

/**
 * output_put(f, bytes, len, e):
 * Write ${len} ${bytes}.  Return 0, or -1 with ${e} set.
 */
int output_put(
    struct output_file * f, const void * bytes, size_t len, struct err * e);

/**
 * output_put_buf(f, b, e):
 * Write what ${b} holds and clear it.  Return 0, or -1 with ${e} set.
 */
int output_put_buf(struct output_file * f, struct buf * b, struct err * e);

/**
 * output_close(f, e):
 * Make the file durable, note its digest, and release ${f}; NULL is fine.
 * Return 0, or -1 with ${e} set.
 */
int output_close(struct output_file * f, struct err * e);

/**
 * output_adopt(o, name, e):
 * Note the digest of the file ${name} that something else made in the payload,
 * and make it durable.  Return 0, or -1 with ${e} set.
 */
int output_adopt(struct output * o, const char * name, struct err * e);

/**
 * output_tag(o, name, text, e):
 * Write ${text} as the tag file ${name}, beside the payload.  Return 0, or -1
 * with ${e} set.
 */
int output_tag(struct output * o, const char * name, const struct buf * text,
    struct err * e);

/**
 * output_end(o, info, e):
 * Write what makes the folder a bag, with ${info} but the payload's own
 * numbers, give the folder its name and release ${o}.  Return 0, or -1 with
 * ${e} set; ${o} is released in any case.
 */
int output_end(struct output * o, const struct bag_info * info, struct err * e);

/**
 * output_abandon(o):
 * Remove the files and the folder and release ${o}; NULL is fine.
 */
void output_abandon(struct output * o);

#endif
