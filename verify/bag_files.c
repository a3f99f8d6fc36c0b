#include <stdlib.h>
#include <string.h>

#include "verify/bag_files.h"

#define BUCKETS ((size_t)1 << 17)

/*
 * The bucket comes from a digest: nobody can choose names that all fall into
 * one.
 */
static size_t
bucket_of(const void * path, size_t len)
{
	uint8_t sha256[DIGEST_SHA256_LEN];
	uint32_t n;

	digest_sha256(path, len, sha256);
	memcpy(&n, sha256, sizeof(n));
	return n % BUCKETS;
}

int
bag_files_open(struct bag_files * files, struct err * e)
{
	memset(files, 0, sizeof(*files));
	files->buckets = calloc(BUCKETS, sizeof(struct bag_file *));
	if (files->buckets != NULL)
		return 0;
	err_set(e, ERR_SYSTEM, NULL, "out of memory");
	return -1;
}

static struct bag_file *
find(const struct bag_files * files, size_t bucket, const void * path,
    size_t len)
{
	struct bag_file * file = files->buckets[bucket];

	while ((file != NULL) &&
	    ((file->len != len) || (memcmp(file->path, path, len) != 0)))
		file = file->next;
	return file;
}

struct bag_file *
bag_files_find(const struct bag_files * files, const void * path, size_t len)
{
	return find(files, bucket_of(path, len), path, len);
}

/* Make room for one more in the list of all. */
static int
grow(struct bag_files * files, struct err * e)
{
	struct bag_file ** all;
	size_t room = (files->room == 0) ? 1024 : files->room * 2;

	if (files->count == BAG_FILES_MAX) {
		err_set(
		    e, ERR_LIMIT, NULL, "more than %d files", BAG_FILES_MAX);
		return -1;
	}
	if (files->count < files->room)
		return 0;
	all = realloc(files->all, room * sizeof(struct bag_file *));
	if (all == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	files->all = all;
	files->room = room;
	return 0;
}

struct bag_file *
bag_files_get(
    struct bag_files * files, const void * path, size_t len, struct err * e)
{
	size_t bucket = bucket_of(path, len);
	struct bag_file * file = find(files, bucket, path, len);

	if (file != NULL)
		return file;
	if (grow(files, e) != 0)
		return NULL;
	file = calloc(1, sizeof(*file) + len + 1);
	if (file == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	memcpy(file->path, path, len);
	file->len = len;
	file->next = files->buckets[bucket];
	files->buckets[bucket] = file;
	files->all[files->count++] = file;
	return file;
}

int
bag_files_want(struct bag_file * file, int list, const uint8_t * digest,
    size_t len, struct err * e)
{
	struct bag_want * want = calloc(1, sizeof(*want) + len);

	if (want == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	want->list = list;
	memcpy(want->digest, digest, len);
	want->next = file->wants;
	file->wants = want;
	return 0;
}

struct bag_want *
bag_files_wanted(const struct bag_file * file, int list)
{
	struct bag_want * want = file->wants;

	while ((want != NULL) && (want->list != list))
		want = want->next;
	return want;
}

static int
compare(const void * a, const void * b)
{
	const struct bag_file * one = *(struct bag_file * const *)a;
	const struct bag_file * two = *(struct bag_file * const *)b;
	size_t len = (one->len < two->len) ? one->len : two->len;
	int order = memcmp(one->path, two->path, len);

	if (order != 0)
		return order;
	return (one->len > two->len) - (one->len < two->len);
}

void
bag_files_sort(struct bag_files * files)
{
	if (files->count > 0)
		qsort(files->all, files->count, sizeof(struct bag_file *),
		    compare);
}

void
bag_files_close(struct bag_files * files)
{
	for (size_t i = 0; i < files->count; i++) {
		struct bag_file * file = files->all[i];

		while (file->wants != NULL) {
			struct bag_want * want = file->wants;

			file->wants = want->next;
			free(want);
		}
		free(file);
	}
	free(files->all);
	free(files->buckets);
	memset(files, 0, sizeof(*files));
}
