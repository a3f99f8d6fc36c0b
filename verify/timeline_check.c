#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/derived.h"
#include "evidence/io.h"
#include "evidence/text.h"

#include "verify/bag_check.h"
#include "verify/timeline_check.h"
#include "verify/timeline_signed.h"

#define LIST_MAX ((size_t)1 << 20) /* Bytes of a manifest. */
#define ROWS_NAME "data/timeline.jsonl"
#define UNDATED_NAME "data/undated.jsonl"
#define FINDINGS_NAME "data/findings.json"

/* What the files of the bag are held against. */
struct binding {
	struct timeline_source * sources;
	size_t n;
	struct buf manifest;
};

void
timeline_check_tell(struct timeline_check * c, bool is_wrong, const char * code,
    const char * where, const char * text)
{
	if (is_wrong)
		c->wrong++;
	else
		c->undecided++;
	c->note(c->context, is_wrong, code, where, text);
}

static void
take_finding(void * context, const struct package_finding * finding)
{
	if (finding->weight != PACKAGE_PASS)
		timeline_check_tell(context, finding->weight == PACKAGE_FAIL,
		    finding->code, finding->member, finding->text);
}

/* What is undecided of a package is told in one line, where it matters. */
static void
take_package_finding(void * context, const struct package_finding * finding)
{
	if (finding->weight == PACKAGE_FAIL)
		timeline_check_tell(context, true, finding->code,
		    finding->member, finding->text);
}

/* One of many that may be wrong: the first are told one by one. */
static void
tell_row(struct timeline_check * c, const char * name, const char * unit,
    int64_t at, const char * text)
{
	char where[64];

	if (c->wrong >= TIMELINE_CHECK_REPORT_MAX) {
		c->wrong++;
		return;
	}
	(void)snprintf(
	    where, sizeof(where), "%s %s %lld", name, unit, (long long)at);
	timeline_check_tell(c, true, "row", where, text);
}

static void
take_row(void * context, int64_t line, const char * text)
{
	tell_row(context, ROWS_NAME, "line", line, text);
}

static void
take_undated(void * context, int64_t line, const char * text)
{
	tell_row(context, UNDATED_NAME, "line", line, text);
}

static void
take_named(void * context, int64_t offset, const char * text)
{
	tell_row(context, FINDINGS_NAME, "byte", offset, text);
}

/* Whether ${list} has the line that gives ${name} the digest ${sha256}. */
static bool
is_listed(const struct buf * list, const char * name,
    const uint8_t sha256[DIGEST_SHA256_LEN])
{
	char hex[DIGEST_SHA256_HEX];
	const char * at = buf_text(list);
	size_t len = strlen(name);

	text_hex_encode(sha256, DIGEST_SHA256_LEN, hex);
	for (at = strstr(at, hex); at != NULL; at = strstr(at, hex)) {
		at += strlen(hex);
		if ((strncmp(at, "  ", 2) == 0) &&
		    (strncmp(at + 2, name, len) == 0) && (at[2 + len] == '\n'))
			return true;
	}
	return false;
}

/*
 * Load the file ${name} and see that ${list} has it as it is, so that what is
 * read here is what the bag was judged by.  Return whether it has.
 */
static bool
load_listed(struct timeline_check * c, const char * name, size_t max,
    const struct buf * list, struct buf * out)
{
	uint8_t sha256[DIGEST_SHA256_LEN];
	struct err reason;

	err_init(&reason);
	if (io_load(c->bag, name, max, out, &reason) != 0) {
		timeline_check_tell(c, true, "binding", name, reason.text);
		return false;
	}
	if (list == NULL)
		return true;
	digest_sha256(out->bytes, out->len, sha256);
	if (is_listed(list, name, sha256))
		return true;
	timeline_check_tell(
	    c, true, "binding", name, "the tag manifest does not have it");
	return false;
}

/* Judge each package that was brought. */
static int
judge_packages(struct timeline_check * c, struct err * e)
{
	for (size_t i = 0; i < c->n_packages; i++) {
		struct timeline_package * p = &c->packages[i];
		struct package_check_options options = { .trust = c->trust,
			.has_ledger = (p->subject.ledger >= 0),
			.ledger_dir = p->subject.ledger,
			.checksum = p->subject.has_checksum
			    ? buf_text(&p->subject.checksum)
			    : NULL,
			.checksum_len = p->subject.checksum.len,
			.report = take_package_finding,
			.context = c };

		if (package_check(p->subject.fd, &options, &p->result, e) !=
		    0) {
			err_in(e, "%s", p->subject.path);
			return -1;
		}
		p->exit_code = package_exit_code(&p->result, 0);
		if (p->exit_code == 2)
			timeline_check_tell(c, false, "package",
			    p->subject.path,
			    "integrity, authenticity, or completeness could "
			    "not be judged");
	}
	return 0;
}

static bool
is_it(const struct timeline_package * p, const struct derived_package * named)
{
	return p->result.is_sealed && named->is_sealed &&
	    (strcmp(p->result.package, named->package) == 0) &&
	    (memcmp(p->result.seal_sha256, named->seal_sha256,
		 DIGEST_SHA256_LEN) == 0);
}

/* Which of the packages that were brought is ${named}, or NULL. */
static struct timeline_package *
find(const struct timeline_check * c, const struct derived_package * named)
{
	for (size_t i = 0; i < c->n_packages; i++)
		if (is_it(&c->packages[i], named))
			return &c->packages[i];
	return NULL;
}

