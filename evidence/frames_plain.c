#include <assert.h>
#include <stdlib.h>

#include "evidence/frames_plain.h"
#include "evidence/io.h"

struct frames_plain {
	int fd;
	int64_t size;
	uint8_t * piece;
	int64_t at;        /* Of the piece in the file. */
	size_t len;        /* Of the piece. */
	int64_t fed;       /* Bytes of the file that were hashed. */
	struct digest * d; /* NULL: it is not hashed. */
};

struct frames_plain *
frames_plain_open(
    int fd, int64_t size, int64_t at, bool is_whole, struct err * e)
{
	struct frames_plain * p = calloc(1, sizeof(*p));

	if (p != NULL)
		p->piece = malloc(FRAMES_READ_PIECE);
	if ((p == NULL) || (p->piece == NULL)) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		frames_plain_close(p);
		return NULL;
	}
	p->fd = fd;
	p->size = size;
	p->at = at;
	p->fed = at;
	if (is_whole) {
		p->d = digest_new(DIGEST_SHA256, e);
		if (p->d == NULL) {
			frames_plain_close(p);
			return NULL;
		}
	}
	return p;
}

/* Hash the piece up to its byte ${to}. */
static void
feed(struct frames_plain * p, size_t to)
{
	int64_t whole = p->at + (int64_t)to;

	assert((p->fed >= p->at) && (whole >= p->fed) && (to <= p->len));
	if (p->d != NULL)
		digest_update(p->d, p->piece + (p->fed - p->at),
		    (size_t)(whole - p->fed));
	p->fed = whole;
}

int
frames_plain_next(
    struct frames_plain * p, struct frames_frame * frame, struct err * e)
{
	ssize_t n;

	feed(p, p->len);
	p->at += (int64_t)p->len;
	p->len = 0;
	if (p->at >= p->size)
		return 0;
	n = io_read_at(p->fd, p->piece, FRAMES_READ_PIECE, p->at, e);
	if (n < 0)
		return -1;
	if (n == 0) {
		err_set(e, ERR_INPUT, NULL,
		    "the file became shorter while it was read");
		return -1;
	}
	p->len = (size_t)n;
	*frame = (struct frames_frame){ .file_at = p->at,
		.file_len = n,
		.stream_at = p->at,
		.bytes = p->piece,
		.len = p->len };
	return 1;
}

void
frames_plain_digest_at(
    struct frames_plain * p, size_t offset, uint8_t sha256[DIGEST_SHA256_LEN])
{
	assert(p->d != NULL);
	feed(p, offset);
	digest_peek(p->d, sha256);
}

int
frames_plain_digest(
    struct frames_plain * p, uint8_t sha256[DIGEST_SHA256_LEN], struct err * e)
{
	struct frames_frame frame;
	int rc = 1;

	assert(p->d != NULL);
	while (rc == 1)
		rc = frames_plain_next(p, &frame, e);
	if (rc == 0)
		digest_finish(p->d, sha256);
	return rc;
}

void
frames_plain_close(struct frames_plain * p)
{
	if (p == NULL)
		return;
	digest_free(p->d);
	free(p->piece);
	free(p);
}
