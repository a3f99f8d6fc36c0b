#include <string.h>

#include "evidence/check.h"
#include "evidence/check_secret.h"
#include "evidence/clock_sample.h"
#include "evidence/cms_verify.h"
#include "evidence/footprint.h"
#include "evidence/object.h"
#include "evidence/package_lines.h"
#include "evidence/request.h"
#include "evidence/timestamp_verify.h"
#include "evidence/tool_info.h"

/*
 * The pass over the stream.  Each kind of member has a part that judges it: as
 * a whole, line by line, or piece by piece; its digest is computed in any case.
 * Nothing a part reads is believed: what it says is compared, and what it
 * compares with is proved by the seal in the end, or is not.
 */
#define README_MAX ((size_t)1 << 20)

struct part {
	size_t whole_max; /* Read whole, at most so many bytes. */
	void (*whole)(struct check * c, const uint8_t * bytes, size_t len);
	size_t line_max; /* Read in lines, each at most so long. */
	void (*line)(struct check * c, const uint8_t * line, size_t len);
	const struct check_batch_kind * batch; /* Or in batches. */
	void (*begin)(struct check * c);
	void (*data)(struct check * c, const uint8_t * bytes, size_t len);
	void (*end)(struct check * c); /* After the digest is known. */
};

static const struct part parts[] = {
	[MEMBER_BAGIT] = { .whole_max = 256, .whole = check_bagit },
	[MEMBER_CASE] = { .whole_max = CASE_FILE_MAX, .whole = check_case },
	[MEMBER_TOOL] = { .whole_max = TOOL_INFO_MAX, .whole = check_tool },
	[MEMBER_START] = { .whole_max = TIMESTAMP_MAX,
	    .whole = check_start_token },
	[MEMBER_LISTING] = { .begin = check_listing_begin,
	    .data = check_listing_data,
	    .end = check_listing_end },
	[MEMBER_PAYLOAD] = { .begin = check_payload_begin,
	    .data = check_payload_data,
	    .end = check_payload_end },
	[MEMBER_RELISTING] = { .begin = check_listing_begin,
	    .data = check_listing_data,
	    .end = check_listing_end },
	[MEMBER_ANSWER] = { .begin = check_answer_begin,
	    .data = check_answer_data,
	    .end = check_answer_end },
	[MEMBER_SOURCES] = { .whole_max = SOURCE_DOCUMENT_MAX,
	    .whole = check_sources },
	[MEMBER_OBJECTS] = { .line_max = OBJECT_LINE_MAX,
	    .batch = &check_object_lines,
	    .end = check_objects_end },
	[MEMBER_GAPS] = { .line_max = GAP_LINE_MAX, .batch = &check_gap_lines },
	[MEMBER_REQUESTS] = { .line_max = REQUEST_LINE_MAX,
	    .batch = &check_request_lines },
	[MEMBER_CLOCK] = { .line_max = CLOCK_SAMPLE_LINE_MAX,
	    .line = check_clock_line },
	[MEMBER_TLS] = { .end = check_certificate_end },
	[MEMBER_FOOTPRINT] = { .whole_max = FOOTPRINT_MAX,
	    .whole = check_footprint },
	[MEMBER_JOURNAL] = { .line_max = JOURNAL_LINE_MAX,
	    .line = check_journal_line,
	    .end = check_journal_end },
	[MEMBER_README] = { .whole_max = README_MAX, .whole = check_readme },
	[MEMBER_BAG_INFO] = { .whole_max = README_MAX,
	    .whole = check_bag_info },
	[MEMBER_MANIFEST] = { .end = check_manifest_end },
	[MEMBER_TAGMANIFEST] = { .line_max = PACKAGE_MANIFEST_LINE_MAX,
	    .line = check_tagmanifest_line,
	    .end = check_tagmanifest_end },
	[MEMBER_SEAL] = { .whole_max = SEAL_MAX, .whole = check_seal },
	[MEMBER_SIGNATURE] = { .whole_max = CMS_MAX, .whole = check_seal_file },
	[MEMBER_TOKEN] = { .whole_max = TIMESTAMP_MAX,
	    .whole = check_seal_file },
	[MEMBER_CERTS] = { .whole_max = SEAL_MAX_CERTIFICATES,
	    .whole = check_seal_certificates },
};
#define PARTS (sizeof(parts) / sizeof(parts[0]))

static const struct part none;

/* The part for the member at hand. */
static const struct part *
part_of(const struct check * c)
{
	if (!c->item.is_known || (c->item.problem != NULL) ||
	    (c->item.kind >= PARTS))
		return &none;
	return &parts[c->item.kind];
}

/* Take all lines out of ${bytes}. */
static void
feed_lines(struct check * c, const struct part * part, const uint8_t * bytes,
    size_t len)
{
	const uint8_t * line;
	size_t line_len;
	struct err why;
	int rc;

	err_init(&why);
	for (;;) {
		rc =
		    lines_next(&c->lines, &bytes, &len, &line, &line_len, &why);
		if (rc != 1)
			break;
		if (part->batch != NULL)
			check_batch_add(c, part->batch, line, line_len);
		else
			part->line(c, line, line_len);
	}
	if (rc < 0) {
		check_batch_end(c);
		check_find_err(c, CHECK_DOCUMENT, c->item.path, &why);
		c->is_spoilt = true;
	}
}

