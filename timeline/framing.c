#include <stdlib.h>
#include <string.h>

#include "timeline/framing_private.h"

/* Going back costs at most this many further looks at each byte. */
#define RESCAN_FACTOR 8
#define RESCAN_SLACK ((int64_t)64 << 20)
#define START_LEN 8               /* Bytes by which a member is told. */
#define SLICE ((size_t)256 << 10) /* How much is taken in at a time. */

struct framing *
framing_new(const struct framing_sink * sink, struct err * e)
{
	struct framing * f = calloc(1, sizeof(*f));

	if (f == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	f->sink = *sink;
	framing_begin(f);
	return f;
}

void
framing_free(struct framing * f)
{
	if (f == NULL)
		return;
	buf_free(&f->pending);
	free(f);
}

void
framing_begin(struct framing * f)
{
	struct framing_sink sink = f->sink;
	struct buf pending = f->pending;

	memset(f, 0, sizeof(*f));
	buf_clear(&pending);
	f->sink = sink;
	f->pending = pending;
	f->before = -1;
	f->suspect = -1;
}

/* ---- Handing out --------------------------------------------------------- */

struct framing_span
framing_span_to(const struct framing * f, size_t end)
{
	struct framing_span span = { f->base + (int64_t)f->start,
		f->pending.bytes + f->start, end - f->start, FRAMING_JSON };

	return span;
}

/* start and pos go to ${end}: the bytes before it were handed out. */
static void
move_to(struct framing * f, size_t end)
{
	if (end > f->start)
		f->before = f->pending.bytes[end - 1];
	f->start = end;
	f->pos = end;
}

int
framing_give_filler(struct framing * f, size_t end, struct err * e)
{
	struct framing_span span = framing_span_to(f, end);

	move_to(f, end);
	return (span.len == 0) ? 0 : f->sink.filler(f->sink.cookie, &span, e);
}

int
framing_give_bad(struct framing * f, size_t end, bool last, struct err * e)
{
	struct framing_span span = framing_span_to(f, end);

	move_to(f, end);
	if ((span.len == 0) && !last)
		return 0;
	return f->sink.bad(f->sink.cookie, &span, last, f->reason, f->text, e);
}

int
framing_peek(const struct framing * f, size_t at)
{
	return (at < f->pending.len) ? f->pending.bytes[at] : -1;
}

bool
framing_is_blank(int c)
{
	return (c == ' ') || (c == '\t') || (c == '\r') || (c == '\n');
}

enum framing_step
framing_become(struct framing * f, enum framing_state state)
{
	f->state = state;
	return FRAMING_STEP_ON;
}

enum framing_step
framing_become_bad(
    struct framing * f, enum event_reason reason, const char * text)
{
	f->reason = reason;
	f->text = text;
	return framing_become(f,
	    ((f->nesting > 0) || !f->scan.lines) ? FRAMING_SEEK : FRAMING_LINE);
}

bool
framing_may_go_back(struct framing * f)
{
	int64_t at = f->base + (int64_t)f->pos;

	if ((f->pos == f->start) ||
	    (f->again > at * RESCAN_FACTOR + RESCAN_SLACK))
		return false;
	f->again += (int64_t)(f->pos - f->start);
	return true;
}

/* ---- The beginning of a member ------------------------------------------- */

static enum framing_step
become_whole(struct framing * f, enum event_reason reason, const char * text)
{
	f->reason = reason;
	f->text = text;
	return framing_become(f, FRAMING_WHOLE);
}

/* Files that are no text, by how they begin: said by name, and not read. */
static const struct magic {
	const char * bytes;
	size_t len;
	const char * text;
} magics[] = {
	{ "Obj\1", 4, "Avro, as Event Hubs Capture writes it: not read" },
	{ "\x1f\x8b", 2, "compressed with gzip: not read" },
	{ "\x28\xb5\x2f\xfd", 4, "compressed with zstd: not read" },
	{ "BZh", 3, "compressed with bzip2: not read" },
	{ "\xfd"
	  "7zXZ",
	    5, "compressed with xz: not read" },
	{ "PK\3\4", 4, "a ZIP file, or a document that is one: not read" },
	{ "PAR1", 4, "Parquet: not read" },
};

static const char *
find_magic(const uint8_t * bytes, size_t len)
{
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		if ((len >= magics[i].len) &&
		    (memcmp(bytes, magics[i].bytes, magics[i].len) == 0))
			return magics[i].text;
	}
	return NULL;
}

