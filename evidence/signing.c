#include <stdio.h>
#include <string.h>

#include "evidence/secret.h"
#include "evidence/signing.h"

/* The last signer of ${kind}; a new one without a key if there is none. */
static struct signing_one *
last_of(struct signing * signing, enum signer_kind kind)
{
	struct signing_one * one;

	for (size_t i = signing->n; i > 0; i--)
		if (signing->list[i - 1].kind == kind)
			return &signing->list[i - 1];
	if (signing->n == SIGNER_MAX)
		return NULL;
	one = &signing->list[signing->n++];
	memset(one, 0, sizeof(*one));
	one->kind = kind;
	return one;
}

/* Note the role in the first ${len} bytes of ${text}. */
static int
set_role(
    struct signing_one * one, const char * text, size_t len, struct err * e)
{
	char role[NAME_ROLE_MAX + 1];

	if (one->role[0] != '\0')
		return words_refuse(e, "it has a role already: ", text);
	if ((len == 0) || (len > NAME_ROLE_MAX))
		return words_refuse(e, "no role: ", text);
	memcpy(role, text, len);
	role[len] = '\0';
	if (name_check_role(role, e) != 0)
		return -1;
	memcpy(one->role, role, sizeof(role));
	return 0;
}

/* How long the role in front of "=" is; 0: there is none in ${text}. */
static size_t
role_length(const char * text)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return ((len <= NAME_ROLE_MAX) && (text[len] == '=')) ? len : 0;
}

/* Another signer of ${kind}, or the one whose key was still to be named. */
static int
take_key(struct signing * signing, enum signer_kind kind, const char * value,
    struct err * e)
{
	size_t len = role_length(value);
	struct signing_one * one = last_of(signing, kind);

	if ((one != NULL) && (one->given != NULL)) {
		one = NULL;
		if (signing->n < SIGNER_MAX) {
			one = &signing->list[signing->n++];
			memset(one, 0, sizeof(*one));
			one->kind = kind;
		}
	}
	if (one == NULL)
		return words_refuse(e, "too many signers: ", value);
	one->given = value;
	one->path = (len == 0) ? value : value + len + 1;
	if (one->path[0] == '\0')
		return words_refuse(e, "no key file: ", value);
	/* What stands here is seen by all, and stored in the package. */
	if ((strstr(one->path, "pin-value") != NULL) ||
	    (strstr(one->path, "pin-source") != NULL)) {
		err_set(e, ERR_USAGE, "give it by --cms-password-file",
		    "a key's address holds no PIN");
		return -1;
	}
	return (len == 0) ? 0 : set_role(one, value, len, e);
}

/* Put what is about a signer of ${kind} to the last of them, once. */
static int
put(struct signing * signing, enum signer_kind kind, size_t offset,
    const char * value, struct err * e)
{
	struct signing_one * one = last_of(signing, kind);
	const char ** to;

	if (one == NULL)
		return words_refuse(e, "too many signers: ", value);
	to = (const char **)(void *)((char *)one + offset);
	if (*to != NULL)
		return words_refuse(e, "given twice for one key: ", value);
	*to = value;
	return 0;
}

/* Put what is about the signer before it, of either kind. */
static int
put_behind(struct signing * signing, enum signing_word word, const char * value,
    struct err * e)
{
	struct signing_one * one;

	if (signing->n == 0)
		return words_refuse(
		    e, "it belongs behind --sign or --cms-key: ", value);
	one = &signing->list[signing->n - 1];
	if (word == SIGNING_ROLE)
		return set_role(one, value, strlen(value), e);
	if (one->name != NULL)
		return words_refuse(e, "given twice for one key: ", value);
	one->name = value;
	return 0;
}

int
signing_take(struct signing * signing, enum signing_word word,
    const char * value, struct err * e)
{
	struct signing_one * one;

	switch (word) {
	case SIGNING_SIGN:
		return take_key(signing, SIGNER_ED25519, value, e);
	case SIGNING_ROLE:
	case SIGNING_SIGNER:
		return put_behind(signing, word, value, e);
	case SIGNING_PASSWORD:
		return put(signing, SIGNER_ED25519,
		    offsetof(struct signing_one, password_source), value, e);
	case SIGNING_CMS_KEY:
		return take_key(signing, SIGNER_CMS, value, e);
	case SIGNING_CMS_CERT:
		return put(signing, SIGNER_CMS,
		    offsetof(struct signing_one, certificate), value, e);
	case SIGNING_CMS_PASSWORD:
		return put(signing, SIGNER_CMS,
		    offsetof(struct signing_one, password_source), value, e);
	case SIGNING_CMS_PROVIDER:
		return put(signing, SIGNER_CMS,
		    offsetof(struct signing_one, provider), value, e);
	case SIGNING_CMS_ROLE:
		one = last_of(signing, SIGNER_CMS);
		if (one == NULL)
			return words_refuse(e, "too many signers: ", value);
		return set_role(one, value, strlen(value), e);
	}
	return -1;
}

/* ---- Who they are -------------------------------------------------------- */

static const char *
option_of(const struct signing_one * one)
{
	return (one->kind == SIGNER_CMS) ? "--cms-key" : "--sign";
}

/* Is ${i} the first signer of its kind? */
static bool
is_first_of_kind(const struct signing * signing, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (signing->list[k].kind == signing->list[i].kind)
			return false;
	return true;
}

