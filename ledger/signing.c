#include <stdio.h>
#include <string.h>

#include "evidence/name.h"
#include "evidence/secret.h"

#include "ledger/signing.h"

/* Put what is about the signer before it, once. */
static int
put(struct signing * signing, size_t offset, const char * option,
    const char * value, struct err * e)
{
	struct signing_one * one = &signing->list[signing->n - 1];
	const char ** to;

	if (signing->n == 0)
		return words_refuse(e, "it belongs behind --sign: ", option);
	to = (const char **)((char *)one + offset);
	if (*to != NULL)
		return words_refuse(e, "given twice for one --sign: ", option);
	*to = value;
	return 0;
}

int
signing_take(struct signing * signing, enum signing_word word,
    const char * value, struct err * e)
{
	switch (word) {
	case SIGNING_SIGN:
		if (signing->n == SIGNER_MAX)
			return words_refuse(e, "too many signers: ", value);
		signing->list[signing->n++].path = value;
		return 0;
	case SIGNING_ROLE:
		return put(signing, offsetof(struct signing_one, role),
		    "--role", value, e);
	case SIGNING_SIGNER:
		return put(signing, offsetof(struct signing_one, name),
		    "--signer", value, e);
	case SIGNING_PASSWORD:
		return put(signing,
		    offsetof(struct signing_one, password_source),
		    "--password-file", value, e);
	}
	return -1;
}

static int
load_key(struct signing_one * one, struct err * e)
{
	struct secret * password = NULL;
	bool is_encrypted = false;
	char prompt[200];

	if (one->password_source != NULL) {
		password = secret_load(one->password_source, e);
		if (password == NULL)
			return -1;
	} else {
		if (ed25519_is_encrypted(one->path, &is_encrypted, e) != 0)
			return -1;
		if (is_encrypted) {
			(void)snprintf(prompt, sizeof(prompt),
			    "Password of %.150s: ", one->path);
			password = secret_ask(prompt, e);
			if (password == NULL)
				return -1;
		}
	}
	one->key = ed25519_load_seckey(one->path, password, e);
	secret_free(password);
	return (one->key == NULL) ? -1 : 0;
}

int
signing_load(struct signing * signing, int dir, const char * role,
    const char * name, struct err * e)
{
	if (signing->n == 0) {
		err_set(e, ERR_USAGE, "what nobody signs proves nothing",
		    "--sign is missing");
		return -1;
	}
	for (size_t i = 0; i < signing->n; i++) {
		struct signing_one * one = &signing->list[i];

		if (i == 0) {
			one->role = (one->role == NULL) ? role : one->role;
			one->name = (one->name == NULL) ? name : one->name;
		}
		if (one->role == NULL) {
			err_set(e, ERR_USAGE, NULL,
			    "--sign %.100s needs its --role", one->path);
			return -1;
		}
		if ((name_check_role(one->role, e) != 0) ||
		    (ed25519_check_place(one->path, dir, e) != 0) ||
		    (load_key(one, e) != 0))
			return -1;
		signing->keys[i] = (struct signer_key){ .role = one->role,
			.name = one->name,
			.ed25519 = one->key };
	}
	return 0;
}

void
signing_free(struct signing * signing)
{
	for (size_t i = 0; i < signing->n; i++)
		ed25519_free_seckey(signing->list[i].key);
	memset(signing, 0, sizeof(*signing));
}
