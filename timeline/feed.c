#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evidence/buf.h"
#include "evidence/clock_sample.h"
#include "evidence/gap.h"
#include "evidence/io.h"
#include "evidence/kind.h"
#include "evidence/lines.h"
#include "evidence/package_check.h"
#include "evidence/package_lines.h"
#include "evidence/package_read.h"
#include "evidence/request.h"
#include "evidence/text.h"

#include "timeline/feed.h"

#define LEDGER_SUFFIX ".custody"
#define CHECKSUM_SUFFIX ".sha256"
#define CHECKSUM_MAX 4096

struct feed {
	int fd;
	struct feed_head head;
	struct package_result result;
	struct package_read * reader;
	struct buf name; /* Of the present member, as text. */
	char path[TAR_PATH_MAX + 1];
};

/* Keep the first thing that failed: the outputs print it. */
static void
take_finding(void * context, const struct package_finding * finding)
{
	struct feed_head * head = context;

	if ((finding->weight != PACKAGE_FAIL) ||
	    (head->first_failure[0] != '\0'))
		return;
	(void)snprintf(head->first_failure, sizeof(head->first_failure),
	    "%s: %.120s%s%.300s", package_question_text(finding->question),
	    finding->member, (finding->member[0] != '\0') ? ": " : "",
	    finding->text);
}

/* The five verdicts in one line. */
static void
put_words(struct feed_head * head, const struct package_result * result)
{
	size_t at = 0;
	int len;

	for (int i = 0; i < PACKAGE_QUESTIONS; i++) {
		len = snprintf(head->words + at, sizeof(head->words) - at,
		    "%s%s %s", (i > 0) ? ", " : "",
		    package_question_text((enum package_question)i),
		    package_verdict_text(result->verdict[i]));
		if ((len < 0) || ((size_t)len >= sizeof(head->words) - at))
			return;
		at += (size_t)len;
	}
}

static enum feed_verdict
verdict_of(const struct package_result * result)
{
	switch (package_exit_code(result, 0)) {
	case 0:
		return FEED_INTACT;
	case 2:
		return FEED_UNDECIDED;
	}
	return FEED_ALTERED;
}

static void
fill_head(struct feed * f)
{
	const struct package_result * r = &f->result;
	struct feed_head * head = &f->head;

	(void)snprintf(head->package, sizeof(head->package), "%s",
	    r->is_sealed ? r->package : "unsealed");
	head->is_sealed = r->is_sealed;
	head->is_received = r->is_received;
	memcpy(head->seal, r->seal_sha256, sizeof(head->seal));
	(void)snprintf(head->case_number, sizeof(head->case_number), "%s",
	    r->is_sealed ? r->case_number : "");
	(void)snprintf(head->exhibit, sizeof(head->exhibit), "%s",
	    r->is_sealed ? r->exhibit : "");
	head->has_archive_digest = r->has_archive_digest;
	memcpy(head->archive_sha256, r->archive_sha256,
	    sizeof(head->archive_sha256));
	head->sealed_at = r->sealed_at;
	(void)snprintf(head->group, sizeof(head->group), "%s",
	    r->has_group ? r->group.id : "");
	head->verdict = verdict_of(r);
	head->listed = r->listed;
	head->taken = r->taken;
	head->lost = r->gaps_lost;
	head->intact = r->objects_intact;
	head->is_proved = r->has_index;
	for (size_t i = 0; i < GAP_REASON_COUNT; i++)
		head->gaps += r->gaps[i];
	put_words(head, r);
}

/* The path of the ledger: PACKAGE.custody for PACKAGE.tar.zst. */
static int
add_ledger_path(struct buf * out, const char * path, struct err * e)
{
	static const char * const ends[] = { ".tar.zst", ".tar" };
	size_t len = strlen(path);

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t end = strlen(ends[i]);

		if ((len > end) && (strcmp(path + len - end, ends[i]) == 0)) {
			len -= end;
			break;
		}
	}
	if (buf_add(out, path, len, e) != 0)
		return -1;
	return buf_add_text(out, LEDGER_SUFFIX, e);
}

/* What stands beside the package takes part in the judgement. */
static int
check(struct feed * f, const char * path, const struct trust * trust,
    struct err * e)
{
	struct package_check_options options = { .trust = trust };
	struct buf beside = { 0 };
	struct buf checksum = { 0 };
	struct stat st;
	int dir = -1;
	int rc = -1;

