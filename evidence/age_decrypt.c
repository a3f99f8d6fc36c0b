#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "evidence/age_decrypt.h"
#include "evidence/bech32.h"
#include "evidence/io.h"
#include "evidence/secret.h"
#include "evidence/text.h"

#define IDENTITY_PREFIX "AGE-SECRET-KEY-"

struct age_identities {
	struct secret * keys; /* One behind the other. */
	size_t n;
};

/* A header as it is read; offsets are into bytes. */
struct header {
	const uint8_t * bytes;
	size_t len;
	size_t at;
};

/* ---- Secret keys --------------------------------------------------------- */

/* Take the line ${text} of ${len}. */
static int
take_identity(
    struct age_identities * ids, const char * text, size_t len, struct err * e)
{
	if ((len > 0) && (text[len - 1] == '\r'))
		len--;
	if ((len == 0) || (text[0] == '#'))
		return 0;
	if (ids->n == AGE_IDENTITIES_MAX) {
		err_set(e, ERR_LIMIT, NULL, "more than %d identities",
		    AGE_IDENTITIES_MAX);
		return -1;
	}
	if (bech32_decode(text, len, IDENTITY_PREFIX,
		ids->keys->bytes + ids->n * AGE_KEY_LEN, AGE_KEY_LEN, e) != 0)
		return -1;
	ids->n++;
	return 0;
}

struct age_identities *
age_identities_load(const char * source, struct err * e)
{
	struct age_identities * ids = calloc(1, sizeof(*ids));
	struct secret * file = NULL;
	int rc = -1;

	if (ids == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		goto out;
	}
	ids->keys = secret_new((size_t)AGE_IDENTITIES_MAX * AGE_KEY_LEN, e);
	if (ids->keys == NULL)
		goto out;
	file = secret_load(source, e);
	if (file == NULL)
		goto out;
	for (size_t at = 0; at < file->len;) {
		const char * line = (const char *)file->bytes + at;
		const char * end = memchr(line, '\n', file->len - at);
		size_t len =
		    (end != NULL) ? (size_t)(end - line) : file->len - at;

		if (take_identity(ids, line, len, e) != 0)
			goto out;
		at += len + 1;
	}
	if (ids->n == 0) {
		err_set(e, ERR_INPUT, NULL, "no identity in it");
		goto out;
	}
	rc = 0;

out:
	secret_free(file);
	if (rc != 0) {
		err_in(e, "identity %s", source);
		age_identities_free(ids);
		return NULL;
	}
	return ids;
}

void
age_identities_free(struct age_identities * identities)
{
	if (identities == NULL)
		return;
	secret_free(identities->keys);
	free(identities);
}

/* ---- The header ---------------------------------------------------------- */

static int
malformed(struct err * e)
{
	err_set(e, ERR_INPUT, NULL, "the header of age is not well-formed");
	return -1;
}

/* The next line, without its LF; NULL if there is none. */
static const char *
next_line(struct header * h, size_t * len)
{
	const char * line = (const char *)h->bytes + h->at;
	const char * end =
	    (h->at < h->len) ? memchr(line, '\n', h->len - h->at) : NULL;

	if (end == NULL)
		return NULL;
	*len = (size_t)(end - line);
	h->at += *len + 1;
	return line;
}

/* Decode ${len} characters of base64 without padding into ${want} bytes. */
static int
decode(const char * text, size_t len, uint8_t * bytes, size_t want)
{
	struct buf padded = { 0 }, plain = { 0 };
	struct err ignored;
	int rc = -1;

	err_init(&ignored);
	if ((len == (want * 8 + 5) / 6) &&
	    (buf_add(&padded, text, len, &ignored) == 0) &&
	    (buf_add(&padded, "==", (4 - len % 4) % 4, &ignored) == 0) &&
	    (text_base64_decode(
		 &plain, buf_text(&padded), padded.len, &ignored) == 0) &&
	    (plain.len == want)) {
		memcpy(bytes, plain.bytes, want);
		rc = 0;
	}
	buf_free(&padded);
	buf_free(&plain);
	return rc;
}

