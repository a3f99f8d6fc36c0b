/*
 * Any bytes as findings.json, and as timeline.jsonl: every row that is named
 * there is matched or told, never more than there are.
 */
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "verify/timeline_findings.h"

int LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len);

static int64_t told;

static void
note(void * context, int64_t offset, const char * text)
{
	const int64_t * len = context;

	if ((offset < 0) || (offset > *len) || (text[0] == '\0'))
		abort();
	told++;
}

/* Make ${fd}, a file without a name, hold the ${len} ${bytes}. */
static void
fill(int * fd, const uint8_t * bytes, size_t len)
{
	char path[] = "/tmp/azcustody-fuzz.XXXXXX";

	if (*fd < 0) {
		*fd = mkstemp(path);
		if ((*fd < 0) || (unlink(path) != 0))
			abort();
	}
	if ((ftruncate(*fd, 0) != 0) ||
	    (pwrite(*fd, bytes, len, 0) != (ssize_t)len))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len)
{
	static int findings = -1, rows = -1;
	struct timeline_findings r;
	int64_t size;
	struct err e;

	if (len < 2)
		return 0;
	size = (int64_t)(len - 2) * bytes[0] / 255;
	fill(&findings, bytes + 2, (size_t)size);
	fill(&rows, bytes + 2 + size, len - 2 - (size_t)size);
	told = 0;
	err_init(&e);
	if (timeline_findings_check(findings, rows, note, &size, &r, &e) != 0)
		return 0;
	if ((r.matched > r.rows) || (r.rows - r.matched > told))
		abort();
	return 0;
}
