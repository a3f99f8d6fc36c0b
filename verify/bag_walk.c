#include <stdlib.h>

#include "evidence/io.h"

#include "verify/bag_walk.h"
#include "verify/bag_walk_tar.h"

struct bag_walk {
	struct folder_walk * folder; /* One of the two. */
	struct bag_walk_tar * tar;
};

struct bag_walk *
bag_walk_open(int fd, struct err * e)
{
	struct bag_walk * w = calloc(1, sizeof(*w));
	struct io_facts facts;

	if (w == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	if (io_look(fd, &facts, e) == 0) {
		if (facts.sort == IO_FOLDER)
			w->folder = folder_walk_open(fd, e);
		else
			w->tar = bag_walk_tar_open(fd, e);
	}
	if ((w->folder != NULL) || (w->tar != NULL))
		return w;
	free(w);
	return NULL;
}

int
bag_walk_next(struct bag_walk * w, struct folder_item * item, struct err * e)
{
	return (w->tar != NULL) ? bag_walk_tar_next(w->tar, item, e)
				: folder_walk_next(w->folder, item, e);
}

int64_t
bag_walk_data(struct bag_walk * w, const uint8_t ** bytes, struct err * e)
{
	return (w->tar != NULL) ? bag_walk_tar_data(w->tar, bytes, e)
				: folder_walk_data(w->folder, bytes, e);
}

void
bag_walk_close(struct bag_walk * w)
{
	if (w == NULL)
		return;
	bag_walk_tar_close(w->tar);
	folder_walk_close(w->folder);
	free(w);
}
