/* What is left to tell of a package that was sealed in an earlier run. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "evidence/io.h"
#include "evidence/text.h"

#include "collect/phases.h"

#define COUNTS_FILE "counts.json"

int
phases_save_counts(struct phases * p, struct err * e)
{
	struct buf text = { 0 };
	int rc = -1;

	if ((unlinkat(p->work, COUNTS_FILE, 0) != 0) && (errno != ENOENT)) {
		err_set_errno(e, errno, "%s", COUNTS_FILE);
		return -1;
	}
	if (state_format(&p->state, &text, e) == 0)
		rc = io_save_new(
		    p->work, COUNTS_FILE, text.bytes, text.len, 0600, e);
	buf_free(&text);
	return rc;
}

void
phases_load_counts(struct phases * p)
{
	struct buf text = { 0 };
	struct err ignored;

	err_init(&ignored);
	if ((io_load(p->work, COUNTS_FILE, PACKAGE_STATE_MAX, &text,
		 &ignored) != 0) ||
	    (state_parse(text.bytes, text.len, &p->state, &ignored) != 0) ||
	    (facts_parse(p->state.facts.bytes, p->state.facts.len, &p->facts,
		 &ignored) != 0))
		p->state.prologue = 0;
	buf_free(&text);
}

void
phases_load_digest(struct phases * p)
{
	char name[2 * PACKAGE_FILE_SIZE];
	struct buf text = { 0 };
	struct err ignored;
	char hex[DIGEST_SHA256_HEX];

	(void)snprintf(name, sizeof(name), "%s.sha256", p->result->file);
	err_init(&ignored);
	if ((io_load(p->dir, name, sizeof(name), &text, &ignored) == 0) &&
	    (text.len > sizeof(hex))) {
		memcpy(hex, text.bytes, sizeof(hex) - 1);
		hex[sizeof(hex) - 1] = '\0';
		p->result->has_sha256 = (text_hex_decode(hex, p->result->sha256,
					     DIGEST_SHA256_LEN) == 0);
	}
	buf_free(&text);
}
