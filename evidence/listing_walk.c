#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/buf.h"
#include "evidence/listing_walk.h"
#include "evidence/text.h"

/*
 * EnumerationResults                       NODE_ROOT
 *   Prefix Marker MaxResults NextMarker    NODE_TEXT, into page_text
 *   Blobs | Containers                     NODE_LIST
 *     Blob | BlobPrefix | Container        NODE_ENTRY
 *       Name Snapshot Deleted ...          NODE_TEXT, into the entry's store
 *       Properties                         NODE_PROPERTIES
 *         Etag Content-Length ...          NODE_TEXT, into the entry's store
 *       anything else                      NODE_IGNORED, with all inside it
 *
 * An entry's texts lie behind one another in ${store}, each with a NUL;
 * ${at}[field] is where one begins, plus 1, so that 0 says absent.
 */
enum node {
	NODE_NONE, /* Outside the root. */
	NODE_ROOT,
	NODE_LIST,
	NODE_ENTRY,
	NODE_PROPERTIES,
	NODE_TEXT,
	NODE_IGNORED
};

/* Fields without a member of their own type in struct listing_entry. */
enum special {
	SPECIAL_NO,
	SPECIAL_NAME,
	SPECIAL_LENGTH,
	SPECIAL_DELETED,
	SPECIAL_CURRENT
};

struct field {
	const char * name;
	enum node parent;
	enum special special;
	size_t offset; /* Of a const char * in struct listing_entry. */
};

#define TEXT_OF(member) SPECIAL_NO, offsetof(struct listing_entry, member)

static const struct field fields[] = {
	{ "Name", NODE_ENTRY, SPECIAL_NAME, 0 },
	{ "Deleted", NODE_ENTRY, SPECIAL_DELETED, 0 },
	{ "IsCurrentVersion", NODE_ENTRY, SPECIAL_CURRENT, 0 },
	{ "Snapshot", NODE_ENTRY, TEXT_OF(snapshot) },
	{ "VersionId", NODE_ENTRY, TEXT_OF(version_id) },
	{ "Content-Length", NODE_PROPERTIES, SPECIAL_LENGTH, 0 },
	{ "Etag", NODE_PROPERTIES, TEXT_OF(etag) },
	{ "Last-Modified", NODE_PROPERTIES, TEXT_OF(last_modified) },
	{ "Creation-Time", NODE_PROPERTIES, TEXT_OF(creation_time) },
	{ "BlobType", NODE_PROPERTIES, TEXT_OF(blob_type) },
	{ "Content-MD5", NODE_PROPERTIES, TEXT_OF(content_md5) },
	{ "Content-Type", NODE_PROPERTIES, TEXT_OF(content_type) },
	{ "Content-Encoding", NODE_PROPERTIES, TEXT_OF(content_encoding) },
	{ "AccessTier", NODE_PROPERTIES, TEXT_OF(access_tier) },
	{ "ArchiveStatus", NODE_PROPERTIES, TEXT_OF(archive_status) },
	{ "LeaseState", NODE_PROPERTIES, TEXT_OF(lease_state) },
	{ "LeaseStatus", NODE_PROPERTIES, TEXT_OF(lease_status) },
	{ "Sealed", NODE_PROPERTIES, TEXT_OF(sealed) },
	{ "LegalHold", NODE_PROPERTIES, TEXT_OF(legal_hold) },
	{ "ImmutabilityPolicyUntilDate", NODE_PROPERTIES,
	    TEXT_OF(immutable_until) },
	{ "ImmutabilityPolicyMode", NODE_PROPERTIES, TEXT_OF(immutable_mode) },
	{ "DeletedTime", NODE_PROPERTIES, TEXT_OF(deleted_time) },
	{ "RemainingRetentionDays", NODE_PROPERTIES,
	    TEXT_OF(remaining_retention_days) },
	{ "PublicAccess", NODE_PROPERTIES, TEXT_OF(public_access) },
	{ "HasImmutabilityPolicy", NODE_PROPERTIES,
	    TEXT_OF(has_immutability_policy) },
	{ "HasLegalHold", NODE_PROPERTIES, TEXT_OF(has_legal_hold) },
};
#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))

