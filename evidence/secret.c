#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/io.h"
#include "evidence/process.h"
#include "evidence/secret.h"
#include "evidence/secret_read.h"
#include "evidence/text.h"

int
secret_start(struct err * e)
{
	if (sodium_init() < 0) {
		err_set(e, ERR_SYSTEM, NULL, "libsodium cannot start");
		return -1;
	}
	return 0;
}

struct secret *
secret_new(size_t len, struct err * e)
{
	struct secret * s = calloc(1, sizeof(*s));

	if (s != NULL)
		s->bytes = sodium_malloc(len + 1);
	if ((s == NULL) || (s->bytes == NULL)) {
		free(s);
		err_set(e, ERR_SYSTEM, NULL, "no guarded memory for a secret");
		return NULL;
	}
	sodium_memzero(s->bytes, len + 1);
	s->len = len;
	return s;
}

/* Cut one line end off ${s}. */
static void
cut_line_end(struct secret * s)
{
	if ((s->len > 0) && (s->bytes[s->len - 1] == '\n'))
		s->len--;
	if ((s->len > 0) && (s->bytes[s->len - 1] == '\r'))
		s->len--;
	s->bytes[s->len] = '\0';
}

struct secret *
secret_read(int fd, bool is_line, struct err * e)
{
	struct secret * s = secret_new(SECRET_MAX + 1, e);
	size_t n = 0;

	if (s == NULL)
		return NULL;
	while (n <= SECRET_MAX) {
		unsigned int want =
		    is_line ? 1 : (unsigned int)(SECRET_MAX + 1 - n);
		ssize_t got = read(fd, s->bytes + n, want);

		if ((got < 0) && (errno == EINTR) && !process_is_stopped())
			continue;
		if ((got < 0) && (errno == EINTR)) {
			err_set(e, ERR_STOPPED, NULL, "interrupted");
			goto fail;
		}
		if (got < 0) {
			err_set_errno(e, errno, "reading a secret");
			goto fail;
		}
		if (got == 0)
			break;
		n += (size_t)got;
		if (is_line && (s->bytes[n - 1] == '\n'))
			break;
	}
	if (n > SECRET_MAX) {
		err_set(e, ERR_LIMIT, NULL, "a secret longer than 64 KiB");
		goto fail;
	}
	s->len = n;
	cut_line_end(s);
	return s;

fail:
	secret_free(s);
	return NULL;
}

struct secret *
secret_check(struct secret * s, struct err * e)
{
	if ((s == NULL) || (s->len > 0))
		return s;
	err_set(e, ERR_USAGE, NULL, "the secret is empty");
	secret_free(s);
	return NULL;
}

static struct secret *
load_file(const char * path, struct err * e)
{
	struct secret * s = NULL;
	struct io_facts facts;
	int fd = io_open_read(IO_PATH, path, e);

	if (fd < 0)
		return NULL;
	if (io_look(fd, &facts, e) != 0)
		err_in(e, "%s", path);
	else if (facts.is_open_to_others)
		err_set(e, ERR_DENIED, "run: chmod 600 on it",
		    "%s can be read by others", path);
	else
		s = secret_check(secret_read(fd, false, e), e);
	io_drop(fd);
	if (s == NULL)
		err_in(e, "secret file %s", path);
	return s;
}

struct secret *
secret_load(const char * source, struct err * e)
{
	struct secret * s;
	int64_t fd;

	if (strcmp(source, "-") == 0)
		return secret_check(secret_read(STDIN_FILENO, true, e), e);
	if (!text_has_prefix(source, "fd:"))
		return load_file(source, e);
	if ((text_parse_integer(source + 3, strlen(source + 3), &fd) != 0) ||
	    (fd < 0) || (fd > 1023)) {
		err_set(e, ERR_USAGE, NULL, "not a descriptor: %s", source);
		return NULL;
	}
	s = secret_check(secret_read((int)fd, false, e), e);
	if (s == NULL)
		err_in(e, "descriptor %d", (int)fd);
	else
		io_drop((int)fd);
	return s;
}

int
secret_equal(const struct secret * a, const struct secret * b)
{
	return (a->len == b->len) &&
	    (sodium_memcmp(a->bytes, b->bytes, a->len) == 0);
}

void
secret_random(void * bytes, size_t len)
{
	randombytes_buf(bytes, len);
}

void
secret_wipe(void * bytes, size_t len)
{
	sodium_memzero(bytes, len);
}

void
secret_free(struct secret * s)
{
	if (s == NULL)
		return;
	sodium_free(s->bytes);
	free(s);
}
