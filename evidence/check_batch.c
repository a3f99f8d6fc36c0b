#include <stdlib.h>
#include <string.h>

#include "evidence/check.h"
#include "evidence/check_batch.h"
#include "evidence/work_ring.h"

/* More than these parse faster than one thread judges. */
#define THREADS_MAX 4

struct batch {
	const struct check_batch_kind * kind;
	uint8_t text[CHECK_BATCH_BYTES];
	size_t len;
	struct check_line lines[CHECK_BATCH_LINES];
	size_t n;
};

struct check_batches {
	struct digest * d; /* Of the thread that judges. */
	struct work_ring * ring;
	size_t count;
	struct batch batches[];
};

static void *
start(void)
{
	struct err ignored;

	err_init(&ignored);
	return digest_new(DIGEST_SHA256, &ignored);
}

/* Release what was made of a line. */
static void
drop(struct check_line * line)
{
	if (line->made_by != NULL)
		line->made_by->drop(line);
	line->made_by = NULL;
}

/*
 * Parse one line; ${d} may be NULL.  What its place held before is released
 * here, since that costs as much as judging it.
 */
static void
parse(const struct check_batch_kind * kind, struct check_line * line,
    struct digest * d)
{
	drop(line);
	memset(&line->as, 0, sizeof(line->as));
	line->made_by = kind;
	err_init(&line->why);
	if (d == NULL)
		err_set(&line->why, ERR_SYSTEM, NULL, "out of memory");
	else
		kind->parse(line, d);
}

static void
run(void * state, void * job)
{
	struct batch * batch = job;

	for (size_t i = 0; i < batch->n; i++)
		parse(batch->kind, &batch->lines[i], state);
}

static void
end(void * state)
{
	digest_free(state);
}

static const struct work_kind parsing = { start, run, end };

/* Make the batches, so many that no thread waits for the one that judges. */
static struct check_batches *
new_batches(struct check * c)
{
	int threads = (c->threads < THREADS_MAX) ? c->threads : THREADS_MAX;
	size_t count = (size_t)threads + 2;
	struct check_batches * b =
	    calloc(1, sizeof(*b) + count * sizeof(b->batches[0]));
	struct err why;

	err_init(&why);
	if (b == NULL) {
		err_set(&why, ERR_SYSTEM, NULL, "out of memory");
	} else {
		b->count = count;
		b->d = digest_new(DIGEST_SHA256, &why);
		b->ring = work_ring_new(&parsing, threads, b->batches,
		    sizeof(b->batches[0]), count, &why);
	}
	c->batches = b;
	if (why.kind == ERR_NONE)
		return b;
	check_batch_free(c);
	check_find_err(c, CHECK_DOCUMENT, c->item.path, &why);
	return NULL;
}

/* Judge the oldest batch and make it free; false: there is none to judge. */
static bool
judge_oldest(struct check * c, bool wait)
{
	struct batch * batch = work_ring_take(c->batches->ring, wait);

	if (batch == NULL)
		return false;
	for (size_t i = 0; (i < batch->n) && !c->is_failed; i++)
		batch->kind->judge(c, &batch->lines[i]);
	batch->n = 0;
	batch->len = 0;
	work_ring_release(c->batches->ring);
	return true;
}

/* The open batch. */
static struct batch *
get_batch(struct check * c)
{
	struct batch * batch;

	for (;;) {
		batch = work_ring_open(c->batches->ring);
		if (batch != NULL)
			return batch;
		(void)judge_oldest(c, true);
	}
}

/* A line that is too long for a batch, behind all others. */
static void
add_alone(struct check * c, const struct check_batch_kind * kind,
    const uint8_t * bytes, size_t len)
{
	struct check_line line = { .bytes = bytes, .len = len };

	check_batch_end(c);
	parse(kind, &line, c->batches->d);
	if (!c->is_failed)
		kind->judge(c, &line);
	drop(&line);
}

void
check_batch_add(struct check * c, const struct check_batch_kind * kind,
    const uint8_t * bytes, size_t len)
{
	struct batch * batch;
	struct check_line * line;

	if (c->is_failed)
		return;
	if ((c->batches == NULL) && (new_batches(c) == NULL))
		return;
	if (len + 1 > CHECK_BATCH_BYTES) {
		add_alone(c, kind, bytes, len);
		return;
	}
	batch = get_batch(c);
	if ((batch->n == CHECK_BATCH_LINES) ||
	    (len + 1 > CHECK_BATCH_BYTES - batch->len)) {
		work_ring_submit(c->batches->ring);
		while (judge_oldest(c, false))
			;
		batch = get_batch(c);
	}
	batch->kind = kind;
	line = &batch->lines[batch->n++];
	line->bytes = batch->text + batch->len;
	line->len = len;
	memcpy(batch->text + batch->len, bytes, len + 1);
	batch->len += len + 1;
}

void
check_batch_end(struct check * c)
{
	struct batch * batch;

	if (c->batches == NULL)
		return;
	batch = work_ring_open(c->batches->ring);
	if ((batch != NULL) && (batch->n > 0))
		work_ring_submit(c->batches->ring);
	while (judge_oldest(c, true))
		;
}

void
check_batch_free(struct check * c)
{
	struct check_batches * b = c->batches;

	if (b == NULL)
		return;
	if (b->ring != NULL)
		check_batch_end(c);
	work_ring_free(b->ring);
	for (size_t i = 0; i < b->count; i++)
		for (size_t k = 0; k < CHECK_BATCH_LINES; k++)
			drop(&b->batches[i].lines[k]);
	digest_free(b->d);
	free(b);
	c->batches = NULL;
}
