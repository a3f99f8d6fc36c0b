#include "evidence/secret_end.h"
#include "evidence/text.h"

int
secret_end_format(const struct package_result * result, int64_t objects,
    struct buf * out, struct err * e)
{
	char hex[DIGEST_SHA256_HEX];

	text_hex_encode(result->seal_sha256, DIGEST_SHA256_LEN, hex);
	return buf_addf(out, e,
	    SECRET_END "%lld of %lld objects of %s, seal %s, integrity %s\n",
	    (long long)objects, (long long)result->objects, result->package,
	    hex, package_verdict_text(result->verdict[PACKAGE_INTEGRITY]));
}
