/* Making keys and signing (ed25519_sign.h); no verifier links this. */
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evidence/ed25519_sign.h"
#include "evidence/io.h"
#include "evidence/text.h"

#define PREHASH_LEN 64
#define OWNER_MAX 200

struct ed25519_seckey *
ed25519_new_seckey(struct err * e)
{
	struct ed25519_seckey * key = calloc(1, sizeof(*key));

	if (key == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	key->sk = secret_new(crypto_sign_SECRETKEYBYTES, e);
	if (key->sk == NULL) {
		free(key);
		return NULL;
	}
	(void)crypto_sign_keypair(key->pub.key, key->sk->bytes);
	secret_random(key->pub.id, sizeof(key->pub.id));
	return key;
}

/* Whether ${owner} may stand in a comment line. */
static bool
is_owner(const char * owner)
{
	size_t len = strlen(owner);

	for (size_t i = 0; i < len; i++) {
		if (((unsigned char)owner[i] < 0x20) || (owner[i] == 0x7f))
			return false;
	}
	return (len > 0) && (len <= OWNER_MAX) && text_is_utf8(owner, len);
}

int
ed25519_save_public(int dir, const char * name,
    const struct ed25519_seckey * key, const char * owner, struct err * e)
{
	struct buf file = { 0 };
	uint8_t blob[2 + ED25519_ID_LEN + ED25519_PUBLIC_LEN];
	char id[ED25519_ID_TEXT];
	int rc = -1;

	if ((owner != NULL) && !is_owner(owner)) {
		err_set(e, ERR_USAGE, NULL,
		    "a key's name is 1 to %d bytes of UTF-8 without controls",
		    OWNER_MAX);
		return -1;
	}
	memcpy(blob, "Ed", 2);
	memcpy(blob + 2, key->pub.id, ED25519_ID_LEN);
	memcpy(blob + 2 + ED25519_ID_LEN, key->pub.key, ED25519_PUBLIC_LEN);
	ed25519_format_id(key->pub.id, id);
	if ((buf_addf(&file, e,
		 "untrusted comment: azcustody public key %s%s%s\n", id,
		 (owner == NULL) ? "" : " ",
		 (owner == NULL) ? "" : owner) != 0) ||
	    (text_base64_encode(&file, blob, sizeof(blob), e) != 0) ||
	    (buf_add(&file, "\n", 1, e) != 0) ||
	    (io_save_new(dir, name, file.bytes, file.len, 0644, e) != 0))
		goto out;
	/* It is meant to be given away, whatever the umask. */
	if (fchmodat(dir, name, 0644, 0) != 0) {
		err_set_errno(e, errno, "%s", name);
		(void)unlinkat(dir, name, 0);
		goto out;
	}
	rc = 0;

out:
	buf_free(&file);
	return rc;
}

/* Whether ${path}, which is cut on the way, is ${dir} or lies below it. */
static int
is_below(char * path, const struct stat * dir, struct err * e)
{
	struct stat st;
	char * slash;

	for (;;) {
		slash = strrchr(path, '/');
		if (slash == NULL)
			return 0;
		*slash = '\0';
		if (stat((slash == path) ? "/" : path, &st) != 0) {
			err_set_errno(e, errno, "%s", path);
			return -1;
		}
		if ((st.st_dev == dir->st_dev) && (st.st_ino == dir->st_ino))
			return 1;
		if (slash == path)
			return 0;
	}
}

int
ed25519_check_place(const char * path, int dir, struct err * e)
{
	char * real = realpath(path, NULL);
	struct stat st;
	int below = -1;

	if (real == NULL) {
		err_set_errno(e, errno, "secret key %s", path);
		return -1;
	}
	if (fstat(dir, &st) != 0)
		err_set_errno(e, errno, "the output folder");
	else
		below = is_below(real, &st, e);
	if (below > 0)
		err_set(e, ERR_USAGE, "keep the key away from what it signs",
		    "secret key %s lies in the output folder", path);
	free(real);
	return (below == 0) ? 0 : -1;
}

static bool
is_printable(const char * text)
{
	for (; *text != '\0'; text++) {
		if ((*text < 0x20) || (*text > 0x7e))
			return false;
	}
	return true;
}

int
ed25519_sign(const struct ed25519_seckey * key, const char * comment,
    const void * bytes, size_t len, struct buf * out, struct err * e)
{
	uint8_t blob[2 + ED25519_ID_LEN + ED25519_SIGNATURE_LEN];
	uint8_t both[ED25519_SIGNATURE_LEN + ED25519_COMMENT_MAX];
	uint8_t global[ED25519_SIGNATURE_LEN];
	uint8_t hash[PREHASH_LEN];
	uint8_t * signature = blob + 2 + ED25519_ID_LEN;
	size_t comment_len = strlen(comment);

	if ((comment_len > ED25519_COMMENT_MAX) || !is_printable(comment)) {
		err_set(e, ERR_BUG, NULL, "a trusted comment that cannot be");
		return -1;
	}
	memcpy(blob, "ED", 2);
	memcpy(blob + 2, key->pub.id, ED25519_ID_LEN);
	(void)crypto_generichash(hash, sizeof(hash), bytes, len, NULL, 0);
	(void)crypto_sign_detached(
	    signature, NULL, hash, sizeof(hash), key->sk->bytes);
	memcpy(both, signature, ED25519_SIGNATURE_LEN);
	memcpy(both + ED25519_SIGNATURE_LEN, comment, comment_len);
	(void)crypto_sign_detached(global, NULL, both,
	    ED25519_SIGNATURE_LEN + comment_len, key->sk->bytes);
	if ((buf_addf(out, e, "untrusted comment: %s\n",
		 ED25519_UNTRUSTED_COMMENT) != 0) ||
	    (text_base64_encode(out, blob, sizeof(blob), e) != 0) ||
	    (buf_addf(out, e, "\ntrusted comment: %s\n", comment) != 0) ||
	    (text_base64_encode(out, global, sizeof(global), e) != 0) ||
	    (buf_add(out, "\n", 1, e) != 0))
		return -1;
	return 0;
}

void
ed25519_free_seckey(struct ed25519_seckey * key)
{
	if (key == NULL)
		return;
	secret_free(key->sk);
	free(key);
}