/* Children of the root; the list itself is the last. */
enum {
	PAGE_PREFIX,
	PAGE_MARKER,
	PAGE_NEXT_MARKER,
	PAGE_MAX_RESULTS,
	PAGE_DELIMITER,
	PAGE_LIST,
	PAGE_COUNT
};
static const char * const page_names[PAGE_COUNT] = { "Prefix", "Marker",
	"NextMarker", "MaxResults", "Delimiter", NULL };

#define ENCODED_MAX ((size_t)3 * LISTING_NAME_MAX)

struct listing_walk {
	enum listing_kind kind;
	listing_found * found;
	void * cookie;
	enum node path[LISTING_DEPTH_MAX + 1];
	int depth;
	struct buf text; /* Of the text element that is open. */
	size_t text_max;
	size_t text_field; /* Index of a field, or of a page name. */
	bool text_is_encoded;
	int64_t entries;
	enum listing_entry_kind entry_kind;
	struct buf store;
	size_t at[FIELD_COUNT];
	size_t name_len;
	bool name_is_encoded;
	bool has_properties;
	bool page_seen[PAGE_COUNT];
	struct buf page_text[PAGE_COUNT];
	struct buf endpoint;
	struct buf container;
};

static int
refuse(const char * why, const char * name, struct err * e)
{
	err_set(e, ERR_INPUT, NULL, "%s%s%.64s", why,
	    (name[0] != '\0') ? ": " : "", name);
	return -1;
}

static const char *
list_name(const struct listing_walk * w)
{
	return (w->kind == LISTING_BLOBS) ? "Blobs" : "Containers";
}

/* Return the value of the attribute ${name}, or NULL. */
static const char *
attribute(const char * const * attributes, const char * name)
{
	for (size_t i = 0; attributes[i] != NULL; i += 2) {
		if (strcmp(attributes[i], name) == 0)
			return attributes[i + 1];
	}
	return NULL;
}

/* Keep the attribute ${name}, if it is there, in ${out}. */
static int
keep_attribute(struct buf * out, const char * const * attributes,
    const char * name, struct err * e)
{
	const char * value = attribute(attributes, name);

	if (value == NULL)
		return 0;
	if (strlen(value) > LISTING_VALUE_MAX) {
		err_set(e, ERR_LIMIT, NULL, "attribute %s over %d bytes", name,
		    LISTING_VALUE_MAX);
		return -1;
	}
	return buf_add_text(out, value, e);
}

static int
open_root(struct listing_walk * w, const char * name,
    const char * const * attributes, struct err * e)
{
	if (strcmp(name, "EnumerationResults") != 0)
		return refuse("not a listing, but", name, e);
	w->path[w->depth] = NODE_ROOT;
	if (keep_attribute(&w->endpoint, attributes, "ServiceEndpoint", e) != 0)
		return -1;
	return keep_attribute(&w->container, attributes, "ContainerName", e);
}

/* Begin to collect the text of field or page name ${index}. */
static int
open_text(struct listing_walk * w, size_t index, size_t max, bool may_encode,
    const char * const * attributes, struct err * e)
{
	const char * encoded = attribute(attributes, "Encoded");

	w->path[w->depth] = NODE_TEXT;
	w->text_field = index;
	w->text_max = max;
	w->text_is_encoded = false;
	buf_clear(&w->text);
	if (!may_encode || (encoded == NULL) || (strcmp(encoded, "false") == 0))
		return 0;
	if (strcmp(encoded, "true") != 0)
		return refuse("attribute Encoded is not a boolean", encoded, e);
	w->text_is_encoded = true;
	w->text_max = ENCODED_MAX;
	return 0;
}

static int
open_in_root(struct listing_walk * w, const char * name,
    const char * const * attributes, struct err * e)
{
	size_t index = PAGE_COUNT;

	for (size_t i = 0; i < PAGE_LIST; i++) {
		if (strcmp(name, page_names[i]) == 0)
			index = i;
	}
	if (strcmp(name, list_name(w)) == 0)
		index = PAGE_LIST;
	if (index == PAGE_COUNT) {
		w->path[w->depth] = NODE_IGNORED;
		return 0;
	}
	if (w->page_seen[index])
		return refuse("an element stands twice", name, e);
	w->page_seen[index] = true;
	if (index == PAGE_LIST) {
		w->path[w->depth] = NODE_LIST;
		return 0;
	}
	return open_text(
	    w, index, LISTING_MARKER_MAX, index == PAGE_PREFIX, attributes, e);
}

