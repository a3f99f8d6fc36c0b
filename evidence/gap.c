#include <string.h>

#include "evidence/gap.h"
#include "evidence/name.h"
#include "evidence/object.h"

struct reason_row {
	const char * code;
	const char * words;
};

/* In the order of enum gap_reason. */
static const struct reason_row reasons[GAP_REASON_COUNT] = {
	{ "out-of-scope", "listed, but outside what was asked for" },
	{ "gone", "listed, but no longer there when it was read" },
	{ "changed", "changed under every attempt to read it" },
	{ "denied", "the credential may not read it" },
	{ "archived", "in the archive tier; reading it would alter it" },
	{ "customer-key", "encrypted with a key that was not given" },
	{ "length", "never as long as the service announced" },
	{ "digest", "never had the digest that the service gave" },
	{ "answer", "the service's answers broke its own protocol" },
	{ "unreachable", "no complete answer after all attempts" },
	{ "too-large", "over a limit of this program" },
	{ "deleted", "listed as deleted, and not readable as such" },
	{ "no-container", "asked for, but there is no such container" },
	{ "listing", "a listing failed: what it would name is unknown" },
	{ "stopped", "the collection was ended before it" },
	{ "unreadable", "a local file that could not be read" },
	{ "leased", "somebody's lease does not let it be read" },
	{ "removed", "listed, but removed for good when it was read" },
	{ "elsewhere", "in another package of the group" },
};

static const char * const whats[] = { "object", "container", "account",
	"folder" };

