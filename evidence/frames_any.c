#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <zstd.h>

#include "evidence/frames_any.h"
#include "evidence/io.h"

#define PIECE ((size_t)128 << 10)

struct frames_any {
	int fd;
	int64_t size; /* When it was opened: what comes later is not read. */
	int64_t at;
	int64_t given;
	ZSTD_DCtx * ctx; /* NULL: not compressed. */
	size_t pending;  /* What zstd still wants; 0: between two frames. */
	uint8_t * raw;
	ZSTD_inBuffer in;
	uint8_t * out;
};

/* Read the next piece of the file; 1, 0 at its end, -1. */
static int
fill(struct frames_any * f, struct err * e)
{
	int64_t left = f->size - f->at;
	size_t want = (left < (int64_t)PIECE) ? (size_t)left : PIECE;
	ssize_t got;

	if (want == 0)
		return 0;
	got = io_read_at(f->fd, f->raw, want, f->at, e);
	if (got < 0)
		return -1;
	if ((size_t)got != want) {
		err_set(e, ERR_INPUT, NULL, "it became shorter while read");
		return -1;
	}
	f->at += got;
	f->in = (ZSTD_inBuffer){ f->raw, want, 0 };
	return 1;
}

/* Is the first frame one that zstd reads, skippable ones included? */
static bool
is_zstd(const uint8_t * head, size_t len)
{
	static const uint8_t frame[] = { 0x28, 0xb5, 0x2f, 0xfd };
	static const uint8_t skip[] = { 0x2a, 0x4d, 0x18 };

	return (len >= sizeof(frame)) &&
	    ((memcmp(head, frame, sizeof(frame)) == 0) ||
		(((head[0] & 0xf0) == 0x50) &&
		    (memcmp(head + 1, skip, sizeof(skip)) == 0)));
}

struct frames_any *
frames_any_open(int fd, struct err * e)
{
	struct frames_any * f = calloc(1, sizeof(*f));

	if (f == NULL)
		goto memory;
	f->fd = fd;
	f->raw = malloc(PIECE);
	f->out = malloc(PIECE);
	if ((f->raw == NULL) || (f->out == NULL))
		goto memory;
	if ((io_size(fd, &f->size, e) != 0) || (fill(f, e) < 0))
		goto fail;
	if (!is_zstd(f->raw, f->in.size))
		return f;
	f->ctx = ZSTD_createDCtx();
	if ((f->ctx == NULL) ||
	    ZSTD_isError(ZSTD_DCtx_setParameter(
		f->ctx, ZSTD_d_windowLogMax, FRAMES_ANY_WINDOW_LOG_MAX)))
		goto memory;
	return f;

memory:
	err_set(e, ERR_SYSTEM, NULL, "out of memory");
fail:
	frames_any_close(f);
	return NULL;
}

/* Count what was handed out against what the file may become. */
static int64_t
give(struct frames_any * f, size_t len, struct err * e)
{
	f->given += (int64_t)len;
	if ((f->given > FRAMES_ANY_FREE) &&
	    (f->given / FRAMES_ANY_RATIO_MAX > f->size)) {
		err_set(e, ERR_LIMIT, NULL,
		    "it grows to more than %d times its size",
		    FRAMES_ANY_RATIO_MAX);
		return -1;
	}
	return (int64_t)len;
}

int64_t
frames_any_next(struct frames_any * f, const uint8_t ** bytes, struct err * e)
{
	ZSTD_outBuffer out = { f->out, PIECE, 0 };
	int rc;

	for (;;) {
		if ((f->in.pos == f->in.size) && (out.pos == 0)) {
			rc = fill(f, e);
			if (rc < 0)
				return -1;
			if ((rc == 0) && (f->pending != 0)) {
				err_set(e, ERR_INPUT, NULL,
				    "it ends inside a zstd frame");
				return -1;
			}
			if (rc == 0)
				return 0;
		}
		if (f->ctx == NULL) {
			*bytes = f->raw;
			f->in.pos = f->in.size;
			return give(f, f->in.size, e);
		}
		f->pending = ZSTD_decompressStream(f->ctx, &out, &f->in);
		if (ZSTD_isError(f->pending)) {
			err_set(e, ERR_INPUT, NULL, "zstd: %s",
			    ZSTD_getErrorName(f->pending));
			return -1;
		}
		if (out.pos > 0) {
			*bytes = f->out;
			return give(f, out.pos, e);
		}
	}
}

void
frames_any_close(struct frames_any * f)
{
	if (f == NULL)
		return;
	(void)ZSTD_freeDCtx(f->ctx);
	free(f->raw);
	free(f->out);
	free(f);
}
