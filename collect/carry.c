#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "evidence/clock.h"
#include "evidence/group.h"
#include "evidence/io.h"
#include "evidence/lines.h"
#include "evidence/package_read.h"
#include "evidence/tar.h"

#include "collect/carry.h"
#include "collect/parts.h"

#define PAGE_MAX ((size_t)64 << 20) /* Bytes of a raw page. */

bool
carry_is_last(const struct phases * p)
{
	return (p->facts.group == NULL) || (p->facts.part >= p->state.parts);
}

/* ---- The first package: cutting the plan ---------------------------------- */

static int
count_parts(struct phases * p, struct err * e)
{
	struct plan * plan = plan_open(p->work, PLAN_FILE, e);
	struct plan_entry * entry;
	struct parts parts;
	char text[160];
	int64_t alone = 0;
	int got = -1;

	if (plan == NULL)
		return -1;
	if (parts_start(&parts, p->facts.max_package, p->state.plan_count, e) ==
	    0) {
		for (;;) {
			got = plan_next(plan, &entry, e);
			if (got <= 0)
				break;
			alone += parts_is_alone(&parts, entry->size) ? 1 : 0;
			p->state.parts = parts_next(&parts, entry->size);
			plan_entry_free(entry);
		}
	}
	plan_free(plan);
	if (alone > 0) {
		(void)snprintf(text, sizeof(text),
		    "%lld blobs are larger than --max-package-size: each goes "
		    "whole into a package of its own",
		    (long long)alone);
		phases_say(p, true, text);
	}
	if ((got == 0) && (p->state.parts > GROUP_MAX)) {
		err_set(e, ERR_USAGE, "give a larger --max-package-size",
		    "it would take %lld packages", (long long)p->state.parts);
		return -1;
	}
	return got;
}

static int
keep_gap(void * cookie, const char * bytes, size_t len, struct err * e)
{
	return io_write_all(*(const int *)cookie, bytes, len, e);
}

/* Keep the lines of gaps.jsonl so far for the packages that follow. */
static int
keep_gaps(struct phases * p, struct err * e)
{
	struct package_each each = { .line = keep_gap };
	int rc = -1;
	int fd;

	if ((unlinkat(p->work, CARRY_GAPS_FILE, 0) != 0) && (errno != ENOENT)) {
		err_set_errno(e, errno, "%s", CARRY_GAPS_FILE);
		return -1;
	}
	fd = io_create(p->work, CARRY_GAPS_FILE, 0600, e);
	if (fd < 0)
		return -1;
	each.cookie = &fd;
	if ((package_each_line(p->w, PACKAGE_GAPS, &each, e) == 0) &&
	    (io_sync(fd, e) == 0))
		rc = io_sync(p->work, e);
	(void)close(fd);
	return rc;
}

int
carry_split(struct phases * p, struct err * e)
{
	p->state.parts = 1;
	if (p->facts.group == NULL)
		return 0;
	if (count_parts(p, e) != 0)
		return -1;
	return (p->state.parts > 1) ? keep_gaps(p, e) : 0;
}

/* ---- Every package: what is elsewhere ------------------------------------- */

static int
declare(struct phases * p, const struct plan_entry * entry, int64_t part,
    struct err * e)
{
	char name[NAME_SIZE];
	struct gap gap = {
		.what = GAP_OBJECT,
		.reason = GAP_ELSEWHERE,
		.source = entry->source,
		.name = (const uint8_t *)entry->name,
		.name_len = entry->name_len,
		.version_id = entry->version_id,
		.snapshot = entry->snapshot,
		.etag = entry->etag,
		.size = entry->size,
		.last_modified = entry->last_modified,
		.package = name,
		.at = clock_now(),
	};

	group_name(p->facts.group, part, name);
	if (record_gap(p->record, &gap, e) != 0)
		return -1;
	return record_settle(p->record, entry->number, e);
}

int
carry_elsewhere(struct phases * p, struct err * e)
{
	struct plan * plan = NULL;
	struct plan_entry * entry;
	struct parts parts;
	int got = 0;

	if (p->state.parts <= 1)
		return 0;
	plan = plan_open(p->work, PLAN_FILE, e);
	if ((plan == NULL) ||
	    (parts_start(
		 &parts, p->facts.max_package, p->state.plan_count, e) != 0))
		got = -1;
	while (got == 0) {
		int64_t part;

		got = plan_next(plan, &entry, e);
		if (got <= 0)
			break;
		part = parts_next(&parts, entry->size);
		got = 0;
		if ((part != p->facts.part) &&
		    !done_has(p->done, entry->number))
			got = declare(p, entry, part, e);
		plan_entry_free(entry);
	}
	plan_free(plan);
	/* A checkpoint, so that what was settled is known when opened anew. */
	if ((got != 0) || (package_suspend(p->w, e) != 0))
		return -1;
	done_free(p->done);
	p->done =
	    done_open(p->work, p->state.plan_count, p->state.done_count, e);
	if (p->done == NULL)
		return -1;
	record_use(p->record, p->w, NULL, p->done);
	return 0;
}

