#include <string.h>

#include "evidence/check.h"
#include "evidence/clock_sample.h"
#include "evidence/footprint.h"
#include "evidence/text.h"
#include "evidence/tool_info.h"

/* Documents that stand for themselves. */

/* Say which members of a document nobody knows. */
static void
note_unknown(struct check * c, const struct document * doc)
{
	if (doc->unknown.len > 0)
		check_find(c, CHECK_UNKNOWN_MEMBER, c->item.path,
		    "it holds members this version does not know: %.200s",
		    buf_text(&doc->unknown));
}

void
check_case(struct check * c, const uint8_t * bytes, size_t len)
{
	struct err why;
	uint8_t sha256[DIGEST_SHA256_LEN];

	err_init(&why);
	digest_sha256(bytes, len, sha256);
	journal_start(&c->journal, sha256);
	if (buf_add(&c->start.case_bytes, bytes, len, &why) != 0) {
		check_find_err(c, CHECK_DOCUMENT, c->item.path, &why);
		return;
	}
	if (case_file_parse(bytes, len, &c->case_file, &why) != 0) {
		check_find_err(c, CHECK_DOCUMENT, c->item.path, &why);
		return;
	}
	c->has_case = true;
	c->result->is_received =
	    (strcmp(c->case_file.acquisition, "received") == 0);
	note_unknown(c, &c->case_file.doc);
	if (strcmp(c->case_file.package, package_read_top(c->r)) != 0)
		check_find(c, CHECK_CASE, c->item.path,
		    "it is about another package: %s", c->case_file.package);
	if (c->case_file.sha512)
		check_find(c, CHECK_CASE, c->item.path,
		    "it promises SHA-512 manifests, and there are none");
	if (!c->is_folder &&
	    (strcmp(c->case_file.compression, c->is_plain ? "none" : "zstd") !=
		0))
		check_find(c, CHECK_CASE, c->item.path,
		    "it names another compression: %s",
		    c->case_file.compression);
}

void
check_tool(struct check * c, const uint8_t * bytes, size_t len)
{
	struct tool_info tool;
	struct err why;

	memset(&tool, 0, sizeof(tool));
	err_init(&why);
	if (tool_info_parse(bytes, len, &tool, &why) != 0) {
		check_find_err(c, CHECK_DOCUMENT, c->item.path, &why);
		return;
	}
	note_unknown(c, &tool.doc);
	tool_info_free(&tool);
}

void
check_sources(struct check * c, const uint8_t * bytes, size_t len)
{
	struct err why;

	err_init(&why);
	if (source_parse(bytes, len, &c->sources, &why) != 0) {
		check_find_err(c, CHECK_DOCUMENT, c->item.path, &why);
		return;
	}
	c->has_sources = true;
	note_unknown(c, &c->sources.doc);
}

void
check_footprint(struct check * c, const uint8_t * bytes, size_t len)
{
	struct footprint footprint;
	struct err why;

	memset(&footprint, 0, sizeof(footprint));
	err_init(&why);
	if (footprint_parse(bytes, len, &footprint, &why) != 0) {
		check_find_err(c, CHECK_DOCUMENT, c->item.path, &why);
		return;
	}
	note_unknown(c, &footprint.doc);
	if (c->seen[MEMBER_REQUESTS] && (footprint.requests != c->requests))
		check_find(c, CHECK_REQUEST, c->item.path,
		    "it speaks of %lld requests, requests.jsonl has %lld",
		    (long long)footprint.requests, (long long)c->requests);
	footprint_free(&footprint);
}

void
check_clock_line(struct check * c, const uint8_t * line, size_t len)
{
	struct clock_sample sample;
	struct err why;

	memset(&sample, 0, sizeof(sample));
	err_init(&why);
	if (clock_sample_parse(line, len, &sample, &why) != 0) {
		err_in(&why, "line %lld", (long long)c->lines.count);
		check_find_err(c, CHECK_DOCUMENT, c->item.path, &why);
		return;
	}
	clock_sample_free(&sample);
}

void
check_readme(struct check * c, const uint8_t * bytes, size_t len)
{
	if (!text_is_utf8(bytes, len) || (memchr(bytes, '\0', len) != NULL))
		check_find(c, CHECK_DOCUMENT, c->item.path, "it is no text");
}
