#include <stdlib.h>
#include <string.h>

#include "evidence/check.h"
#include "evidence/folder_walk.h"
#include "evidence/package_folder.h"
#include "evidence/text.h"

/* What is particular to a package that somebody unpacked. */

/*
 * What lies in the folder and belongs to nothing: of any number those that are
 * reported, which are the first by name, whatever the order of the file system.
 */
struct extras {
	struct extra {
		char * path;
		const char * problem;
	} first[CHECK_REPORT_MAX];
	int n;
	int64_t all;
};

static int
add_extra(
    struct extras * x, const char * path, const char * problem, struct err * e)
{
	char * copy;
	int at = x->n;

	x->all++;
	while ((at > 0) && (strcmp(path, x->first[at - 1].path) < 0))
		at--;
	if (at == CHECK_REPORT_MAX)
		return 0;
	copy = text_copy(path, e);
	if (copy == NULL)
		return -1;
	if (x->n == CHECK_REPORT_MAX)
		free(x->first[--x->n].path);
	memmove(&x->first[at + 1], &x->first[at],
	    (size_t)(x->n - at) * sizeof(x->first[0]));
	x->first[at] = (struct extra){ .path = copy, .problem = problem };
	x->n++;
	return 0;
}

/* Report what was found, and release it. */
static void
report(struct check * c, struct extras * x)
{
	for (int i = 0; i < x->n; i++) {
		check_find(c, CHECK_EXTRA, x->first[i].path, "%s",
		    x->first[i].problem);
		free(x->first[i].path);
	}
	/* The others are counted. */
	for (int64_t i = x->n; i < x->all; i++)
		check_find(c, CHECK_EXTRA, "", "and more");
}

/* Judge one thing that lies in the folder. */
static int
judge_item(struct extras * x, struct package_folder * folder,
    const struct folder_item * item, struct err * e)
{
	if (item->is_folder)
		return 0; /* Unpackers make them; alone they say nothing. */
	if (item->problem != NULL)
		return add_extra(x, item->path, item->problem, e);
	if (package_folder_is_known(folder, item->path))
		return 0;
	return add_extra(x, item->path,
	    "no manifest names it and the seal does not declare it", e);
}

void
check_folder(struct check * c, struct package_read * r)
{
	struct folder_walk * w = NULL;
	struct folder_item item;
	struct extras extras = { .n = 0 };
	struct err why;
	int rc = -1;

	err_init(&why);
	w = folder_walk_open(c->fd, &why);
	while (w != NULL) {
		rc = folder_walk_next(w, &item, &why);
		if ((rc == 1) &&
		    (judge_item(&extras, package_read_folder(r), &item, &why) !=
			0))
			rc = -1;
		if (rc != 1)
			break;
	}
	folder_walk_close(w);
	report(c, &extras);
	if (rc < 0)
		check_find_err(c, CHECK_UNREAD, "", &why);
	check_find(c, CHECK_FOLDER, "",
	    "it was unpacked: the digest of the packed file, the seal's digest "
	    "of its stream, tar headers and frames cannot be judged; every "
	    "byte of every member is");
}
