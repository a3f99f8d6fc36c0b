#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/digest.h"

struct digest {
	EVP_MD_CTX * ctx;
	EVP_MD * md; /* Fetched once: a fetch costs more than a record. */
};

/* After a failure inside libcrypto no digest could be trusted. */
static void
must(int ok)
{
	if (ok != 1)
		abort();
}

static const struct {
	const char * name;
	size_t len;
} kinds[] = {
	[DIGEST_SHA256] = { "SHA2-256", DIGEST_SHA256_LEN },
	[DIGEST_SHA512] = { "SHA2-512", 64 },
	[DIGEST_MD5] = { "MD5", DIGEST_MD5_LEN },
	[DIGEST_SHA1] = { "SHA1", 20 },
	[DIGEST_SHA224] = { "SHA2-224", 28 },
	[DIGEST_SHA384] = { "SHA2-384", 48 },
};

size_t
digest_len(enum digest_kind kind)
{
	return kinds[kind].len;
}

struct digest *
digest_new(enum digest_kind kind, struct err * e)
{
	struct digest * d = calloc(1, sizeof(*d));

	if (d == NULL)
		goto fail;
	d->md = EVP_MD_fetch(NULL, kinds[kind].name, NULL);
	d->ctx = EVP_MD_CTX_new();
	if ((d->md == NULL) || (d->ctx == NULL) ||
	    (EVP_DigestInit_ex2(d->ctx, d->md, NULL) != 1))
		goto fail;
	return d;

fail:
	err_set(
	    e, ERR_SYSTEM, NULL, "libcrypto cannot start %s", kinds[kind].name);
	digest_free(d);
	return NULL;
}

void
digest_free(struct digest * d)
{
	if (d == NULL)
		return;
	EVP_MD_CTX_free(d->ctx);
	EVP_MD_free(d->md);
	free(d);
}

void
digest_restart(struct digest * d)
{
	must(EVP_DigestInit_ex2(d->ctx, d->md, NULL));
}

void
digest_update(struct digest * d, const void * bytes, size_t len)
{
	must(EVP_DigestUpdate(d->ctx, bytes, len));
}

void
digest_peek(const struct digest * d, uint8_t * out)
{
	EVP_MD_CTX * copy = EVP_MD_CTX_new();

	if (copy == NULL)
		abort();
	must(EVP_MD_CTX_copy_ex(copy, d->ctx));
	must(EVP_DigestFinal_ex(copy, out, NULL));
	EVP_MD_CTX_free(copy);
}

void
digest_copy(struct digest * to, const struct digest * from)
{
	must(EVP_MD_CTX_copy_ex(to->ctx, from->ctx));
}

void
digest_finish(struct digest * d, uint8_t * out)
{
	must(EVP_DigestFinal_ex(d->ctx, out, NULL));
	digest_restart(d);
}

void
digest_sha256(const void * bytes, size_t len, uint8_t out[DIGEST_SHA256_LEN])
{
	must(EVP_Digest(bytes, len, out, NULL, EVP_sha256(), NULL));
}

void
digest_hmac_sha256(const uint8_t * key, size_t key_len, const void * bytes,
    size_t len, uint8_t out[DIGEST_SHA256_LEN])
{
	unsigned int out_len = DIGEST_SHA256_LEN;

	if (key_len > 4096)
		abort();
	if (HMAC(EVP_sha256(), key, (int)key_len, bytes, len, out, &out_len) ==
	    NULL)
		abort();
}
