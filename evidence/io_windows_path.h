#ifndef EVIDENCE_IO_WINDOWS_PATH_H
#define EVIDENCE_IO_WINDOWS_PATH_H

#include <stddef.h>

#include "evidence/err.h"

/*
 * Names, handles, and errors, between Windows and the files of io.h: names are
 * UTF-8 here and UTF-16 there, and paths may be of any length.  HANDLE is void *,
 * DWORD and ACCESS_MASK are unsigned long.
 */
#define IO_WINDOWS_SHARE_ALL 7UL /* Others may read, write, and remove. */

/* How a name is opened, in the words of NtCreateFile. */
struct io_windows_way {
	unsigned long access;
	unsigned long disposition;
	unsigned long options;
	unsigned long share;
};

/**
 * io_windows_path(path, e):
 * Return ${path} as the system takes it, whatever its length; the caller frees
 * it.  Or return NULL with ${e} set.
 */
wchar_t * io_windows_path(const char * path, struct err * e);

/**
 * io_windows_handle(fd):
 * Return the handle behind ${fd}, which owns it.
 */
void * io_windows_handle(int fd);

/**
 * io_windows_open(dir, name, way, e):
 * Open ${name}, which is one component, from the folder ${dir}, and not what a
 * link of that name leads to; "." is the folder itself.  What would be more than
 * one component, or a stream of a file, is no name.  Return a handle that the
 * caller closes, or NULL with ${e} set.
 */
void * io_windows_open(int dir, const char * name,
    const struct io_windows_way * way, struct err * e);

/**
 * io_windows_name(name, wide, size, e):
 * Put ${name}, as io_windows_open takes it, into ${wide} of ${size} characters.
 * Return how many it has, or -1 with ${e} set.
 */
int io_windows_name(
    const char * name, wchar_t * wide, size_t size, struct err * e);

/**
 * io_windows_text(wide, len, text, size):
 * Put the ${len} characters of ${wide} into ${text} of ${size} bytes as UTF-8.
 * Return 0, or -1 if they are no Unicode or do not fit.
 */
int io_windows_text(const wchar_t * wide, size_t len, char * text, size_t size);

/**
 * io_windows_failed(e, code, fmt, ...):
 * Set ${e} to what GetLastError's ${code} means, with the place ${fmt} in front.
 */
void io_windows_failed(struct err * e, unsigned long code, const char * fmt,
    ...) __attribute__((format(gnu_printf, 3, 4)));

#endif
