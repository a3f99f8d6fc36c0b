#include <assert.h>
#include <string.h>

#include <sodium.h>

#include "evidence/age.h"
#include "evidence/bech32.h"
#include "evidence/digest.h"
#include "evidence/text.h"

static_assert(crypto_scalarmult_BYTES == AGE_KEY_LEN, "X25519");

/*
 * HKDF-SHA256 (RFC 5869) for one block: ${out} from ${ikm}, ${salt}, ${info}.
 * An empty salt is one of zeros.
 */
static void
hkdf(const uint8_t * ikm, size_t ikm_len, const uint8_t * salt, size_t salt_len,
    const char * info, uint8_t out[DIGEST_SHA256_LEN])
{
	static const uint8_t zeros[DIGEST_SHA256_LEN];
	uint8_t prk[DIGEST_SHA256_LEN];
	uint8_t block[64];
	size_t len = strlen(info);

	assert(len < sizeof(block));
	digest_hmac_sha256((salt_len > 0) ? salt : zeros,
	    (salt_len > 0) ? salt_len : sizeof(zeros), ikm, ikm_len, prk);
	memcpy(block, info, len);
	block[len] = 1;
	digest_hmac_sha256(prk, sizeof(prk), block, len + 1, out);
	sodium_memzero(prk, sizeof(prk));
}

int
age_parse_recipient(
    const char * text, struct age_recipient * recipient, struct err * e)
{
	return bech32_decode(
	    text, strlen(text), "age", recipient->key, AGE_KEY_LEN, e);
}

int
age_wrap_key(const uint8_t mine[AGE_KEY_LEN], const uint8_t theirs[AGE_KEY_LEN],
    const uint8_t share[AGE_KEY_LEN], const uint8_t recipient[AGE_KEY_LEN],
    uint8_t key[AGE_KEY_LEN])
{
	uint8_t shared[AGE_KEY_LEN], salt[2 * AGE_KEY_LEN];
	int rc;

	memcpy(salt, share, AGE_KEY_LEN);
	memcpy(salt + AGE_KEY_LEN, recipient, AGE_KEY_LEN);
	/* It refuses a result of zeros, and so points of small order. */
	rc = crypto_scalarmult(shared, mine, theirs);
	if (rc == 0)
		hkdf(shared, sizeof(shared), salt, sizeof(salt),
		    "age-encryption.org/v1/X25519", key);
	sodium_memzero(shared, sizeof(shared));
	return rc;
}

void
age_header_mac(const uint8_t file_key[AGE_FILE_KEY_LEN], const void * header,
    size_t len, uint8_t mac[AGE_KEY_LEN])
{
	uint8_t key[AGE_KEY_LEN];

	hkdf(file_key, AGE_FILE_KEY_LEN, NULL, 0, "header", key);
	digest_hmac_sha256(key, sizeof(key), header, len, mac);
	sodium_memzero(key, sizeof(key));
}

void
age_payload_key(const uint8_t file_key[AGE_FILE_KEY_LEN],
    const uint8_t nonce[AGE_NONCE_LEN], uint8_t key[AGE_KEY_LEN])
{
	hkdf(file_key, AGE_FILE_KEY_LEN, nonce, AGE_NONCE_LEN, "payload", key);
}

void
age_chunk_nonce(int64_t number, int is_last, uint8_t nonce[12])
{
	memset(nonce, 0, 12);
	for (int i = 10; i > 2; i--) {
		nonce[i] = (uint8_t)(number & 0xff);
		number >>= 8;
	}
	nonce[11] = is_last ? 1 : 0;
}

int
age_add_base64(
    struct buf * out, const uint8_t * bytes, size_t len, struct err * e)
{
	if (text_base64_encode(out, bytes, len, e) != 0)
		return -1;
	while ((out->len > 0) && (out->bytes[out->len - 1] == '='))
		out->bytes[--out->len] = '\0';
	return 0;
}
