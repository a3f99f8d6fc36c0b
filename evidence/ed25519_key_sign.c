/*
 * minisign's secret key file (ed25519_sign.h): a comment line, then base64 of
 *
 *	"Ed"		2
 *	kdf		2	"Sc" scrypt, or zeros for no password
 *	"B2"		2
 *	salt		32
 *	opslimit	8
 *	memlimit	8
 *	key id		8	\
 *	seed		32	 | xored with the scrypt stream
 *	public key	32	 |
 *	checksum	32	/  BLAKE2b-256 of "Ed", key id, seed, public key
 *
 * and an LF.  minisign writes zeros for the checksum of a key without a
 * password and does not read it; we write it, and accept both.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evidence/ed25519_sign.h"
#include "evidence/io.h"
#include "evidence/text.h"

#define BLOB_LEN 158
#define BLOB_TEXT 213 /* Base64 of it and a NUL. */
#define AT_KDF 2
#define AT_CHECKSUM_NAME 4
#define AT_SALT 6
#define AT_OPSLIMIT 38
#define AT_MEMLIMIT 46
#define AT_ID 54
#define AT_SEED 62
#define AT_PUBLIC 94
#define AT_CHECKSUM 126
#define SALT_LEN 32
#define CHECKSUM_LEN 32
#define HIDDEN_LEN (BLOB_LEN - AT_ID)
#define SECRET_COMMENT "untrusted comment: azcustody secret key\n"

static_assert(SALT_LEN == crypto_pwhash_scryptsalsa208sha256_SALTBYTES, "salt");
static_assert(AT_CHECKSUM + CHECKSUM_LEN == BLOB_LEN, "layout");
static_assert(crypto_sign_SECRETKEYBYTES == AT_CHECKSUM - AT_SEED, "layout");

static uint64_t
get_u64(const uint8_t * p)
{
	uint64_t v = 0;

	for (int i = 7; i >= 0; i--)
		v = (v << 8) | p[i];
	return v;
}

static void
put_u64(uint8_t * p, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

/* The checksum of the plain ${blob}. */
static void
checksum(const uint8_t * blob, uint8_t sum[CHECKSUM_LEN])
{
	crypto_generichash_state state;

	(void)crypto_generichash_init(&state, NULL, 0, CHECKSUM_LEN);
	(void)crypto_generichash_update(&state, blob, 2);
	(void)crypto_generichash_update(
	    &state, blob + AT_ID, AT_CHECKSUM - AT_ID);
	(void)crypto_generichash_final(&state, sum, CHECKSUM_LEN);
	sodium_memzero(&state, sizeof(state));
}

/* Xor the hidden part of ${blob} with the stream of ${password}. */
static int
apply_password(uint8_t * blob, const struct secret * password, struct err * e)
{
	uint64_t opslimit = get_u64(blob + AT_OPSLIMIT);
	uint64_t memlimit = get_u64(blob + AT_MEMLIMIT);
	struct secret * stream = NULL;

	if ((opslimit > ED25519_KDF_OPSLIMIT_MAX) ||
	    (memlimit > ED25519_KDF_MEMLIMIT_MAX)) {
		err_set(e, ERR_LIMIT, NULL,
		    "its key derivation wants more than 1 GiB or 2^26 steps");
		return -1;
	}
	stream = secret_new(HIDDEN_LEN, e);
	if (stream == NULL)
		return -1;
	if (crypto_pwhash_scryptsalsa208sha256(stream->bytes, stream->len,
		(const char *)password->bytes, password->len, blob + AT_SALT,
		opslimit, (size_t)memlimit) != 0) {
		err_set(e, ERR_SYSTEM, NULL,
		    "no memory to derive a key from the password");
		secret_free(stream);
		return -1;
	}
	for (size_t i = 0; i < HIDDEN_LEN; i++)
		blob[AT_ID + i] ^= stream->bytes[i];
	secret_free(stream);
	return 0;
}

/* Read the small file ${path}, which only its owner may read. */
static struct secret *
load_private(const char * path, struct err * e)
{
	struct secret * file = NULL;
	struct secret * loaded = NULL;
	struct stat st;
	ssize_t got;
	int fd = io_open_read(IO_PATH, path, e);

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) != 0) {
		err_set_errno(e, errno, "%s", path);
		goto out;
	}
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
		err_set(e, ERR_DENIED, "run: chmod 600 on it",
		    "its group or others may use it");
		goto out;
	}
	file = secret_new(ED25519_FILE_MAX + 1, e);
	if (file == NULL)
		goto out;
	got = io_read_at(fd, file->bytes, file->len, 0, e);
	if (got < 0)
		goto out;
	if (got > ED25519_FILE_MAX) {
		err_set(e, ERR_INPUT, NULL, "too long for a secret key");
		goto out;
	}
	file->len = (size_t)got;
	loaded = file;
	file = NULL;