	options.report = take_finding;
	options.context = &f->head;
	if (add_ledger_path(&beside, path, e) != 0)
		goto out;
	if (lstat(buf_text(&beside), &st) == 0) {
		dir = io_open_dir(buf_text(&beside), e);
		if (dir < 0)
			goto out;
		options.has_ledger = true;
		options.ledger_dir = dir;
	}
	buf_clear(&beside);
	if (buf_addf(&beside, e, "%s%s", path, CHECKSUM_SUFFIX) != 0)
		goto out;
	if (lstat(buf_text(&beside), &st) == 0) {
		if (io_load(IO_PATH, buf_text(&beside), CHECKSUM_MAX, &checksum,
			e) != 0)
			goto out;
		options.checksum = buf_text(&checksum);
		options.checksum_len = checksum.len;
	}
	rc = package_check(f->fd, &options, &f->result, e);

out:
	if (dir >= 0)
		(void)close(dir);
	buf_free(&beside);
	buf_free(&checksum);
	return rc;
}

struct feed *
feed_open(const char * path, const struct trust * trust, struct err * e)
{
	struct feed * f;
	int rc = -1;

	f = calloc(1, sizeof(*f));
	if (f == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	f->fd = io_open_read(IO_PATH, path, e);
	if (f->fd < 0)
		goto out;
	if (check(f, path, trust, e) != 0)
		goto out;
	fill_head(f);
	f->reader = f->result.has_index
	    ? package_read_open_index(f->fd, &f->result.index, e)
	    : package_read_open(f->fd, 1, e);
	if (f->reader == NULL)
		goto out;
	rc = 0;

out:
	if (rc != 0) {
		err_in(e, "%s", path);
		feed_close(f);
		f = NULL;
	}
	return f;
}

const struct feed_head *
feed_head(const struct feed * f)
{
	return &f->head;
}

bool
feed_is_own(const struct feed * f, const char * sas_hash)
{
	const struct sources * sources = package_read_sources(f->reader);
	char hex[DIGEST_SHA256_HEX];

	for (size_t i = 0; (sources != NULL) && (i < sources->n_credentials);
	     i++) {
		if (!sources->credentials[i].has_log_hash)
			continue;
		text_hex_encode(
		    sources->credentials[i].log_hash, DIGEST_SHA256_LEN, hex);
		if (text_compare_nocase(hex, sas_hash) == 0)
			return true;
	}
	return false;
}

/* The real name as text: bytes that are none become visible. */
static int
name_text(struct buf * out, const uint8_t * name, size_t len, struct err * e)
{
	buf_clear(out);
	if (name == NULL)
		return 0;
	if (text_is_utf8(name, len) && (memchr(name, '\0', len) == NULL))
		return buf_add(out, name, len, e);
	return text_escape(out, name, len, e);
}

/* What the catalogue says of the member. */
static int
describe(struct feed * f, const struct package_item * item,
    struct feed_member * member, struct err * e)
{
	const struct feed_member nothing = { 0 };

	*member = nothing;
	(void)snprintf(f->path, sizeof(f->path), "%s", item->name);
	member->path = f->path;
	member->size = item->size;
	if (item->object != NULL) {
		member->sha256 = item->object->sha256;
		if (name_text(&f->name, item->object->name,
			item->object->name_len, e) != 0)
			return -1;
		member->name = buf_text(&f->name);
	}
	if (item->source != NULL) {
		member->kind = kind_text(item->source->kind);
		member->account = item->source->account;
		member->container = item->source->container;
	}
	return 0;
}

int
feed_next(struct feed * f, struct feed_member * member, struct err * e)
{
	struct package_item item;
	int rc;

	for (;;) {
		rc = package_read_next(f->reader, &item, e);
		if (rc <= 0)
			return rc;
		if (item.is_known && (item.kind == MEMBER_PAYLOAD))
			return (describe(f, &item, member, e) == 0) ? 1 : -1;
	}
}

int64_t
feed_data(struct feed * f, const uint8_t ** bytes, struct err * e)
{
	return package_read_data(f->reader, bytes, e);
}

/* What reads the gaps of one feed among others. */
struct gap_reader {
	const struct feed * f;
	struct feed * const * feeds;
	size_t n;
	feed_gap_fn * fn;
	void * cookie;
	struct lines lines;
	struct buf name;
};

/*
 * What is in another package of the group is no gap if that package is one of
 * the feeds; if not, the first feed of the group tells it, for all of them.
 */
static bool
is_told_elsewhere(const struct gap_reader * r, const struct gap * gap)
{
	if (gap->reason != GAP_ELSEWHERE)
		return false;
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->feeds[i]->head.package, gap->package) == 0)
			return true;
	for (size_t i = 0; (i < r->n) && (r->feeds[i] != r->f); i++)
		if (strcmp(r->feeds[i]->head.group, r->f->head.group) == 0)
			return true;
	return false;
}

