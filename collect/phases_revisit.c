/*
 * What a run continues, and with --revisit what became of the hours that were
 * open: the same comparison as the verifier's, with the outcome in the ledger.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "evidence/clock.h"
#include "evidence/io.h"
#include "evidence/ledger_append.h"
#include "evidence/package_check.h"
#include "evidence/process.h"
#include "evidence/revisit.h"
#include "evidence/text.h"

#include "collect/phases.h"
#include "collect/scope.h"
#include "collect/sealing.h"

/* ---- Before the first request --------------------------------------------- */

/* Ask for ${hours} and no others. */
static int
ask_for_hours(
    struct phases * p, const struct previous_hours * hours, struct err * e)
{
	struct scope_window window = { hours->from, hours->to };
	char from[CLOCK_TEXT_SIZE], to[CLOCK_TEXT_SIZE], text[256];
	int64_t closed_at = hours->to +
	    SCOPE_OPEN_MINUTES * 60 * (int64_t)CLOCK_TICKS_PER_SECOND;

	if (hours->blobs == 0) {
		err_set(e, ERR_INPUT, "collect what is wanted with --previous",
		    "--revisit: nothing of it was taken in an hour that was "
		    "open");
		return -1;
	}
	p->revisit = realpath(p->o->revisit, NULL);
	if (p->revisit == NULL) {
		err_set_errno(e, errno, "--revisit %s", p->o->revisit);
		return -1;
	}
	p->facts.revisit = p->revisit;
	p->facts.asked.window = window;
	for (size_t i = 0; i < OPTIONS_MAX_ACCOUNTS; i++)
		if (p->facts.own[i] != NULL)
			p->facts.own[i]->window = window;
	clock_format(hours->from, from);
	clock_format(hours->to, to);
	(void)snprintf(text, sizeof(text),
	    "looking again at %lld blobs of hours from %s to %s",
	    (long long)hours->blobs, from, to);
	phases_say(p, false, text);
	if (clock_now() < closed_at)
		phases_say(p, true,
		    "not all of these hours are over: what is open still may "
		    "have to be revisited once more");
	return 0;
}

int
phases_take_previous(struct phases * p, struct err * e)
{
	bool is_revisit = (p->o->revisit != NULL);
	const char * path = is_revisit ? p->o->revisit : p->o->previous;
	struct previous_hours hours;

	if (path == NULL)
		return 0;
	if (previous_open(path, is_revisit ? &hours : NULL, &p->previous, e) !=
	    0)
		return -1;
	p->facts.previous = p->previous.package;
	p->facts.previous_seal = p->previous.seal_sha256;
	return is_revisit ? ask_for_hours(p, &hours, e) : 0;
}

/* ---- When it has its name ------------------------------------------------- */

struct side {
	int fd;
	struct package_result * result;
};

