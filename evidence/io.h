#ifndef EVIDENCE_IO_H
#define EVIDENCE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "evidence/buf.h"
#include "evidence/err.h"

/*
 * Files: whole reads and writes, durability, names that are never overwritten.
 * Directories are held as descriptors; a name is one component, relative to
 * them, and no link of that name is followed.  A path is as the user gave it,
 * and links in it are.  No program is started with a descriptor of ours.
 *
 * io.c is the same everywhere; what the system does stands in io_linux.c, and
 * in io_windows.c in its place.
 */
#define IO_PART_MAX 255 /* Bytes of a name in a path. */
#define IO_PATH (-100)  /* For a directory: the name is a path (AT_FDCWD). */

enum io_sort {
	IO_FILE,
	IO_FOLDER,
	IO_LINK, /* Symbolic, or what Windows has of that kind. */
	IO_OTHER /* A device, pipe, or socket. */
};

/* What the system knows of a file or folder. */
struct io_facts {
	enum io_sort sort;
	bool is_open_to_others; /* Others than its owner have rights on it. */
	int64_t size;
	int64_t modified_s; /* Since 1970. */
	int64_t modified_ns;
	uint64_t device; /* With number: which one it is. */
	uint64_t number;
};

/* The names in a folder. */
struct io_list;

/**
 * io_open_dir(path, e):
 * Open the directory ${path}.  Return a descriptor that the caller closes, or
 * -1 with ${e} set.
 */
int io_open_dir(const char * path, struct err * e);

/**
 * io_path_last(path):
 * Return where the last part of ${path} begins: behind its last separator.
 */
const char * io_path_last(const char * path);

/**
 * io_open_dir_of(path, last, e):
 * Open the directory that ${path} is in, and put where its last part begins into
 * ${last}.  Return a descriptor that the caller closes, or -1 with ${e} set.
 */
int io_open_dir_of(const char * path, const char ** last, struct err * e);

/**
 * io_enter(dir, name, e):
 * Open the directory ${name} in ${dir}.  Return a descriptor that the caller
 * closes, or -1 with ${e} set (ERR_NOINPUT: there is none).
 */
int io_enter(int dir, const char * name, struct err * e);

/**
 * io_open_any(path, facts, e):
 * Open the file or folder ${path} for reading and put what it is into
 * ${facts}; a FIFO or device is refused without blocking.  Return a descriptor
 * that the caller closes, or -1 with ${e} set.
 */
int io_open_any(const char * path, struct io_facts * facts, struct err * e);

/**
 * io_make_dir(dir, name, e):
 * Make and open the directory ${name} (mode 0700) in ${dir}; it must not exist.
 * Return a descriptor, or -1 with ${e} set.
 */
int io_make_dir(int dir, const char * name, struct err * e);

/**
 * io_reach_dir(dir, name, e):
 * As io_enter, but make the directory (mode 0700) if there is none.
 */
int io_reach_dir(int dir, const char * name, struct err * e);

/**
 * io_create_unnamed(dir, e):
 * Make a file in ${dir} for reading and writing that nobody else can open (on
 * Linux it never has a name) and that is gone when it is closed.  Return a
 * descriptor, or -1 with ${e} set.
 */
int io_create_unnamed(int dir, struct err * e);

/**
 * io_create(dir, name, mode, e):
 * Make the file ${name} in ${dir} for reading and writing; it must not exist
 * (O_EXCL, O_NOFOLLOW).  Return a descriptor, or -1 with ${e} set.
 */
int io_create(int dir, const char * name, mode_t mode, struct err * e);

/**
 * io_open_read(dir, name, e):
 * Open the regular file ${name} (a path if ${dir} is IO_PATH) for reading; a
 * FIFO, device or directory is refused without blocking, and a link unless it
 * is a path's.  Return a descriptor, or -1 with ${e} set (ERR_NOINPUT: there is
 * no such file).
 */
int io_open_read(int dir, const char * name, struct err * e);

/**
 * io_open_below(dir, path, fd, facts, e):
 * Open the regular file ${path}, parted by "/", below ${dir} for reading, from
 * folder to folder, and no link on the way is followed.  Put the descriptor,
 * which the caller closes, into ${fd}, and what it is into ${facts}.  Return 1;
 * 0 if there is no such regular file; or -1 with ${e} set.
 */
int io_open_below(int dir, const char * path, int * fd, struct io_facts * facts,
    struct err * e);

/**
 * io_open_write(dir, name, e):
 * Open the existing regular file ${name} in ${dir} for reading and writing
 * (O_NOFOLLOW).  Return a descriptor, or -1 with ${e} set.
 */
int io_open_write(int dir, const char * name, struct err * e);

/**
 * io_write_all(fd, bytes, len, e):
 * Write all ${len} ${bytes} at the file position, over short writes and EINTR.
 * Return 0, or -1 with ${e} set and the file in an unknown state.
 */
int io_write_all(int fd, const void * bytes, size_t len, struct err * e);

/**
 * io_read_at(fd, bytes, len, offset, e):
 * Read up to ${len} bytes from ${offset}, fewer only at the end of the file.
 * Return how many were read, or -1 with ${e} set.
 */
