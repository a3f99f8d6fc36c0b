#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/io.h"
#include "evidence/package_check.h"
#include "evidence/tar.h"
#include "evidence/text.h"

#include "collect/previous.h"

static bool
is_sound(const struct package_result * r)
{
	if (r->verdict[PACKAGE_INTEGRITY] != PACKAGE_PASS)
		return false;
	for (int q = 0; q < PACKAGE_QUESTIONS; q++)
		if (r->verdict[q] == PACKAGE_FAIL)
			return false;
	return r->is_sealed;
}

int
previous_judge(int fd, struct previous * previous, struct err * e)
{
	struct package_check_options options = { 0 };
	struct package_result * result = calloc(1, sizeof(*result));
	int rc = -1;

	if (result == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	if ((tar_start(e) != 0) ||
	    (package_check(fd, &options, result, e) != 0))
		goto out;
	if (!is_sound(result)) {
		err_set(e, ERR_FORGED, "see azcustody-verify",
		    "it is not an intact package");
		goto out;
	}
	memcpy(previous->package, result->package, sizeof(previous->package));
	text_hex_encode(
	    result->seal_sha256, DIGEST_SHA256_LEN, previous->seal_sha256);
	rc = 0;

out:
	free(result);
	return rc;
}

int
previous_open(const char * path, struct previous * previous, struct err * e)
{
	int fd = io_open_read(AT_FDCWD, path, e);
	int rc = (fd < 0) ? -1 : previous_judge(fd, previous, e);

	if (rc != 0)
		err_in(e, "--previous %s", path);
	if (fd >= 0)
		(void)close(fd);
	return rc;
}
