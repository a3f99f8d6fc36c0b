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

static const char *
name_of(enum digest_kind kind)
{
	switch (kind) {
	case DIGEST_SHA256:
		return "SHA2-256";
	case DIGEST_SHA512:
		return "SHA2-512";
	case DIGEST_MD5:
		return "MD5";
	}
	return "";
}

struct digest *
digest_new(enum digest_kind kind, struct err * e)
{
	struct digest * d = calloc(1, sizeof(*d));

	if (d == NULL)
		goto fail;
	d->md = EVP_MD_fetch(NULL, name_of(kind), NULL);
	d->ctx = EVP_MD_CTX_new();
	if ((d->md == NULL) || (d->ctx == NULL) ||
	    (EVP_DigestInit_ex2(d->ctx, d->md, NULL) != 1))
		goto fail;
	return d;

fail:
	err_set(
	    e, ERR_SYSTEM, NULL, "libcrypto cannot start %s", name_of(kind));
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