/* ---- A package that follows ----------------------------------------------- */

/* The file of the package before; it was published before this one began. */
static int
open_before(const struct phases * p, struct err * e)
{
	char file[PACKAGE_FILE_SIZE];
	int fd;

	(void)snprintf(file, sizeof(file), "%.*s%s", NAME_PACKAGE_MAX,
	    p->facts.previous, p->facts.is_compressed ? ".tar.zst" : ".tar");
	fd = io_open_read(p->dir, file, e);
	if (fd < 0)
		err_in(e,
		    "the package before, which has the listing (resume its "
		    "work folder if there is one)");
	return fd;
}

/* Take over the member at hand as it is. */
static int
copy_page(struct phases * p, struct package_read * r,
    const struct package_item * item, struct err * e)
{
	const uint8_t * bytes;
	struct buf page = { 0 };
	int64_t n;
	int rc = -1;

	for (;;) {
		n = package_read_data(r, &bytes, e);
		if (n <= 0)
			break;
		if ((page.len + (size_t)n > PAGE_MAX) ||
		    (buf_add(&page, bytes, (size_t)n, e) != 0)) {
			n = -1;
			break;
		}
	}
	if (n == 0)
		rc = package_tag(p->w, item->name, page.bytes, page.len, e);
	if ((rc != 0) && (e->kind == ERR_NONE))
		err_set(e, ERR_INPUT, NULL, "a page of over 64 MiB");
	buf_free(&page);
	return rc;
}

/* Copy the raw pages that are not here yet. */
static int
copy_pages(struct phases * p, struct err * e)
{
	struct package_item * item = NULL;
	struct package_read * r = NULL;
	int64_t at = 0;
	int rc = -1;
	int fd = open_before(p, e);

	if ((fd < 0) || (tar_start(e) != 0))
		goto out;
	item = calloc(1, sizeof(*item));
	r = (item == NULL) ? NULL : package_read_open(fd, 0, e);
	if (r == NULL)
		goto out;
	for (;;) {
		rc = package_read_next(r, item, e);
		if ((rc != 1) || (item->kind > MEMBER_LISTING))
			break;
		if (item->kind != MEMBER_LISTING)
			continue;
		if (at++ < p->state.pages)
			continue;
		rc = copy_page(p, r, item, e);
		if (rc != 0)
			break;
		p->state.pages++;
	}
	rc = (rc < 0) ? -1 : 0;

out:
	package_read_close(r);
	free(item);
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

/* Say again what the listing declared: losses of objects stand in package 1. */
static int
copy_gap(struct phases * p, const uint8_t * line, size_t len, struct err * e)
{
	struct gap gap;
	int rc;

	if (gap_parse(line, len, &gap, e) != 0)
		return -1;
	if ((gap.what == GAP_OBJECT) && gap_is_loss(gap.reason)) {
		gap.reason = GAP_ELSEWHERE;
		gap.package = p->facts.group;
	}
	rc = record_gap(p->record, &gap, e);
	gap_free(&gap);
	return rc;
}

/* The lines of a block that are not here yet. */
static int
copy_block(struct phases * p, struct lines * lines, const uint8_t * bytes,
    size_t len, struct err * e)
{
	const uint8_t * line;
	size_t line_len;
	int rc;

	for (;;) {
		rc = lines_next(lines, &bytes, &len, &line, &line_len, e);
		if (rc <= 0)
			return rc;
		if ((lines->count > p->state.gap_lines) &&
		    (copy_gap(p, line, line_len, e) != 0))
			return -1;
	}
}

static int
copy_gaps(struct phases * p, struct err * e)
{
	uint8_t block[16384];
	struct lines lines;
	int64_t at = 0;
	ssize_t n = -1;
	int rc = -1;
	int fd = io_open_read(p->work, CARRY_GAPS_FILE, e);

	if (fd < 0)
		return -1;
	lines_start(&lines, GAP_LINE_MAX);
	for (;;) {
		n = io_read_at(fd, block, sizeof(block), at, e);
		if ((n <= 0) ||
		    (copy_block(p, &lines, block, (size_t)n, e) != 0))
			break;
		at += n;
	}
	if (n == 0)
		rc = lines_finish(&lines, e);
	lines_free(&lines);
	(void)close(fd);
	return rc;
}

int
carry_listing(struct phases * p, struct err * e)
{
	struct state * s = &p->state;
	struct json_out * j;

	if ((copy_pages(p, e) != 0) || (copy_gaps(p, e) != 0))
		return -1;
	j = record_event(p->record, JOURNAL_LISTED, clock_now(), e);
	json_put_text(j, "pass", "first");
	json_put_text(j, "taken_from", p->facts.previous);
	json_put_integer(j, "pages", s->pages);
	json_put_integer(j, "pages_total", s->pages);
	json_put_integer(j, "in_scope", s->plan_count);
	json_put_integer(j, "listed", s->listed);
	if (record_event_end(p->record, e) != 0)
		return -1;
	s->phase = STATE_FETCHING;
	return 0;
}
