#ifndef TESTS_UNIT_CUT_H
#define TESTS_UNIT_CUT_H

#include <stdlib.h>

#include "evidence/buf.h"
#include "timeline/framing.h"

#include "tests/unit/unit.h"

/* What was handed out, as words: r10 record, n10 nested, b10 bad, f10 filler. */
struct transcript {
	struct buf words;
	struct buf bytes; /* Everything, to be compared with the input. */
	int64_t at;       /* Where the next span must begin. */
	size_t filler;
	size_t bad;
	bool in_bad;
	enum event_reason reason;
};

static inline int
put_filler(struct transcript * t, struct err * e)
{
	size_t n = t->filler;

	t->filler = 0;
	return (n == 0) ? 0 : buf_addf(&t->words, e, "f%zu ", n);
}

static inline int
put_bytes(
    struct transcript * t, const struct framing_span * span, struct err * e)
{
	EXPECT(span->offset == t->at);
	t->at += (int64_t)span->len;
	return buf_add(&t->bytes, span->bytes, span->len, e);
}

static inline int
on_record(void * cookie, const struct framing_span * span, unsigned int flags,
    struct err * e)
{
	struct transcript * t = cookie;
	char letter = 'r';

	if ((flags & EVENT_FLAG_NESTED) != 0)
		letter = 'n';
	if ((flags & EVENT_FLAG_HOLDS) != 0)
		letter = 'h';
	EXPECT(!t->in_bad);
	if ((put_filler(t, e) != 0) || (put_bytes(t, span, e) != 0))
		return -1;
	return buf_addf(&t->words, e, "%c%zu ", letter, span->len);
}

static inline int
on_bad(void * cookie, const struct framing_span * span, bool last,
    enum event_reason reason, const char * text, struct err * e)
{
	struct transcript * t = cookie;

	if ((put_filler(t, e) != 0) || (put_bytes(t, span, e) != 0))
		return -1;
	t->in_bad = !last;
	t->bad += span->len;
	if (!last)
		return 0;
	EXPECT((text != NULL) && (*text != '\0'));
	t->reason = reason;
	if (buf_addf(&t->words, e, "b%zu:%s ", t->bad,
		event_reason_name(reason)) != 0)
		return -1;
	t->bad = 0;
	return 0;
}

static inline int
on_filler(void * cookie, const struct framing_span * span, struct err * e)
{
	struct transcript * t = cookie;

	EXPECT(!t->in_bad);
	t->filler += span->len;
	return put_bytes(t, span, e);
}

/* Cut ${len} ${bytes} in blocks of ${block}; the words stand in ${t}. */
static inline void
cut(struct transcript * t, const char * bytes, size_t len, size_t block)
{
	static const struct transcript nothing;
	struct framing_sink sink = { t, on_record, on_bad, NULL, on_filler };
	struct framing * f;
	struct err e;

	*t = nothing;
	err_init(&e);
	f = framing_new(&sink, &e);
	EXPECT(f != NULL);
	for (size_t i = 0; i < len; i += block)
		EXPECT(framing_feed(f, bytes + i,
			   (len - i < block) ? len - i : block, &e) == 0);
	EXPECT(framing_end(f, &e) == 0);
	EXPECT(put_filler(t, &e) == 0);
	framing_free(f);
	EXPECT(t->bytes.len == len);
	EXPECT((len == 0) || (memcmp(t->bytes.bytes, bytes, len) == 0));
	if (t->words.len > 0)
		t->words.bytes[t->words.len - 1] = '\0';
}

static inline void
expect_cut_bytes(const char * bytes, size_t len, const char * want)
{
	static const size_t blocks[] = { 1, 2, 3, 7, 64, 1 << 20 };
	struct transcript t;

	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		cut(&t, bytes, len, blocks[i]);
		EXPECT_TEXT(buf_text(&t.words), want);
		buf_free(&t.words);
		buf_free(&t.bytes);
	}
}

static inline void
expect_cut(const char * text, const char * want)
{
	expect_cut_bytes(text, strlen(text), want);
}

#endif
