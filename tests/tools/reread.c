/*
 * reread: read a package's payload again by the index of a check.
 *
 *	reread PACKAGE [ALTER]
 *
 * Prints "offset size sha256 path" of each member in order, then the same of
 * each found by seeking, last to first.  With ALTER that byte of the file is
 * flipped between the check and the reading: the member it belongs to must not
 * end well.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/io.h"
#include "evidence/package_check.h"
#include "evidence/process.h"
#include "evidence/text.h"

static int64_t offsets[1000];
static size_t n_offsets;

/* Read the member and print it.  0, or -1 with ${e} set. */
static int
print_member(
    struct package_read * r, const struct package_item * item, struct err * e)
{
	struct digest * d = digest_new(DIGEST_SHA256, e);
	uint8_t sha256[DIGEST_SHA256_LEN];
	char hex[DIGEST_SHA256_HEX];
	const uint8_t * bytes;
	int64_t n = -1;

	while (d != NULL) {
		n = package_read_data(r, &bytes, e);
		if (n <= 0)
			break;
		digest_update(d, bytes, (size_t)n);
	}
	if (n < 0) {
		digest_free(d);
		return -1;
	}
	digest_finish(d, sha256);
	digest_free(d);
	text_hex_encode(sha256, sizeof(sha256), hex);
	(void)printf("%lld %lld %s %s %s\n", (long long)item->offset,
	    (long long)item->size, hex, item->name, item->source->name);
	return (memcmp(sha256, item->object->sha256, sizeof(sha256)) == 0) ? 0
									   : -1;
}

static int
read_all(struct package_read * r, struct err * e)
{
	struct package_item item;
	int rc;

	for (;;) {
		rc = package_read_next(r, &item, e);
		if (rc != 1)
			break;
		if (n_offsets < sizeof(offsets) / sizeof(offsets[0]))
			offsets[n_offsets++] = item.offset;
		if (print_member(r, &item, e) != 0)
			return -1;
	}
	return rc;
}

static int
seek_all(struct package_read * r, struct err * e)
{
	struct package_item item;
	struct err none;

	for (size_t i = n_offsets; i-- > 0;)
		if ((package_read_seek(r, offsets[i], e) != 0) ||
		    (package_read_next(r, &item, e) != 1) ||
		    (item.offset != offsets[i]) ||
		    (print_member(r, &item, e) != 0))
			return -1;
	err_init(&none);
	if (package_read_seek(r, 1, &none) == 0) {
		err_set(e, ERR_BUG, NULL, "a member begins at byte 1");
		return -1;
	}
	return 0;
}

static int
alter(int fd, long at, struct err * e)
{
	uint8_t byte;

	if ((pread(fd, &byte, 1, at) != 1))
		goto fail;
	byte ^= 1;
	if (pwrite(fd, &byte, 1, at) == 1)
		return 0;

fail:
	err_set(e, ERR_SYSTEM, NULL, "the byte cannot be altered");
	return -1;
}

int
main(int argc, char ** argv)
{
	struct package_check_options options = { .threads = 2 };
	struct package_result result;
	struct package_read * r = NULL;
	struct err e;
	int fd = -1;

	err_init(&e);
	if ((argc < 2) || (process_start(&e) != 0))
		goto out;
	fd = open(argv[1], (argc > 2) ? O_RDWR : O_RDONLY);
	if (package_check(fd, &options, &result, &e) != 0)
		goto out;
	if (!result.has_index) {
		err_set(&e, ERR_INPUT, NULL, "integrity does not pass");
		goto out;
	}
	if ((argc > 2) && (alter(fd, strtol(argv[2], NULL, 10), &e) != 0))
		goto out;
	r = package_read_open_index(fd, &result.index, &e);
	if ((r == NULL) || (read_all(r, &e) != 0) || (seek_all(r, &e) != 0))
		goto out;

out:
	package_read_close(r);
	if (e.kind != ERR_NONE)
		err_print("reread", &e);
	return err_exit_code(e.kind);
}
