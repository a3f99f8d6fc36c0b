#include <string.h>
#include <unistd.h>

#include "evidence/age_encrypt.h"
#include "evidence/age_file.h"
#include "evidence/io.h"

#define PARTIAL ".partial"
#define LIST_MAX ((size_t)64 << 10) /* Bytes of a file of recipients. */

static int
take_one(struct age_recipients * recipients, const char * text, struct err * e)
{
	if (recipients->n == AGE_RECIPIENTS_MAX) {
		err_set(e, ERR_LIMIT, NULL, "more than %d recipients",
		    AGE_RECIPIENTS_MAX);
		return -1;
	}
	if (age_parse_recipient(text, &recipients->list[recipients->n], e) !=
	    0) {
		err_in(e, "recipient %.80s", text);
		return -1;
	}
	recipients->n++;
	return 0;
}

/* The lines of the file ${path}. */
static int
take_file(struct age_recipients * recipients, const char * path, struct err * e)
{
	struct buf file = { 0 };
	size_t before = recipients->n;
	int rc = -1;
	char * rest;

	if (io_load(IO_PATH, path, LIST_MAX, &file, e) != 0)
		goto out;
	if ((file.len > 0) && (memchr(file.bytes, '\0', file.len) != NULL)) {
		err_set(e, ERR_INPUT, NULL, "a NUL in it");
		goto out;
	}
	rest = (char *)file.bytes;
	while ((rest != NULL) && (*rest != '\0')) {
		size_t len = strcspn(rest, "\r\n");
		char * next = rest + len + (rest[len] != '\0');

		rest[len] = '\0';
		if ((len > 0) && (rest[0] != '#') &&
		    (take_one(recipients, rest, e) != 0))
			goto out;
		rest = next;
	}
	if (recipients->n == before) {
		err_set(e, ERR_INPUT, NULL, "no recipient in it");
		goto out;
	}
	rc = 0;

out:
	buf_free(&file);
	if (rc != 0)
		err_in(e, "%s", path);
	return rc;
}

int
age_recipients_take(
    struct age_recipients * recipients, const char * word, struct err * e)
{
	/* A file of that name can be written as ./age1... */
	return (strncmp(word, "age1", 4) == 0) ? take_one(recipients, word, e)
					       : take_file(recipients, word, e);
}

int
age_file_make(int in, int dir, const char * name,
    const struct age_recipients * recipients, struct err * e)
{
	struct buf made = { 0 }, partial = { 0 };
	bool is_made = false;
	int out = -1;
	int rc = -1;

	if ((buf_addf(&made, e, "%s" AGE_FILE_END, name) != 0) ||
	    (buf_addf(&partial, e, "%s" AGE_FILE_END PARTIAL, name) != 0))
		goto out;
	out = io_create(dir, buf_text(&partial), 0600, e);
	if (out < 0)
		goto out;
	is_made = true;
	if ((age_encrypt(in, out, recipients->list, recipients->n, e) != 0) ||
	    (io_sync(out, e) != 0))
		goto out;
	if (io_rename_new(dir, buf_text(&partial), dir, buf_text(&made), e) !=
	    0)
		goto out;
	is_made = false;
	rc = io_sync(dir, e);

out:
	if ((out >= 0) && (io_close(out, e) != 0))
		rc = -1;
	if (is_made)
		(void)unlinkat(dir, buf_text(&partial), 0);
	if (rc != 0)
		err_in(e, "%s" AGE_FILE_END, name);
	buf_free(&made);
	buf_free(&partial);
	return rc;
}