/* The packages that derived.json names and those that were brought. */
static void
match_packages(struct timeline_check * c, const struct derived * derived,
    struct timeline_source * sources)
{
	for (size_t i = 0; i < derived->n_packages; i++) {
		const struct derived_package * named = &derived->packages[i];
		struct timeline_package * p = find(c, named);

		sources[i].package = named;
		sources[i].fd = -1;
		if (p == NULL) {
			timeline_check_tell(c, false, "package", named->package,
			    "it was made from this too, which was not "
			    "brought");
			continue;
		}
		c->bound++;
		if (p->result.has_index) {
			sources[i].fd = p->subject.fd;
			sources[i].index = &p->result.index;
		}
	}
	for (size_t i = 0; i < c->n_packages; i++) {
		bool is_named = false;

		for (size_t k = 0; k < derived->n_packages; k++)
			is_named = is_named ||
			    is_it(&c->packages[i], &derived->packages[k]);
		if (!is_named)
			timeline_check_tell(c, true, "package",
			    c->packages[i].subject.path,
			    "derived.json does not name it with this seal");
	}
}

/* Open ${path}, "data/NAME"; -1 after telling why not. */
static int
open_data(struct timeline_check * c, const char * path)
{
	struct io_facts facts;
	struct err reason;
	int fd;

	err_init(&reason);
	if (io_open_below(c->bag, path, &fd, &facts, &reason) == 1)
		return fd;
	timeline_check_tell(c, true, "rows", path,
	    (reason.kind == ERR_NONE) ? "it is not here" : reason.text);
	return -1;
}

/* Whether the file ${path} is what the bag was judged by is settled here. */
static void
check_listed(struct timeline_check * c, const struct binding * b,
    const char * path, const uint8_t sha256[DIGEST_SHA256_LEN])
{
	if (!is_listed(&b->manifest, path, sha256))
		timeline_check_tell(c, true, "rows", path,
		    "the manifest does not have it as it was read");
}

/* The rows of one file, with or without a time. */
static int
check_rows(struct timeline_check * c, const struct binding * b, int fd,
    const char * path, timeline_rows_note * note, struct timeline_rows * rows,
    struct err * e)
{
	if (timeline_rows_check(fd, b->sources, b->n, note, c, rows, e) != 0)
		return -1;
	check_listed(c, b, path, rows->sha256);
	if (rows->unchecked > 0)
		timeline_check_tell(c, false, "rows", path,
		    "some rows are of packages that could not be read");
	return 0;
}

/* Every file that names bytes of the packages. */
static int
check_data(struct timeline_check * c, const struct binding * b, struct err * e)
{
	int rows = open_data(c, ROWS_NAME);
	int undated = open_data(c, UNDATED_NAME);
	int findings = open_data(c, FINDINGS_NAME);
	int rc = -1;

	if ((rows < 0) || (undated < 0) || (findings < 0)) {
		rc = 0;
		goto out;
	}
	if ((check_rows(c, b, rows, ROWS_NAME, take_row, &c->rows, e) != 0) ||
	    (check_rows(c, b, undated, UNDATED_NAME, take_undated,
		 &c->undated_rows, e) != 0) ||
	    (timeline_findings_check(
		 findings, rows, take_named, c, &c->findings, e) != 0))
		goto out;
	check_listed(c, b, FINDINGS_NAME, c->findings.sha256);
	if (c->rows.rows == 0)
		timeline_check_tell(
		    c, false, "rows", ROWS_NAME, "there is no row to check");
	c->is_counted = true;
	rc = 0;

out:
	io_drop(rows);
	io_drop(undated);
	io_drop(findings);
	return rc;
}

int
timeline_check(struct timeline_check * c, struct err * e)
{
	struct bag_result bag;
	struct buf tags = { 0 };
	struct buf text = { 0 };
	struct derived derived = { 0 };
	struct binding b = { 0 };
	uint8_t sha256[DIGEST_SHA256_LEN];
	struct err reason;
	int rc = -1;

	err_init(&reason);
	if ((bag_check(c->bag, take_finding, c, &bag, e) != 0) ||
	    (judge_packages(c, e) != 0))
		goto out;
	rc = 0;
	if (!load_listed(c, "tagmanifest-sha256.txt", LIST_MAX, NULL, &tags) ||
	    !load_listed(
		c, "manifest-sha256.txt", LIST_MAX, &tags, &b.manifest) ||
	    !load_listed(c, DERIVED_NAME, DERIVED_MAX, &tags, &text))
		goto out;
	if (derived_parse(text.bytes, text.len, &derived, &reason) != 0) {
		timeline_check_tell(
		    c, true, "binding", DERIVED_NAME, reason.text);
		goto out;
	}
	c->named = derived.n_packages;
	b.n = derived.n_packages;
	b.sources = calloc(b.n + 1, sizeof(*b.sources));
	if (b.sources == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		rc = -1;
		goto out;
	}
	match_packages(c, &derived, b.sources);
	digest_sha256(tags.bytes, tags.len, sha256);
	rc = timeline_signed_check(c, &derived, sha256, e);
	if (rc == 0)
		rc = check_data(c, &b, e);

out:
	free(b.sources);
	derived_free(&derived);
	buf_free(&tags);
	buf_free(&b.manifest);
	buf_free(&text);
	return rc;
}

int
timeline_check_exit(const struct timeline_check * c)
{
	if (c->wrong > 0)
		return 1;
	return ((c->undecided > 0) || !c->is_counted) ? 2 : 0;
}
