#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/object.h"
#include "evidence/package_lines.h"

#include "verify/fold.h"
#include "verify/true_name.h"

/* Keys of names, in ascending order once all are there. */
struct keys {
	uint8_t (*list)[FOLD_KEY_LEN];
	size_t n, room;
};

struct true_names {
	int fd;
	const struct package_index * index;
	struct package_lines * lines;
	struct object object;
	struct keys files;   /* One a member. */
	struct keys folders; /* One for each folder of each name. */
};

static int
compare_keys(const void * a, const void * b)
{
	return memcmp(a, b, FOLD_KEY_LEN);
}

static int
add_key(struct keys * keys, const char * path, size_t len, struct err * e)
{
	if (keys->n == keys->room) {
		size_t room = 2 * keys->room + 64;
		uint8_t(*list)[FOLD_KEY_LEN] =
		    realloc(keys->list, room * sizeof(*list));

		if (list == NULL) {
			err_set(e, ERR_SYSTEM, NULL, "out of memory");
			return -1;
		}
		keys->list = list;
		keys->room = room;
	}
	fold_key(path, len, false, keys->list[keys->n++]);
	return 0;
}

/* How many of ${keys} are that of ${path}: 0, 1, or 2 for more. */
static int
count_key(const struct keys * keys, const char * path, size_t len)
{
	uint8_t key[FOLD_KEY_LEN];
	uint8_t(*at)[FOLD_KEY_LEN];
	size_t i;

	if (keys->n == 0)
		return 0;
	fold_key(path, len, false, key);
	at = bsearch(key, keys->list, keys->n, FOLD_KEY_LEN, compare_keys);
	if (at == NULL)
		return 0;
	i = (size_t)(at - keys->list);
	if (((i > 0) && (memcmp(keys->list[i - 1], key, sizeof(key)) == 0)) ||
	    ((i + 1 < keys->n) &&
		(memcmp(keys->list[i + 1], key, sizeof(key)) == 0)))
		return 2;
	return 1;
}

static void
sort_keys(struct keys * keys)
{
	if (keys->n > 0)
		qsort(keys->list, keys->n, FOLD_KEY_LEN, compare_keys);
}

/* The folder of the source in a path "TOP/data/SOURCE/...", with its slash. */
static size_t
folder_len(const char * below)
{
	const char * source = strchr(below, '/');
	const char * end = (source == NULL) ? NULL : strchr(source + 1, '/');

	return (end == NULL) ? 0 : (size_t)(end - below) + 1;
}

/* Is the name one that our stored names could be taken for? */
static bool
is_like_stored(const char * name, size_t len)
{
	return (len > 9) && (strspn(name, "0123456789") >= 9) &&
	    (name[9] == '-');
}

/* Why the true name of the object at hand may not be used, or NULL. */
static const char *
judge_name(const struct object * o)
{
	const char * name = (const char *)o->name;

	if (is_like_stored(name, o->name_len))
		return "its true name looks like a stored one";
	return path_policy_write(name, o->name_len);
}

/* Put the path of the object at hand by its true name into ${path}. */
static size_t
format_path(const struct object * o, char path[TRUE_NAME_SIZE])
{
	const char * below = strchr(o->path, '/') + 1;

	return (size_t)snprintf(path, TRUE_NAME_SIZE, "%.*s%.*s",
	    (int)folder_len(below), below, (int)o->name_len,
	    (const char *)o->name);
}

/* The next line of the catalogue; 1, 0 at its end, -1. */
static int
next_object(struct true_names * t, struct err * e)
{
	const uint8_t * bytes;
	size_t len;
	int rc = package_lines_next(t->lines, &bytes, &len, e);

	if (rc != 1)
		return rc;
	object_free(&t->object);
	return (object_parse(bytes, len, &t->object, e) == 0) ? 1 : -1;
}

static int
start_lines(struct true_names * t, struct err * e)
{
	package_lines_close(t->lines);
	t->lines =
	    package_lines_open(t->fd, &t->index->objects, OBJECT_LINE_MAX, e);
	return (t->lines == NULL) ? -1 : 0;
}

/* Remember the name of the object at hand, and its folders. */
static int
remember(struct true_names * t, struct err * e)
{
	char path[TRUE_NAME_SIZE];
	size_t len;

	if (judge_name(&t->object) != NULL)
		return 0;
	len = format_path(&t->object, path);
	for (size_t i = 0; i < len; i++)
		if ((path[i] == '/') && (add_key(&t->folders, path, i, e) != 0))
			return -1;
	return add_key(&t->files, path, len, e);
}

struct true_names *
true_names_open(int fd, const struct package_index * index, struct err * e)
{
	struct true_names * t = calloc(1, sizeof(*t));
	int rc;

	if (t == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	t->fd = fd;
	t->index = index;
	rc = start_lines(t, e);
	while (rc == 0) {
		rc = next_object(t, e);
		if (rc != 1)
			break;
		rc = remember(t, e);
	}
	sort_keys(&t->files);
	sort_keys(&t->folders);
	if ((rc == 0) && (start_lines(t, e) == 0))
		return t;
	true_names_close(t);
	return NULL;
}

int
true_names_next(struct true_names * t, const char * stored,
    char path[TRUE_NAME_SIZE], const char ** why, struct err * e)
{
	size_t len;
	int rc = next_object(t, e);

	if ((rc != 1) ||
	    (strcmp(strchr(t->object.path, '/') + 1, stored) != 0)) {
		err_set(e, ERR_FORGED, NULL,
		    "%s: the catalogue has another member here", stored);
		return -1;
	}
	*why = judge_name(&t->object);
	if (*why == NULL) {
		len = format_path(&t->object, path);
		if (count_key(&t->files, path, len) > 1)
			*why = "another object has this name, or one that "
			       "some systems take for it";
		else if (count_key(&t->folders, path, len) > 0)
			*why = "its true name is also a folder of another";
	}
	if (*why != NULL)
		(void)snprintf(path, TRUE_NAME_SIZE, "%s", stored);
	return 0;
}

void
true_names_close(struct true_names * t)
{
	if (t == NULL)
		return;
	package_lines_close(t->lines);
	object_free(&t->object);
	free(t->files.list);
	free(t->folders.list);
	free(t);
}
