#include <stdlib.h>
#include <string.h>

#include "evidence/text.h"

#include "verify/bag_parts.h"
#include "verify/fold.h"

/* A name and what it has in common with its twins. */
struct key {
	uint8_t bytes[FOLD_KEY_LEN];
	struct bag_file * file;
};

static int
compare_keys(const void * a, const void * b)
{
	const struct key * one = a;
	const struct key * two = b;
	int order = memcmp(one->bytes, two->bytes, FOLD_KEY_LEN);

	return (order != 0) ? order : strcmp(one->file->path, two->file->path);
}

/* Some list names the file. */
static bool
is_listed(const struct bag_file * file)
{
	return file->wants != NULL;
}

/* The list names one normalisation and the disk has another: one file. */
static void
join(struct bag_file * here, struct bag_file * listed)
{
	here->wants = listed->wants;
	listed->wants = NULL;
	listed->is_fetched = false;
}

static void
judge_form(struct bag * b, struct bag_file * one, struct bag_file * two)
{
	bag_find(b, BAG_FORM_TWIN, one->path,
	    "it differs from %s only in the normalisation of its characters",
	    two->path);
	if (one->is_here && !is_listed(one) && !two->is_here && is_listed(two))
		join(one, two);
	else if (two->is_here && !is_listed(two) && !one->is_here &&
	    is_listed(one))
		join(two, one);
}

static void
judge_case(
    struct bag * b, const struct bag_file * one, const struct bag_file * two)
{
	bag_find(b, BAG_CASE_TWIN, one->path, "it differs from %s only in case",
	    two->path);
	if (one->is_here && two->is_here &&
	    bag_is_payload(one->path, one->len)) {
		b->twins++;
		b->twin_bytes += two->size;
	}
}

/* Go through neighbours in the order of their keys. */
static void
judge_keys(struct bag * b, struct key * keys, bool is_cased)
{
	size_t n = b->files.count;

	for (size_t i = 0; i < n; i++) {
		keys[i].file = b->files.all[i];
		fold_key(keys[i].file->path, keys[i].file->len, is_cased,
		    keys[i].bytes);
	}
	qsort(keys, n, sizeof(keys[0]), compare_keys);
	for (size_t i = 1; i < n; i++) {
		uint8_t one[FOLD_KEY_LEN], two[FOLD_KEY_LEN];

		if (memcmp(keys[i - 1].bytes, keys[i].bytes, FOLD_KEY_LEN) != 0)
			continue;
		if (is_cased) {
			judge_form(b, keys[i - 1].file, keys[i].file);
			continue;
		}
		fold_key(
		    keys[i - 1].file->path, keys[i - 1].file->len, true, one);
		fold_key(keys[i].file->path, keys[i].file->len, true, two);
		if (memcmp(one, two, FOLD_KEY_LEN) != 0)
			judge_case(b, keys[i - 1].file, keys[i].file);
	}
}

void
bag_twins(struct bag * b)
{
	struct key * keys;

	if (b->files.count < 2)
		return;
	keys = calloc(b->files.count, sizeof(struct key));
	if (keys == NULL) {
		b->is_failed = true;
		err_set(b->e, ERR_SYSTEM, NULL, "out of memory");
		return;
	}
	judge_keys(b, keys, true);
	judge_keys(b, keys, false);
	free(keys);
}

/* Files that systems put there by themselves. */
static bool
is_system_file(const struct bag_file * file)
{
	static const char * const names[] = { ".ds_store", "thumbs.db",
		"desktop.ini", ".spotlight-v100", ".trashes" };
	const char * slash = strrchr(file->path, '/');
	const char * name = (slash == NULL) ? file->path : slash + 1;

	if (text_has_prefix(name, "._"))
		return true;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (text_compare_nocase(name, names[i]) == 0)
			return true;
	return false;
}

/* Is the file of the payload in the lists it must be in? */
static void
judge_listing(struct bag * b, const struct bag_file * file)
{
	char name[64];

	if (!is_listed(file)) {
		bag_find(b, BAG_UNLISTED, file->path, "no manifest lists it");
		return;
	}
	for (int list = 0; b->is_strict && (list < BAG_DIGESTS); list++) {
		if (!b->has_list[list] ||
		    (bag_files_wanted(file, list) != NULL))
			continue;
		bag_list_name(list, name);
		bag_find(b, BAG_UNLISTED, file->path,
		    "%s does not list it, and each manifest must", name);
	}
}

/* Did it have the digests that it was given? */
static void
judge_digests(struct bag * b, const struct bag_file * file)
{
	bool is_intact = is_listed(file);
	char name[64];

	for (const struct bag_want * w = file->wants; w != NULL; w = w->next) {
		is_intact = is_intact && w->is_read && w->is_right;
		if (w->is_right || !w->is_read)
			continue;
		bag_list_name(w->list, name);
		bag_find(b, BAG_DIGEST, file->path,
		    "it does not have the digest that %s gives it", name);
	}
	if (is_intact && bag_is_payload(file->path, file->len))
		b->result->objects_intact++;
}

static void
judge_file(struct bag * b, const struct bag_file * file)
{
	if (is_system_file(file) && bag_is_payload(file->path, file->len))
		bag_find(b, BAG_SYSTEM, file->path,
		    "a file that systems make by themselves");
	if (file->is_unread || (!file->is_here && b->is_cut))
		return;
	if (file->is_here) {
		if (bag_is_payload(file->path, file->len))
			judge_listing(b, file);
		judge_digests(b, file);
		return;
	}
	if (file->is_fetched)
		bag_find(b, BAG_MISSING, file->path,
		    "fetch.txt names it and it is not here");
	else if (is_listed(file))
		bag_find(
		    b, BAG_MISSING, file->path, "it is listed and not here");
	if (file->is_fetched && !is_listed(file))
		bag_find(b, BAG_FETCH_LINE, file->path,
		    "fetch.txt names it and no manifest does");
}

void
bag_complete(struct bag * b)
{
	bag_files_sort(&b->files);
	for (size_t i = 0; (i < b->files.count) && !b->is_failed; i++)
		judge_file(b, b->files.all[i]);
	if (!b->has_payload_folder && !b->is_cut)
		bag_find(b, BAG_MISSING, "data",
		    "nothing is below it, or there is no such folder");
	if ((b->has_list[0] || b->has_list[1]) && !b->has_list[2] &&
	    !b->has_list[3] && !b->has_list[4] && !b->has_list[5])
		bag_find(b, BAG_WEAK, "",
		    "MD5 and SHA-1 show accidents, not alterations by somebody "
		    "who knows how");
}
