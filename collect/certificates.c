#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/buf.h"
#include "evidence/io.h"
#include "evidence/text.h"

#include "collect/certificates.h"

#define NAME_LEN (DIGEST_SHA256_HEX - 1 + 4) /* 64 digits and ".der" */

struct certificates {
	int dir;
	size_t count;
	struct certificates_one list[CERTIFICATES_MAX];
};

/* Put a copy of ${bytes} into the list. */
static int
keep(struct certificates * c, const uint8_t * bytes, size_t len,
    const uint8_t sha256[DIGEST_SHA256_LEN], struct err * e)
{
	struct certificates_one * one;

	if (c->count == CERTIFICATES_MAX) {
		err_set(e, ERR_LIMIT, NULL,
		    "the service showed more than %d certificates",
		    CERTIFICATES_MAX);
		return -1;
	}
	one = &c->list[c->count];
	one->bytes = malloc(len);
	if (one->bytes == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	memcpy(one->bytes, bytes, len);
	one->len = len;
	memcpy(one->sha256, sha256, DIGEST_SHA256_LEN);
	c->count++;
	return 0;
}

/* Read the file ${name} if it is one of ours. */
static int
load_file(struct certificates * c, const char * name, struct err * e)
{
	uint8_t want[DIGEST_SHA256_LEN], have[DIGEST_SHA256_LEN];
	char hex[DIGEST_SHA256_HEX];
	struct buf bytes = { 0 };
	int rc = -1;

	if ((strlen(name) != NAME_LEN) ||
	    (strcmp(name + NAME_LEN - 4, ".der") != 0))
		return 0;
	memcpy(hex, name, sizeof(hex) - 1);
	hex[sizeof(hex) - 1] = '\0';
	if (text_hex_decode(hex, want, sizeof(want)) != 0)
		return 0;
	if (io_load(c->dir, name, CERTIFICATES_BYTES_MAX, &bytes, e) != 0)
		goto out;
	digest_sha256(bytes.bytes, bytes.len, have);
	if (memcmp(want, have, sizeof(have)) != 0) {
		err_set(e, ERR_INPUT, NULL, "%s: its digest differs", name);
		goto out;
	}
	rc = keep(c, bytes.bytes, bytes.len, have, e);

out:
	buf_free(&bytes);
	return rc;
}

static int
load_all(struct certificates * c, struct err * e)
{
	int fd = openat(c->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct dirent * entry;
	DIR * list = NULL;
	int rc = -1;

	if (fd < 0) {
		err_set_errno(e, errno, "the work folder");
		return -1;
	}
	list = fdopendir(fd);
	if (list == NULL) {
		err_set_errno(e, errno, "the work folder");
		(void)close(fd);
		return -1;
	}
	for (;;) {
		errno = 0;
		entry = readdir(list);
		if (entry == NULL)
			break;
		if (load_file(c, entry->d_name, e) != 0)
			goto out;
	}
	if (errno != 0) {
		err_set_errno(e, errno, "the work folder");
		goto out;
	}
	rc = 0;

out:
	(void)closedir(list);
	return rc;
}

struct certificates *
certificates_open(int dir, struct err * e)
{
	struct certificates * c = calloc(1, sizeof(*c));

	if (c == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	c->dir = dir;
	if (load_all(c, e) != 0) {
		certificates_free(c);
		return NULL;
	}
	return c;
}

int
certificates_add(struct certificates * c, const uint8_t * der, size_t len,
    uint8_t sha256[DIGEST_SHA256_LEN], struct err * e)
{
	char name[NAME_LEN + 1];

	digest_sha256(der, len, sha256);
	for (size_t i = 0; i < c->count; i++) {
		if (memcmp(c->list[i].sha256, sha256, DIGEST_SHA256_LEN) == 0)
			return 0;
	}
	if (keep(c, der, len, sha256, e) != 0)
		return -1;
	text_hex_encode(sha256, DIGEST_SHA256_LEN, name);
	memcpy(name + NAME_LEN - 4, ".der", 5);
	return io_save_new(c->dir, name, der, len, 0600, e);
}

size_t
certificates_count(const struct certificates * c)
{
	return c->count;
}

const struct certificates_one *
certificates_get(const struct certificates * c, size_t i)
{
	return &c->list[i];
}

void
certificates_free(struct certificates * c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->count; i++)
		free(c->list[i].bytes);
	free(c);
}