/* Judge the package in the file ${name} of ${dir} anew. */
static int
side_open(struct side * s, int dir, const char * name, struct err * e)
{
	struct package_check_options options = { .threads = process_cores() };

	s->result = calloc(1, sizeof(*s->result));
	if (s->result == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	s->fd = io_open_read(dir, name, e);
	if ((s->fd < 0) ||
	    (package_check(s->fd, &options, s->result, e) != 0)) {
		err_in(e, "%s", name);
		return -1;
	}
	if (s->result->has_index)
		return 0;
	err_set(e, ERR_FORGED, "see azcustody-verify",
	    "%s: it is not an intact package", name);
	return -1;
}

static void
side_close(struct side * s)
{
	if (s->fd >= 0)
		(void)close(s->fd);
	free(s->result);
}

/* Name what does not stand any more, or is not known to. */
static int
say_line(void * context, const struct revisit_line * line, struct err * e)
{
	const struct phases * p = context;
	const struct object * o = line->earlier;
	const char * container = line->source->container;
	struct buf text = { 0 };
	int rc = -1;

	if ((line->state == REVISIT_SAME) || (line->state == REVISIT_PREFIX))
		return 0;
	if ((buf_addf(&text, e, "revisited: %s: %s/%s/",
		 revisit_state_text(line->state), line->source->account,
		 (container == NULL) ? "" : container) == 0) &&
	    (text_percent_encode(&text, o->name, o->name_len, "/", e) == 0)) {
		phases_say(p, true, buf_text(&text));
		rc = 0;
	}
	buf_free(&text);
	return rc;
}

static int
compare(struct phases * p, struct err * e)
{
	struct side earlier = { .fd = -1 }, later = { .fd = -1 };
	struct revisit_package a, b;
	char seal[DIGEST_SHA256_HEX];
	int rc = -1;

	if ((side_open(&earlier, IO_PATH, p->facts.revisit, e) != 0) ||
	    (side_open(&later, p->dir, p->result->file, e) != 0))
		goto out;
	text_hex_encode(earlier.result->seal_sha256, DIGEST_SHA256_LEN, seal);
	if (strcmp(seal, p->facts.previous_seal) != 0) {
		err_set(e, ERR_FORGED, NULL,
		    "%s: it is another package than at the beginning",
		    p->facts.revisit);
		goto out;
	}
	a = (struct revisit_package){ earlier.fd, &earlier.result->index };
	b = (struct revisit_package){ later.fd, &later.result->index };
	rc = revisit_compare(&a, &b, say_line, p, p->result->revisited, e);

out:
	side_close(&earlier);
	side_close(&later);
	return rc;
}

/* What was found, for the ledger. */
static int
describe(const struct phases * p, struct buf * text, struct err * e)
{
	if (buf_addf(
		text, e, "open hours of %s revisited:", p->facts.previous) != 0)
		return -1;
	for (int i = 0; i < REVISIT_STATES; i++)
		if (buf_addf(text, e, "%s %lld %s", (i == 0) ? "" : ",",
			(long long)p->result->revisited[i],
			revisit_state_text((enum revisit_state)i)) != 0)
			return -1;
	return 0;
}

/* Add ${remarks} to the ledger in ${dir}, signed as the package is. */
static int
append_note(struct phases * p, int dir, const char * remarks, struct err * e)
{
	struct signer_key keys[SIGNER_MAX];
	size_t n = sealing_signers(&p->signing, &p->facts, keys);
	struct ledger * ledger = ledger_load(dir, e);
	struct custody_entry entry = { .event = CUSTODY_NOTED };
	int rc = -1;

	if (ledger == NULL)
		return -1;
	if (ledger->n_entries == 0) {
		err_set(e, ERR_INPUT, NULL, "the ledger has no entry");
		goto out;
	}
	ledger_follow(ledger, &ledger->entries[ledger->n_entries - 1], &entry);
	entry.product.size = -1;
	entry.at = clock_now();
	entry.clock = "this machine's clock";
	entry.by.name = p->facts.examiner;
	entry.by.organisation = p->facts.organisation;
	entry.remarks = remarks;
	rc = ledger_append(dir, &entry, keys, n, e);

out:
	ledger_free(ledger);
	return rc;
}

static int
enter(struct phases * p, struct err * e)
{
	char name[NAME_SIZE + sizeof(".custody")];
	struct buf remarks = { 0 };
	int dir;
	int rc = -1;

	(void)snprintf(name, sizeof(name), "%s.custody", p->name);
	dir = openat(
	    p->dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if ((dir < 0) || (flock(dir, LOCK_EX | LOCK_NB) != 0))
		err_set_errno(e, errno, "%s", name);
	else if (describe(p, &remarks, e) == 0)
		rc = append_note(p, dir, buf_text(&remarks), e);
	buf_free(&remarks);
	if (dir >= 0)
		(void)close(dir);
	return rc;
}

void
phases_revisit(struct phases * p)
{
	char text[ERR_TEXT_SIZE + 96];
	struct err e;

	if (p->facts.revisit == NULL)
		return;
	err_init(&e);
	p->result->is_revisit = true;
	if (compare(p, &e) == 0) {
		p->result->is_revisited = true;
		if (enter(p, &e) == 0)
			return;
	}
	(void)snprintf(text, sizeof(text), "%s: %s",
	    p->result->is_revisited
		? "the outcome is not entered in the ledger"
		: "what became of the open hours is not judged; "
		  "azcustody-verify revisit does it",
	    e.text);
	phases_say(p, true, text);
}