out:
	secret_free(file);
	(void)close(fd);
	return loaded;
}

/* Decode base64; libsodium's decoder alone takes the byte 0xaf for a "/". */
static int
decode(const char * text, size_t len, uint8_t * bytes, size_t want)
{
	size_t got = 0;

	for (size_t i = 0; i < len; i++) {
		if (((unsigned char)text[i] & 0x80) != 0)
			return -1;
	}
	if (sodium_base642bin(bytes, want, text, len, NULL, &got, NULL,
		sodium_base64_VARIANT_ORIGINAL) != 0)
		return -1;
	return (got == want) ? 0 : -1;
}

/* Decode the second line of a secret key ${file}. */
static struct secret *
decode_blob(const struct secret * file, struct err * e)
{
	const char * text = (const char *)file->bytes;
	const char * lf = memchr(text, '\n', file->len);
	const char * line = (lf == NULL) ? text : lf + 1;
	size_t len = file->len - (size_t)(line - text);
	struct secret * blob = secret_new(BLOB_LEN, e);

	if (blob == NULL)
		return NULL;
	if ((len > 0) && (line[len - 1] == '\n'))
		len--;
	if ((lf == NULL) || !text_has_prefix(text, "untrusted comment: ") ||
	    (decode(line, len, blob->bytes, BLOB_LEN) != 0) ||
	    (memcmp(blob->bytes, "Ed", 2) != 0) ||
	    (memcmp(blob->bytes + AT_CHECKSUM_NAME, "B2", 2) != 0) ||
	    ((memcmp(blob->bytes + AT_KDF, "Sc", 2) != 0) &&
		!sodium_is_zero(blob->bytes + AT_KDF, 2))) {
		err_set(e, ERR_INPUT, NULL, "not a minisign secret key");
		secret_free(blob);
		return NULL;
	}
	return blob;
}

/* Load and decode, but do not decrypt, the key file ${path}. */
static struct secret *
load_blob(const char * path, struct err * e)
{
	struct secret * file = load_private(path, e);
	struct secret * blob = NULL;

	if (file != NULL)
		blob = decode_blob(file, e);
	secret_free(file);
	return blob;
}

static bool
has_password(const struct secret * blob)
{
	return blob->bytes[AT_KDF] != 0;
}

/* Check the plain ${blob}: its sum, and that its two halves are one pair. */
static int
check_blob(const struct secret * blob, struct err * e)
{
	uint8_t sum[CHECKSUM_LEN];
	uint8_t pk[crypto_sign_PUBLICKEYBYTES];
	struct secret * sk = secret_new(crypto_sign_SECRETKEYBYTES, e);
	const uint8_t * have = blob->bytes + AT_CHECKSUM;
	bool unsummed =
	    !has_password(blob) && (sodium_is_zero(have, CHECKSUM_LEN) == 1);
	int rc = -1;

	if (sk == NULL)
		return -1;
	checksum(blob->bytes, sum);
	if (!unsummed && (sodium_memcmp(sum, have, CHECKSUM_LEN) != 0)) {
		if (has_password(blob))
			err_set(e, ERR_DENIED, NULL, "wrong password");
		else
			err_set(e, ERR_INPUT, NULL, "its checksum is wrong");
		goto out;
	}
	(void)crypto_sign_seed_keypair(pk, sk->bytes, blob->bytes + AT_SEED);
	if (sodium_memcmp(pk, blob->bytes + AT_PUBLIC, sizeof(pk)) != 0) {
		err_set(e, ERR_INPUT, NULL, "its two halves do not match");
		goto out;
	}
	rc = 0;

out:
	sodium_memzero(sum, sizeof(sum));
	secret_free(sk);
	return rc;
}