/* Try ${key} on a stanza; return whether it gave the file key. */
static bool
unwrap(const uint8_t key[AGE_KEY_LEN], const uint8_t share[AGE_KEY_LEN],
    const uint8_t wrapped[AGE_WRAPPED_LEN], struct secret * file_key)
{
	static const uint8_t nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];
	uint8_t own[AGE_KEY_LEN], wrap[AGE_KEY_LEN];
	bool is_it;

	is_it = (crypto_scalarmult_base(own, key) == 0) &&
	    (age_wrap_key(key, share, share, own, wrap) == 0) &&
	    (crypto_aead_chacha20poly1305_ietf_decrypt(file_key->bytes, NULL,
		 NULL, wrapped, AGE_WRAPPED_LEN, NULL, 0, nonce, wrap) == 0);
	secret_wipe(wrap, sizeof(wrap));
	return is_it;
}

/* Lines of a stanza's body: full ones, and a shorter one that ends it. */
static int
read_body(struct header * h, const char ** first, size_t * first_len,
    size_t * lines, struct err * e)
{
	size_t len = 64;

	for (*lines = 0; len == 64; (*lines)++) {
		const char * line = next_line(h, &len);

		if ((line == NULL) || (len > 64))
			return malformed(e);
		if (*lines == 0) {
			*first = line;
			*first_len = len;
		}
	}
	return 0;
}

/* A stanza whose first line is ${line}; those of other kinds are passed over. */
static int
read_stanza(struct header * h, const char * line, size_t len,
    const struct age_identities * ids, struct secret * file_key, bool * found,
    struct err * e)
{
	static const char kind[] = "-> X25519 ";
	uint8_t share[AGE_KEY_LEN], wrapped[AGE_WRAPPED_LEN];
	const char * body = NULL;
	size_t body_len = 0, lines = 0;

	if (read_body(h, &body, &body_len, &lines, e) != 0)
		return -1;
	if ((len < sizeof(kind) - 1) ||
	    (memcmp(line, kind, sizeof(kind) - 1) != 0))
		return 0;
	if ((lines != 1) ||
	    (decode(line + sizeof(kind) - 1, len - (sizeof(kind) - 1), share,
		 sizeof(share)) != 0) ||
	    (decode(body, body_len, wrapped, sizeof(wrapped)) != 0))
		return malformed(e);
	for (size_t i = 0; (i < ids->n) && !*found; i++)
		*found = unwrap(ids->keys->bytes + i * AGE_KEY_LEN, share,
		    wrapped, file_key);
	return 0;
}

/* Find the file key, and prove the header by it. */
static int
read_header(struct header * h, const struct age_identities * ids,
    struct secret * file_key, struct err * e)
{
	uint8_t mac[AGE_KEY_LEN], want[AGE_KEY_LEN];
	bool found = false;
	size_t len;

	h->at = strlen(AGE_MAGIC);
	if ((h->len < h->at) || (memcmp(h->bytes, AGE_MAGIC, h->at) != 0))
		return malformed(e);
	for (int n = 0; n <= AGE_STANZAS_MAX; n++) {
		size_t begin = h->at;
		const char * line = next_line(h, &len);

		if (line == NULL)
			return malformed(e);
		if ((len > 3) && (memcmp(line, "-> ", 3) == 0)) {
			if (read_stanza(
				h, line, len, ids, file_key, &found, e) != 0)
				return -1;
			continue;
		}
		if ((n == 0) || (len < 4) || (memcmp(line, "--- ", 4) != 0) ||
		    (decode(line + 4, len - 4, want, sizeof(want)) != 0))
			return malformed(e);
		if (!found) {
			err_set(e, ERR_DENIED,
			    "bring the identity it was made for",
			    "encrypted to others than the identities given");
			return -1;
		}
		age_header_mac(file_key->bytes, h->bytes, begin + 3, mac);
		if (sodium_memcmp(mac, want, sizeof(mac)) != 0) {
			err_set(e, ERR_FORGED, "treat the file as altered",
			    "the MAC of the header of age is wrong");
			return -1;
		}
		return 0;
	}
	err_set(e, ERR_LIMIT, NULL, "more than %d recipients", AGE_STANZAS_MAX);
	return -1;
}

