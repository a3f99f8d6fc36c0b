#include <string.h>
#include <unistd.h>

#include "evidence/io.h"
#include "evidence/sandbox.h"
#include "evidence/tar.h"
#include "evidence/text.h"

#include "timeline/confine.h"

/* Open the folder in which ${path} stands. */
static int
open_parent(const char * path, struct err * e)
{
	struct buf text = { 0 };
	const char * slash = strrchr(path, '/');
	int fd = -1;

	if (slash == NULL)
		return io_open_dir(".", e);
	if (slash == path)
		return io_open_dir("/", e);
	if (buf_add(&text, path, (size_t)(slash - path), e) == 0)
		fd = io_open_dir(buf_text(&text), e);
	buf_free(&text);
	return fd;
}

int
confine_enter(const struct confine * c, struct err * e)
{
	int dirs[CONFINE_INPUTS_MAX];
	struct sandbox_rules rules = { .read_dirs = dirs,
		.write_dirs = &c->write_dir,
		.n_write_dirs = (c->write_dir >= 0) ? 1 : 0,
		.may_talk = c->may_talk };
	enum sandbox_level level;
	int rc = -1;

	if (c->count > CONFINE_INPUTS_MAX) {
		err_set(e, ERR_LIMIT, NULL, "more than %d inputs",
		    CONFINE_INPUTS_MAX);
		return -1;
	}
	if (tar_start(e) != 0)
		return -1;
	do {
		int n = rules.n_read_dirs;
		int fd = (c->count == 0) ? io_open_dir("/", e)
					 : open_parent(c->inputs[n], e);

		if (fd < 0)
			goto out;
		dirs[rules.n_read_dirs++] = fd;
	} while ((size_t)rules.n_read_dirs < c->count);
	rc = sandbox_enter(&rules, &level, e);

out:
	for (int i = 0; i < rules.n_read_dirs; i++)
		(void)close(dirs[i]);
	return rc;
}
