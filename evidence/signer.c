#include <stdio.h>
#include <string.h>

#include "evidence/name.h"
#include "evidence/signer.h"

/* In the order of enum signer_kind. */
static const char * const words[SIGNER_KINDS] = { "ed25519", "cms" };
static const char * const endings[SIGNER_KINDS] = { ".minisig", ".p7s" };

static const struct document_member members[] = {
	{ "role", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "name", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "kind", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "key_sha256", DOCUMENT_SHA256, DOCUMENT_REQUIRED },
	{ "file", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
};
#define MEMBERS (sizeof(members) / sizeof(members[0]))

const char *
signer_kind_text(enum signer_kind kind)
{
	return words[kind];
}

void
signer_file(const char * stem, const char * role, enum signer_kind kind,
    char file[SIGNER_FILE_SIZE])
{
	(void)snprintf(file, SIGNER_FILE_SIZE, "%.30s%.*s%s", stem,
	    NAME_ROLE_MAX, role, endings[kind]);
}

void
signer_put(struct json_out * j, const struct signer * signers, size_t n)
{
	json_open_array(j, "signers");
	for (size_t i = 0; i < n; i++) {
		const struct signer * s = &signers[i];

		json_open_object(j, NULL);
		json_put_text(j, "role", s->role);
		document_put_nullable(j, "name", s->name);
		json_put_text(j, "kind", words[s->kind]);
		json_put_hex(j, "key_sha256", s->key_sha256, DIGEST_SHA256_LEN);
		json_put_text(j, "file", s->file);
		json_close_object(j);
	}
	json_close_array(j);
}

/* What can be said about signer ${i} alone and beside those before it. */
static int
check(
    const struct signer * signers, size_t i, const char * stem, struct err * e)
{
	const struct signer * s = &signers[i];
	char file[SIGNER_FILE_SIZE];

	if (name_check_role(s->role, e) != 0)
		return -1;
	signer_file(stem, s->role, s->kind, file);
	if (strcmp(file, s->file) != 0) {
		err_set(e, ERR_INPUT, NULL, "the file of role %s is not %s",
		    s->role, file);
		return -1;
	}
	for (size_t k = 0; k < i; k++) {
		if ((strcmp(signers[k].role, s->role) == 0) ||
		    (memcmp(signers[k].key_sha256, s->key_sha256,
			 DIGEST_SHA256_LEN) == 0)) {
			err_set(e, ERR_INPUT, NULL,
			    "two signers of one role or key");
			return -1;
		}
	}
	return 0;
}

static int
parse_one(struct document * doc, const struct json * one, struct signer * s,
    struct err * e)
{
	const char * word;
	int kind;

	if (document_check(doc, one, "signers", members, MEMBERS, e) != 0)
		return -1;
	word = document_text(one, "kind");
	kind = document_word(word, words, SIGNER_KINDS);
	if (kind < 0) {
		err_set(e, ERR_INPUT, "use a newer azcustody",
		    "a kind of signature that is not known: %.40s", word);
		return -1;
	}
	s->role = document_text(one, "role");
	s->name = document_text(one, "name");
	s->kind = (enum signer_kind)kind;
	s->file = document_text(one, "file");
	(void)document_digest(
	    one, "key_sha256", s->key_sha256, DIGEST_SHA256_LEN);
	return 0;
}

int
signer_parse(struct document * doc, const char * stem,
    struct signer signers[SIGNER_MAX], size_t * n, struct err * e)
{
	const struct json * array = json_get(doc->root, "signers");
	const struct json * one = json_first(array);

	*n = 0;
	if (document_count(array) > SIGNER_MAX) {
		err_set(e, ERR_LIMIT, NULL, "more than %d signers", SIGNER_MAX);
		return -1;
	}
	for (; one != NULL; one = json_next(one)) {
		if ((parse_one(doc, one, &signers[*n], e) != 0) ||
		    (check(signers, *n, stem, e) != 0))
			return -1;
		(*n)++;
	}
	return 0;
}

const struct signer *
signer_find(const struct signer * signers, size_t n, const char * file)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(signers[i].file, file) == 0)
			return &signers[i];
	}
	return NULL;
}
