#include <stdlib.h>
#include <string.h>

#include <zstd.h>

#include "evidence/frames_scan.h"
#include "evidence/io.h"

/* Bytes looked at together: more than one frame of FRAMES_MAX can have. */
#define WINDOW ((size_t)9 << 20)

struct frames_scan {
	int fd;
	bool compressed;
	int64_t at; /* Where in the file the next frame begins. */
	uint8_t * window;
	size_t first; /* The next frame begins here in the window, */
	size_t len;   /* which holds this many bytes. */
	const uint8_t * frame;
	struct frames_entry entry;
	uint8_t * content;
};

struct frames_scan *
frames_scan_new(int fd, bool compressed, struct err * e)
{
	struct frames_scan * scan = calloc(1, sizeof(*scan));

	if (scan == NULL)
		goto fail;
	scan->fd = fd;
	scan->compressed = compressed;
	scan->window = malloc(WINDOW);
	scan->content = malloc(FRAMES_MAX);
	if ((scan->window == NULL) || (scan->content == NULL))
		goto fail;
	return scan;

fail:
	err_set(e, ERR_SYSTEM, NULL, "out of memory");
	frames_scan_free(scan);
	return NULL;
}

/* Fill the window again from the next frame on, up to ${end}. */
static int
fill(struct frames_scan * scan, int64_t end, struct err * e)
{
	size_t kept = scan->len - scan->first;
	int64_t more = end - scan->at - (int64_t)kept;
	size_t want = WINDOW - kept;
	ssize_t got;

	memmove(scan->window, scan->window + scan->first, kept);
	scan->first = 0;
	scan->len = kept;
	if (more <= 0)
		return 0;
	if (more < (int64_t)want)
		want = (size_t)more;
	got = io_read_at(
	    scan->fd, scan->window + kept, want, scan->at + (int64_t)kept, e);
	if (got < 0)
		return -1;
	if ((size_t)got != want) {
		err_set(e, ERR_INPUT, NULL, "the growing file is too short");
		return -1;
	}
	scan->len += want;
	return 0;
}

/* Measure the frame at the start of what the window holds; 0: not whole. */
static size_t
measure(struct frames_scan * scan)
{
	const uint8_t * frame = scan->window + scan->first;
	size_t len = scan->len - scan->first;
	size_t frame_len;
	unsigned long long content;

	if (!scan->compressed) {
		frame_len = (len < FRAMES_MAX) ? len : FRAMES_MAX;
		scan->entry.content_bytes = (uint32_t)frame_len;
		return frame_len;
	}
	frame_len = ZSTD_findFrameCompressedSize(frame, len);
	if (ZSTD_isError(frame_len))
		return 0;
	content = ZSTD_getFrameContentSize(frame, len);
	if ((content == 0) || (content > FRAMES_MAX))
		return 0;
	scan->entry.content_bytes = (uint32_t)content;
	return frame_len;
}

int
frames_scan_next(struct frames_scan * scan, int64_t end,
    struct frames_entry * entry, const uint8_t ** bytes, struct err * e)
{
	size_t n;

	if (scan->at >= end)
		return 0;
	/* The window may reach beyond a border that lies nearer. */
	if ((int64_t)(scan->len - scan->first) > end - scan->at)
		scan->len = scan->first + (size_t)(end - scan->at);
	n = (scan->len > scan->first) ? measure(scan) : 0;
	if ((n == 0) || !scan->compressed) {
		if (fill(scan, end, e) != 0)
			return -1;
		n = measure(scan);
	}
	if (n == 0) {
		err_set(e, ERR_INPUT, NULL,
		    "the growing file is damaged: no frame at byte %lld",
		    (long long)scan->at);
		return -1;
	}
	scan->frame = scan->window + scan->first;
	scan->entry.file_bytes = (uint32_t)n;
	scan->first += n;
	scan->at += (int64_t)n;
	*entry = scan->entry;
	*bytes = scan->frame;
	return 1;
}

int
frames_scan_content(
    struct frames_scan * scan, const uint8_t ** content, struct err * e)
{
	size_t n;

	if (!scan->compressed) {
		*content = scan->frame;
		return 0;
	}
	n = ZSTD_decompress(
	    scan->content, FRAMES_MAX, scan->frame, scan->entry.file_bytes);
	if (ZSTD_isError(n) || (n != scan->entry.content_bytes)) {
		err_set(e, ERR_INPUT, NULL,
		    "the growing file is damaged: a frame does not unpack");
		return -1;
	}
	*content = scan->content;
	return 0;
}

void
frames_scan_free(struct frames_scan * scan)
{
	if (scan == NULL)
		return;
	free(scan->window);
	free(scan->content);
	free(scan);
}
