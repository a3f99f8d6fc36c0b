#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "evidence/io.h"

#include "collect/scratch.h"

int
scratch_make(char * path, struct err * e)
{
	if (mkdtemp(path) == NULL) {
		err_set_errno(e, errno, "making a folder in /tmp");
		return -1;
	}
	return io_open_dir(path, e);
}

void
scratch_empty(int dir)
{
	int copy = dup(dir);
	DIR * d = (copy < 0) ? NULL : fdopendir(copy);
	const struct dirent * entry;

	if (d == NULL) {
		if (copy >= 0)
			(void)close(copy);
		return;
	}
	for (int i = 0; i < SCRATCH_FILES_MAX; i++) {
		entry = readdir(d);
		if (entry == NULL)
			break;
		/* "." and ".." are refused as folders. */
		(void)unlinkat(dir, entry->d_name, 0);
	}
	(void)closedir(d);
}

void
scratch_remove(int dir, const char * path)
{
	scratch_empty(dir);
	(void)rmdir(path);
}
