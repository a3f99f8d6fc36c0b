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
 * Directories are held as descriptors; names are one component, relative to
 * them.  Every descriptor is opened with O_CLOEXEC.
 */

/**
 * io_open_dir(path, e):
 * Open the directory ${path}.  Return a descriptor that the caller closes, or
 * -1 with ${e} set.
 */
int io_open_dir(const char * path, struct err * e);

/**
 * io_make_dir(dir, name, e):
 * Make and open the directory ${name} (mode 0700) in ${dir}; it must not exist.
 * Return a descriptor, or -1 with ${e} set.
 */
int io_make_dir(int dir, const char * name, struct err * e);

/**
 * io_create_unnamed(dir, e):
 * Make a file in ${dir} for reading and writing that never has a name and is
 * gone when it is closed.  Return a descriptor, or -1 with ${e} set.
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
 * Open the regular file ${name} (a path if ${dir} is AT_FDCWD) for reading; a
 * FIFO, device or directory is refused without blocking.  Return a descriptor,
 * or -1 with ${e} set.
 */
int io_open_read(int dir, const char * name, struct err * e);

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
 * io_close(fd, e):
 * Close ${fd}.  Return 0, or -1 with ${e} set.
 */
int io_close(int fd, struct err * e);

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
