/* The objects of a disclosure, each under the seal (disclosure_parts.h). */
#include <string.h>

#include "evidence/merkle.h"
#include "evidence/object.h"
#include "evidence/package_lines.h"

#include "verify/disclosure_parts.h"

/* One line of the catalogue, its path, its manifest line, and its bytes. */
static int
check_object(struct disclosure_check * c, const struct object * o,
    const uint8_t * line, size_t len, const struct package_manifest_line * m,
    const struct merkle_path * path)
{
	uint8_t leaf[DIGEST_SHA256_LEN], have[DIGEST_SHA256_LEN];
	size_t top = strlen(c->seal.package);
	int64_t size;

	/* The LF stands behind the line. */
	merkle_leaf(c->d, line, len + 1, leaf);
	if ((o->seq < 1) || (o->seq > c->seal.objects) ||
	    (merkle_path_check(path, (uint64_t)c->seal.objects,
		 (uint64_t)o->seq - 1, leaf, c->seal.merkle_root, c->d) != 0)) {
		disclosure_find(c, true, "path", "meta/objects.jsonl",
		    "object %lld is not proved under the seal",
		    (long long)o->seq);
		return -1;
	}
	if ((strncmp(o->path, c->seal.package, top) != 0) ||
	    (o->path[top] != '/') ||
	    (strcmp(o->path + top + 1, m->path) != 0) ||
	    (memcmp(o->sha256, m->sha256, DIGEST_SHA256_LEN) != 0)) {
		disclosure_find(c, true, "manifest", m->path,
		    "its line is not that of object %lld", (long long)o->seq);
		return -1;
	}
	size = disclosure_hash(c, m->path, have);
	if (size < 0)
		return -1;
	if ((size != o->size) ||
	    (memcmp(have, o->sha256, DIGEST_SHA256_LEN) != 0)) {
		disclosure_find(c, true, "object", m->path,
		    "its bytes are not those that were sealed");
		return -1;
	}
	c->r->objects++;
	c->r->bytes += size;
	return 0;
}

/* One round of the three lists.  Return 1, 0 at the end, or -1. */
static int
check_round(
    struct disclosure_check * c, struct disclosure_text f[3], int64_t * last)
{
	struct package_manifest_line m;
	struct merkle_path path;
	struct object o;
	const uint8_t * line[3];
	size_t len[3];
	struct err why;
	int more[3];
	int64_t seq = 0;
	int rc = -1;

	err_init(&why);
	for (int i = 0; i < 3; i++) {
		more[i] = disclosure_next_line(c, &f[i], &line[i], &len[i]);
		if (more[i] < 0)
			return -1;
	}
	if ((more[0] != more[1]) || (more[0] != more[2])) {
		disclosure_find(c, true, "lines", f[0].name,
		    "catalogue, paths and manifest have not as many lines");
		return -1;
	}
	if (more[0] == 0)
		return 0;
	if ((object_parse(line[0], len[0], &o, &why) != 0)) {
		disclosure_find_err(c, "document", f[0].name, &why);
		return -1;
	}
	if ((disclosure_parse_path(line[1], len[1], &seq, &path, NULL, &why) !=
		0) ||
	    (package_manifest_parse(line[2], len[2], &m, &why) != 0)) {
		disclosure_find_err(c, "document", f[1].name, &why);
		goto out;
	}
	if ((o.seq <= *last) || (seq != o.seq)) {
		disclosure_find(c, true, "lines", f[0].name,
		    "object %lld stands behind object %lld, its path is that "
		    "of object %lld",
		    (long long)o.seq, (long long)*last, (long long)seq);
		goto out;
	}
	*last = o.seq;
	(void)check_object(c, &o, line[0], len[0], &m, &path);
	c->files++;
	rc = 1;

out:
	object_free(&o);
	return rc;
}

void
disclosure_check_objects(struct disclosure_check * c)
{
	struct disclosure_text f[3] = { { .fd = -1 }, { .fd = -1 },
		{ .fd = -1 } };
	int64_t last = 0;

	if ((disclosure_open_text(
		 c, &f[0], "meta/objects.jsonl", OBJECT_LINE_MAX) == 0) &&
	    (disclosure_open_text(c, &f[1], "meta/paths.jsonl",
		 DISCLOSURE_PATH_LINE_MAX) == 0) &&
	    (disclosure_open_text(c, &f[2], "manifest-sha256.txt",
		 PACKAGE_MANIFEST_LINE_MAX) == 0))
		while (!c->is_failed && (check_round(c, f, &last) == 1))
			;
	for (int i = 0; i < 3; i++)
		disclosure_close_text(&f[i]);
}
