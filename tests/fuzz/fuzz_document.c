/*
 * What a parser of ours accepts can be formatted, and what that gives is
 * accepted again and formats to the same bytes.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/case_file.h"
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

int LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len);

/* Parse ${bytes} as one type and append it, formatted, to ${out}. */
typedef int again(const uint8_t * bytes, size_t len, struct buf * out);

#define AGAIN(name, type, parse, format, release)                            \
	static int name(const uint8_t * bytes, size_t len, struct buf * out) \
	{                                                                    \
		struct type one;                                             \
		struct err e;                                                \
                                                                             \
		err_init(&e);                                                \
		if (parse(bytes, len, &one, &e) != 0) {                      \
			if (e.kind == ERR_NONE)                              \
				abort();                                     \
			return -1;                                           \
		}                                                            \
		if (format(&one, out, &e) != 0)                              \
			abort();                                             \
		release(&one);                                               \
		return 0;                                                    \
	}

AGAIN(again_case, case_file, case_file_parse, case_file_format, case_file_free)
AGAIN(again_tool, tool_info, tool_info_parse, tool_info_format, tool_info_free)
AGAIN(again_sources, sources, source_parse, source_format, source_free)
AGAIN(again_object, object, object_parse, object_format, object_free)
AGAIN(again_gap, gap, gap_parse, gap_format, gap_free)
AGAIN(again_request, request, request_parse, request_format, request_free)
AGAIN(again_clock, clock_sample, clock_sample_parse, clock_sample_format,
    clock_sample_free)
AGAIN(again_footprint, footprint, footprint_parse, footprint_format,
    footprint_free)
AGAIN(again_seal, seal, seal_parse, seal_format, seal_free)
AGAIN(again_custody, custody_entry, custody_parse, custody_format, custody_free)
AGAIN(again_derived, derived, derived_parse, derived_format, derived_free)
AGAIN(again_receipt, receipt, receipt_parse, receipt_format, receipt_free)
AGAIN(again_disclosure, disclosure, disclosure_parse, disclosure_format,
    disclosure_free)

AGAIN(again_derivation, derivation, derivation_parse, derivation_format,
    derivation_free)

static again * const types[] = { again_case, again_tool, again_sources,
	again_object, again_gap, again_request, again_clock, again_footprint,
	again_seal, again_custody, again_receipt, again_disclosure,
	again_derived, again_derivation };

/* A journal line has no formatter of its own: it must only not crash. */
static void
check_journal(const uint8_t * bytes, size_t len)
{
	struct journal journal = { 0 };
	struct journal_line line;
	struct err e;

	err_init(&e);
	if (journal_check(&journal, bytes, len, &line, &e) == 0)
		journal_free_line(&line);
	else if ((e.kind == ERR_NONE) || (line.doc.root != NULL))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct buf first = { 0 };
		struct buf second = { 0 };

		if (types[i](bytes, len, &first) == 0) {
			if ((types[i](first.bytes, first.len, &second) != 0) ||
			    (first.len != second.len) ||
			    (memcmp(first.bytes, second.bytes, first.len) != 0))
				abort();
		}
		buf_free(&first);
		buf_free(&second);
	}
	check_journal(bytes, len);
	return 0;
}