/* Hand a piece of the member to its part. */
static void
feed(struct check * c, const struct part * part, const uint8_t * bytes,
    size_t len)
{
	struct err why;

	if (c->item.sha256 == NULL)
		digest_update(c->d, bytes, len);
	if (c->is_spoilt)
		return;
	err_init(&why);
	if (part->whole != NULL) {
		if (len > part->whole_max - c->whole.len) {
			check_find(c, CHECK_DOCUMENT, c->item.path,
			    "it is larger than the limit of %zu bytes",
			    part->whole_max);
			c->is_spoilt = true;
		} else if (buf_add(&c->whole, bytes, len, &why) != 0) {
			check_find_err(c, CHECK_DOCUMENT, c->item.path, &why);
		}
	}
	if (part->line_max > 0)
		feed_lines(c, part, bytes, len);
	if (part->data != NULL)
		part->data(c, bytes, len);
}

/* Remember where the member stands. */
static void
note_place(struct check * c)
{
	struct package_place place = { .is_known = true,
		.frame = c->item.place,
		.offset = c->item.offset,
		.size = c->item.size };

	memcpy(place.sha256, c->sha256, sizeof(place.sha256));
	if (!c->seen[c->item.kind])
		c->place[c->item.kind] = place;
	c->last[c->item.kind] = place;
	c->seen[c->item.kind] = true;
}

/* Of a folder: did it have the digest of the line that led to it? */
static void
compare_line(struct check * c)
{
	if (c->item.expected == NULL)
		return;
	if (memcmp(c->item.expected, c->sha256, DIGEST_SHA256_LEN) == 0)
		c->folder_intact++;
	else
		check_find(c, CHECK_MEMBER, c->item.path,
		    "SHA-256 differs from the manifest");
}

/* The member was read to its end: let its part conclude. */
static void
end_member(struct check * c, const struct part * part)
{
	struct err why;

	if (c->item.sha256 != NULL)
		memcpy(c->sha256, c->item.sha256, sizeof(c->sha256));
	else
		digest_finish(c->d, c->sha256);
	c->result->members++;
	if (!c->item.is_known || (c->item.problem != NULL))
		return;
	note_place(c);
	compare_line(c);
	err_init(&why);
	if ((part->line_max > 0) && !c->is_spoilt &&
	    (lines_finish(&c->lines, &why) != 0))
		check_find_err(c, CHECK_DOCUMENT, c->item.path, &why);
	if ((part->whole != NULL) && !c->is_spoilt)
		part->whole(
		    c, (const uint8_t *)buf_text(&c->whole), c->whole.len);
	if (part->end != NULL)
		part->end(c);
	check_manifest_add(c);
}

/* Does this member come twice: before the damage and behind it? */
static bool
is_repeated(const struct check * c)
{
	return c->is_tail && c->item.is_known &&
	    ((c->item.kind == MEMBER_PAYLOAD) ||
		((c->seen[c->item.kind]) &&
		    (member_order_path(c->item.kind) != NULL)));
}

/* Judge the seal's border before its data moves the reader on. */
static void
note_border(struct check * c)
{
	if (c->item.is_known && (c->item.kind == MEMBER_SEAL) && !c->is_tail)
		c->border = package_read_border(c->r, c->border_sha256);
}

/* Read one member.  0, or -1 if it was not read to its end. */
static int
read_member(struct check * c, struct err * why)
{
	const struct part * part = part_of(c);
	const uint8_t * bytes;
	int64_t n;

	if (c->item.problem != NULL)
		check_find(c, CHECK_NAME, c->item.path, "%s", c->item.problem);
	if (c->item.is_missing) {
		check_find(c, CHECK_MISSING, c->item.path,
		    "a manifest names it, and no such file is here");
		return 0;
	}
	if (is_repeated(c))
		return 0;
	note_border(c);
	if (c->item.sha256 == NULL)
		digest_restart(c->d);
	buf_clear(&c->whole);
	lines_free(&c->lines);
	lines_start(&c->lines, part->line_max);
	c->is_spoilt = false;
	if (part->begin != NULL)
		part->begin(c);
	for (;;) {
		n = package_read_data(c->r, &bytes, why);
		if (n <= 0)
			break;
		feed(c, part, bytes, (size_t)n);
	}
	check_batch_end(c);
	if ((n < 0) && package_read_is_broken(c->r))
		return -1;
	if (n < 0) { /* Its padding: all of its data was there. */
		check_find_err(c, CHECK_STRUCTURE, c->item.path, why);
		err_init(why);
	}
	end_member(c, part);
	return c->is_failed ? -1 : 0;
}

int
check_stream(struct check * c, struct package_read * r)
{
	struct err why;
	int rc;

	err_init(&why);
	c->r = r;
	for (;;) {
		rc = package_read_next(r, &c->item, &why);
		if (rc != 1)
			break;
		rc = read_member(c, &why);
		if (rc != 0)
			break;
	}
	c->r = NULL;
	check_listing_free(c);
	buf_free(&c->answers.head);
	if (package_read_offset(r) > c->result->stream_bytes)
		c->result->stream_bytes = package_read_offset(r);
	if (c->is_failed)
		return -1;
	if (rc == 0)
		return 0;
	if (!check_is_damage(&why)) {
		err_set(c->e, why.kind, why.advice, "%s", why.text);
		return -1;
	}
	c->is_damaged = true;
	check_find(c, CHECK_STRUCTURE, "", "%s", why.text);
	return 1;
}
