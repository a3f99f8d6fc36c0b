#include <stdlib.h>
#include <string.h>

#include "evidence/check.h"
#include "evidence/check_group.h"
#include "evidence/check_page.h"
#include "evidence/io.h"
#include "evidence/package_check.h"
#include "evidence/process.h"

/* Members a package always has. */
static const enum member_kind required[] = { MEMBER_BAGIT, MEMBER_CASE,
	MEMBER_TOOL, MEMBER_SOURCES, MEMBER_OBJECTS, MEMBER_GAPS,
	MEMBER_REQUESTS, MEMBER_CLOCK, MEMBER_JOURNAL, MEMBER_README,
	MEMBER_BAG_INFO, MEMBER_MANIFEST, MEMBER_TAGMANIFEST, MEMBER_SEAL };

static void
check_required(struct check * c)
{
	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++)
		if (!c->seen[required[i]] && !c->is_damaged)
			check_find(c, CHECK_MISSING,
			    member_order_path(required[i]),
			    "a package always has this member");
}

/*
 * Where the lists stand, for reading again; relied on only as far as the seal
 * proves them.
 */
static void
fill_index(struct check * c)
{
	struct package_result * r = c->result;

	memcpy(r->index.package, c->top, sizeof(r->index.package));
	r->index.payload = c->place[MEMBER_PAYLOAD];
	r->index.case_file = c->place[MEMBER_CASE];
	r->index.sources = c->place[MEMBER_SOURCES];
	r->index.objects = c->place[MEMBER_OBJECTS];
	r->index.gaps = c->place[MEMBER_GAPS];
	r->index.requests = c->place[MEMBER_REQUESTS];
	r->index.clock = c->place[MEMBER_CLOCK];
	r->index.manifest = c->place[MEMBER_MANIFEST];
	r->index.tagmanifest = c->place[MEMBER_TAGMANIFEST];
	c->is_proved = c->is_tag_proved[MEMBER_MANIFEST] &&
	    c->is_tag_proved[MEMBER_OBJECTS] && r->is_sealed &&
	    (c->found[CHECK_SEAL_TAGMANIFEST] == 0);
	r->is_salvageable = c->is_proved && !c->is_folder;
	r->has_index =
	    !c->is_folder && (r->verdict[PACKAGE_INTEGRITY] == PACKAGE_PASS);
}

/* Did the one pass prove all payload, whatever else is wrong? */
static bool
is_payload_intact(const struct check * c)
{
	return c->is_proved && !c->is_tail && (c->found[CHECK_MANIFEST] == 0) &&
	    (c->found[CHECK_CATALOGUE] == 0);
}

/* Start what the parts share. */
static int
start(struct check * c)
{
	c->d = digest_new(DIGEST_SHA256, c->e);
	c->manifest = digest_new(DIGEST_SHA256, c->e);
	c->tagmanifest = digest_new(DIGEST_SHA256, c->e);
	c->payload = digest_new(DIGEST_SHA256, c->e);
	c->catalogue = digest_new(DIGEST_SHA256, c->e);
	c->scratch = digest_new(DIGEST_SHA256, c->e);
	merkle_start(&c->merkle);
	if ((c->d == NULL) || (c->manifest == NULL) ||
	    (c->tagmanifest == NULL) || (c->payload == NULL) ||
	    (c->catalogue == NULL) || (c->scratch == NULL))
		return -1;
	return 0;
}

static void
finish(struct check * c)
{
	check_batch_free(c);
	check_listing_free(c);
	digest_free(c->d);
	digest_free(c->manifest);
	digest_free(c->tagmanifest);
	digest_free(c->payload);
	digest_free(c->catalogue);
	digest_free(c->scratch);
	buf_free(&c->whole);
	buf_free(&c->tags);
	buf_free(&c->seal_bytes);
	lines_free(&c->lines);
	if (c->has_case)
		case_file_free(&c->case_file);
	if (c->has_sources)
		source_free(&c->sources);
	check_signer_free(c);
	ledger_free(c->ledger);
	seal_free(&c->seal);
}

