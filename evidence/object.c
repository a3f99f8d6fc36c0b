#include <stdlib.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/name.h"
#include "evidence/object.h"

struct header_row {
	const char * member;
	const char * http;
};

/* In the order of enum object_header. */
static const struct header_row headers[OBJECT_HEADER_COUNT] = {
	{ "etag", "etag" },
	{ "last_modified", "last-modified" },
	{ "content_type", "content-type" },
	{ "content_encoding", "content-encoding" },
	{ "content_md5", "content-md5" },
	{ "blob_content_md5", "x-ms-blob-content-md5" },
	{ "crc64", "x-ms-content-crc64" },
	{ "creation_time", "x-ms-creation-time" },
	{ "request_id", "x-ms-request-id" },
	{ "client_request_id", "x-ms-client-request-id" },
	{ "date", "date" },
	{ "server", "server" },
	{ "version", "x-ms-version" },
	{ "tier", "x-ms-access-tier" },
	{ "immutability", "x-ms-immutability-policy-mode" },
	{ "legal_hold", "x-ms-legal-hold" },
	{ "lease", "x-ms-lease-state" },
	{ "version_id", "x-ms-version-id" },
};

static const char * const digest_checks[] = { "absent", "matched",
	"mismatched" };

static const struct document_member members[] = {
	{ "seq", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
	{ "path", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "offset", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
	{ "size", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
	{ "sha256", DOCUMENT_SHA256, DOCUMENT_REQUIRED },
	{ "sha512", DOCUMENT_SHA512, DOCUMENT_OPTIONAL },
	{ "source", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
	{ "name", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "name_pct", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "blob_type", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "version_id", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "snapshot", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "deleted", DOCUMENT_BOOL, DOCUMENT_REQUIRED },
	{ "request_url", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "http", DOCUMENT_OBJECT, DOCUMENT_NULLABLE },
	{ "digest_check", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "listed", DOCUMENT_OBJECT, DOCUMENT_NULLABLE },
	{ "changed_since_listing", DOCUMENT_BOOL, DOCUMENT_REQUIRED },
	{ "open_hour", DOCUMENT_BOOL, DOCUMENT_REQUIRED },
	{ "requested_at", DOCUMENT_TIME, DOCUMENT_NULLABLE },
	{ "completed_at", DOCUMENT_TIME, DOCUMENT_REQUIRED },
	{ "clock_skew_ms", DOCUMENT_ARRAY, DOCUMENT_NULLABLE },
	{ "tls", DOCUMENT_SHA256, DOCUMENT_NULLABLE },
	{ "attempts", DOCUMENT_ARRAY, DOCUMENT_REQUIRED },
	{ "last_look", DOCUMENT_OBJECT, DOCUMENT_OPTIONAL },
	{ "block_list", DOCUMENT_OBJECT, DOCUMENT_OPTIONAL },
};

/* Behind the text headers, which check_http puts in front. */
static const struct document_member http_members[] = {
	{ "status", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
	{ "content_length", DOCUMENT_INTEGER, DOCUMENT_OPTIONAL },
	{ "committed_block_count", DOCUMENT_INTEGER, DOCUMENT_OPTIONAL },
	{ "metadata", DOCUMENT_ARRAY, DOCUMENT_REQUIRED },
};

static const struct document_member pair_members[] = {
	{ "name", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "value", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
};

static const struct document_member listed_members[] = {
	{ "etag", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "size", DOCUMENT_INTEGER, DOCUMENT_NULLABLE },
	{ "last_modified", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
};

static const struct document_member attempt_members[] = {
	{ "at", DOCUMENT_TIME, DOCUMENT_REQUIRED },
	{ "status", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
	{ "error", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "pinned", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
	{ "etag", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
};

static const struct document_member look_members[] = {
	{ "at", DOCUMENT_TIME, DOCUMENT_REQUIRED },
	{ "etag", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "request_id", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "content_length", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
	{ "committed_block_count", DOCUMENT_INTEGER, DOCUMENT_OPTIONAL },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

const char *
object_header_member(enum object_header header)
{
	return headers[header].member;
}

const char *
object_header_http(enum object_header header)
{
	return headers[header].http;
}

static void
put_http(struct json_out * j, const struct object * o)
{
	if (o->status == 0) {
		json_put_null(j, "http");
		return;
	}
	json_open_object(j, "http");
	json_put_integer(j, "status", o->status);
	if (o->content_length >= 0)
		json_put_integer(j, "content_length", o->content_length);
	if (o->committed_block_count >= 0)
		json_put_integer(
		    j, "committed_block_count", o->committed_block_count);
	for (int i = 0; i < OBJECT_HEADER_COUNT; i++)
		document_put_optional(j, headers[i].member, o->header[i]);
	json_open_array(j, "metadata");
	for (size_t i = 0; i < o->n_metadata; i++) {
		json_open_object(j, NULL);
		document_put_nullable(j, "name", o->metadata[i].name);
		document_put_nullable(j, "value", o->metadata[i].value);
		json_close_object(j);
	}
	json_close_array(j);
	json_close_object(j);
}

static void
put_listed(struct json_out * j, const struct object_listed * listed)
{
	if (!listed->is_listed) {
		json_put_null(j, "listed");
		return;
	}
	json_open_object(j, "listed");
	document_put_nullable(j, "etag", listed->etag);
	if (listed->size >= 0)
		json_put_integer(j, "size", listed->size);
	else
		json_put_null(j, "size");
	document_put_nullable(j, "last_modified", listed->last_modified);
	json_close_object(j);
}

static void
put_attempts(struct json_out * j, const struct object * o)
{
	json_open_array(j, "attempts");
	for (size_t i = 0; i < o->n_attempts; i++) {
		json_open_object(j, NULL);
		json_put_time(j, "at", o->attempts[i].at);
		json_put_integer(j, "status", o->attempts[i].status);
		document_put_nullable(j, "error", o->attempts[i].error);
		document_put_optional(j, "pinned", o->attempts[i].pinned);
		document_put_optional(j, "etag", o->attempts[i].etag);
		json_close_object(j);
	}
	json_close_array(j);
}

static void
put_look(struct json_out * j, const struct object_look * look)
{
	if (!look->is_there)
		return;
	json_open_object(j, "last_look");
	json_put_time(j, "at", look->at);
	document_put_nullable(j, "etag", look->etag);
	document_put_nullable(j, "request_id", look->request_id);
	json_put_integer(j, "content_length", look->content_length);
	if (look->committed_block_count >= 0)
		json_put_integer(
		    j, "committed_block_count", look->committed_block_count);
	json_close_object(j);
}

/* What it is and where it stands. */
static int
put_identity(struct json_out * j, const struct object * o, struct err * e)
{
	json_put_integer(j, "seq", o->seq);
	json_put_text(j, "path", o->path);
	json_put_integer(j, "offset", o->offset);
	json_put_integer(j, "size", o->size);
	json_put_hex(j, "sha256", o->sha256, DIGEST_SHA256_LEN);
	if (o->has_sha512)
		json_put_hex(j, "sha512", o->sha512, DIGEST_MAX_LEN);
	json_put_integer(j, "source", o->source);
	if (document_put_name(j, o->name, o->name_len, e) != 0)
		return -1;
	document_put_nullable(j, "blob_type", o->blob_type);
	document_put_nullable(j, "version_id", o->version_id);
	document_put_nullable(j, "snapshot", o->snapshot);
	json_put_bool(j, "deleted", o->deleted);
	document_put_nullable(j, "request_url", o->request_url);
	return 0;
}

int
object_format(const struct object * object, struct buf * out, struct err * e)
{
	struct json_out j;

	json_begin_document(&j, out, "object", e);
	if (put_identity(&j, object, e) != 0)
		return -1;
	put_http(&j, object);
	json_put_text(&j, "digest_check", digest_checks[object->digest_check]);
	put_listed(&j, &object->listed);
	json_put_bool(
	    &j, "changed_since_listing", object->changed_since_listing);
	json_put_bool(&j, "open_hour", object->open_hour);
	json_put_time(&j, "requested_at", object->requested_at);
	json_put_time(&j, "completed_at", object->completed_at);
	document_put_interval(&j, "clock_skew_ms", object->has_skew,
	    object->skew_lo_ms, object->skew_hi_ms);
	if (object->has_tls)
		json_put_hex(&j, "tls", object->tls, DIGEST_SHA256_LEN);
	else
		json_put_null(&j, "tls");
	put_attempts(&j, object);
	put_look(&j, &object->look);
	block_list_put(&j, object->block_list);
	return json_end_document(&j);
}

static int
check_http(struct document * doc, const struct json * http, struct err * e)
{
	struct document_member table[OBJECT_HEADER_COUNT + COUNT(http_members)];

	for (size_t i = 0; i < OBJECT_HEADER_COUNT; i++) {
		table[i].name = headers[i].member;
		table[i].type = DOCUMENT_TEXT;
		table[i].need = DOCUMENT_OPTIONAL;
	}
	memcpy(table + OBJECT_HEADER_COUNT, http_members, sizeof(http_members));
	return document_check(doc, http, "http", table, COUNT(table), e);
}

static int
parse_metadata(struct object * o, const struct json * array, struct err * e)
{
	const struct json * pair = json_first(array);
	size_t n = document_count(array);

	if (n > OBJECT_MAX_METADATA) {
		err_set(e, ERR_LIMIT, NULL, "more than %d metadata pairs",
		    OBJECT_MAX_METADATA);
		return -1;
	}
	o->own_metadata = calloc(n + 1, sizeof(*o->own_metadata));
	if (o->own_metadata == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	o->metadata = o->own_metadata;
	for (; pair != NULL; pair = json_next(pair)) {
		struct object_pair * to = &o->own_metadata[o->n_metadata++];

		if (document_check(&o->doc, pair, "http.metadata", pair_members,
			COUNT(pair_members), e) != 0)
			return -1;
		to->name = document_text(pair, "name");
		to->value = document_text(pair, "value");
	}
	return 0;
}

static int
parse_http(struct object * o, struct err * e)
{
	const struct json * http = json_get(o->doc.root, "http");

	o->content_length = -1;
	o->committed_block_count = -1;
	if (json_is_null(http))
		return 0;
	if (check_http(&o->doc, http, e) != 0)
		return -1;
	o->status = document_integer(http, "status", 0);
	o->content_length = document_integer(http, "content_length", -1);
	o->committed_block_count =
	    document_integer(http, "committed_block_count", -1);
	for (int i = 0; i < OBJECT_HEADER_COUNT; i++)
		o->header[i] = document_text(http, headers[i].member);
	return parse_metadata(o, json_get(http, "metadata"), e);
}

static int
parse_listed(struct object * o, struct err * e)
{
	const struct json * listed = json_get(o->doc.root, "listed");

	o->listed.size = -1;
	if (json_is_null(listed))
		return 0;
	if (document_check(&o->doc, listed, "listed", listed_members,
		COUNT(listed_members), e) != 0)
		return -1;
	o->listed.is_listed = true;
	o->listed.etag = document_text(listed, "etag");
	o->listed.size = document_integer(listed, "size", -1);
	o->listed.last_modified = document_text(listed, "last_modified");
	return 0;
}

static int
parse_attempts(struct object * o, struct err * e)
{
	const struct json * array = json_get(o->doc.root, "attempts");
	const struct json * attempt = json_first(array);
	size_t n = document_count(array);

	if (n > OBJECT_MAX_ATTEMPTS) {
		err_set(e, ERR_LIMIT, NULL, "more than %d attempts",
		    OBJECT_MAX_ATTEMPTS);
		return -1;
	}
	o->own_attempts = calloc(n + 1, sizeof(*o->own_attempts));
	if (o->own_attempts == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	o->attempts = o->own_attempts;
	for (; attempt != NULL; attempt = json_next(attempt)) {
		struct object_attempt * to = &o->own_attempts[o->n_attempts++];

		if (document_check(&o->doc, attempt, "attempts",
			attempt_members, COUNT(attempt_members), e) != 0)
			return -1;
		to->at = document_time(attempt, "at");
		to->status = document_integer(attempt, "status", 0);
		to->error = document_text(attempt, "error");
		to->pinned = document_text(attempt, "pinned");
		to->etag = document_text(attempt, "etag");
	}
	return 0;
}

/* What was seen last cannot be shorter than what was taken. */
static int
parse_look(struct object * o, struct err * e)
{
	const struct json * look = json_get(o->doc.root, "last_look");

	o->look.committed_block_count = -1;
	if (look == NULL)
		return 0;
	if (document_check(&o->doc, look, "last_look", look_members,
		COUNT(look_members), e) != 0)
		return -1;
	o->look.is_there = true;
	o->look.at = document_time(look, "at");
	o->look.etag = document_text(look, "etag");
	o->look.request_id = document_text(look, "request_id");
	o->look.content_length = document_integer(look, "content_length", 0);
	o->look.committed_block_count =
	    document_integer(look, "committed_block_count", -1);
	if (o->look.content_length < o->size) {
		err_set(e, ERR_INPUT, NULL,
		    "the last look saw fewer bytes than were taken");
		return -1;
	}
	return 0;
}

static int
parse_block_list(struct object * o, struct err * e)
{
	struct err why;

	err_init(&why);
	o->own_block_list = block_list_get(&o->doc, o->doc.root, o->size, &why);
	o->block_list = o->own_block_list;
	if (why.kind == ERR_NONE)
		return 0;
	*e = why;
	return -1;
}

static int
parse_identity(struct object * o, struct err * e)
{
	const struct json * root = o->doc.root;

	o->seq = document_integer(root, "seq", 0);
	o->path = document_text(root, "path");
	o->offset = document_integer(root, "offset", 0);
	o->size = document_integer(root, "size", 0);
	(void)document_digest(root, "sha256", o->sha256, DIGEST_SHA256_LEN);
	o->has_sha512 =
	    document_digest(root, "sha512", o->sha512, DIGEST_MAX_LEN);
	o->source = document_integer(root, "source", 0);
	o->blob_type = document_text(root, "blob_type");
	o->version_id = document_text(root, "version_id");
	o->snapshot = document_text(root, "snapshot");
	o->deleted = document_bool(root, "deleted");
	o->request_url = document_text(root, "request_url");
	if ((o->seq < 1) || (o->seq > NAME_MAX_OBJECTS)) {
		err_set(e, ERR_INPUT, NULL, "a seq that cannot be");
		return -1;
	}
	if (name_check_stored(o->path, e) != 0)
		return -1;
	if (document_parse_name(root, &o->name_bytes, e) != 0)
		return -1;
	o->name = o->name_bytes.bytes;
	o->name_len = o->name_bytes.len;
	if ((o->name_len == 0) || (o->name_len > OBJECT_NAME_MAX)) {
		err_set(e, ERR_LIMIT, NULL, "a name of 0 or over %d bytes",
		    OBJECT_NAME_MAX);
		return -1;
	}
	return 0;
}

static int
parse_times(struct object * o, struct err * e)
{
	const struct json * root = o->doc.root;
	int which = document_word(document_text(root, "digest_check"),
	    digest_checks, COUNT(digest_checks));

	if (which < 0) {
		err_set(e, ERR_INPUT, NULL, "an unknown \"digest_check\"");
		return -1;
	}
	o->digest_check = (enum object_digest_check)which;
	o->changed_since_listing = document_bool(root, "changed_since_listing");
	o->open_hour = document_bool(root, "open_hour");
	o->requested_at = document_time(root, "requested_at");
	o->completed_at = document_time(root, "completed_at");
	o->has_tls = document_digest(root, "tls", o->tls, DIGEST_SHA256_LEN);
	return document_parse_interval(root, "clock_skew_ms", &o->has_skew,
	    &o->skew_lo_ms, &o->skew_hi_ms, e);
}

int
object_parse(
    const void * bytes, size_t len, struct object * object, struct err * e)
{
	memset(object, 0, sizeof(*object));
	if (len > OBJECT_LINE_MAX) {
		err_set(e, ERR_LIMIT, NULL, "a line of more than 1 MiB");
		return -1;
	}
	if (document_parse(&object->doc, bytes, len, "object", members,
		COUNT(members), e) != 0)
		return -1;
	if ((parse_identity(object, e) != 0) || (parse_http(object, e) != 0) ||
	    (parse_listed(object, e) != 0) || (parse_times(object, e) != 0) ||
	    (parse_attempts(object, e) != 0) || (parse_look(object, e) != 0) ||
	    (parse_block_list(object, e) != 0)) {
		object_free(object);
		return -1;
	}
	return 0;
}

void
object_free(struct object * object)
{
	document_free(&object->doc);
	buf_free(&object->name_bytes);
	free(object->own_metadata);
	free(object->own_attempts);
	block_list_free(object->own_block_list);
	memset(object, 0, sizeof(*object));
}