ssize_t io_read_at(
    int fd, void * bytes, size_t len, int64_t offset, struct err * e);

/**
 * io_look(fd, facts, e):
 * Put what ${fd} is into ${facts}.  Return 0, or -1 with ${e} set.
 */
int io_look(int fd, struct io_facts * facts, struct err * e);

/**
 * io_find(dir, name, facts, e):
 * Put what ${name} in ${dir} (or a path, if that is IO_PATH) is into ${facts};
 * a link is IO_LINK.  Return 1; 0 if there is none; or -1 with ${e} set.
 */
int io_find(
    int dir, const char * name, struct io_facts * facts, struct err * e);

/**
 * io_is_same(a, b):
 * Return whether both are of one file that nobody wrote to in between.
 */
bool io_is_same(const struct io_facts * a, const struct io_facts * b);

/**
 * io_list_open(dir, name, e):
 * Open the directory ${name} in ${dir} ("." is ${dir} itself) to list it.
 * Return the list, which the caller closes with io_list_close, or NULL with
 * ${e} set.
 */
struct io_list * io_list_open(int dir, const char * name, struct err * e);

/**
 * io_list_next(list, name, e):
 * Put the next name, in no order, into ${name}, valid until the next call;
 * "." and ".." are left out.  Return 1; 0 at the end; or -1 with ${e} set.
 */
int io_list_next(struct io_list * list, const char ** name, struct err * e);

/**
 * io_list_dir(list):
 * Return the descriptor of the directory that is listed; ${list} owns it.
 */
int io_list_dir(const struct io_list * list);

/**
 * io_list_close(list):
 * Release ${list}; NULL is fine.
 */
void io_list_close(struct io_list * list);

/**
 * io_size(fd, size, e):
 * Put the length in bytes of the file ${fd} into ${size}.  Return 0, or -1
 * with ${e} set.
 */
int io_size(int fd, int64_t * size, struct err * e);

/**
 * io_truncate(fd, size, e):
 * Cut the file ${fd} to ${size} bytes and set the position to its end.  Return
 * 0, or -1 with ${e} set (also when the file is shorter than ${size}).
 */
int io_truncate(int fd, int64_t size, struct err * e);

/**
 * io_sync(fd, e):
 * Make the data of the file or the entries of the directory ${fd} durable.
 * Return 0, or -1 with ${e} set; after a failure nothing may be called durable.
 */
int io_sync(int fd, struct err * e);

/**
 * io_make_read_only(fd, e):
 * Let nobody but its owner read the file ${fd}, and nobody write it.  Return 0,
 * or -1 with ${e} set.
 */
int io_make_read_only(int fd, struct err * e);

/**
 * io_remove(dir, name):
 * Remove the file ${name} in ${dir}, if it can be.
 */
void io_remove(int dir, const char * name);

/**
 * io_close(fd, e):
 * Close ${fd}.  Return 0, or -1 with ${e} set.
 */
int io_close(int fd, struct err * e);

/**
 * io_drop(fd):
 * Close ${fd}, of which nothing was written, unless it is -1.
 */
void io_drop(int fd);

/**
 * io_load(dir, name, max, out, e):
 * Append the whole regular file ${name}, of at most ${max} bytes, to ${out}.
 * Return 0, or -1 with ${e} set.
 */
int io_load(
    int dir, const char * name, size_t max, struct buf * out, struct err * e);

#define IO_NAME_MAX 240 /* Bytes of a name that io_stage takes. */

/**
 * io_stage(dir, name, bytes, len, mode, e):
 * Write a file durably under the temporary name ".NAME.new", for io_publish; a
 * file of that temporary name is replaced.  Return 0, or -1 with ${e} set and
 * no such file left.
 */
int io_stage(int dir, const char * name, const void * bytes, size_t len,
    mode_t mode, struct err * e);

/**
 * io_publish(dir, name, e):
 * Give what io_stage wrote its ${name}, without replacing, durably.  Return 0,
 * or -1 with ${e} set (ERR_USAGE if ${name} exists).
 */
int io_publish(int dir, const char * name, struct err * e);

/**
 * io_unstage(dir, name):
 * Remove what io_stage wrote, if it is there.
 */
void io_unstage(int dir, const char * name);

/**
 * io_save_new(dir, name, bytes, len, mode, e):
 * Write a new file durably: under a temporary name, synced, renamed to ${name}
 * without replacing, the directory synced.  Return 0, or -1 with ${e} set and
 * no file of that name made.
 */
int io_save_new(int dir, const char * name, const void * bytes, size_t len,
    mode_t mode, struct err * e);

/**
 * io_rename_new(from_dir, from, to_dir, to, e):
 * Rename without replacing, then make both directories durable.  Return 0, or
 * -1 with ${e} set (ERR_USAGE if ${to} exists).
 */
int io_rename_new(int from_dir, const char * from, int to_dir, const char * to,
    struct err * e);

/**
 * io_free_space(dir, bytes, e):
 * Put the bytes free for this user on the file system of ${dir} into ${bytes}.
 * Return 0, or -1 with ${e} set.
 */
int io_free_space(int dir, int64_t * bytes, struct err * e);

#endif