/* Make a key of the plain ${blob}. */
static struct ed25519_seckey *
key_of_blob(const struct secret * blob, struct err * e)
{
	struct ed25519_seckey * key;

	if (check_blob(blob, e) != 0)
		return NULL;
	key = calloc(1, sizeof(*key));
	if (key == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	key->sk = secret_new(crypto_sign_SECRETKEYBYTES, e);
	if (key->sk == NULL) {
		free(key);
		return NULL;
	}
	memcpy(key->pub.id, blob->bytes + AT_ID, ED25519_ID_LEN);
	memcpy(key->pub.key, blob->bytes + AT_PUBLIC, ED25519_PUBLIC_LEN);
	memcpy(key->sk->bytes, blob->bytes + AT_SEED, key->sk->len);
	return key;
}

struct ed25519_seckey *
ed25519_load_seckey(
    const char * path, const struct secret * password, struct err * e)
{
	struct ed25519_seckey * key = NULL;
	struct secret * blob = load_blob(path, e);

	if (blob == NULL)
		goto out;
	if (has_password(blob) && (password == NULL)) {
		err_set(e, ERR_DENIED, NULL, "it needs a password");
		goto out;
	}
	if (has_password(blob) &&
	    (apply_password(blob->bytes, password, e) != 0))
		goto out;
	key = key_of_blob(blob, e);

out:
	if (key == NULL)
		err_in(e, "secret key %s", path);
	secret_free(blob);
	return key;
}

int
ed25519_is_encrypted(const char * path, bool * encrypted, struct err * e)
{
	struct secret * blob = load_blob(path, e);

	if (blob == NULL) {
		err_in(e, "secret key %s", path);
		return -1;
	}
	*encrypted = has_password(blob);
	secret_free(blob);
	return 0;
}

/* Fill ${blob} from ${key} and hide it under ${password}, if there is one. */
static int
fill_blob(struct secret * blob, const struct ed25519_seckey * key,
    const struct secret * password, struct err * e)
{
	uint8_t * p = blob->bytes;

	memcpy(p, "Ed", 2);
	memcpy(p + AT_CHECKSUM_NAME, "B2", 2);
	memcpy(p + AT_ID, key->pub.id, ED25519_ID_LEN);
	memcpy(p + AT_SEED, key->sk->bytes, key->sk->len);
	checksum(p, p + AT_CHECKSUM);
	if (password == NULL)
		return 0;
	memcpy(p + AT_KDF, "Sc", 2);
	secret_random(p + AT_SALT, SALT_LEN);
	put_u64(p + AT_OPSLIMIT, ED25519_KDF_OPSLIMIT);
	put_u64(p + AT_MEMLIMIT, ED25519_KDF_MEMLIMIT);
	return apply_password(p, password, e);
}

int
ed25519_save_seckey(int dir, const char * name,
    const struct ed25519_seckey * key, const struct secret * password,
    struct err * e)
{
	const size_t head = sizeof(SECRET_COMMENT) - 1;
	struct secret * blob = secret_new(BLOB_LEN, e);
	struct secret * file = secret_new(head + BLOB_TEXT, e);
	char * text;
	int rc = -1;

	if ((blob == NULL) || (file == NULL) ||
	    (fill_blob(blob, key, password, e) != 0))
		goto out;
	text = (char *)file->bytes;
	memcpy(text, SECRET_COMMENT, head);
	(void)sodium_bin2base64(text + head, BLOB_TEXT, blob->bytes, BLOB_LEN,
	    sodium_base64_VARIANT_ORIGINAL);
	text[head + BLOB_TEXT - 1] = '\n';
	rc = io_save_new(dir, name, file->bytes, file->len, 0600, e);

out:
	secret_free(blob);
	secret_free(file);
	return rc;
}
