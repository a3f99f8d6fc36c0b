/*
 * Any bytes as a log: nothing breaks, every byte is accounted for in order,
 * blocks of any size give the same, and no event holds what its contract
 * forbids.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/text.h"
#include "timeline/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len);

/* Filler comes in pieces that depend on the blocks: only its place counts. */
struct seen {
	int64_t at;
	uint64_t hash; /* Over everything that was handed out. */
};

static void
note(struct seen * s, const void * bytes, size_t len)
{
	const uint8_t * p = bytes;

	for (size_t i = 0; i < len; i++)
		s->hash = (s->hash ^ p[i]) * UINT64_C(1099511628211);
}

static void
note_span(struct seen * s, const struct event_origin * origin)
{
	assert(origin->offset == s->at);
	assert(origin->length >= 0);
	s->at += origin->length;
	note(s, &origin->length, sizeof(origin->length));
}

static int
on_record(void * cookie, const struct event_record * r, struct err * e)
{
	(void)e;
	assert(r->origin.sha256 != NULL);
	note_span(cookie, &r->origin);
	return 0;
}

static int
on_event(void * cookie, const struct event * ev, struct err * e)
{
	const struct event_field * fields;
	const char * text;
	size_t count;
	int64_t n;

	(void)e;
	fields = event_fields(&count);
	for (size_t i = 0; i < count; i++) {
		if ((fields[i].kind == EVENT_FIELD_INTEGER) ||
		    (fields[i].kind == EVENT_FIELD_MOMENT)) {
			n = event_field_integer(ev, &fields[i]);
			note(cookie, &n, sizeof(n));
			continue;
		}
		text = event_field_text(ev, &fields[i]);
		if (text == NULL)
			continue;
		assert(text_is_utf8(text, strlen(text)));
		assert(strstr(text, "?sig=S3CRET") == NULL);
		note(cookie, text, strlen(text));
	}
	note(cookie, ev->id, sizeof(ev->id));
	return 0;
}

static int
on_quarantine(void * cookie, const struct event_quarantine * q, struct err * e)
{
	(void)e;
	assert((q->text != NULL) && (*q->text != '\0'));
	assert(text_is_utf8(q->text, strlen(q->text)));
	note(cookie, q->text, strlen(q->text));
	if (q->tuple_index == EVENT_ABSENT)
		note_span(cookie, &q->origin);
	return 0;
}

static int
on_filler(void * cookie, const struct event_filler * f, struct err * e)
{
	struct seen * s = cookie;

	(void)e;
	assert(f->origin.offset == s->at);
	s->at += f->origin.length;

	return 0;
}

static uint64_t
read_all(const uint8_t * bytes, size_t len, size_t block)
{
	struct seen s = { 0, 1 };
	struct event_sink sink = { &s, on_record, on_event, on_quarantine,
		on_filler };
	struct event_origin origin = { .member = "m" };
	const struct reader_counts * c;
	struct reader * r;
	struct err e;

	err_init(&e);
	r = reader_new(&sink, &e);
	if (r == NULL)
		abort();
	reader_begin(r, &origin, NULL);
	for (size_t i = 0; i < len; i += block) {
		if (reader_feed(r, bytes + i,
			(len - i < block) ? len - i : block, &e) != 0)
			abort();
	}
	if (reader_end(r, &e) != 0)
		abort();
	c = reader_counts(r);
	assert(s.at == (int64_t)len);
	assert(c->bytes ==
	    c->record_bytes + c->quarantine_bytes + c->filler_bytes);
	reader_free(r);
	return s.hash;
}

int
LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len)
{
	size_t block = (len > 0) ? 1 + bytes[len - 1] % 64 : 1;

	if (read_all(bytes, len, len + 1) != read_all(bytes, len, block))
		abort();
	return 0;
}
