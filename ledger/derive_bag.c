#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/derivation.h"
#include "evidence/folder_walk.h"
#include "evidence/io.h"
#include "evidence/package_lines.h"
#include "evidence/text.h"

#include "ledger/derive_bag.h"

#define MANIFEST "manifest-sha256.txt"
#define TAGMANIFEST "tagmanifest-sha256.txt"

/* A file that a manifest names. */
struct listed {
	char path[TAR_PATH_MAX + 1];
	uint8_t sha256[DIGEST_SHA256_LEN];
	bool is_found;
};

/* All of them, by name. */
struct list {
	struct listed * files;
	size_t n;
};

static int
compare(const void * a, const void * b)
{
	const struct listed * x = a;
	const struct listed * y = b;

	return strcmp(x->path, y->path);
}

static struct listed *
find(const struct list * list, const char * path)
{
	struct listed key = { 0 };

	if ((strlen(path) > TAR_PATH_MAX) || (list->n == 0))
		return NULL;
	memcpy(key.path, path, strlen(path) + 1);
	return bsearch(
	    &key, list->files, list->n, sizeof(*list->files), compare);
}

/* Take all lines of the manifest in ${text}, of the payload or not. */
static int
take_lines(struct list * list, const struct buf * text, bool is_payload,
    struct err * e)
{
	const char * bytes = buf_text(text);
	struct listed * more;
	size_t n = 0;

	for (size_t i = 0; i < text->len; i++)
		n += (bytes[i] == '\n');
	if (n == 0)
		return 0;
	more = realloc(list->files, (list->n + n) * sizeof(*more));
	if (more == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	list->files = more;
	for (size_t at = 0; at < text->len;) {
		size_t len = strcspn(bytes + at, "\n");
		struct listed * one = &list->files[list->n];
		struct package_manifest_line line;

		if ((bytes[at + len] != '\n') ||
		    (package_manifest_parse(
			 (const uint8_t *)bytes + at, len, &line, e) != 0))
			break;
		at += len + 1;
		if (text_has_prefix(line.path, "data/") != is_payload) {
			err_set(e, ERR_INPUT, NULL, "it names %s", line.path);
			return -1;
		}
		memcpy(one->path, line.path, sizeof(one->path));
		memcpy(one->sha256, line.sha256, DIGEST_SHA256_LEN);
		one->is_found = false;
		list->n++;
		n--;
	}
	if (n == 0)
		return 0;
	err_set(e, ERR_INPUT, NULL, "a line of it is no line of a manifest");
	return -1;
}

/* Read both manifests into ${list}. */
static int
load_lists(struct derive_bag * bag, struct list * list, struct err * e)
{
	static const char * const names[] = { TAGMANIFEST, MANIFEST };

	for (size_t i = 0; i < 2; i++) {
		struct buf text = { 0 };
		int rc =
		    io_load(bag->dir, names[i], DERIVE_BAG_LIST_MAX, &text, e);

		if (rc == 0)
			rc = take_lines(list, &text, i == 1, e);
		if ((rc == 0) && (i == 0))
			digest_sha256(
			    text.bytes, text.len, bag->tagmanifest_sha256);
		buf_free(&text);
		if (rc != 0) {
			err_in(e, "%s", names[i]);
			return -1;
		}
	}
	if (list->n > 0)
		qsort(list->files, list->n, sizeof(*list->files), compare);
	return 0;
}

/* Hash the file at hand. */
static int
hash(struct folder_walk * walk, struct digest * d,
    uint8_t sha256[DIGEST_SHA256_LEN], struct err * e)
{
	const uint8_t * bytes;
	int64_t n;

	digest_restart(d);
	for (;;) {
		n = folder_walk_data(walk, &bytes, e);
		if (n <= 0)
			break;
		digest_update(d, bytes, (size_t)n);
	}
	if (n < 0)
		return -1;
	digest_finish(d, sha256);
	return 0;
}

/* One file of the folder against the lists. */
static int
check_file(struct derive_bag * bag, const struct list * list,
    const struct folder_item * item, const uint8_t sha256[DIGEST_SHA256_LEN],
    struct err * e)
{
	struct listed * one = find(list, item->path);

