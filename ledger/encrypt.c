/*
 * The verb encrypt: a sealed package for those who are named, as a file of age
 * beside it.  That it was done is entered by `enter encrypted`.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "evidence/age_file.h"
#include "evidence/buf.h"
#include "evidence/io.h"
#include "evidence/words.h"

#include "ledger/verb.h"

enum encrypt_word {
	WORD_ENCRYPT_TO
};

static const struct word words[] = {
	[WORD_ENCRYPT_TO] = { "encrypt-to", true, true },
	{ NULL, false, false },
};

struct encrypting {
	struct age_recipients recipients;
	const char * package;
};

static int
take(void * context, int word, const char * value, struct err * e)
{
	struct encrypting * x = context;

	if (word == WORD_ENCRYPT_TO)
		return age_recipients_take(&x->recipients, value, e);
	if (x->package != NULL)
		return words_refuse(e, "one package, not also ", value);
	x->package = value;
	return 0;
}

static int
make(const struct encrypting * x, struct err * e)
{
	const char * slash = strrchr(x->package, '/');
	const char * name = (slash != NULL) ? slash + 1 : x->package;
	struct buf folder = { 0 };
	int dir = -1, in = -1;
	int rc = -1;

	/* "x" lies in ".", "/x" in "/.", and "a/x" in "a/.". */
	if ((buf_add(&folder, x->package, (size_t)(name - x->package), e) !=
		0) ||
	    (buf_add_text(&folder, ".", e) != 0))
		goto out;
	dir = io_open_dir(buf_text(&folder), e);
	if (dir < 0)
		goto out;
	in = io_open_read(dir, name, e);
	if (in < 0)
		goto out;
	rc = age_file_make(in, dir, name, &x->recipients, e);

out:
	if (in >= 0)
		(void)close(in);
	if (dir >= 0)
		(void)close(dir);
	buf_free(&folder);
	return rc;
}

static int
run(int argc, char ** argv, struct err * e)
{
	struct encrypting x = { 0 };

	if (words_parse(argc, argv, words, take, &x, e) != 0)
		return -1;
	if (x.package == NULL)
		return words_refuse(e, "encrypt needs one package", "");
	if (x.recipients.n == 0)
		return words_refuse(e, "encrypt needs --encrypt-to", "");
	if (make(&x, e) != 0)
		return -1;
	(void)printf("%s" AGE_FILE_END "\n", x.package);
	return 0;
}

const struct verb verb_encrypt = { "encrypt", run,
	"  encrypt PACKAGE       make PACKAGE.age beside it, which only those "
	"named\n"
	"                        can read, with the age program or with\n"
	"                        azcustody-verify --identity; PACKAGE stays as "
	"it is\n"
	"    --encrypt-to R      an age recipient (age1...), or a file of them; "
	"may\n"
	"                        be repeated\n",
	false };
