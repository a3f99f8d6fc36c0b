#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/tar.h"
#include "evidence/text.h"

#include "collect/block_answer.h"
#include "collect/job.h"
#include "collect/record_object.h"

#define APPEND_BLOB "AppendBlob"

/* Copy ${from} to ${to}; -1 if it does not fit. */
static int
copy(char * to, size_t size, const char * from)
{
	int len = snprintf(to, size, "%s", (from == NULL) ? "" : from);

	return ((len < 0) || ((size_t)len >= size)) ? -1 : 0;
}

/* Whether ${etag} can stand in a header. */
static bool
is_plain(const char * etag)
{
	for (; *etag != '\0'; etag++) {
		if ((*etag < 0x21) || (*etag > 0x7e))
			return false;
	}
	return true;
}

/* The ETag of a listing as a header has it. */
static int
copy_etag(struct job_pin * pin, const char * etag)
{
	int len;

	if (!is_plain(etag))
		return -1;
	if ((etag[0] == '"') || (strncmp(etag, "W/", 2) == 0))
		return copy(pin->etag, sizeof(pin->etag), etag);
	len = snprintf(pin->etag, sizeof(pin->etag), "\"%s\"", etag);
	return ((len < 0) || ((size_t)len >= sizeof(pin->etag))) ? -1 : 0;
}

static bool
is_flow(const struct job * job)
{
	return (job->source->kind == KIND_NSG_FLOW) ||
	    (job->source->kind == KIND_VNET_FLOW);
}

/* A new state is pinned: its blocks are other ones. */
static void
forget_blocks(struct job * job)
{
	block_list_free(job->blocks);
	job->blocks = NULL;
	job->needs_blocks =
	    is_flow(job) && (strcmp(job->pin.blob_type, "BlockBlob") == 0);
}

/* Pin what was listed, if that is enough. */
static void
pin_listed(struct job * job)
{
	const struct plan_entry * entry = job->entry;
	struct job_pin * pin = &job->pin;

	pin->blocks = -1;
	pin->length = entry->size;
	job->needs_head = true;
	if ((entry->size < 0) || (entry->etag == NULL) ||
	    (entry->blob_type == NULL))
		return;
	if ((copy(pin->blob_type, sizeof(pin->blob_type), entry->blob_type) !=
		0) ||
	    (copy_etag(pin, entry->etag) != 0))
		return;
	pin->is_append = (strcmp(entry->blob_type, APPEND_BLOB) == 0);
	job->needs_head = (entry->size > job_small_max(job->source));
	forget_blocks(job);
}

struct job *
job_new(
    struct plan_entry * entry, const struct job_source * source, struct err * e)
{
	struct job * job = calloc(1, sizeof(*job));

	if (job == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		plan_entry_free(entry);
		return NULL;
	}
	job->entry = entry;
	job->source = source;
	job->failing = GAP_UNREACHABLE;
	pin_listed(job);
	return job;
}

int
job_pin_properties(struct job * job, const struct response_headers * h)
{
	struct job_pin * pin = &job->pin;

	if ((h->content_length < 0) || (h->content_length > TAR_SIZE_MAX) ||
	    (h->blob_type[0] == '\0') || !is_plain(h->etag))
		return -1;
	if ((copy(pin->etag, sizeof(pin->etag), h->etag) != 0) ||
	    (copy(pin->blob_type, sizeof(pin->blob_type), h->blob_type) != 0) ||
	    (copy(pin->creation_time, sizeof(pin->creation_time),
		 h->creation_time) != 0) ||
	    (copy(pin->content_md5, sizeof(pin->content_md5), h->content_md5) !=
		0))
		return -1;
	pin->is_append = (strcmp(h->blob_type, APPEND_BLOB) == 0);
	pin->length = h->content_length;
	pin->blocks = h->committed_blocks;
	job->needs_head = false;
	forget_blocks(job);
	return 0;
}

bool
job_has_same_pin(const struct job * job, const struct response_headers * h)
{
	const struct job_pin * pin = &job->pin;

	if (strcmp(h->blob_type, pin->blob_type) != 0)
		return false;
	if (!pin->is_append)
		return (h->content_length == pin->length) &&
		    record_object_is_etag(h->etag, pin->etag);
	return (strcmp(h->creation_time, pin->creation_time) == 0) &&
	    (h->content_length >= pin->length) &&
	    (h->committed_blocks >= pin->blocks);
}

