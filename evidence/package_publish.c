/* Giving a sealed package its names (package_seal.h). */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "evidence/io.h"
#include "evidence/package_publish.h"
#include "evidence/package_seal.h"
#include "evidence/package_work.h"

/* Remove the file ${name} of ${dir}, if it is there. */
static int
remove_file(int dir, const char * name, struct err * e)
{
	if ((unlinkat(dir, name, 0) != 0) && (errno != ENOENT)) {
		err_set_errno(e, errno, "removing %s", name);
		return -1;
	}
	return 0;
}

/* Remove all files of the folder ${fd}, but for ${keep}. */
static int
remove_files(int fd, const char * keep, struct err * e)
{
	const struct dirent * entry;
	DIR * list;
	int rc = -1;
	int copy = dup(fd);

	list = (copy < 0) ? NULL : fdopendir(copy);
	if (list == NULL) {
		err_set_errno(e, errno, "listing the work folder");
		if (copy >= 0)
			(void)close(copy);
		return -1;
	}
	rewinddir(list);
	for (;;) {
		entry = readdir(list);
		if (entry == NULL)
			break;
		if ((strcmp(entry->d_name, ".") == 0) ||
		    (strcmp(entry->d_name, "..") == 0) ||
		    (strcmp(entry->d_name, keep) == 0))
			continue;
		if (remove_file(fd, entry->d_name, e) != 0)
			goto out;
	}
	rc = 0;

out:
	(void)closedir(list);
	return rc;
}

int
package_remove_prepared(struct package_write * w, struct err * e)
{
	int rc;
	int fd;

	if (remove_file(w->work, PACKAGE_SUMS, e) != 0)
		return -1;
	fd = openat(w->work, PACKAGE_LEDGER,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return 0;
	rc = remove_files(fd, ".", e);
	(void)close(fd);
	if (rc != 0)
		return -1;
	if (unlinkat(w->work, PACKAGE_LEDGER, AT_REMOVEDIR) != 0) {
		err_set_errno(e, errno, "removing %s", PACKAGE_LEDGER);
		return -1;
	}
	return 0;
}

static bool
is_there(int dir, const char * name)
{
	return faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/*
 * Rename ${from} in the work folder to NAME and ${suffix}, unless that was done
 * before.
 */
static int
give_name(struct package_write * w, const char * from, const char * suffix,
    struct err * e)
{
	char path[PACKAGE_PATH_SIZE];

	package_work_path(w, suffix, path);
	if (!is_there(w->work, from)) {
		if (is_there(w->dir, path))
			return io_sync(w->dir, e);
		err_set(e, ERR_INPUT, "the work folder was altered or damaged",
		    "%s is not there", from);
		return -1;
	}
	return io_rename_new(w->work, from, w->dir, path, e);
}

/* Hash the file ${fd} whole. */
static int
digest_file(struct package_write * w, int fd, int64_t * size,
    uint8_t sha256[DIGEST_SHA256_LEN], struct err * e)
{
	uint8_t block[16384];
	ssize_t n = 1;

	*size = 0;
	digest_restart(w->scratch);
	while (n > 0) {
		n = io_read_at(fd, block, sizeof(block), *size, e);
		if (n < 0)
			return -1;
		digest_update(w->scratch, block, (size_t)n);
		*size += n;
	}
	digest_finish(w->scratch, sha256);
	return 0;
}

void
package_file_name(const struct package_write * w, char file[PACKAGE_FILE_SIZE])
{
	(void)snprintf(file, PACKAGE_FILE_SIZE, "%.*s%s", NAME_PACKAGE_MAX,
	    w->name, package_work_file_suffix(w));
}

int
package_open_sealed(const struct package_write * w, struct err * e)
{
	char file[PACKAGE_FILE_SIZE];

	if (is_there(w->work, PACKAGE_GROWING))
		return io_open_read(w->work, PACKAGE_GROWING, e);
	package_file_name(w, file);
	return io_open_read(w->dir, file, e);
}

/*
 * Is the sealed file what the state says?  It is read back even in the run that
 * wrote it: a disk that said yes and kept nothing gets no final name.
 */
static int
check_sealed(struct package_write * w, struct err * e)
{
	uint8_t sha256[DIGEST_SHA256_LEN];
	int64_t size;
	int rc = -1;
	int fd;

	if (!is_there(w->work, PACKAGE_GROWING))
		return 0;
	fd = package_open_sealed(w, e);
	if (fd < 0)
		return -1;
	if (digest_file(w, fd, &size, sha256, e) != 0)
		goto out;
	if ((size != w->last.border.file_bytes) ||
	    (memcmp(sha256, w->last.sha256, sizeof(sha256)) != 0)) {
		err_set(e, ERR_INPUT, "the work folder was altered or damaged",
		    "the growing file is not the one that was sealed");
		goto out;
	}
	rc = 0;

out:
	(void)close(fd);
	return rc;
}

/* Remove the work folder; the state last, since it says what happened. */
static int
remove_work(struct package_write * w, struct err * e)
{
	char path[PACKAGE_PATH_SIZE];

	package_work_path(w, ".work", path);
	if ((remove_files(w->work, CHECKPOINT_FILE, e) != 0) ||
	    (remove_file(w->work, CHECKPOINT_FILE, e) != 0))
		return -1;
	if (unlinkat(w->dir, path, AT_REMOVEDIR) != 0) {
		err_set_errno(e, errno, "removing %s", path);
		return -1;
	}
	return io_sync(w->dir, e);
}

int
package_publish(
    struct package_write * w, char file[PACKAGE_FILE_SIZE], struct err * e)
{
	const char * suffix = package_work_file_suffix(w);
	char checksum[16];
	char path[PACKAGE_PATH_SIZE];

	if (package_work_is_failed(w, e))
		return -1;
	if (w->phase != PACKAGE_SEALED) {
		err_set(e, ERR_BUG, NULL, "the package is not sealed");
		return -1;
	}
	(void)snprintf(checksum, sizeof(checksum), "%s.sha256", suffix);
	package_work_path(w, suffix, path);
	if ((check_sealed(w, e) != 0) ||
	    (w->last.has_custody &&
		(give_name(w, PACKAGE_LEDGER, ".custody", e) != 0)) ||
	    (give_name(w, PACKAGE_SUMS, checksum, e) != 0) ||
	    (give_name(w, PACKAGE_GROWING, suffix, e) != 0) ||
	    (remove_work(w, e) != 0)) {
		err_in(e, "publishing %s", path);
		return package_work_fail(w, e);
	}
	package_file_name(w, file);
	return 0;
}
