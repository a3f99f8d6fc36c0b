#include <stdlib.h>
#include <string.h>

#include "evidence/io.h"
#include "evidence/name.h"
#include "evidence/secret_end.h"
#include "evidence/text.h"

#include "ledger/choice.h"

/* The number in ${line} of ${len} bytes, or -1. */
static int64_t
number_of(const char * line, size_t len)
{
	const char * slash = NULL;
	int64_t seq = -1;

	for (size_t i = 0; i < len; i++)
		if (line[i] == '/')
			slash = line + i + 1;
	if (slash == NULL)
		return (text_parse_integer(line, len, &seq) == 0) ? seq : -1;
	len -= (size_t)(slash - line);
	if ((len < 11) || (slash[9] != '-'))
		return -1;
	seq = 0;
	for (int i = 0; i < 9; i++) {
		if ((slash[i] < '0') || (slash[i] > '9'))
			return -1;
		seq = 10 * seq + (slash[i] - '0');
	}
	return seq;
}

static int
compare(const void * a, const void * b)
{
	const int64_t * x = a;
	const int64_t * y = b;

	return (*x > *y) - (*x < *y);
}

/* Take all lines of ${text}. */
static int
take_lines(struct choice * choice, const char * text, struct err * e)
{
	size_t at = 0;

	for (long line = 1; text[at] != '\0'; line++) {
		size_t len = strcspn(text + at, "\r\n");
		int64_t seq;

		if ((len > 0) && (text[at] != '#')) {
			seq = number_of(text + at, len);
			if ((seq < 1) || (seq > NAME_MAX_OBJECTS)) {
				err_set(e, ERR_INPUT, NULL,
				    "line %ld is no object: %.*s", line,
				    (int)((len > 80) ? 80 : len), text + at);
				return -1;
			}
			choice->seq[choice->n++] = seq;
		}
		at += len;
		at += (text[at] == '\r') ? 1 : 0;
		at += (text[at] == '\n') ? 1 : 0;
	}
	return 0;
}

/* The last line, if it is a whole one; else an empty one. */
static int
keep_last(struct choice * choice, const struct buf * bytes, struct err * e)
{
	const char * text = buf_text(bytes);
	size_t end = bytes->len;
	size_t at;

	if ((end == 0) || (text[end - 1] != '\n')) {
		choice->last = text_copy("", e);
		return (choice->last == NULL) ? -1 : 0;
	}
	end--;
	for (at = end; (at > 0) && (text[at - 1] != '\n'); at--)
		;
	choice->last = calloc(end - at + 1, 1);
	if (choice->last == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	memcpy(choice->last, text + at, end - at);
	return 0;
}

int
choice_load(struct choice * choice, const char * path, struct err * e)
{
	struct buf bytes = { 0 };
	size_t lines = 1;
	size_t n = 0;
	int rc = -1;

	if (io_load(IO_PATH, path, CHOICE_FILE_MAX, &bytes, e) != 0)
		goto out;
	for (size_t i = 0; i < bytes.len; i++)
		lines += (bytes.bytes[i] == '\n') || (bytes.bytes[i] == '\r');
	choice->seq = calloc(lines, sizeof(*choice->seq));
	if (choice->seq == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		goto out;
	}
	if ((take_lines(choice, buf_text(&bytes), e) != 0) ||
	    (keep_last(choice, &bytes, e) != 0))
		goto out;
	if (choice->n > 0)
		qsort(choice->seq, choice->n, sizeof(*choice->seq), compare);
	for (size_t i = 0; i < choice->n; i++)
		if ((i == 0) || (choice->seq[i] != choice->seq[i - 1]))
			choice->seq[n++] = choice->seq[i];
	choice->n = n;
	rc = 0;

out:
	if (rc != 0)
		err_in(e, "%s", path);
	buf_free(&bytes);
	return rc;
}

int
choice_check_whole(const struct choice * choice,
    const struct package_result * result, const char * path, struct err * e)
{
	struct buf want = { 0 };
	int rc = -1;

	if (secret_end_format(result, (int64_t)choice->n, &want, e) != 0)
		goto out;
	want.len--; /* The LF. */
	want.bytes[want.len] = '\0';
	if (strcmp(buf_text(&want), choice->last) == 0)
		rc = 0;
	else
		err_set(e, ERR_INPUT,
		    "let azcustody-verify --secrets write it anew",
		    "%s: its last line is not the one that ends a whole list "
		    "of this package",
		    path);

out:
	buf_free(&want);
	return rc;
}

bool
choice_has(const struct choice * choice, int64_t seq)
{
	bool is_listed = (choice->n > 0) &&
	    (bsearch(&seq, choice->seq, choice->n, sizeof(seq), compare) !=
		NULL);

	return is_listed != choice->is_exclusion;
}

void
choice_free(struct choice * choice)
{
	free(choice->seq);
	free(choice->last);
	memset(choice, 0, sizeof(*choice));
}