	if (strcmp(item->path, TAGMANIFEST) == 0) {
		if (memcmp(sha256, bag->tagmanifest_sha256,
			DIGEST_SHA256_LEN) == 0)
			return 0;
		err_set(e, ERR_INPUT, NULL, "it changes while it is read");
	} else if (text_has_prefix(item->path, DERIVATION_STEM)) {
		err_set(e, ERR_USAGE, "what is signed stays as it is",
		    "the folder was signed already");
	} else if (one == NULL) {
		err_set(e, ERR_INPUT, NULL, "no manifest names it");
	} else if (memcmp(sha256, one->sha256, DIGEST_SHA256_LEN) != 0) {
		err_set(e, ERR_INPUT, NULL, "it is not as its manifest says");
	} else {
		one->is_found = true;
		bag->files++;
		return 0;
	}
	err_in(e, "%s", item->path);
	return -1;
}

static int
check_files(struct derive_bag * bag, const struct list * list, struct err * e)
{
	struct folder_walk * walk = folder_walk_open(bag->dir, e);
	struct digest * d = digest_new(DIGEST_SHA256, e);
	uint8_t sha256[DIGEST_SHA256_LEN];
	struct folder_item item;
	int rc = -1;
	int more = -1;

	if ((walk == NULL) || (d == NULL))
		goto out;
	for (;;) {
		more = folder_walk_next(walk, &item, e);
		if (more != 1)
			break;
		if (item.problem != NULL) {
			err_set(e, ERR_INPUT, NULL, "%s", item.problem);
			err_in(e, "%s", item.path);
			goto out;
		}
		if (!item.is_folder &&
		    ((hash(walk, d, sha256, e) != 0) ||
			(check_file(bag, list, &item, sha256, e) != 0)))
			goto out;
	}
	if (more != 0)
		goto out;
	for (size_t i = 0; i < list->n; i++)
		if (!list->files[i].is_found) {
			err_set(e, ERR_INPUT, NULL,
			    "%s: a manifest names it, and it is not there",
			    list->files[i].path);
			goto out;
		}
	rc = 0;

out:
	folder_walk_close(walk);
	digest_free(d);
	return rc;
}

/* Read derived.json, as the tag manifest names it. */
static int
load_derived(struct derive_bag * bag, const struct list * list, struct err * e)
{
	const struct listed * one = find(list, DERIVED_NAME);
	uint8_t sha256[DIGEST_SHA256_LEN];
	struct buf text = { 0 };
	int rc = -1;

	if ((one == NULL) || (find(list, MANIFEST) == NULL)) {
		err_set(e, ERR_INPUT, NULL,
		    "its tag manifest does not name " DERIVED_NAME
		    " and " MANIFEST);
		goto out;
	}
	if (io_load(bag->dir, DERIVED_NAME, DERIVED_MAX, &text, e) != 0)
		goto out;
	digest_sha256(text.bytes, text.len, sha256);
	if (memcmp(sha256, one->sha256, DIGEST_SHA256_LEN) != 0) {
		err_set(e, ERR_INPUT, NULL,
		    DERIVED_NAME ": it changes while it is read");
		goto out;
	}
	rc = derived_parse(text.bytes, text.len, &bag->derived, e);
	if (rc != 0)
		err_in(e, DERIVED_NAME);

out:
	buf_free(&text);
	return rc;
}

int
derive_bag_open(struct derive_bag * bag, const char * path, struct err * e)
{
	struct list list = { 0 };
	int rc = -1;

	memset(bag, 0, sizeof(*bag));
	bag->dir = io_open_dir(path, e);
	if ((bag->dir >= 0) && (load_lists(bag, &list, e) == 0) &&
	    (check_files(bag, &list, e) == 0) &&
	    (load_derived(bag, &list, e) == 0))
		rc = 0;
	if (rc != 0)
		err_in(e, "%s", path);
	free(list.files);
	return rc;
}

void
derive_bag_close(struct derive_bag * bag)
{
	derived_free(&bag->derived);
	if (bag->dir >= 0)
		(void)close(bag->dir);
	bag->dir = -1;
}