static int
open_entry(struct listing_walk * w, const char * name, struct err * e)
{
	bool is_blobs = (w->kind == LISTING_BLOBS);

	if (!is_blobs && (strcmp(name, "Container") == 0))
		w->entry_kind = LISTING_CONTAINER;
	else if (is_blobs && (strcmp(name, "Blob") == 0))
		w->entry_kind = LISTING_BLOB;
	else if (is_blobs && (strcmp(name, "BlobPrefix") == 0))
		w->entry_kind = LISTING_PREFIX;
	else
		return refuse("an entry of unknown kind", name, e);
	if (w->entries >= LISTING_ENTRIES_MAX) {
		err_set(e, ERR_LIMIT, NULL, "more than %d entries",
		    LISTING_ENTRIES_MAX);
		return -1;
	}
	w->entries++;
	w->path[w->depth] = NODE_ENTRY;
	buf_clear(&w->store);
	memset(w->at, 0, sizeof(w->at));
	w->name_len = 0;
	w->name_is_encoded = false;
	w->has_properties = false;
	return 0;
}

static int
open_field(struct listing_walk * w, enum node parent, const char * name,
    const char * const * attributes, struct err * e)
{
	if ((parent == NODE_ENTRY) && (strcmp(name, "Properties") == 0)) {
		if (w->has_properties)
			return refuse("an element stands twice", name, e);
		w->has_properties = true;
		w->path[w->depth] = NODE_PROPERTIES;
		return 0;
	}
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		bool is_name = (fields[i].special == SPECIAL_NAME);

		if ((fields[i].parent != parent) ||
		    (strcmp(fields[i].name, name) != 0))
			continue;
		if (w->at[i] != 0)
			return refuse("an element stands twice", name, e);
		return open_text(w, i,
		    is_name ? LISTING_NAME_MAX : LISTING_VALUE_MAX, is_name,
		    attributes, e);
	}
	w->path[w->depth] = NODE_IGNORED;
	return 0;
}

/* Put the text that ends, decoded if need be, behind ${out}. */
static int
take_text(struct listing_walk * w, struct buf * out, struct err * e)
{
	const char * text = buf_text(&w->text);

	if (!w->text_is_encoded)
		return buf_add(out, text, w->text.len, e);
	return text_percent_decode(out, text, w->text.len, e);
}

static int
close_name(struct listing_walk * w, size_t begin, struct err * e)
{
	w->name_len = w->store.len - begin;
	w->name_is_encoded = w->text_is_encoded;
	if (w->name_len == 0)
		return refuse("an empty name", "", e);
	if (w->name_len > LISTING_NAME_MAX) {
		err_set(e, ERR_LIMIT, NULL, "a name over %d bytes",
		    LISTING_NAME_MAX);
		return -1;
	}
	return 0;
}

static int
close_field(struct listing_walk * w, struct err * e)
{
	size_t begin = w->store.len;

	w->at[w->text_field] = begin + 1;
	if (take_text(w, &w->store, e) != 0)
		return -1;
	if ((fields[w->text_field].special == SPECIAL_NAME) &&
	    (close_name(w, begin, e) != 0))
		return -1;
	return buf_add(&w->store, "", 1, e);
}

static int
parse_bool(const char * text, bool * value, struct err * e)
{
	if (strcmp(text, "true") == 0)
		*value = true;
	else if (strcmp(text, "false") == 0)
		*value = false;
	else
		return refuse("neither true nor false", text, e);
	return 0;
}

/* Put the text of field ${i} where it belongs in ${entry}. */
static int
set_field(const struct listing_walk * w, size_t i, struct listing_entry * entry,
    struct err * e)
{
	const char * text = buf_text(&w->store) + w->at[i] - 1;

	switch (fields[i].special) {
	case SPECIAL_NO:
		memcpy((char *)entry + fields[i].offset, &text, sizeof(text));
		return 0;
	case SPECIAL_NAME:
		entry->name = text;
		return 0;
	case SPECIAL_LENGTH:
		if ((text_parse_integer(
			 text, strlen(text), &entry->content_length) != 0) ||
		    (entry->content_length < 0))
			return refuse("Content-Length is no length", text, e);
		return 0;
	case SPECIAL_DELETED:
		return parse_bool(text, &entry->is_deleted, e);
	case SPECIAL_CURRENT:
		return parse_bool(text, &entry->is_current_version, e);
	}
	return -1;
}

