#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/lines.h"
#include "evidence/package_lines.h"
#include "evidence/text.h"

struct package_lines {
	struct package_read * r;
	struct lines lines;
	struct digest * d;
	struct package_place place;
	const uint8_t * bytes; /* What is left of the piece. */
	size_t len;
};

struct package_lines *
package_lines_open(
    int fd, const struct package_place * place, size_t max, struct err * e)
{
	struct package_lines * l = calloc(1, sizeof(*l));
	struct package_item item;
	int rc = -1;

	if (l == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	lines_start(&l->lines, max);
	l->place = *place;
	l->d = digest_new(DIGEST_SHA256, e);
	l->r = package_read_open_place(fd, place, e);
	if ((l->d == NULL) || (l->r == NULL))
		goto out;
	rc = package_read_next(l->r, &item, e);
	if (rc < 0)
		goto out;
	if ((rc == 0) || (item.size != place->size)) {
		err_set(e, ERR_FORGED, NULL,
		    "another member stands where one was expected");
		rc = -1;
		goto out;
	}
	rc = 0;

out:
	if (rc != 0) {
		package_lines_close(l);
		l = NULL;
	}
	return l;
}

/* Get the next piece of the member; 1, 0 at its end, -1. */
static int
fill(struct package_lines * l, struct err * e)
{
	int64_t n = package_read_data(l->r, &l->bytes, e);

	if (n < 0)
		return -1;
	l->len = (size_t)n;
	digest_update(l->d, l->bytes, l->len);
	return (n > 0) ? 1 : 0;
}

int
package_lines_next(struct package_lines * l, const uint8_t ** line,
    size_t * len, struct err * e)
{
	uint8_t sha256[DIGEST_SHA256_LEN];
	int rc;

	for (;;) {
		rc = lines_next(&l->lines, &l->bytes, &l->len, line, len, e);
		if (rc != 0)
			return rc;
		rc = fill(l, e);
		if (rc < 0)
			return -1;
		if (rc == 0)
			break;
	}
	if (lines_finish(&l->lines, e) != 0)
		return -1;
	digest_peek(l->d, sha256);
	if (memcmp(sha256, l->place.sha256, sizeof(sha256)) != 0) {
		err_set(e, ERR_FORGED, NULL,
		    "the bytes are not those that were proved before");
		return -1;
	}
	return 0;
}

void
package_lines_close(struct package_lines * l)
{
	if (l == NULL)
		return;
	package_read_close(l->r);
	digest_free(l->d);
	lines_free(&l->lines);
	free(l);
}

int
package_manifest_parse(const uint8_t * line, size_t len,
    struct package_manifest_line * parsed, struct err * e)
{
	char hex[DIGEST_SHA256_HEX];
	size_t digits = sizeof(hex) - 1;
	size_t path = len - digits - 2;

	if ((len < digits + 3) || (path > TAR_PATH_MAX) ||
	    (line[digits] != ' ') || (line[digits + 1] != ' ') ||
	    (memchr(line, '\0', len) != NULL))
		goto bad;
	memcpy(hex, line, digits);
	hex[digits] = '\0';
	if (text_hex_decode(hex, parsed->sha256, DIGEST_SHA256_LEN) != 0)
		goto bad;
	memcpy(parsed->path, line + digits + 2, path);
	parsed->path[path] = '\0';
	return 0;

bad:
	err_set(e, ERR_INPUT, NULL, "not a line of a manifest");
	return -1;
}
