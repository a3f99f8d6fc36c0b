/*
 * Any bytes as a file that says something of addresses: it is read, with entries,
 * or refused with a reason.
 */
#include <assert.h>
#include <stdint.h>

#include "timeline/enrich.h"

int LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len)
{
	static const enum enrich_kind kinds[] = { ENRICH_SERVICE_TAGS,
		ENRICH_INDICATORS, ENRICH_INVENTORY };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct enrich * en;
		struct err e;

		err_init(&e);
		en = enrich_new(&e);
		assert(en != NULL);
		if (enrich_add(en, kinds[i], bytes, len, &e) == 0)
			assert(enrich_file(en, 0)->entries > 0);
		else
			assert((e.kind != ERR_NONE) && (e.kind != ERR_BUG));
		enrich_free(en);
	}
	return 0;
}
