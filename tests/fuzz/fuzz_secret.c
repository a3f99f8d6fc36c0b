/*
 * Whatever the bytes and wherever they are cut, the same secrets are found as
 * in one piece.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/secret_scan.h"

int LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len);

static struct secret_scan scan;

int
LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len)
{
	const struct secret_counts * counts;
	struct secret_counts whole;
	size_t piece = (len == 0) ? 1 : (size_t)bytes[0] * 41 + 1;

	secret_scan_begin(&scan);
	secret_scan_add(&scan, bytes, len);
	whole = *secret_scan_end(&scan);
	secret_scan_begin(&scan);
	for (size_t at = 0; at < len; at += piece)
		secret_scan_add(
		    &scan, bytes + at, (len - at < piece) ? len - at : piece);
	counts = secret_scan_end(&scan);
	if ((memcmp(&whole, counts,
		 offsetof(struct secret_counts, is_closed)) != 0) ||
	    (whole.is_closed != counts->is_closed))
		abort();
	return 0;
}
