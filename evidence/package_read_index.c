#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/package_lines.h"
#include "evidence/package_read_index.h"

struct package_read_index {
	int fd;
	struct package_index index;
	struct sources sources;
	struct package_lines * manifest;
	struct package_lines * objects;
	struct object object; /* Of the member at hand. */
	struct package_manifest_line line;
	bool is_pending; /* object and line are of the next member. */
	struct digest * d;
};

/* Read sources.json, as the index proved it. */
static int
load_sources(struct package_read_index * x, struct err * e)
{
	struct package_lines * l = NULL;
	struct buf text = { 0 };
	const uint8_t * line;
	size_t len;
	int rc = -1;

	l = package_lines_open(
	    x->fd, &x->index.sources, SOURCE_DOCUMENT_MAX, e);
	if (l == NULL)
		goto out;
	for (;;) {
		int got = package_lines_next(l, &line, &len, e);

		if (got < 0)
			goto out;
		if (got == 0)
			break;
		if ((buf_add(&text, line, len, e) != 0) ||
		    (buf_add_text(&text, "\n", e) != 0))
			goto out;
	}
	rc = source_parse(text.bytes, text.len, &x->sources, e);

out:
	if (rc != 0)
		err_in(e, "meta/sources.json");
	package_lines_close(l);
	buf_free(&text);
	return rc;
}

static int
open_lists(struct package_read_index * x, struct err * e)
{
	package_lines_close(x->manifest);
	package_lines_close(x->objects);
	x->objects = NULL;
	x->manifest = package_lines_open(
	    x->fd, &x->index.manifest, PACKAGE_MANIFEST_LINE_MAX, e);
	if (x->manifest == NULL)
		return -1;
	x->objects =
	    package_lines_open(x->fd, &x->index.objects, OBJECT_LINE_MAX, e);
	return (x->objects == NULL) ? -1 : 0;
}

struct package_read_index *
package_read_index_new(
    int fd, const struct package_index * index, struct err * e)
{
	struct package_read_index * x = calloc(1, sizeof(*x));

	if (x == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	x->fd = fd;
	x->index = *index;
	x->d = digest_new(DIGEST_SHA256, e);
	if ((x->d == NULL) || (load_sources(x, e) != 0) ||
	    (open_lists(x, e) != 0)) {
		package_read_index_free(x);
		return NULL;
	}
	return x;
}

/* Take the next line of each list: 1, 0 if both end, -1. */
static int
next_lines(struct package_read_index * x, const uint8_t ** bytes, size_t * len,
    struct err * e)
{
	const uint8_t * line;
	size_t line_len;
	int a = package_lines_next(x->manifest, &line, &line_len, e);
	int b;

	if (a < 0)
		return -1;
	if ((a == 1) &&
	    (package_manifest_parse(line, line_len, &x->line, e) != 0))
		return -1;
	b = package_lines_next(x->objects, bytes, len, e);
	if ((b >= 0) && (a != b)) {
		err_set(e, ERR_FORGED, NULL,
		    "manifest and catalogue do not have the same members");
		return -1;
	}
	return b;
}

/* Compare the member with its two lines. */
static int
compare(const struct package_read_index * x, const struct package_item * item,
    struct err * e)
{
	const struct object * o = &x->object;

	if (!item->is_known || (item->kind != MEMBER_PAYLOAD) ||
	    (item->problem != NULL) ||
	    (strcmp(item->name, x->line.path) != 0) ||
	    (strcmp(item->path, o->path) != 0) || (item->size != o->size) ||
	    (item->offset != o->offset) ||
	    (memcmp(o->sha256, x->line.sha256, DIGEST_SHA256_LEN) != 0) ||
	    (o->source < 0) || (o->source >= (int64_t)x->sources.n)) {
		err_set(e, ERR_FORGED, "verify the package",
		    "%s: not the member that was sealed", item->path);
		return -1;
	}
	return 0;
}

int
package_read_index_begin(
    struct package_read_index * x, struct package_item * item, struct err * e)
{
	const uint8_t * bytes;
	size_t len;
	int rc;

	if (!x->is_pending) {
		object_free(&x->object);
		rc = next_lines(x, &bytes, &len, e);
		if (rc < 0)
			return -1;
		if (rc == 0) {
			if (item->is_known && (item->kind != MEMBER_PAYLOAD))
				return 0;
			err_set(e, ERR_FORGED, "verify the package",
			    "%s: no manifest names it", item->path);
			return -1;
		}
		if (object_parse(bytes, len, &x->object, e) != 0)
			return -1;
	}
	x->is_pending = false;
	if (compare(x, item, e) != 0)
		return -1;
	item->object = &x->object;
	item->source = &x->sources.list[x->object.source];
	digest_restart(x->d);
	return 1;
}

void
package_read_index_data(
    struct package_read_index * x, const uint8_t * bytes, size_t len)
{
	digest_update(x->d, bytes, len);
}

int
package_read_index_end(struct package_read_index * x, struct err * e)
{
	uint8_t sha256[DIGEST_SHA256_LEN];

	digest_peek(x->d, sha256);
	if (memcmp(sha256, x->line.sha256, sizeof(sha256)) == 0)
		return 0;
	err_set(e, ERR_FORGED, "treat the package as altered",
	    "%s: SHA-256 differs from the sealed manifest", x->line.path);
	return -1;
}

/* Does ${line} contain ${needle}?  A line is no string. */
static bool
has_text(const uint8_t * line, size_t len, const char * needle)
{
	size_t n = strlen(needle);

	while (len >= n) {
		const uint8_t * p = memchr(line, needle[0], len - n + 1);

		if (p == NULL)
			return false;
		if (memcmp(p, needle, n) == 0)
			return true;
		len -= (size_t)(p - line) + 1;
		line = p + 1;
	}
	return false;
}

int
package_read_index_seek(
    struct package_read_index * x, int64_t offset, struct err * e)
{
	char needle[48];
	const uint8_t * bytes;
	size_t len;
	int rc;

	(void)snprintf(
	    needle, sizeof(needle), "\"offset\":%lld,", (long long)offset);
	x->is_pending = false;
	if (open_lists(x, e) != 0)
		return -1;
	for (;;) {
		rc = next_lines(x, &bytes, &len, e);
		if (rc < 0)
			return -1;
		if (rc == 0)
			break;
		if (!has_text(bytes, len, needle))
			continue;
		object_free(&x->object);
		if (object_parse(bytes, len, &x->object, e) != 0)
			return -1;
		if (x->object.offset != offset)
			continue;
		x->is_pending = true;
		return 0;
	}
	err_set(e, ERR_INPUT, NULL, "no member begins at byte %lld",
	    (long long)offset);
	return -1;
}

const struct sources *
package_read_index_sources(const struct package_read_index * x)
{
	return &x->sources;
}

void
package_read_index_free(struct package_read_index * x)
{
	if (x == NULL)
		return;
	package_lines_close(x->manifest);
	package_lines_close(x->objects);
	object_free(&x->object);
	source_free(&x->sources);
	digest_free(x->d);
	free(x);
}
