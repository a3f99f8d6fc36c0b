#include <string.h>

#include "evidence/signer_sign.h"

void
signer_describe(const struct signer_key * key, const char * stem,
    char file[SIGNER_FILE_SIZE], struct signer * signer)
{
	memset(signer, 0, sizeof(*signer));
	signer->role = key->role;
	signer->name = key->name;
	if (key->cms != NULL) {
		signer->kind = SIGNER_CMS;
		cms_certificate_sha256(key->cms, signer->key_sha256);
	} else {
		signer->kind = SIGNER_ED25519;
		ed25519_digest_public(&key->ed25519->pub, signer->key_sha256);
	}
	signer_file(stem, key->role, signer->kind, file);
	signer->file = file;
}

int
signer_sign(const struct signer_key * key, const char * comment,
    const void * bytes, size_t len, struct buf * out, struct err * e)
{
	if (key->cms != NULL)
		return cms_sign(key->cms, bytes, len, out, e);
	return ed25519_sign(key->ed25519, comment, bytes, len, out, e);
}