static enum framing_step
at_start(struct framing * f, struct err * e)
{
	const uint8_t * b = f->pending.bytes;
	const size_t len = f->pending.len;
	const char * what;

	if ((len == 0) || ((len < START_LEN) && !f->at_end))
		return FRAMING_STEP_WAIT;
	what = find_magic(b, len);
	if (what != NULL)
		return become_whole(f, EVENT_REASON_NOT_READ, what);
	if ((len >= 2) &&
	    (((b[0] == 0xff) && (b[1] == 0xfe)) ||
		((b[0] == 0xfe) && (b[1] == 0xff)) || (b[1] == 0)))
		return become_whole(f, EVENT_REASON_SYNTAX,
		    "not UTF-8: UTF-16 or UTF-32, or no text at all");
	if ((len >= 3) && (memcmp(b, "\xef\xbb\xbf", 3) == 0) &&
	    (framing_give_filler(f, 3, e) != 0))
		return FRAMING_STEP_FAILED;
	return framing_become(f, FRAMING_HEADER);
}

static enum framing_step
at_whole(struct framing * f, struct err * e)
{
	if (framing_give_bad(f, f->pending.len, f->at_end, e) != 0)
		return FRAMING_STEP_FAILED;
	return FRAMING_STEP_WAIT;
}

/* ---- The way through the states ------------------------------------------ */

static enum framing_step
take_step(struct framing * f, struct err * e)
{
	switch (f->state) {
	case FRAMING_START:
		return at_start(f, e);
	case FRAMING_BETWEEN:
		return framing_at_between(f, e);
	case FRAMING_OPEN:
		return framing_at_open(f, e);
	case FRAMING_VALUE:
		return framing_at_value(f, e);
	case FRAMING_TAIL:
		return framing_at_tail(f, e);
	case FRAMING_LINE:
		return framing_at_line(f, e);
	case FRAMING_SEEK:
		return framing_at_seek(f, e);
	case FRAMING_WHOLE:
		return at_whole(f, e);
	case FRAMING_CLASSIC_LINE:
		return framing_at_classic(f, e);
	case FRAMING_HEADER:
		return framing_at_header(f, e);
	case FRAMING_ROWS:
		return framing_at_row(f, e);
	}
	return FRAMING_STEP_FAILED;
}

static int
run(struct framing * f, struct err * e)
{
	enum framing_step step;
	size_t left;

	do {
		step = take_step(f, e);
	} while (step == FRAMING_STEP_ON);
	if (step == FRAMING_STEP_FAILED)
		return -1;
	if (f->start == 0)
		return 0;
	left = f->pending.len - f->start;
	memmove(f->pending.bytes, f->pending.bytes + f->start, left);
	f->pending.len = left;
	f->base += (int64_t)f->start;
	f->pos -= f->start;
	f->start = 0;
	return 0;
}

int
framing_feed(struct framing * f, const void * bytes, size_t len, struct err * e)
{
	const uint8_t * next = bytes;
	size_t n;

	for (; len > 0; len -= n, next += n) {
		n = (len < SLICE) ? len : SLICE;
		if ((buf_add(&f->pending, next, n, e) != 0) || (run(f, e) != 0))
			return -1;
	}
	return 0;
}

int
framing_end(struct framing * f, struct err * e)
{
	f->at_end = true;
	if (f->pending.bytes == NULL)
		return 0; /* Nothing was ever fed. */
	if (run(f, e) != 0)
		return -1;
	if ((f->state != FRAMING_TAIL) &&
	    ((f->state != FRAMING_BETWEEN) || (f->nesting == 0)))
		return 0;
	f->reason = EVENT_REASON_TRUNCATED;
	f->text = "the array of records is not closed";
	return framing_give_bad(f, f->start, true, e);
}
