#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/digest.h"
#include "evidence/text.h"

#include "collect/commit.h"
#include "collect/scope.h"

struct commit {
	struct commit_options o;
	pthread_t thread;
	struct err e;

	/* The large member that is begun. */
	struct exchange * head; /* The answer that is its evidence. */
	struct digest * md5;    /* If the service says what it should be. */
	int64_t completed_at;
};

/* Compare ${md5} with the base64 ${text}, which may be "". */
static enum object_digest_check
compare(const uint8_t md5[DIGEST_MD5_LEN], const char * text)
{
	struct buf want = { 0 };
	struct err ignored;
	enum object_digest_check check = OBJECT_DIGEST_MISMATCHED;

	if (text[0] == '\0')
		return OBJECT_DIGEST_ABSENT;
	err_init(&ignored);
	if ((text_base64_decode(&want, text, strlen(text), &ignored) == 0) &&
	    (want.len == DIGEST_MD5_LEN) &&
	    (memcmp(want.bytes, md5, DIGEST_MD5_LEN) == 0))
		check = OBJECT_DIGEST_MATCHED;
	buf_free(&want);
	return check;
}

/* What the service's digests said about a whole body in one answer. */
static enum object_digest_check
check_small(const struct exchange * x)
{
	switch (x->verdict.digest) {
	case RESPONSE_DIGEST_ABSENT:
		break;
	case RESPONSE_DIGEST_MATCHED:
		return OBJECT_DIGEST_MATCHED;
	case RESPONSE_DIGEST_MISMATCHED:
		return OBJECT_DIGEST_MISMATCHED;
	}
	return OBJECT_DIGEST_ABSENT;
}

static void
fill_taken(struct record_taken * t, const struct job * job,
    const struct exchange * x, int64_t completed_at)
{
	memset(t, 0, sizeof(*t));
	t->entry = job->entry;
	t->x = x;
	t->source_name = job->source->name;
	t->requested_at = x->sent_at;
	t->completed_at = completed_at;
	t->open_hour = scope_is_open(job->source->kind, job->entry->name,
	    job->entry->name_len, completed_at);
	t->attempts = job->attempts;
	t->attempt_count = job->attempt_count;
}

static int
commit_object(struct commit * c, const struct pipe_item * item, struct err * e)
{
	const struct exchange * x = item->x;
	struct record_taken t;

	assert(x != NULL);
	fill_taken(&t, item->job, x, x->done_at);
	t.block_list = item->job->blocks;
	t.digest_check = check_small(x);
	return record_commit(c->o.record, &t, x->body.bytes, x->body.len, e);
}

/* Copy the pin of ${item} to where the checkpoint finds it. */
static void
note_open(struct state_open * open, const struct pipe_item * item)
{
	const struct job_pin * pin = &item->pin;
	bool was_mismatched =
	    (item->kind == PIPE_CONTINUE) && open->is_mismatched;

	memset(open, 0, sizeof(*open));
	open->is_open = true;
	open->is_mismatched = was_mismatched;
	open->number = item->job->entry->number;
	open->size = pin->length;
	open->blocks = pin->blocks;
	open->is_append = pin->is_append;
	memcpy(open->etag, pin->etag, sizeof(pin->etag));
	memcpy(open->blob_type, pin->blob_type, sizeof(pin->blob_type));
	memcpy(open->creation_time, pin->creation_time,
	    sizeof(pin->creation_time));
	memcpy(open->content_md5, pin->content_md5, sizeof(pin->content_md5));
}

/* Take over the answer that is the evidence of the member begun. */
static void
take_head(struct commit * c, struct pipe_item * item)
{
	assert(item->x != NULL);
	exchange_free(c->head);
	c->head = item->x;
	c->completed_at = item->x->done_at;
	item->x = NULL;
	pipe_release(c->o.pipe, c->head->weight);
	c->head->weight = 0;
}

