/*
 * document TYPE: read documents of TYPE, one a line of standard input, and say
 * for each on standard output: "refused REASON", or "unknown MEMBERS", or
 * "same" if formatting what was parsed gives the line again, else "other".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/case_file.h"
#include "evidence/checkpoint.h"
#include "evidence/clock_sample.h"
#include "evidence/custody.h"
#include "evidence/derivation.h"
#include "evidence/derived.h"
#include "evidence/disclosure.h"
#include "evidence/footprint.h"
#include "evidence/gap.h"
#include "evidence/journal.h"
#include "evidence/object.h"
#include "evidence/receipt.h"
#include "evidence/request.h"
#include "evidence/seal.h"
#include "evidence/source.h"
#include "evidence/tool_info.h"
#include "evidence/trust.h"

#define LINE_MAX_BYTES ((8 << 20) + 2) /* The longest is a state. */

/* What became of one line. */
struct verdict {
	struct buf unknown;
	struct buf again;
	struct err e;
};

/* Parse with ${parse} into a ${type}, format it again, and free it. */
#define JUDGE(name, type, parse, format, release)                          \
	static int name(const char * line, size_t len, struct verdict * v) \
	{                                                                  \
		struct type one;                                           \
		int rc;                                                    \
                                                                           \
		if (parse(line, len, &one, &v->e) != 0)                    \
			return -1;                                         \
		rc = buf_add_text(                                         \
		    &v->unknown, buf_text(&one.doc.unknown), &v->e);       \
		if (rc == 0)                                               \
			rc = format(&one, &v->again, &v->e);               \
		release(&one);                                             \
		return rc;                                                 \
	}

JUDGE(judge_case, case_file, case_file_parse, case_file_format, case_file_free)
JUDGE(judge_tool, tool_info, tool_info_parse, tool_info_format, tool_info_free)
JUDGE(judge_sources, sources, source_parse, source_format, source_free)
JUDGE(judge_object, object, object_parse, object_format, object_free)
JUDGE(judge_gap, gap, gap_parse, gap_format, gap_free)
JUDGE(judge_request, request, request_parse, request_format, request_free)
JUDGE(judge_clock, clock_sample, clock_sample_parse, clock_sample_format,
    clock_sample_free)
JUDGE(judge_footprint, footprint, footprint_parse, footprint_format,
    footprint_free)
JUDGE(judge_seal, seal, seal_parse, seal_format, seal_free)
JUDGE(judge_custody, custody_entry, custody_parse, custody_format, custody_free)
JUDGE(judge_derived, derived, derived_parse, derived_format, derived_free)
JUDGE(judge_receipt, receipt, receipt_parse, receipt_format, receipt_free)
JUDGE(judge_disclosure, disclosure, disclosure_parse, disclosure_format,
    disclosure_free)
JUDGE(judge_derivation, derivation, derivation_parse, derivation_format,
    derivation_free)

/* An audit path: it keeps no members that are not known. */
static int
judge_path(const char * line, size_t len, struct verdict * v)
{
	struct merkle_path path;
	struct buf unknown = { 0 };
	int64_t seq;
	int rc = disclosure_parse_path(line, len, &seq, &path, &unknown, &v->e);

	if (rc == 0)
		rc = buf_add_text(&v->unknown, buf_text(&unknown), &v->e);
	buf_free(&unknown);
	if (rc == 0)
		rc = disclosure_put_path(seq, &path, &v->again, &v->e);
	return rc;
}

/* A journal line alone: of any number, behind any line. */
static int
judge_journal(const char * line, size_t len, struct verdict * v)
{
	struct journal journal = { 0 };
	struct journal_line one;

	memset(journal.last, 0x7e, sizeof(journal.last));
	if (journal_check(&journal, line, len, &one, &v->e) != 0)
		return -1;
	(void)buf_add_text(&v->unknown, buf_text(&one.doc.unknown), &v->e);
	journal_free_line(&one);
	return buf_add(&v->again, line, len, &v->e);
}

/* A line of the state file, of which nobody keeps what is not known. */
static int
judge_state(const char * line, size_t len, struct verdict * v)
{
	struct checkpoint one;
	int rc;

	if (checkpoint_parse(line, len, &one, &v->e) != 0)
		return -1;
	rc = checkpoint_format(&one, &v->again, &v->e);
	checkpoint_free(&one);
	return rc;
}

/* A trust file is only ever read. */
static int
judge_trust(const char * line, size_t len, struct verdict * v)
{
	struct trust * trust = trust_new(&v->e);
	int rc = (trust == NULL)
	    ? -1
	    : trust_parse(trust, line, len, &v->unknown, &v->e);

	trust_free(trust);
	return (rc == 0) ? buf_add(&v->again, line, len, &v->e) : -1;
}

struct row {
	const char * type;
	int (*judge)(const char * line, size_t len, struct verdict * v);
};

static const struct row rows[] = { { "case", judge_case },
	{ "tool", judge_tool }, { "sources", judge_sources },
	{ "object", judge_object }, { "gap", judge_gap },
	{ "request", judge_request }, { "clock", judge_clock },
	{ "footprint", judge_footprint }, { "journal", judge_journal },
	{ "seal", judge_seal }, { "custody", judge_custody },
	{ "receipt", judge_receipt }, { "trust", judge_trust },
	{ "derived", judge_derived }, { "disclosure", judge_disclosure },
	{ "derivation", judge_derivation }, { "path", judge_path },
	{ "state", judge_state } };

static void
judge_line(const struct row * row, char * line, size_t len)
{
	struct verdict v = { 0 };

	err_init(&v.e);
	/* The LF is a document's own, and of a line one may take it for that. */
	line[len] = '\n';
	if (row->judge(line, len + 1, &v) != 0) {
		(void)printf("refused %s\n", v.e.text);
	} else if (v.unknown.len > 0) {
		v.unknown.bytes[v.unknown.len - 1] = '\0';
		for (char * c = (char *)v.unknown.bytes; *c != '\0'; c++)
			*c = (*c == '\n') ? ' ' : *c;
		(void)printf("unknown %s\n", buf_text(&v.unknown));
	} else {
		if ((v.again.len > 0) &&
		    (v.again.bytes[v.again.len - 1] == '\n'))
			v.again.len--;
		(void)printf("%s\n",
		    ((v.again.len == len) &&
			(memcmp(v.again.bytes, line, len) == 0))
			? "same"
			: "other");
	}
	buf_free(&v.unknown);
	buf_free(&v.again);
}

int
main(int argc, char ** argv)
{
	const struct row * row = NULL;
	char * line = malloc(LINE_MAX_BYTES);

	for (size_t i = 0; (argc == 2) && (i < sizeof(rows) / sizeof(rows[0]));
	     i++) {
		if (strcmp(rows[i].type, argv[1]) == 0)
			row = &rows[i];
	}
	if ((row == NULL) || (line == NULL)) {
		free(line);
		return 64;
	}
	while (fgets(line, LINE_MAX_BYTES, stdin) != NULL) {
		size_t len = strlen(line);

		if ((len > 0) && (line[len - 1] == '\n'))
			len--;
		judge_line(row, line, len);
	}
	free(line);
	return 0;
}
