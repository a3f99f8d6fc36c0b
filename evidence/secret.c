#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "evidence/io.h"
#include "evidence/process.h"
#include "evidence/secret.h"
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

/*
 * Read ${fd} to its end, or to the first LF if ${one_line}, straight into
 * guarded memory.
 */
static struct secret *
read_secret(int fd, int one_line, struct err * e)
{
	struct secret * s = secret_new(SECRET_MAX + 1, e);
	size_t n = 0;

	if (s == NULL)
		return NULL;
	while (n <= SECRET_MAX) {
		size_t want = one_line ? 1 : SECRET_MAX + 1 - n;
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
		if (one_line && (s->bytes[n - 1] == '\n'))
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

/* Refuse an empty secret, which is freed. */
static struct secret *
check_some(struct secret * s, struct err * e)
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
	struct stat st;
	int fd = io_open_read(IO_PATH, path, e);

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) != 0)
		err_set_errno(e, errno, "%s", path);
	else if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		err_set(e, ERR_DENIED, "run: chmod 600 on it",
		    "%s can be read by others", path);
	else
		s = check_some(read_secret(fd, 0, e), e);
	(void)close(fd);
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
		return check_some(read_secret(STDIN_FILENO, 1, e), e);
	if (!text_has_prefix(source, "fd:"))
		return load_file(source, e);
	if ((text_parse_integer(source + 3, strlen(source + 3), &fd) != 0) ||
	    (fd < 0) || (fd > 1023)) {
		err_set(e, ERR_USAGE, NULL, "not a descriptor: %s", source);
		return NULL;
	}
	s = check_some(read_secret((int)fd, 0, e), e);
	if (s == NULL)
		err_in(e, "descriptor %d", (int)fd);
	else
		(void)close((int)fd);
	return s;
}

struct secret *
secret_ask(const char * prompt, struct err * e)
{
	return check_some(secret_ask_optional(prompt, e), e);
}

struct secret *
secret_ask_optional(const char * prompt, struct err * e)
{
	struct secret * s = NULL;
	struct termios old, quiet;
	int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

	if ((fd < 0) || (tcgetattr(fd, &old) != 0)) {
		err_set(e, ERR_USAGE, "give it in a file",
		    "no terminal to ask for a password on");
		goto out;
	}
	quiet = old;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	if ((tcsetattr(fd, TCSAFLUSH, &quiet) != 0) ||
	    (io_write_all(fd, prompt, strlen(prompt), e) != 0))
		goto out;
	s = read_secret(fd, 1, e);
	(void)tcsetattr(fd, TCSAFLUSH, &old);
	(void)!write(fd, "\n", 1);

out:
	if (fd >= 0)
		(void)close(fd);
	return s;
}

struct secret *
secret_from_env(const char * name, struct err * e)
{
	char * value = getenv(name);
	struct secret * s;
	size_t len;

	if ((value == NULL) || (value[0] == '\0'))
		return NULL;
	len = strlen(value);
	if (len > SECRET_MAX) {
		err_set(e, ERR_LIMIT, NULL, "%s is longer than 64 KiB", name);
		return NULL;
	}
	s = secret_new(len, e);
	if (s != NULL)
		memcpy(s->bytes, value, len);
	sodium_memzero(value, len);
	(void)unsetenv(name);
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
