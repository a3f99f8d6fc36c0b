#include <string.h>
#include <strings.h>

#include "collect/record_object.h"

#define META_PREFIX "x-ms-meta-"

/* The text of an ETag without its quotes. */
static const char *
bare(const char * etag, size_t * len)
{
	*len = strlen(etag);
	if ((*len >= 2) && (etag[0] == '"') && (etag[*len - 1] == '"')) {
		*len -= 2;
		return etag + 1;
	}
	return etag;
}

bool
record_object_is_etag(const char * a, const char * b)
{
	size_t a_len, b_len;

	if ((a == NULL) || (b == NULL))
		return false;
	a = bare(a, &a_len);
	b = bare(b, &b_len);
	return (a_len == b_len) && (memcmp(a, b, a_len) == 0);
}

/* NULL for what did not come. */
static const char *
or_null(const char * text)
{
	return ((text == NULL) || (text[0] == '\0')) ? NULL : text;
}

static void
fill_headers(struct object * o, const struct response_headers * h)
{
	o->header[OBJECT_ETAG] = or_null(h->etag);
	o->header[OBJECT_LAST_MODIFIED] = or_null(h->last_modified);
	o->header[OBJECT_CONTENT_TYPE] = or_null(h->content_type);
	o->header[OBJECT_CONTENT_ENCODING] = or_null(h->content_encoding);
	o->header[OBJECT_CONTENT_MD5] = or_null(h->content_md5);
	o->header[OBJECT_BLOB_CONTENT_MD5] = or_null(h->blob_content_md5);
	o->header[OBJECT_CRC64] = or_null(h->content_crc64);
	o->header[OBJECT_CREATION_TIME] = or_null(h->creation_time);
	o->header[OBJECT_REQUEST_ID] = or_null(h->request_id);
	o->header[OBJECT_CLIENT_REQUEST_ID] = or_null(h->client_request_id);
	o->header[OBJECT_DATE] = or_null(h->date);
	o->header[OBJECT_SERVER] = or_null(h->server);
	o->header[OBJECT_VERSION] = or_null(h->version);
	o->header[OBJECT_TIER] = or_null(h->access_tier);
	o->header[OBJECT_IMMUTABILITY] = or_null(h->immutability_until);
	o->header[OBJECT_LEGAL_HOLD] = or_null(h->legal_hold);
	o->header[OBJECT_LEASE] = or_null(h->lease_state);
	o->header[OBJECT_VERSION_ID] = or_null(h->version_id);
}

/* The x-ms-meta-... headers, as received, into ${pairs}. */
static size_t
fill_metadata(const struct response_headers * h,
    struct object_pair pairs[OBJECT_MAX_METADATA])
{
	const char * name;
	const char * value;
	size_t at = 0, n = 0;

	while ((n < OBJECT_MAX_METADATA) &&
	    (response_headers_next(h, &at, &name, &value) == 1)) {
		if (strncasecmp(name, META_PREFIX, strlen(META_PREFIX)) != 0)
			continue;
		pairs[n].name = name + strlen(META_PREFIX);
		pairs[n].value = value;
		n++;
	}
	return n;
}

static void
fill_look(struct object_look * look, const struct exchange * x)
{
	if (x == NULL)
		return;
	look->is_there = true;
	look->at = x->done_at;
	look->etag = or_null(x->headers.etag);
	look->request_id = or_null(x->headers.request_id);
	look->content_length = x->headers.content_length;
	look->committed_block_count = x->headers.committed_blocks;
}

int
record_object_format(const struct record_taken * t, int64_t seq,
    const char * path, const struct package_member * member, struct buf * out,
    struct err * e)
{
	struct object_pair metadata[OBJECT_MAX_METADATA];
	const struct plan_entry * entry = t->entry;
	const struct exchange * x = t->x;
	const struct response_headers * h = &x->headers;
	struct object o;

	memset(&o, 0, sizeof(o));
	o.seq = seq;
	o.path = path;
	o.offset = member->offset;
	o.size = member->size;
	memcpy(o.sha256, member->sha256, sizeof(o.sha256));
	o.source = entry->source;
	o.name = (const uint8_t *)entry->name;
	o.name_len = entry->name_len;
	o.blob_type = or_null(h->blob_type);
	o.version_id = entry->version_id;
	o.snapshot = entry->snapshot;
	o.deleted = entry->is_deleted;
	o.request_url = x->url;
	o.status = x->status;
	o.content_length = h->content_length;
	o.committed_block_count = h->committed_blocks;
	fill_headers(&o, h);
	o.metadata = metadata;
	o.n_metadata = fill_metadata(h, metadata);
	o.digest_check = t->digest_check;
	o.listed.is_listed = true;
	o.listed.etag = entry->etag;
	o.listed.size = entry->size;
	o.listed.last_modified = entry->last_modified;
	o.changed_since_listing = (entry->size != member->size) ||
	    !record_object_is_etag(entry->etag, h->etag);
	o.open_hour = t->open_hour;
	o.requested_at = t->requested_at;
	o.completed_at = t->completed_at;
	o.has_skew = x->has_skew;
	o.skew_lo_ms = x->skew_lo_ms;
	o.skew_hi_ms = x->skew_hi_ms;
	o.has_tls = x->has_tls;
	memcpy(o.tls, x->tls, sizeof(o.tls));
	o.attempts = t->attempts;
	o.n_attempts = t->attempt_count;
	o.block_list = t->block_list;
	fill_look(&o.look, t->look);
	return object_format(&o, out, e);
}

int
record_object_format_file(const struct record_taken * t, int64_t seq,
    const char * path, const struct package_member * member, struct buf * out,
    struct err * e)
{
	const struct plan_entry * entry = t->entry;
	struct object o;

	memset(&o, 0, sizeof(o));
	o.seq = seq;
	o.path = path;
	o.offset = member->offset;
	o.size = member->size;
	memcpy(o.sha256, member->sha256, sizeof(o.sha256));
	o.source = entry->source;
	o.name = (const uint8_t *)entry->name;
	o.name_len = entry->name_len;
	o.digest_check = OBJECT_DIGEST_ABSENT;
	o.listed.is_listed = true;
	o.listed.size = entry->size;
	o.listed.last_modified = entry->last_modified;
	o.changed_since_listing = t->is_changed;
	o.requested_at = t->requested_at;
	o.completed_at = t->completed_at;
	return object_format(&o, out, e);
}
