#include <openssl/cms.h>
#include <openssl/err.h>
#include <stdbool.h>
#include <string.h>

#include "evidence/cms_key.h"
#include "evidence/der.h"

/* Binary and detached; attributes are signed, the certificate among them. */
#define FLAGS \
	(CMS_BINARY | CMS_DETACHED | CMS_PARTIAL | CMS_NOSMIMECAP | CMS_CADES)

void
cms_certificate_sha256(
    const struct cms_key * key, uint8_t sha256[DIGEST_SHA256_LEN])
{
	memcpy(sha256, key->sha256, DIGEST_SHA256_LEN);
}

const char *
cms_certificate_name(const struct cms_key * key)
{
	return key->name;
}

/* Make the signature, or NULL. */
static CMS_ContentInfo *
make(const struct cms_key * key, const void * bytes, size_t len)
{
	BIO * data = BIO_new_mem_buf(bytes, (int)len);
	CMS_ContentInfo * info = NULL;
	bool good = false;

	if (data != NULL)
		info = CMS_sign_ex(
		    NULL, NULL, key->chain, NULL, FLAGS, key->world, NULL);
	good = (info != NULL) &&
	    (CMS_add1_signer(info, key->certificate, key->key, key->digest,
		 FLAGS) != NULL) &&
	    (CMS_final(info, data, NULL, FLAGS) == 1);
	BIO_free(data);
	if (good)
		return info;
	CMS_ContentInfo_free(info);
	return NULL;
}

int
cms_sign(const struct cms_key * key, const void * bytes, size_t len,
    struct buf * out, struct err * e)
{
	CMS_ContentInfo * info = NULL;
	unsigned char * der = NULL;
	int n = -1;
	int rc = -1;

	ERR_clear_error();
	if (len <= INT32_MAX)
		info = make(key, bytes, len);
	if (info != NULL)
		n = i2d_CMS_ContentInfo(info, &der);
	if (n <= 0)
		err_set(
		    e, ERR_SYSTEM, NULL, "the key %s did not sign", key->name);
	else if (der_check(der, (size_t)n, e) == 0)
		rc = buf_add(out, der, (size_t)n, e);
	OPENSSL_free(der);
	CMS_ContentInfo_free(info);
	ERR_clear_error();
	return rc;
}
