#include <stdio.h>
#include <string.h>

#include "evidence/io.h"
#include "evidence/package_lines.h"
#include "evidence/package_walk.h"
#include "evidence/text.h"

#include "verify/extract.h"
#include "verify/true_name.h"

#define FOLDER_SIZE (NAME_SIZE + 16)

/* What is being written. */
struct extract {
	int folder; /* The folder under its temporary name. */
	char name[FOLDER_SIZE];
	struct digest * d;        /* Of the member at hand. */
	struct digest * manifest; /* As it would be of what was written. */
	struct digest * tagmanifest;
	int64_t members;
};

static int
start(struct extract * x, int out, const char * package, struct err * e)
{
	memset(x, 0, sizeof(*x));
	x->folder = -1;
	(void)snprintf(x->name, sizeof(x->name), "%s.partial", package);
	x->d = digest_new(DIGEST_SHA256, e);
	x->manifest = digest_new(DIGEST_SHA256, e);
	x->tagmanifest = digest_new(DIGEST_SHA256, e);
	if ((x->d == NULL) || (x->manifest == NULL) || (x->tagmanifest == NULL))
		return -1;
	x->folder = io_make_dir(out, x->name, e);
	return (x->folder < 0) ? -1 : 0;
}

/* Give the folder its name, if all went well. */
static int
finish(
    struct extract * x, int out, const char * package, int rc, struct err * e)
{
	if ((rc == 0) && (io_sync(x->folder, e) != 0))
		rc = -1;
	if ((x->folder >= 0) && (io_close(x->folder, e) != 0))
		rc = -1;
	if (rc == 0)
		rc = io_rename_new(out, x->name, out, package, e);
	digest_free(x->d);
	digest_free(x->manifest);
	digest_free(x->tagmanifest);
	return rc;
}

/* Make the file of ${path}, which was checked, with its folders. */
static int
make_file(struct extract * x, const char * path, struct err * e)
{
	int dir = x->folder;
	int fd;

	for (;;) {
		const char * slash = strchr(path, '/');
		char part[PATH_POLICY_PART_MAX + 1];
		int next;

		if (slash == NULL)
			break;
		(void)snprintf(
		    part, sizeof(part), "%.*s", (int)(slash - path), path);
		next = io_reach_dir(dir, part, e);
		if (dir != x->folder)
			io_drop(dir);
		dir = next;
		if (dir < 0)
			return -1;
		path = slash + 1;
	}
	fd = io_create(dir, path, 0600, e);
	if (dir != x->folder)
		io_drop(dir);
	return fd;
}

/* Write the member ${r} stands at and put its digest into ${sha256}. */
static int
write_member(struct extract * x, struct package_read * r, const char * path,
    uint8_t sha256[DIGEST_SHA256_LEN], struct err * e)
{
	const uint8_t * bytes;
	int64_t n = -1;
	int fd = make_file(x, path, e);

	if (fd < 0)
		return -1;
	digest_restart(x->d);
	for (;;) {
		n = package_read_data(r, &bytes, e);
		if (n <= 0)
			break;
		digest_update(x->d, bytes, (size_t)n);
		if (io_write_all(fd, bytes, (size_t)n, e) != 0) {
			n = -1;
			break;
		}
	}
	digest_finish(x->d, sha256);
	if ((n == 0) && (io_make_read_only(fd, e) != 0)) {
		err_in(e, "%s", path);
		n = -1;
	}
	if (io_close(fd, e) != 0)
		n = -1;
	x->members++;
	return (n == 0) ? 0 : -1;
}

/* Add the member to the manifests, as the format writes them. */
static void
add_line(struct extract * x, const struct package_item * item,
    const uint8_t sha256[DIGEST_SHA256_LEN])
{
	char hex[DIGEST_SHA256_HEX], line[PACKAGE_MANIFEST_LINE_MAX + 2];
	int len;

	text_hex_encode(sha256, DIGEST_SHA256_LEN, hex);
	len = snprintf(line, sizeof(line), "%s  %s\n", hex, item->name);
	if (item->kind == MEMBER_PAYLOAD)
		digest_update(x->manifest, line, (size_t)len);
	else if (member_is_tag(item->kind))
		digest_update(x->tagmanifest, line, (size_t)len);
}

/* Are the manifests of what was written those that were proved? */
static int
check_written(
    struct extract * x, const struct package_index * index, struct err * e)
{
	uint8_t payload[DIGEST_SHA256_LEN], tags[DIGEST_SHA256_LEN];

	digest_finish(x->manifest, payload);
	digest_finish(x->tagmanifest, tags);
	if ((memcmp(payload, index->manifest.sha256, sizeof(payload)) == 0) &&
	    (memcmp(tags, index->tagmanifest.sha256, sizeof(tags)) == 0))
		return 0;
	err_set(e, ERR_FORGED, "the folder keeps its name .partial",
	    "what was written is not what was verified");
	return -1;
}

