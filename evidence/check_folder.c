#include "evidence/check.h"
#include "evidence/folder_walk.h"
#include "evidence/package_folder.h"

/* What is particular to a package that somebody unpacked. */

/* Judge one thing that lies in the folder. */
static void
judge_item(struct check * c, struct package_folder * folder,
    const struct folder_item * item)
{
	if (item->is_folder)
		return; /* Unpackers make them; alone they say nothing. */
	if (item->problem != NULL)
		check_find(c, CHECK_EXTRA, item->path, "%s", item->problem);
	else if (!package_folder_is_known(folder, item->path))
		check_find(c, CHECK_EXTRA, item->path,
		    "no manifest names it and the seal does not declare it");
}

void
check_folder(struct check * c, struct package_read * r)
{
	struct folder_walk * w = NULL;
	struct folder_item item;
	struct err why;
	int rc = -1;

	err_init(&why);
	w = folder_walk_open(c->fd, &why);
	while (w != NULL) {
		rc = folder_walk_next(w, &item, &why);
		if ((rc != 1) || c->is_failed)
			break;
		judge_item(c, package_read_folder(r), &item);
	}
	folder_walk_close(w);
	if (rc < 0)
		check_find_err(c, CHECK_UNREAD, "", &why);
	check_find(c, CHECK_FOLDER, "",
	    "it was unpacked: the digest of the packed file, the seal's digest "
	    "of its stream, tar headers and frames cannot be judged; every "
	    "byte of every member is");
}