static int
begin_large(struct commit * c, struct pipe_item * item, struct err * e)
{
	struct record_taken t;

	take_head(c, item);
	note_open(&c->o.state->open, item);
	if (item->kind == PIPE_CONTINUE)
		return 0;
	if (item->pin.content_md5[0] != '\0') {
		c->md5 = digest_new(DIGEST_MD5, e);
		if (c->md5 == NULL)
			return -1;
	}
	fill_taken(&t, item->job, c->head, c->head->done_at);
	return record_begin(c->o.record, &t, item->pin.length, e);
}

static void
forget_large(struct commit * c)
{
	exchange_free(c->head);
	c->head = NULL;
	digest_free(c->md5);
	c->md5 = NULL;
	c->o.state->open.is_open = false;
}

static int
end_large(struct commit * c, const struct pipe_item * item, struct err * e)
{
	uint8_t md5[DIGEST_MD5_LEN];
	struct record_taken t;
	int rc;

	assert(c->head != NULL);
	fill_taken(&t, item->job, c->head, c->completed_at);
	t.look = item->x;
	t.block_list = item->job->blocks;
	if (c->md5 != NULL) {
		digest_finish(c->md5, md5);
		t.digest_check = compare(md5, item->job->pin.content_md5);
	}
	if (c->o.state->open.is_mismatched)
		t.digest_check = OBJECT_DIGEST_MISMATCHED;
	rc = record_end(c->o.record, &t, e);
	forget_large(c);
	return rc;
}

static int
put_data(struct commit * c, const struct exchange * x, struct err * e)
{
	assert(x != NULL);
	if (x->verdict.digest == RESPONSE_DIGEST_MISMATCHED)
		c->o.state->open.is_mismatched = true;
	if (c->md5 != NULL)
		digest_update(c->md5, x->body.bytes, x->body.len);
	c->completed_at = x->done_at;
	return package_data(c->o.w, x->body.bytes, x->body.len, e);
}

static int
declare_gap(struct commit * c, const struct pipe_item * item, struct err * e)
{
	struct gap gap;

	job_fill_gap(item->job, item->reason, item->x, &gap);
	if (record_gap(c->o.record, &gap, e) != 0)
		return -1;
	return record_settle(c->o.record, item->job->entry->number, e);
}

static int
apply(struct commit * c, struct pipe_item * item, struct err * e)
{
	if ((item->x != NULL) && (record_answer(c->o.record, item->x, e) != 0))
		return -1;
	switch (item->kind) {
	case PIPE_ANSWER:
	case PIPE_LEAVE:
		return 0;
	case PIPE_OBJECT:
		return commit_object(c, item, e);
	case PIPE_BEGIN:
	case PIPE_CONTINUE:
		return begin_large(c, item, e);
	case PIPE_DATA:
		return put_data(c, item->x, e);
	case PIPE_END:
		return end_large(c, item, e);
	case PIPE_DROP:
		forget_large(c);
		return package_drop(c->o.w, e);
	case PIPE_GAP:
		return declare_gap(c, item, e);
	}
	return 0;
}

static void *
run(void * cookie)
{
	struct commit * c = cookie;
	struct pipe_item * item;

	for (;;) {
		item = pipe_take(c->o.pipe);
		if (item == NULL)
			break;
		if ((c->e.kind == ERR_NONE) && (apply(c, item, &c->e) != 0))
			pipe_fail(c->o.pipe, &c->e);
		pipe_item_free(c->o.pipe, item);
	}
	return NULL;
}

struct commit *
commit_start(const struct commit_options * options, struct err * e)
{
	struct commit * c = calloc(1, sizeof(*c));

	if (c == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	c->o = *options;
	err_init(&c->e);
	if (pthread_create(&c->thread, NULL, run, c) != 0) {
		err_set(e, ERR_SYSTEM, NULL, "no thread can be started");
		free(c);
		return NULL;
	}
	return c;
}

int
commit_join(struct commit * c, struct err * e)
{
	int rc = 0;

	if (pthread_join(c->thread, NULL) != 0) {
		err_set(e, ERR_BUG, NULL, "a thread cannot be joined");
		return -1;
	}
	if (c->e.kind != ERR_NONE) {
		err_init(e);
		*e = c->e;
		rc = -1;
	}
	exchange_free(c->head);
	digest_free(c->md5);
	free(c);
	return rc;
}
