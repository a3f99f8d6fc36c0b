#include "evidence/cms_sign.h"
#include "evidence/secret.h"

#include "collect/phases.h"

/* The password of the key, if it has one. */
static int
ask_password(
    const struct options * o, struct secret ** password, struct err * e)
{
	bool is_encrypted;

	if (o->password_file != NULL) {
		*password = secret_load(o->password_file, e);
		return (*password == NULL) ? -1 : 0;
	}
	if (ed25519_is_encrypted(o->sign, &is_encrypted, e) != 0)
		return -1;
	if (!is_encrypted)
		return 0;
	*password = secret_ask("Password of the signing key: ", e);
	return (*password == NULL) ? -1 : 0;
}

/* The certificate's key, if one signs as well. */
static int
open_cms_key(struct phases * p, struct err * e)
{
	const struct options * o = p->o;
	struct cms_key_source source = { .certificate = o->cms_cert,
		.key = o->cms_key };
	struct secret * password = NULL;

	if (o->cms_key == NULL)
		return 0;
	if (o->cms_password_file != NULL) {
		password = secret_load(o->cms_password_file, e);
		if (password == NULL)
			return -1;
	}
	source.password = password;
	p->cms = cms_load_key(&source, e);
	secret_free(password);
	return (p->cms == NULL) ? -1 : 0;
}

int
phases_open_keys(struct phases * p, struct err * e)
{
	struct secret * password = NULL;
	int rc = -1;

	if (ed25519_check_place(p->o->sign, p->dir, e) != 0)
		goto out;
	if (ask_password(p->o, &password, e) != 0)
		goto out;
	p->key = ed25519_load_seckey(p->o->sign, password, e);
	if (p->key == NULL)
		goto out;
	rc = open_cms_key(p, e);

out:
	secret_free(password);
	if (rc != 0)
		err_in(e, "signing key");
	return rc;
}