/* A copy of ${text} that lives as long as the job; NULL for none, or no room. */
static const char *
keep_text(struct job * job, const char * text)
{
	struct err ignored;
	char * copied;

	if ((text == NULL) || (text[0] == '\0'))
		return NULL;
	for (size_t i = 0; i < job->text_count; i++) {
		if (strcmp(job->texts[i], text) == 0)
			return job->texts[i];
	}
	if (job->text_count == JOB_TEXTS_MAX)
		return NULL;
	err_init(&ignored);
	copied = text_copy(text, &ignored);
	if (copied != NULL)
		job->texts[job->text_count++] = copied;
	return copied;
}

void
job_note(struct job * job, const struct exchange * x)
{
	struct object_attempt * a;

	job->attempts_all++;
	/* A large blob has thousands of good reads: only what failed, and the
	 * first, is told here; requests.jsonl has them all. */
	if (job->attempt_count < OBJECT_MAX_ATTEMPTS)
		job->attempt_count++;
	a = &job->attempts[job->attempt_count - 1];
	a->pinned = keep_text(job, x->asked.etag);
	a->etag = x->has_headers ? keep_text(job, x->headers.etag) : NULL;
	a->at = x->sent_at;
	a->status = x->status;
	a->error = (x->verdict.outcome == RESPONSE_OK)
	    ? NULL
	    : response_reason_text(x->verdict.reason);
}

static void
fill_blob(const struct job * job, struct azure_blob * blob)
{
	blob->container = job->source->container;
	blob->name = job->entry->name;
	blob->name_len = job->entry->name_len;
	blob->snapshot = job->entry->snapshot;
	/* The current version is pinned by its ETag; asked for by its id it
	 * would need a right of its own. */
	blob->version_id =
	    job->entry->is_current ? NULL : job->entry->version_id;
}

/* Send ${request}, which is freed, as the question ${asked}. */
static struct exchange *
send(struct job * job, struct exchange_line * line,
    struct azure_request * request, struct response_asked * asked,
    int64_t body_max, struct err * e)
{
	struct exchange * x;

	asked->credential_ends =
	    credential_shape(job->source->service->credential)->ends;
	x = exchange_start(line, request, asked, body_max, e);
	azure_request_free(request);
	if (x == NULL)
		return NULL;
	x->owner = job;
	x->service = job->source->service_index;
	x->source = job->entry->source;
	return x;
}

struct exchange *
job_ask_properties(
    struct job * job, struct exchange_line * line, struct err * e)
{
	struct response_asked asked = {
		.operation = RESPONSE_PROPERTIES,
		.total = -1,
		.committed_blocks = -1,
	};
	struct azure_request request;
	struct azure_blob blob;

	fill_blob(job, &blob);
	if (azure_blob_properties(job->source->service->azure, &blob,
		clock_now(), &request, e) != 0)
		return NULL;
	return send(job, line, &request, &asked, 0, e);
}

struct exchange *
job_ask_blocks(struct job * job, struct exchange_line * line, struct err * e)
{
	struct response_asked asked = {
		.operation = RESPONSE_BLOCKS,
		.total = job->pin.length,
		.etag = job->pin.etag,
		.committed_blocks = -1,
	};
	struct azure_request request;
	struct azure_blob blob;

	fill_blob(job, &blob);
	if (azure_block_list(job->source->service->azure, &blob, clock_now(),
		&request, e) != 0)
		return NULL;
	return send(job, line, &request, &asked, BLOCK_ANSWER_MAX, e);
}

/* The blocks of the answer ${x}, or an empty list with the reason. */
static struct block_list *
read_blocks(const struct job * job, struct exchange * x, struct err * e)
{
	enum gap_reason reason = response_gap_reason(x->verdict.reason);
	struct block_list * list = NULL;
	int64_t sum = 0;
	struct err why;

	err_init(&why);
	if (x->verdict.outcome == RESPONSE_OK) {
		list = block_answer_parse(x->body.bytes, x->body.len, &why);
		reason = (why.kind == ERR_LIMIT) ? GAP_TOO_LARGE : GAP_ANSWER;
		for (size_t i = 0; (list != NULL) && (i < list->count); i++) {
			if (list->blocks[i].size <= job->pin.length - sum)
				sum += list->blocks[i].size;
			else
				sum = INT64_MAX / 2;
		}
	}
	if ((list != NULL) && (sum == job->pin.length))
		return list;
	block_list_free(list);
	list = calloc(1, sizeof(*list));
	if (list == NULL)
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
	else
		list->reason = gap_reason_code(reason);
	return list;
}