/* Give signer ${i} what it does not say. */
static void
fill(struct signing * signing, size_t i, const struct signing_defaults * d)
{
	struct signing_one * one = &signing->list[i];
	const char * role = NULL;
	bool is_first = (i == 0);

	if (d->cms_role != NULL) {
		is_first = is_first_of_kind(signing, i);
		role = (one->kind == SIGNER_CMS) ? d->cms_role : d->role;
	} else {
		role = d->role;
	}
	if (is_first && (one->role[0] == '\0'))
		(void)snprintf(one->role, sizeof(one->role), "%s", role);
	if (is_first && (one->kind == SIGNER_ED25519) && (one->name == NULL))
		one->name = d->name;
}

/* Does anybody before ${i} have its role? */
static bool
is_role_taken(const struct signing * signing, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(signing->list[k].role, signing->list[i].role) == 0)
			return true;
	return false;
}

int
signing_check(struct signing * signing,
    const struct signing_defaults * defaults, struct err * e)
{
	if (signing->n == 0) {
		err_set(e, ERR_USAGE, "what nobody signs proves nothing",
		    "--sign is missing");
		return -1;
	}
	for (size_t i = 0; i < signing->n; i++) {
		struct signing_one * one = &signing->list[i];

		if (one->given == NULL) {
			err_set(e, ERR_USAGE, NULL,
			    "%s is needed with what is about it",
			    option_of(one));
			return -1;
		}
		fill(signing, i, defaults);
		if (one->role[0] == '\0') {
			err_set(e, ERR_USAGE, "write it as ROLE=KEY",
			    "%s %.100s needs its role", option_of(one),
			    one->path);
			return -1;
		}
		if (is_role_taken(signing, i)) {
			err_set(e, ERR_USAGE, "give each signer its own",
			    "%s %.100s: the role %s is taken", option_of(one),
			    one->path, one->role);
			return -1;
		}
	}
	return 0;
}

/* ---- Their keys ---------------------------------------------------------- */

static int
load_ed25519(struct signing_one * one, int dir, struct err * e)
{
	struct secret * password = NULL;
	bool is_encrypted = false;
	char prompt[200];

	if (ed25519_check_place(one->path, dir, e) != 0)
		return -1;
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
	one->ed25519 = ed25519_load_seckey(one->path, password, e);
	secret_free(password);
	return (one->ed25519 == NULL) ? -1 : 0;
}

static int
load_cms(struct signing_one * one, int dir, struct err * e)
{
	struct cms_key_source source = { .certificate = one->certificate,
		.key = one->path,
		.provider = one->provider,
		.may_ask = true };
	const char * path = cms_key_path(one->path);
	struct secret * password = NULL;

	if ((path != NULL) && (ed25519_check_place(path, dir, e) != 0))
		return -1;
	if (one->password_source != NULL) {
		password = secret_load(one->password_source, e);
		if (password == NULL)
			return -1;
	}
	source.password = password;
	one->cms = cms_load_key(&source, e);
	secret_free(password);
	if (one->cms == NULL)
		return -1;
	if (one->name == NULL)
		one->name = cms_certificate_name(one->cms);
	return 0;
}

/* Refuse a key that signs twice: two signatures of one key are one. */
static int
check_keys(const struct signing * signing, struct err * e)
{
	struct signer_key keys[SIGNER_MAX];
	struct signer a, b;
	char file[SIGNER_FILE_SIZE];
	size_t n = signing_keys(signing, keys);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++) {
			signer_describe(&keys[i], "", file, &a);
			signer_describe(&keys[k], "", file, &b);
			if (memcmp(a.key_sha256, b.key_sha256,
				DIGEST_SHA256_LEN) != 0)
				continue;
			err_set(e, ERR_USAGE, NULL,
			    "one key is to sign as %s and as %s", b.role,
			    a.role);
			return -1;
		}
	return 0;
}

int
signing_load(struct signing * signing, int dir,
    const struct signing_defaults * defaults, struct err * e)
{
	if (signing_check(signing, defaults, e) != 0)
		return -1;
	for (size_t i = 0; i < signing->n; i++) {
		struct signing_one * one = &signing->list[i];
		int rc = (one->kind == SIGNER_CMS) ? load_cms(one, dir, e)
						   : load_ed25519(one, dir, e);

		if (rc != 0) {
			err_in(e, "signer %s", one->role);
			return -1;
		}
	}
	return check_keys(signing, e);
}

size_t
signing_keys(const struct signing * signing, struct signer_key keys[SIGNER_MAX])
{
	char mine[SIGNER_FILE_SIZE], other[SIGNER_FILE_SIZE];

	for (size_t i = 0; i < signing->n; i++) {
		const struct signing_one * one = &signing->list[i];
		size_t at = i;

		signer_file("", one->role, one->kind, mine);
		for (; at > 0; at--) {
			signer_file("", keys[at - 1].role,
			    (keys[at - 1].cms != NULL) ? SIGNER_CMS
						       : SIGNER_ED25519,
			    other);
			if (strcmp(other, mine) < 0)
				break;
			keys[at] = keys[at - 1];
		}
		keys[at] = (struct signer_key){ .role = one->role,
			.name = one->name,
			.ed25519 = one->ed25519,
			.cms = one->cms };
	}
	return signing->n;
}

void
signing_move(struct signing * to, struct signing * from)
{
	*to = *from;
	memset(from, 0, sizeof(*from));
}

void
signing_free(struct signing * signing)
{
	for (size_t i = 0; i < signing->n; i++) {
		ed25519_free_seckey(signing->list[i].ed25519);
		cms_free_key(signing->list[i].cms);
	}
	memset(signing, 0, sizeof(*signing));
}