static const struct document_member members[] = {
	{ "seq", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
	{ "what", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "reason", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "source", DOCUMENT_INTEGER, DOCUMENT_NULLABLE },
	{ "container", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
	{ "name", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
	{ "name_pct", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
	{ "version_id", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
	{ "snapshot", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
	{ "etag", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
	{ "size", DOCUMENT_INTEGER, DOCUMENT_OPTIONAL },
	{ "last_modified", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
	{ "status", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
	{ "error", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "attempts", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
	{ "package", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
	{ "at", DOCUMENT_TIME, DOCUMENT_REQUIRED },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

const char *
gap_reason_code(enum gap_reason reason)
{
	return reasons[reason].code;
}

const char *
gap_reason_words(enum gap_reason reason)
{
	return reasons[reason].words;
}

int
gap_reason_parse(const char * code, enum gap_reason * reason)
{
	for (int i = 0; i < GAP_REASON_COUNT; i++) {
		if (strcmp(reasons[i].code, code) == 0) {
			*reason = (enum gap_reason)i;
			return 0;
		}
	}
	return -1;
}

bool
gap_is_loss(enum gap_reason reason)
{
	return (reason != GAP_OUT_OF_SCOPE) && (reason != GAP_ELSEWHERE);
}

int
gap_format(const struct gap * gap, struct buf * out, struct err * e)
{
	struct json_out j;

	json_begin_document(&j, out, "gap", e);
	json_put_integer(&j, "seq", gap->seq);
	json_put_text(&j, "what", whats[gap->what]);
	json_put_text(&j, "reason", reasons[gap->reason].code);
	if (gap->source >= 0)
		json_put_integer(&j, "source", gap->source);
	else
		json_put_null(&j, "source");
	document_put_optional(&j, "container", gap->container);
	if ((gap->name != NULL) &&
	    (document_put_name(&j, gap->name, gap->name_len, e) != 0))
		return -1;
	document_put_optional(&j, "version_id", gap->version_id);
	document_put_optional(&j, "snapshot", gap->snapshot);
	document_put_optional(&j, "etag", gap->etag);
	if (gap->size >= 0)
		json_put_integer(&j, "size", gap->size);
	document_put_optional(&j, "last_modified", gap->last_modified);
	json_put_integer(&j, "status", gap->status);
	document_put_nullable(&j, "error", gap->error);
	json_put_integer(&j, "attempts", gap->attempts);
	document_put_optional(&j, "package", gap->package);
	json_put_time(&j, "at", gap->at);
	return json_end_document(&j);
}

/* An object or folder has a name and a source; anything else has no name. */
static int
parse_name(struct gap * gap, struct err * e)
{
	const struct json * root = gap->doc.root;
	bool has_name = (json_get(root, "name") != NULL) ||
	    (json_get(root, "name_pct") != NULL);
	bool needs_name =
	    (gap->what == GAP_OBJECT) || (gap->what == GAP_FOLDER);

	if (needs_name != has_name) {
		err_set(e, ERR_INPUT, NULL,
		    "a name for an object or a folder, and only so");
		return -1;
	}
	if (!has_name)
		return 0;
	if (gap->source < 0) {
		err_set(e, ERR_INPUT, NULL,
		    "an object or a folder without a source");
		return -1;
	}
	if (document_parse_name(root, &gap->name_bytes, e) != 0)
		return -1;
	gap->name = gap->name_bytes.bytes;
	gap->name_len = gap->name_bytes.len;
	if ((gap->name_len == 0) || (gap->name_len > OBJECT_NAME_MAX)) {
		err_set(e, ERR_LIMIT, NULL, "a name of 0 or over %d bytes",
		    OBJECT_NAME_MAX);
		return -1;
	}
	return 0;
}

static int
parse_words(struct gap * gap, struct err * e)
{
	const struct json * root = gap->doc.root;
	int what =
	    document_word(document_text(root, "what"), whats, COUNT(whats));

	if (what < 0) {
		err_set(e, ERR_INPUT, NULL, "an unknown \"what\"");
		return -1;
	}
	gap->what = (enum gap_what)what;
	if (gap_reason_parse(document_text(root, "reason"), &gap->reason) !=
	    0) {
		err_set(e, ERR_INPUT, NULL, "an unknown reason \"%.40s\"",
		    document_text(root, "reason"));
		return -1;
	}
	return 0;
}

/* What is in another package of the group names it, and nothing else does. */
static int
parse_package(struct gap * gap, struct err * e)
{
	bool is_elsewhere = (gap->reason == GAP_ELSEWHERE);

	if ((is_elsewhere != (gap->package != NULL)) ||
	    (is_elsewhere && (gap->what != GAP_OBJECT))) {
		err_set(e, ERR_INPUT, NULL,
		    "a package for an object that is elsewhere, and only so");
		return -1;
	}
	return is_elsewhere ? name_check_package(gap->package, e) : 0;
}

int
gap_parse(const void * bytes, size_t len, struct gap * gap, struct err * e)
{
	const struct json * root;

	memset(gap, 0, sizeof(*gap));
	if (len > GAP_LINE_MAX) {
		err_set(e, ERR_LIMIT, NULL, "a line of more than 64 KiB");
		return -1;
	}
	if (document_parse(
		&gap->doc, bytes, len, "gap", members, COUNT(members), e) != 0)
		return -1;
	root = gap->doc.root;
	gap->seq = document_integer(root, "seq", 0);
	gap->source = document_integer(root, "source", -1);
	gap->container = document_text(root, "container");
	gap->version_id = document_text(root, "version_id");
	gap->snapshot = document_text(root, "snapshot");
	gap->etag = document_text(root, "etag");
	gap->size = document_integer(root, "size", -1);
	gap->last_modified = document_text(root, "last_modified");
	gap->status = document_integer(root, "status", 0);
	gap->error = document_text(root, "error");
	gap->attempts = document_integer(root, "attempts", 0);
	gap->package = document_text(root, "package");
	gap->at = document_time(root, "at");
	if ((parse_words(gap, e) != 0) || (parse_name(gap, e) != 0) ||
	    (parse_package(gap, e) != 0)) {
		gap_free(gap);
		return -1;
	}
	return 0;
}

void
gap_free(struct gap * gap)
{
	document_free(&gap->doc);
	buf_free(&gap->name_bytes);
	memset(gap, 0, sizeof(*gap));
}
