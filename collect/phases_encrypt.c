/* The copies for recipients, made before the package has its name. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "evidence/io.h"

#include "collect/phases.h"

int
phases_encrypt(struct phases * p, struct err * e)
{
	const struct age_recipients * to = &p->facts.promised.recipients;
	char file[PACKAGE_FILE_SIZE], text[2 * PACKAGE_FILE_SIZE];
	int rc;
	int fd;

	if (to->n == 0)
		return 0;
	package_file_name(p->w, file);
	(void)snprintf(text, sizeof(text), "%s" AGE_FILE_END, file);
	if (faccessat(p->dir, text, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
		(void)snprintf(text, sizeof(text),
		    "%s" AGE_FILE_END " was made before, and stays as it is",
		    file);
		phases_say(p, true, text);
		return 0;
	}
	fd = package_open_sealed(p->w, e);
	if (fd < 0)
		return -1;
	rc = age_file_make(fd, p->dir, file, to, e);
	(void)close(fd);
	return rc;
}
