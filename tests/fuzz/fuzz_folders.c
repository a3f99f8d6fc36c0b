/*
 * Any bytes as the file of folders in a work folder, and any offset in it: a
 * folder is read that lies below where it stands, or the file is refused.
 */
#define _DEFAULT_SOURCE /* mkdtemp */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collect/folders.h"

int LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len);

static char path[] = "/tmp/azcustody-fuzz.XXXXXX";
static int dir = -1;

static void
end(void)
{
	(void)unlinkat(dir, FOLDERS_FILE, 0);
	(void)rmdir(path);
}

/* Make the folder once. */
static void
begin(void)
{
	if (dir >= 0)
		return;
	if (mkdtemp(path) == NULL)
		abort();
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if ((dir < 0) || (atexit(end) != 0))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len)
{
	struct folder folder = { 0 };
	struct folders * f;
	int64_t top;
	struct err e;
	int fd;

	if (len < 3)
		return 0;
	begin();
	fd = openat(
	    dir, FOLDERS_FILE, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if ((fd < 0) || (write(fd, bytes + 2, len - 2) != (ssize_t)(len - 2)))
		abort();
	(void)close(fd);
	err_init(&e);
	f = folders_open(dir, (int64_t)len - 2, &e);
	if (f == NULL)
		abort();
	top = (bytes[0] << 8 | bytes[1]) % (int)len;
	for (int i = 0; i < 100; i++) {
		if (folders_read(f, top, &folder, &e) != 0)
			break;
		if ((folder.below >= top) || (folder.below < FOLDERS_EMPTY))
			abort();
		top = folder.below;
		if (top == FOLDERS_EMPTY)
			break;
	}
	folder_clear(&folder);
	folders_free(f);
	return 0;
}