/* One line of gaps.jsonl. */
static int
take_gap(
    struct gap_reader * r, const uint8_t * line, size_t len, struct err * e)
{
	struct gap gap;
	struct feed_gap told;
	int rc = 0;

	if (gap_parse(line, len, &gap, e) != 0)
		return -1;
	if (is_told_elsewhere(r, &gap))
		goto out;
	told.reason = gap_reason_code(gap.reason);
	rc = name_text(&r->name, gap.name, gap.name_len, e);
	told.name = (gap.name != NULL) ? buf_text(&r->name) : NULL;
	if (rc == 0)
		rc = r->fn(r->cookie, &told, e);

out:
	gap_free(&gap);
	return rc;
}

/* Cut what ${reader} gives of gaps.jsonl into lines. */
static int
read_gaps(struct gap_reader * r, struct package_read * reader, struct err * e)
{
	const uint8_t * bytes;
	const uint8_t * line;
	size_t left, len;
	int64_t got;
	int rc;

	for (;;) {
		got = package_read_data(reader, &bytes, e);
		if (got <= 0)
			break;
		left = (size_t)got;
		for (;;) {
			rc = lines_next(
			    &r->lines, &bytes, &left, &line, &len, e);
			if (rc == 0)
				break;
			if ((rc < 0) || (take_gap(r, line, len, e) != 0))
				return -1;
		}
	}
	return (got < 0) ? -1 : lines_finish(&r->lines, e);
}

int
feed_gaps(struct feed * f, struct feed * const * feeds, size_t n,
    feed_gap_fn * fn, void * cookie, struct err * e)
{
	struct gap_reader r = { f, feeds, n, fn, cookie, { 0 }, { 0 } };
	struct package_read * reader;
	struct package_item item;
	int rc;

	if ((f->head.gaps == 0) || !f->head.is_proved)
		return 0;
	/* Proved a moment ago, by the same descriptor: the structure is enough
	 * to find the member. */
	reader = package_read_open(f->fd, 1, e);
	if (reader == NULL)
		return -1;
	lines_start(&r.lines, GAP_LINE_MAX);
	do {
		rc = package_read_next(reader, &item, e);
	} while ((rc == 1) && !(item.is_known && (item.kind == MEMBER_GAPS)));
	if (rc == 1)
		rc = read_gaps(&r, reader, e);
	lines_free(&r.lines);
	buf_free(&r.name);
	package_read_close(reader);
	return rc;
}

/* The lines, of at most ${max} bytes each, of the member at ${place}. */
static int
each_line(struct feed * f, const struct package_place * place, size_t max,
    feed_line_fn * fn, void * cookie, struct err * e)
{
	struct package_lines * lines;
	const uint8_t * line;
	size_t len;
	int rc;

	if (!f->result.has_index || !place->is_known)
		return 0;
	lines = package_lines_open(f->fd, place, max, e);
	if (lines == NULL)
		return -1;
	do {
		rc = package_lines_next(lines, &line, &len, e);
		if ((rc == 1) && (fn(cookie, line, len, e) != 0))
			rc = -1;
	} while (rc == 1);
	package_lines_close(lines);
	return rc;
}

int
feed_requests(struct feed * f, feed_line_fn * fn, void * cookie, struct err * e)
{
	return each_line(
	    f, &f->result.index.requests, REQUEST_LINE_MAX, fn, cookie, e);
}

int
feed_clock(struct feed * f, feed_line_fn * fn, void * cookie, struct err * e)
{
	return each_line(
	    f, &f->result.index.clock, CLOCK_SAMPLE_LINE_MAX, fn, cookie, e);
}

void
feed_close(struct feed * f)
{
	if (f == NULL)
		return;
	package_read_close(f->reader);
	buf_free(&f->name);
	if (f->fd >= 0)
		(void)close(f->fd);
	free(f);
}
