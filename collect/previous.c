#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/io.h"
#include "evidence/kind.h"
#include "evidence/object.h"
#include "evidence/package_check.h"
#include "evidence/package_lines.h"
#include "evidence/package_read.h"
#include "evidence/process.h"
#include "evidence/tar.h"
#include "evidence/text.h"

#include "collect/previous.h"

static bool
is_sound(const struct package_result * r)
{
	if (r->verdict[PACKAGE_INTEGRITY] != PACKAGE_PASS)
		return false;
	for (int q = 0; q < PACKAGE_QUESTIONS; q++)
		if (r->verdict[q] == PACKAGE_FAIL)
			return false;
	return r->is_sealed;
}

/* Add the line of the catalogue at ${bytes} to ${hours}, if it is of one. */
static int
add_line(const struct sources * sources, const uint8_t * bytes, size_t len,
    struct previous_hours * hours, struct err * e)
{
	struct object o;
	int64_t from, to;

	if (object_parse(bytes, len, &o, e) != 0)
		return -1;
	if (o.open_hour && (o.source >= 0) &&
	    (o.source < (int64_t)sources->n) &&
	    (kind_time_of_blob(sources->list[o.source].kind, o.name, o.name_len,
		 &from, &to) == 0)) {
		if ((hours->blobs == 0) || (from < hours->from))
			hours->from = from;
		if ((hours->blobs == 0) || (to > hours->to))
			hours->to = to;
		hours->blobs++;
	}
	object_free(&o);
	return 0;
}

/* Find the hours that were open in the catalogue of the intact package. */
static int
find_hours(int fd, const struct package_index * index,
    struct previous_hours * hours, struct err * e)
{
	struct package_read * r = package_read_open_index(fd, index, e);
	struct package_lines * l = NULL;
	const uint8_t * bytes;
	size_t len;
	int rc = 1;

	*hours = (struct previous_hours){ 0 };
	if (r != NULL)
		l = package_lines_open(fd, &index->objects, OBJECT_LINE_MAX, e);
	if (l == NULL)
		rc = -1;
	while (rc == 1) {
		rc = package_lines_next(l, &bytes, &len, e);
		if ((rc == 1) &&
		    (add_line(package_read_sources(r), bytes, len, hours, e) !=
			0))
			rc = -1;
	}
	package_lines_close(l);
	package_read_close(r);
	return rc;
}

int
previous_judge(int fd, struct previous_hours * hours,
    struct previous * previous, struct err * e)
{
	struct package_check_options options = { .threads = process_cores() };
	struct package_result * result = calloc(1, sizeof(*result));
	int rc = -1;

	if (result == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	if ((tar_start(e) != 0) ||
	    (package_check(fd, &options, result, e) != 0))
		goto out;
	if (!is_sound(result)) {
		err_set(e, ERR_FORGED, "see azcustody-verify",
		    "it is not an intact package");
		goto out;
	}
	memcpy(previous->package, result->package, sizeof(previous->package));
	text_hex_encode(
	    result->seal_sha256, DIGEST_SHA256_LEN, previous->seal_sha256);
	rc = (hours == NULL) ? 0 : find_hours(fd, &result->index, hours, e);

out:
	free(result);
	return rc;
}

int
previous_open(const char * path, struct previous_hours * hours,
    struct previous * previous, struct err * e)
{
	int fd = io_open_read(IO_PATH, path, e);
	int rc = (fd < 0) ? -1 : previous_judge(fd, hours, previous, e);

	if (rc != 0)
		err_in(e, "%s %s", (hours == NULL) ? "--previous" : "--revisit",
		    path);
	if (fd >= 0)
		(void)close(fd);
	return rc;
}
