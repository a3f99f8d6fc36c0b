/* A header block of any bytes is judged, and no signature stays in texts. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "collect/redact.h"
#include "collect/response_check.h"
#include "collect/sas.h"

int LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len);

static void
judge(const struct response_headers * h, uint8_t seed)
{
	static const int statuses[] = { 200, 206, 403, 404, 409, 412, 503,
		302 };
	struct response_asked asked = { .total = 1000,
		.last = 99,
		.committed_blocks = -1,
		.etag = "0x1",
		.blob_type = "BlockBlob" };
	struct response_came came = { .version = 11, .body_len = 100 };
	struct response_verdict v;

	asked.operation = (enum response_operation)(seed & 3);
	came.status = statuses[(seed >> 2) & 7];
	came.headers = h;
	response_check(&asked, &came, &v);
	if ((v.outcome == RESPONSE_OK) &&
	    (h->is_ambiguous || ((h->length_count > 0) && h->is_chunked) ||
		((came.status != 200) && (came.status != 206))))
		abort();
	for (const char * c = v.text; *c != '\0'; c++) {
		if ((*c < 0x20) || (*c > 0x7e))
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len)
{
	struct response_headers h;
	struct credential_shape shape;
	struct buf clean = { 0 };
	struct buf twice = { 0 };
	const char * name;
	const char * value;
	size_t at = 0;
	struct err e;

	if (len == 0)
		return 0;
	err_init(&e);
	if (response_headers_parse((const char *)bytes + 1, len - 1, &h, &e) !=
	    0)
		abort();
	while (response_headers_next(&h, &at, &name, &value) == 1) {
		if ((name[0] == '\0') || (strchr(value, '\n') != NULL))
			abort();
	}
	judge(&h, bytes[0]);
	response_headers_free(&h);
	(void)sas_parse((const char *)bytes, len, &shape, &e);
	/* What was redacted has nothing more to redact. */
	err_init(&e);
	if ((redact_text(&clean, (const char *)bytes, len, &e) != 0) ||
	    (redact_text(&twice, buf_text(&clean), clean.len, &e) != 0) ||
	    (clean.len != twice.len) ||
	    (memcmp(buf_text(&clean), buf_text(&twice), clean.len) != 0))
		abort();
	buf_free(&clean);
	buf_free(&twice);
	return 0;
}
