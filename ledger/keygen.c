#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evidence/ed25519_sign.h"
#include "evidence/io.h"
#include "evidence/secret.h"
#include "evidence/text.h"

#include "ledger/keygen.h"

#define BASE_MAX 200 /* Bytes of the last part of OUT. */

/* The words of the command line; all borrow from argv. */
struct words {
	bool no_password;
	const char * password_source;
	const char * name;
	const char * out;
};

static const struct option options[] = {
	{ "no-password", no_argument, NULL, 'n' },
	{ "password-file", required_argument, NULL, 'p' },
	{ "name", required_argument, NULL, 'N' },
	{ NULL, 0, NULL, 0 },
};

/* Put an option's value where it belongs, once. */
static int
put_once(
    const char ** to, const char * value, const char * what, struct err * e)
{
	if (*to != NULL) {
		err_set(e, ERR_USAGE, NULL, "--%s is given twice", what);
		return -1;
	}
	*to = value;
	return 0;
}

static int
parse_option(int c, char ** argv, struct words * w, struct err * e)
{
	switch (c) {
	case 'n':
		w->no_password = true;
		return 0;
	case 'p':
		return put_once(
		    &w->password_source, optarg, "password-file", e);
	case 'N':
		return put_once(&w->name, optarg, "name", e);
	case ':':
		err_set(e, ERR_USAGE, "try --help", "%s needs a value",
		    argv[optind - 1]);
		return -1;
	default:
		err_set(e, ERR_USAGE, "try --help", "no such option: %s",
		    argv[optind - 1]);
		return -1;
	}
}

static int
parse_words(int argc, char ** argv, struct words * w, struct err * e)
{
	int c;

	opterr = 0;
	for (;;) {
		c = getopt_long(argc, argv, "+:", options, NULL);
		if (c == -1)
			break;
		if (parse_option(c, argv, w, e) != 0)
			return -1;
	}
	if (optind + 1 != argc) {
		err_set(e, ERR_USAGE, "try --help",
		    "keygen needs one name for the two files");
		return -1;
	}
	w->out = argv[optind];
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
    const struct words * w, const struct secret * password, struct err * e)
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

int
keygen_run(int argc, char ** argv, struct err * e)
{
	struct words w = { 0 };
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