/* ---- The content --------------------------------------------------------- */

/*
 * The chunks from ${at} on.  Which one is the last follows from the size: it
 * must say so itself, and is empty only if it is the first one too.
 */
static int
take_chunks(int in, int out, int64_t at, int64_t size,
    const struct secret * key, struct err * e)
{
	const size_t room = AGE_CHUNK + AGE_TAG_LEN;
	uint8_t * sealed = malloc(room);
	uint8_t * plain = malloc(AGE_CHUNK);
	uint8_t nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];
	int rc = -1;

	if ((sealed == NULL) || (plain == NULL)) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		goto out;
	}
	for (int64_t number = 0; (at < size) || (number == 0); number++) {
		size_t want =
		    (size - at < (int64_t)room) ? (size_t)(size - at) : room;
		ssize_t got = io_read_at(in, sealed, want, at, e);

		if (got < 0)
			goto out;
		at += (int64_t)want;
		age_chunk_nonce(number, at == size, nonce);
		if (((size_t)got != want) || (want < AGE_TAG_LEN) ||
		    ((want == AGE_TAG_LEN) && (number > 0)) ||
		    (crypto_aead_chacha20poly1305_ietf_decrypt(plain, NULL,
			 NULL, sealed, want, NULL, 0, nonce,
			 key->bytes) != 0)) {
			err_set(e, ERR_FORGED, "treat the file as altered",
			    "chunk %lld of the encrypted file is not as it was made",
			    (long long)number);
			goto out;
		}
		if (io_write_all(out, plain, want - AGE_TAG_LEN, e) != 0)
			goto out;
	}
	rc = 0;

out:
	free(sealed);
	free(plain);
	return rc;
}

bool
age_is_encrypted(int in)
{
	char magic[sizeof(AGE_MAGIC) - 1];
	struct err ignored;

	err_init(&ignored);
	return (io_read_at(in, magic, sizeof(magic), 0, &ignored) ==
		   (ssize_t)sizeof(magic)) &&
	    (memcmp(magic, AGE_MAGIC, sizeof(magic)) == 0);
}

int
age_decrypt(
    int in, const struct age_identities * identities, int out, struct err * e)
{
	struct secret * file_key = secret_new(AGE_FILE_KEY_LEN, e);
	struct secret * key = secret_new(AGE_KEY_LEN, e);
	uint8_t * bytes = malloc(AGE_HEADER_MAX);
	struct header h = { .bytes = bytes };
	ssize_t got;
	int64_t size;
	int rc = -1;

	if (bytes == NULL)
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
	if ((file_key == NULL) || (key == NULL) || (bytes == NULL) ||
	    (io_size(in, &size, e) != 0))
		goto out;
	got = io_read_at(in, bytes, AGE_HEADER_MAX, 0, e);
	if (got < 0)
		goto out;
	h.len = (size_t)got;
	if (read_header(&h, identities, file_key, e) != 0)
		goto out;
	if (h.len - h.at < AGE_NONCE_LEN) {
		(void)malformed(e);
		goto out;
	}
	age_payload_key(file_key->bytes, bytes + h.at, key->bytes);
	rc =
	    take_chunks(in, out, (int64_t)(h.at + AGE_NONCE_LEN), size, key, e);

out:
	free(bytes);
	secret_free(file_key);
	secret_free(key);
	return rc;
}