/* Is there room for all of it?  Padding of the stream stands for folders. */
static int
check_room(int out, const struct package_result * result, struct err * e)
{
	int64_t room = 0;

	if (io_free_space(out, &room, e) != 0)
		return -1;
	if (room >= result->stream_bytes)
		return 0;
	err_set(e, ERR_DISK, "free some space",
	    "%lld bytes are to be unpacked, and %lld are free",
	    (long long)result->stream_bytes, (long long)room);
	return -1;
}

/* Under which name ${item} is written; tags keep theirs. */
static int
choose_name(struct true_names * names, const struct package_item * item,
    struct extract_rules * rules, char path[TRUE_NAME_SIZE], struct err * e)
{
	const char * why = NULL;

	(void)snprintf(path, TRUE_NAME_SIZE, "%s", item->name);
	if ((names == NULL) || (item->kind != MEMBER_PAYLOAD))
		return 0;
	if (true_names_next(names, item->name, path, &why, e) != 0)
		return -1;
	if (why == NULL)
		rules->true_names++;
	else
		rules->stored_names++;
	if ((why != NULL) && (rules->stored_names <= EXTRACT_REPORT_MAX))
		rules->report(rules->context, item->name, why);
	return 0;
}

/* Write the member that ${r} stands at. */
static int
write_item(struct extract * x, struct package_read * r,
    const struct package_item * item, struct true_names * names,
    struct extract_rules * rules, struct err * e)
{
	uint8_t sha256[DIGEST_SHA256_LEN];
	char path[TRUE_NAME_SIZE];

	if (!item->is_known || (item->problem != NULL)) {
		err_set(e, ERR_FORGED, NULL, "%s: not what was verified",
		    item->path);
		return -1;
	}
	if ((choose_name(names, item, rules, path, e) != 0) ||
	    (write_member(x, r, path, sha256, e) != 0))
		return -1;
	add_line(x, item, sha256);
	return 0;
}

int
extract_all(int fd, const struct package_result * result, int out,
    struct extract_rules * rules, int64_t * members, struct err * e)
{
	struct true_names * names = NULL;
	struct package_read * r = NULL;
	struct package_item item;
	struct extract x = { .folder = -1 };
	int rc = check_room(out, result, e);

	if (rc == 0)
		rc = start(&x, out, result->package, e);
	if ((rc == 0) && rules->is_true) {
		names = true_names_open(fd, &result->index, e);
		rc = (names == NULL) ? -1 : 0;
	}
	if (rc == 0) {
		r = package_read_open(fd, 0, e);
		rc = (r == NULL) ? -1 : 1;
	}
	while (rc == 1) {
		rc = package_read_next(r, &item, e);
		if ((rc == 1) &&
		    (write_item(&x, r, &item, names, rules, e) != 0))
			rc = -1;
	}
	if (rc == 0)
		rc = check_written(&x, &result->index, e);
	package_read_close(r);
	true_names_close(names);
	*members = x.members;
	return finish(&x, out, result->package, rc, e);
}

/* Write the member of ${object} again, now into its file. */
static int
write_intact(struct extract * x, struct package_walk * w,
    const struct object * object, struct err * e)
{
	struct package_read * r = package_walk_open_member(w, object, e);
	struct package_item item;
	uint8_t sha256[DIGEST_SHA256_LEN];
	int rc = -1;

	if ((r == NULL) || (package_read_next(r, &item, e) != 1) ||
	    (strcmp(item.path, object->path) != 0) ||
	    (name_check_stored(item.path, e) != 0) ||
	    (write_member(x, r, item.name, sha256, e) != 0))
		goto out;
	if (memcmp(sha256, object->sha256, sizeof(sha256)) != 0)
		goto out;
	rc = 0;

out:
	if (rc != 0)
		err_set(e, ERR_FORGED, NULL, "%s: not what was verified",
		    object->path);
	package_read_close(r);
	return rc;
}

int
extract_intact(int fd, const struct package_result * result, int out,
    int64_t * members, struct err * e)
{
	struct package_walk * w = NULL;
	const struct object * object;
	struct extract x;
	struct err why;
	int rc = start(&x, out, result->package, e);

	if (rc == 0) {
		w = package_walk_open(fd, &result->index, e);
		rc = (w == NULL) ? -1 : 1;
	}
	while (rc == 1) {
		rc = package_walk_next(w, &object, &why, e);
		if ((rc == 1) && (why.kind == ERR_NONE) &&
		    (write_intact(&x, w, object, e) != 0))
			rc = -1;
	}
	package_walk_close(w);
	*members = x.members;
	return finish(&x, out, result->package, rc, e);
}
