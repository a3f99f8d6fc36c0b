#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evidence/ed25519_sign.h"
#include "evidence/io.h"
#include "evidence/secret.h"
#include "evidence/text.h"
#include "evidence/words.h"

#include "ledger/verb.h"

#define BASE_MAX 200 /* Bytes of the last part of OUT. */

/* The words of the command line; all borrow from argv. */
struct keygen {
	bool no_password;
	const char * password_source;
	const char * name;
	const char * out;
};

enum keygen_word {
	WORD_NO_PASSWORD,
	WORD_PASSWORD,
	WORD_NAME
};

static const struct word words[] = {
	{ "no-password", false, false },
	{ "password-file", true, false },
	{ "name", true, false },
	{ NULL, false, false },
};

static int
take(void * context, int word, const char * value, struct err * e)
{
	struct keygen * w = context;

	if (word == WORDS_OPERAND) {
		if (w->out != NULL)
			return words_refuse(e, "one name, not also ", value);
		w->out = value;
		return 0;
	}
	switch ((enum keygen_word)word) {
	case WORD_NO_PASSWORD:
		w->no_password = true;
		break;
	case WORD_PASSWORD:
		w->password_source = value;
		break;
	case WORD_NAME:
		w->name = value;
		break;
	}
	return 0;
}

static int
parse_words(int argc, char ** argv, struct keygen * w, struct err * e)
{
	if (words_parse(argc, argv, words, take, w, e) != 0)
		return -1;
	if (w->out == NULL)
		return words_refuse(
		    e, "keygen needs one name for the two files", "");
	if (w->no_password && (w->password_source != NULL)) {
		err_set(e, ERR_USAGE, NULL,
		    "--no-password and --password-file exclude each other");
		return -1;
	}
	return 0;
}

/*
 * Take the path ${out} apart: open its folder and write the names of the two
 * files.  Return the folder's descriptor, or -1.
 */
static int
open_place(const char * out, char key[BASE_MAX + 8], char pub[BASE_MAX + 8],
    struct err * e)
{
	const char * slash = strrchr(out, '/');
	const char * base = (slash == NULL) ? out : slash + 1;
	char * folder;
	int dir;

	if ((base[0] == '\0') || (strlen(base) > BASE_MAX)) {
		err_set(e, ERR_USAGE, NULL, "%s is no name for a key", out);
		return -1;
	}
	(void)snprintf(key, BASE_MAX + 8, "%s.key", base);
	(void)snprintf(pub, BASE_MAX + 8, "%s.pub", base);
	if (slash == NULL)
		return io_open_dir(".", e);
	folder = text_copy(out, e);
	if (folder == NULL)
		return -1;
	folder[slash - out + 1] = '\0';
	dir = io_open_dir(folder, e);
	free(folder);
	return dir;
}

/* Fail early, before a password is asked for, if a file is there. */
static int
check_absent(int dir, const char * name, struct err * e)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		if (errno == ENOENT)
			return 0;
		err_set_errno(e, errno, "%s", name);
		return -1;
	}
	err_set(e, ERR_USAGE, "nothing is ever overwritten: move it away",
	    "%s is there already", name);
	return -1;
}

/* Ask twice.  Return the password, or NULL. */
static struct secret *
ask_password(struct err * e)
{
	struct secret * first = secret_ask("Password for the new key: ", e);
	struct secret * second = NULL;

	if (first == NULL)
		return NULL;
	second = secret_ask("The same password again: ", e);
	if ((second != NULL) && !secret_equal(first, second))
		err_set(e, ERR_USAGE, NULL, "the two passwords differ");
	secret_free(second);
	if (e->kind != ERR_NONE) {
		secret_free(first);
		first = NULL;
	}
	return first;
}

static int
save_pair(int dir, const char * key_name, const char * pub_name,
    const struct keygen * w, const struct secret * password, struct err * e)
{
	struct ed25519_seckey * key = ed25519_new_seckey(e);
	int rc = -1;

	if (key == NULL)
		return -1;
	if (ed25519_save_seckey(dir, key_name, key, password, e) != 0)
		goto out;
	if (ed25519_save_public(dir, pub_name, key, w->name, e) != 0) {
		/* A secret key alone is of no use to anybody. */
		(void)unlinkat(dir, key_name, 0);
		goto out;
	}
	rc = 0;

out:
	ed25519_free_seckey(key);
	return rc;
}

static int
run(int argc, char ** argv, struct err * e)
{
	struct keygen w = { 0 };
	char key[BASE_MAX + 8];
	char pub[BASE_MAX + 8];
	struct secret * password = NULL;
	int dir = -1;
	int rc = -1;

	if (parse_words(argc, argv, &w, e) != 0)
		return -1;
	dir = open_place(w.out, key, pub, e);
	if ((dir < 0) || (check_absent(dir, key, e) != 0) ||
	    (check_absent(dir, pub, e) != 0))
		goto out;
	if (w.password_source != NULL)
		password = secret_load(w.password_source, e);
	else if (!w.no_password)
		password = ask_password(e);
	if ((password == NULL) && !w.no_password)
		goto out;
	rc = save_pair(dir, key, pub, &w, password, e);
	if (rc == 0)
		(void)printf(
		    "secret key: %s.key\npublic key: %s.pub\n", w.out, w.out);

out:
	secret_free(password);
	if (dir >= 0)
		(void)close(dir);
	return rc;
}

const struct verb verb_keygen = { "keygen", run,
	"  keygen OUT            make a key pair: OUT.key (secret, mode\n"
	"                        0600) and OUT.pub, in minisign's formats\n"
	"    --name NAME         whose key it is, in OUT.pub's first line\n"
	"    --password-file F   take the password from a file, - or fd:N\n"
	"                        (default: asked for twice on the terminal)\n"
	"    --no-password       leave the secret key unencrypted\n",
	false };