int
job_take_blocks(struct job * job, struct exchange * x, struct err * e)
{
	struct block_list * list = read_blocks(job, x, e);

	if (list == NULL)
		return -1;
	list->at = x->done_at;
	if (x->has_headers)
		list->request_id = keep_text(job, x->headers.request_id);
	job->needs_blocks = false;
	job->blocks = list;
	return 0;
}

/* Flow logs and append blobs carry no digest of their whole. */
static bool
is_proved(const struct job * job)
{
	return job->source->prove && (job->pin.is_append || is_flow(job));
}

static enum azure_digest
choose_digest(const struct job * job, const struct job_part * part)
{
	if (part->last - part->first >= AZURE_DIGEST_RANGE_MAX)
		return AZURE_DIGEST_NONE;
	if (is_proved(job) && !job->source->service->refuses_crc64)
		return AZURE_DIGEST_CRC64;
	return AZURE_DIGEST_MD5;
}

struct exchange *
job_ask_bytes(struct job * job, struct exchange_line * line,
    const struct job_part * part, struct err * e)
{
	const struct job_pin * pin = &job->pin;
	bool is_whole = (pin->length == 0);
	struct response_asked asked = {
		.operation = is_whole ? RESPONSE_WHOLE : RESPONSE_RANGE,
		.first = part->first,
		.last = part->last,
		.total = pin->length,
		.may_grow = pin->is_append,
		.etag = pin->is_append ? NULL : pin->etag,
		.blob_type = pin->blob_type,
		.creation_time = pin->creation_time,
		.committed_blocks = pin->is_append ? pin->blocks : -1,
		.accept_mismatch = part->accept_mismatch,
	};
	struct azure_range range = {
		.first = part->first,
		.last = is_whole ? part->first - 1 : part->last,
		.etag = asked.etag,
		.digest =
		    is_whole ? AZURE_DIGEST_NONE : choose_digest(job, part),
	};
	struct azure_request request;
	struct azure_blob blob;

	asked.wants_crc64 = (range.digest == AZURE_DIGEST_CRC64);
	fill_blob(job, &blob);
	if (azure_blob_get(job->source->service->azure, &blob, &range,
		clock_now(), &request, e) != 0)
		return NULL;
	return send(job, line, &request, &asked,
	    is_whole ? JOB_SMALL_MAX : part->last - part->first + 1, e);
}

int64_t
job_small_max(const struct job_source * source)
{
	return source->prove ? AZURE_DIGEST_RANGE_MAX : JOB_SMALL_MAX;
}

bool
job_accepts(const struct retry_rule * rule, int mismatches)
{
	return (mismatches >= JOB_MISMATCHES_MAX) ||
	    (mismatches + 1 >= rule->tries_max);
}

bool
job_forgoes_crc64(struct job * job, struct exchange * x)
{
	if (!x->asked.wants_crc64 ||
	    ((x->status != 400) && (x->status != 501) &&
		((x->status != 500) || !x->has_headers ||
		    (strcmp(x->headers.error_code, "FeatureNotSupported") !=
			0))))
		return false;
	job->source->service->refuses_crc64 = true;
	x->wait_ms = 0;
	return true;
}

void
job_fill_gap(const struct job * job, enum gap_reason reason,
    const struct exchange * x, struct gap * gap)
{
	const struct plan_entry * entry = job->entry;

	memset(gap, 0, sizeof(*gap));
	gap->what = GAP_OBJECT;
	gap->reason = reason;
	gap->source = entry->source;
	gap->name = (const uint8_t *)entry->name;
	gap->name_len = entry->name_len;
	gap->version_id = entry->version_id;
	gap->snapshot = entry->snapshot;
	gap->etag = entry->etag;
	gap->size = entry->size;
	gap->last_modified = entry->last_modified;
	gap->attempts = job->attempts_all;
	gap->at = clock_now();
	if (x != NULL) {
		gap->status = x->status;
		gap->error = response_reason_text(x->verdict.reason);
		gap->at = x->done_at;
		if (x->has_headers && (x->headers.error_code[0] != '\0'))
			gap->error = x->headers.error_code;
	}
}

void
job_free(struct job * job)
{
	if (job == NULL)
		return;
	plan_entry_free(job->entry);
	block_list_free(job->blocks);
	for (size_t i = 0; i < job->text_count; i++)
		free(job->texts[i]);
	free(job);
}