/* One pass, then what the whole shows. */
static int
judge(struct check * c, struct package_read * r)
{
	int rc = check_stream(c, r);

	memcpy(c->top, package_read_top(r), sizeof(c->top));
	if (rc < 0)
		return -1;
	if (c->is_folder)
		check_folder(c, r);
	else
		check_archive(c, r);
	/* With the seal read, nothing but the end can be damaged. */
	if ((rc == 1) && !c->is_folder && !c->seen[MEMBER_SEAL] &&
	    (check_damage(c) != 0))
		return -1;
	check_required(c);
	fill_index(c);
	if (c->is_folder)
		c->result->objects_intact = c->is_proved ? c->folder_intact : 0;
	else if (is_payload_intact(c))
		c->result->objects_intact = c->result->objects;
	else if (check_members(c) != 0)
		return -1;
	check_certificates(c);
	check_group(c);
	check_load_ledger(c);
	check_time(c);
	check_authenticity(c);
	check_completeness(c);
	check_custody(c);
	return c->is_failed ? -1 : 0;
}

/* How many threads ${wanted} means: 0 one a core, and less none. */
static int
count_threads(int wanted)
{
	int n = (wanted == 0) ? process_cores() : wanted;

	if (n < 0)
		return 0;
	return (n > FRAMES_READ_THREADS_MAX) ? FRAMES_READ_THREADS_MAX : n;
}

int
package_check(int fd, const struct package_check_options * options,
    struct package_result * result, struct err * e)
{
	struct check * c = calloc(1, sizeof(*c));
	struct package_read * r = NULL;
	struct io_facts facts;
	int rc = -1;

	memset(result, 0, sizeof(*result));
	result->sealed_at = CLOCK_UNKNOWN;
	if (c == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	c->fd = fd;
	c->options = options;
	c->result = result;
	c->e = e;
	c->threads = count_threads(options->threads);
	if (start(c) != 0)
		goto out;
	if (io_look(fd, &facts, e) != 0)
		goto out;
	c->is_folder = (facts.sort == IO_FOLDER);
	r = c->is_folder
	    ? package_read_open_folder(fd, e)
	    : package_read_open_noted(fd, c->threads, &check_page_noting, e);
	if (r == NULL)
		goto out;
	c->is_plain =
	    !c->is_folder && frames_read_is_plain(package_read_frames(r));
	result->is_folder = c->is_folder;
	rc = judge(c, r);

out:
	finish(c);
	package_read_close(r);
	free(c);
	return rc;
}

int
package_exit_code(const struct package_result * result, unsigned require)
{
	unsigned must = require | (1U << PACKAGE_INTEGRITY) |
	    (1U << PACKAGE_AUTHENTICITY) | (1U << PACKAGE_COMPLETENESS);
	int code = 0;

	for (unsigned i = 0; i < PACKAGE_QUESTIONS; i++) {
		if (result->verdict[i] == PACKAGE_FAIL)
			return 1;
		if ((result->verdict[i] != PACKAGE_PASS) &&
		    ((must & (1U << i)) != 0))
			code = 2;
	}
	return code;
}

const char *
package_question_text(enum package_question question)
{
	switch (question) {
	case PACKAGE_INTEGRITY:
		return "integrity";
	case PACKAGE_AUTHENTICITY:
		return "authenticity";
	case PACKAGE_COMPLETENESS:
		return "completeness";
	case PACKAGE_CUSTODY:
		return "custody";
	case PACKAGE_TIME:
		return "time";
	}
	return "";
}

const char *
package_verdict_text(enum package_verdict verdict)
{
	switch (verdict) {
	case PACKAGE_PASS:
		return "PASS";
	case PACKAGE_UNDECIDED:
		return "UNDECIDED";
	case PACKAGE_FAIL:
		return "FAIL";
	}
	return "";
}

bool
package_is_complete(const struct package_result * result)
{
	return (result->verdict[PACKAGE_COMPLETENESS] == PACKAGE_PASS) &&
	    (result->gaps_lost == 0);
}
