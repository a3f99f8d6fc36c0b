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

static void
take_row(void * context, int64_t line, const char * text)
{
	struct timeline_check * c = context;
	char where[64];

	if (c->wrong >= TIMELINE_CHECK_REPORT_MAX) {
		c->wrong++;
		return;
	}
	(void)snprintf(
	    where, sizeof(where), ROWS_NAME " line %lld", (long long)line);
	timeline_check_tell(c, true, "row", where, text);
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

static int
check_rows(struct timeline_check * c, const struct timeline_source * sources,
    size_t n, const struct buf * manifest, struct err * e)
{
	struct io_facts facts;
	struct err reason;
	int fd;
	int rc;

	err_init(&reason);
	if (io_open_below(c->bag, ROWS_NAME, &fd, &facts, &reason) != 1) {
		timeline_check_tell(c, true, "rows", ROWS_NAME,
		    (reason.kind == ERR_NONE) ? "it is not here" : reason.text);
		return 0;
	}
	rc = timeline_rows_check(fd, sources, n, take_row, c, &c->rows, e);
	io_drop(fd);
	if (rc != 0)
		return -1;
	c->is_counted = true;
	if (!is_listed(manifest, ROWS_NAME, c->rows.sha256))
		timeline_check_tell(c, true, "rows", ROWS_NAME,
		    "the manifest does not have it as it was read");
	if (c->rows.rows == 0)
		timeline_check_tell(
		    c, false, "rows", ROWS_NAME, "there is no row to check");
	if (c->rows.unchecked > 0)
		timeline_check_tell(c, false, "rows", ROWS_NAME,
		    "some rows are of packages that could not be read");
	return 0;
}

int
timeline_check(struct timeline_check * c, struct err * e)
{
	struct bag_result bag;
	struct buf tags = { 0 };
	struct buf manifest = { 0 };
	struct buf text = { 0 };
	struct derived derived = { 0 };
	struct timeline_source * sources = NULL;
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
		c, "manifest-sha256.txt", LIST_MAX, &tags, &manifest) ||
	    !load_listed(c, DERIVED_NAME, DERIVED_MAX, &tags, &text))
		goto out;
	if (derived_parse(text.bytes, text.len, &derived, &reason) != 0) {
		timeline_check_tell(
		    c, true, "binding", DERIVED_NAME, reason.text);
		goto out;
	}
	c->named = derived.n_packages;
	sources = calloc(derived.n_packages + 1, sizeof(*sources));
	if (sources == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		rc = -1;
		goto out;
	}
	match_packages(c, &derived, sources);
	digest_sha256(tags.bytes, tags.len, sha256);
	rc = timeline_signed_check(c, &derived, sha256, e);
	if (rc == 0)
		rc = check_rows(c, sources, derived.n_packages, &manifest, e);

out:
	free(sources);
	derived_free(&derived);
	buf_free(&tags);
	buf_free(&manifest);
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
