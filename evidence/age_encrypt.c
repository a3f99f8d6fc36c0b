#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "evidence/age_encrypt.h"
#include "evidence/io.h"
#include "evidence/secret.h"

/* Append the stanza that gives ${file_key} to ${recipient}. */
static int
add_stanza(struct buf * header, const struct secret * file_key,
    const struct age_recipient * recipient, struct err * e)
{
	static const uint8_t nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];
	struct secret * mine = secret_new(AGE_KEY_LEN, e);
	struct secret * key = secret_new(AGE_KEY_LEN, e);
	uint8_t share[AGE_KEY_LEN], wrapped[AGE_WRAPPED_LEN];
	int rc = -1;

	if ((mine == NULL) || (key == NULL))
		goto out;
	secret_random(mine->bytes, AGE_KEY_LEN);
	if (crypto_scalarmult_base(share, mine->bytes) != 0) {
		err_set(e, ERR_BUG, NULL, "X25519 failed");
		goto out;
	}
	if (age_wrap_key(mine->bytes, recipient->key, share, recipient->key,
		key->bytes) != 0) {
		err_set(e, ERR_INPUT, NULL, "a recipient of small order");
		goto out;
	}
	(void)crypto_aead_chacha20poly1305_ietf_encrypt(wrapped, NULL,
	    file_key->bytes, AGE_FILE_KEY_LEN, NULL, 0, NULL, nonce,
	    key->bytes);
	if ((buf_add_text(header, "-> X25519 ", e) != 0) ||
	    (age_add_base64(header, share, sizeof(share), e) != 0) ||
	    (buf_add_text(header, "\n", e) != 0) ||
	    (age_add_base64(header, wrapped, sizeof(wrapped), e) != 0) ||
	    (buf_add_text(header, "\n", e) != 0))
		goto out;
	rc = 0;

out:
	secret_free(mine);
	secret_free(key);
	return rc;
}

/* Write the header, and the nonce behind it, which goes to ${nonce} as well. */
static int
put_header(int out, const struct secret * file_key,
    const struct age_recipient * recipients, size_t n,
    uint8_t nonce[AGE_NONCE_LEN], struct err * e)
{
	struct buf header = { 0 };
	uint8_t mac[AGE_KEY_LEN];
	int rc = -1;

	if (buf_add_text(&header, AGE_MAGIC, e) != 0)
		goto out;
	for (size_t i = 0; i < n; i++)
		if (add_stanza(&header, file_key, &recipients[i], e) != 0)
			goto out;
	if (buf_add_text(&header, "---", e) != 0)
		goto out;
	age_header_mac(file_key->bytes, header.bytes, header.len, mac);
	secret_random(nonce, AGE_NONCE_LEN);
	if ((buf_add_text(&header, " ", e) != 0) ||
	    (age_add_base64(&header, mac, sizeof(mac), e) != 0) ||
	    (buf_add_text(&header, "\n", e) != 0) ||
	    (buf_add(&header, nonce, AGE_NONCE_LEN, e) != 0))
		goto out;
	rc = io_write_all(out, header.bytes, header.len, e);

out:
	buf_free(&header);
	return rc;
}

/* One chunk after the other; the last one may be short. */
static int
put_chunks(int in, int out, const struct secret * key, struct err * e)
{
	uint8_t * plain = malloc(AGE_CHUNK);
	uint8_t * sealed = malloc(AGE_CHUNK + AGE_TAG_LEN);
	uint8_t nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];
	int64_t size, at = 0;
	int rc = -1;

	if ((plain == NULL) || (sealed == NULL)) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		goto out;
	}
	if (io_size(in, &size, e) != 0)
		goto out;
	for (int64_t number = 0; (at < size) || (number == 0); number++) {
		size_t want = ((size - at) < (int64_t)AGE_CHUNK)
		    ? (size_t)(size - at)
		    : AGE_CHUNK;
		ssize_t got = io_read_at(in, plain, want, at, e);

		if (got < 0)
			goto out;
		if ((size_t)got != want) {
			err_set(e, ERR_INPUT, NULL, "it became shorter");
			goto out;
		}
		at += got;
		age_chunk_nonce(number, at == size, nonce);
		(void)crypto_aead_chacha20poly1305_ietf_encrypt(sealed, NULL,
		    plain, want, NULL, 0, NULL, nonce, key->bytes);
		if (io_write_all(out, sealed, want + AGE_TAG_LEN, e) != 0)
			goto out;
	}
	rc = 0;

out:
	free(plain);
	free(sealed);
	return rc;
}

int
age_encrypt(int in, int out, const struct age_recipient * recipients, size_t n,
    struct err * e)
{
	struct secret * file_key = secret_new(AGE_FILE_KEY_LEN, e);
	struct secret * key = secret_new(AGE_KEY_LEN, e);
	uint8_t nonce[AGE_NONCE_LEN];
	int rc = -1;

	assert((n > 0) && (n <= AGE_RECIPIENTS_MAX));
	if ((file_key == NULL) || (key == NULL))
		goto out;
	secret_random(file_key->bytes, AGE_FILE_KEY_LEN);
	if (put_header(out, file_key, recipients, n, nonce, e) != 0)
		goto out;
	age_payload_key(file_key->bytes, nonce, key->bytes);
	rc = put_chunks(in, out, key, e);

out:
	secret_free(file_key);
	secret_free(key);
	return rc;
}