static int
close_entry(struct listing_walk * w, struct err * e)
{
	struct listing_entry entry = { 0 };

	entry.kind = w->entry_kind;
	entry.content_length = -1;
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		if ((w->at[i] != 0) && (set_field(w, i, &entry, e) != 0))
			return -1;
	}
	if (entry.name == NULL)
		return refuse("an entry without a name", "", e);
	entry.name_len = w->name_len;
	entry.is_encoded = w->name_is_encoded;
	return w->found(w->cookie, &entry, e);
}

static bool
is_blank(const char * text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (strchr(" \t\r\n", text[i]) == NULL)
			return false;
	}
	return true;
}

struct listing_walk *
listing_walk_new(enum listing_kind kind, listing_found * found, void * cookie,
    struct err * e)
{
	struct listing_walk * w = calloc(1, sizeof(*w));

	if (w == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "no memory");
		return NULL;
	}
	w->kind = kind;
	w->found = found;
	w->cookie = cookie;
	return w;
}

int
listing_walk_open(struct listing_walk * w, const char * name,
    const char * const * attributes, struct err * e)
{
	enum node parent = w->path[w->depth];

	if (w->depth == LISTING_DEPTH_MAX) {
		err_set(e, ERR_LIMIT, NULL, "nested deeper than %d",
		    LISTING_DEPTH_MAX);
		return -1;
	}
	w->depth++;
	switch (parent) {
	case NODE_NONE:
		return open_root(w, name, attributes, e);
	case NODE_ROOT:
		return open_in_root(w, name, attributes, e);
	case NODE_LIST:
		return open_entry(w, name, e);
	case NODE_ENTRY:
	case NODE_PROPERTIES:
		return open_field(w, parent, name, attributes, e);
	case NODE_TEXT:
		return refuse("an element inside a text", name, e);
	case NODE_IGNORED:
		w->path[w->depth] = NODE_IGNORED;
		return 0;
	}
	return -1;
}

int
listing_walk_text(
    struct listing_walk * w, const char * text, size_t len, struct err * e)
{
	if (w->path[w->depth] == NODE_IGNORED)
		return 0;
	if (w->path[w->depth] != NODE_TEXT) {
		if (!is_blank(text, len))
			return refuse("text between elements", "", e);
		return 0;
	}
	if (len > w->text_max - w->text.len) {
		err_set(
		    e, ERR_LIMIT, NULL, "a text over %zu bytes", w->text_max);
		return -1;
	}
	return buf_add(&w->text, text, len, e);
}

int
listing_walk_close(struct listing_walk * w, struct err * e)
{
	enum node node = w->path[w->depth];

	assert(w->depth > 0);
	w->depth--;
	if (node == NODE_ENTRY)
		return close_entry(w, e);
	if (node != NODE_TEXT)
		return 0;
	if (w->path[w->depth] != NODE_ROOT)
		return close_field(w, e);
	return take_text(w, &w->page_text[w->text_field], e);
}

int
listing_walk_finish(
    struct listing_walk * w, struct listing_page * page, struct err * e)
{
	if (!w->page_seen[PAGE_LIST])
		return refuse("an element is missing", list_name(w), e);
	if (!w->page_seen[PAGE_NEXT_MARKER])
		return refuse("an element is missing", "NextMarker", e);
	page->service_endpoint = buf_text(&w->endpoint);
	page->container = buf_text(&w->container);
	page->prefix = buf_text(&w->page_text[PAGE_PREFIX]);
	page->prefix_len = w->page_text[PAGE_PREFIX].len;
	page->delimiter = buf_text(&w->page_text[PAGE_DELIMITER]);
	page->marker = buf_text(&w->page_text[PAGE_MARKER]);
	page->next_marker = buf_text(&w->page_text[PAGE_NEXT_MARKER]);
	page->entries = w->entries;
	return 0;
}

void
listing_walk_free(struct listing_walk * w)
{
	if (w == NULL)
		return;
	buf_free(&w->text);
	buf_free(&w->store);
	for (size_t i = 0; i < PAGE_COUNT; i++)
		buf_free(&w->page_text[i]);
	buf_free(&w->endpoint);
	buf_free(&w->container);
	free(w);
}
