#include <sys/stat.h>

#include <errno.h>
#include <stdlib.h>

#include "verify/bag_walk.h"
#include "verify/bag_walk_dir.h"
#include "verify/bag_walk_tar.h"

struct bag_walk {
	const struct bag_walk_sort * sort;
	void * state;
};

struct bag_walk *
bag_walk_open(int fd, struct err * e)
{
	struct bag_walk * w = calloc(1, sizeof(*w));
	struct stat st;

	if (w == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	if (fstat(fd, &st) != 0) {
		err_set_errno(e, errno, "looking at it");
	} else if (S_ISDIR(st.st_mode)) {
		w->sort = &bag_walk_dir;
		w->state = bag_walk_dir_open(fd, e);
	} else {
		w->sort = &bag_walk_tar;
		w->state = bag_walk_tar_open(fd, e);
	}
	if (w->state != NULL)
		return w;
	free(w);
	return NULL;
}

int
bag_walk_next(struct bag_walk * w, struct bag_item * item, struct err * e)
{
	return w->sort->next(w->state, item, e);
}

int64_t
bag_walk_data(struct bag_walk * w, const uint8_t ** bytes, struct err * e)
{
	return w->sort->data(w->state, bytes, e);
}

void
bag_walk_close(struct bag_walk * w)
{
	if (w == NULL)
		return;
	w->sort->close(w->state);
	free(w);
}
