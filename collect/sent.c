#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/io.h"
#include "evidence/text.h"

#include "collect/sent.h"

#define NAME_MAX_LEN 40
#define BOOT_FILE "sent.boot"
#define BOOT_ID "/proc/sys/kernel/random/boot_id"
#define BOOT_MAX 64

struct sent {
	int dir;
	int fd;               /* Of the file ${last}; the network's own. */
	struct buf line;      /* Its own as well. */
	int64_t last_bytes;   /* And that. */
	pthread_mutex_t lock; /* Guards all below. */
	int64_t first;        /* Files first to last are there. */
	int64_t last;
	/* Of each, by its number modulo SENT_FILES_MAX. */
	int64_t open[SENT_FILES_MAX];    /* Requests without a line. */
	bool is_covered[SENT_FILES_MAX]; /* By the checkpoint before. */
};

static void
make_name(char name[NAME_MAX_LEN], int64_t number)
{
	(void)snprintf(name, NAME_MAX_LEN, "sent.%lld", (long long)number);
}

int
sent_begin_run(int dir, int64_t * run, struct err * e)
{
	char name[NAME_MAX_LEN];
	int fd;

	for (;;) {
		(void)snprintf(name, sizeof(name), "run.%lld", (long long)*run);
		fd = openat(dir, name,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (fd >= 0)
			return io_close(fd, e);
		if ((errno != EEXIST) || (*run == SENT_RUNS_MAX)) {
			err_set_errno(e, errno, "%s", name);
			return -1;
		}
		(*run)++;
	}
}

/* Which start of the machine this is; empty if it does not say. */
static void
read_boot(struct buf * id)
{
	char block[BOOT_MAX];
	struct err ignored;
	ssize_t n = -1;
	int fd;

	err_init(&ignored);
	fd = open(BOOT_ID, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = io_read_at(fd, block, sizeof(block), 0, &ignored);
		(void)close(fd);
	}
	if (n > 0)
		(void)buf_add(id, block, (size_t)n, &ignored);
}

/* Add the whole lines of the file ${name}; 1 done, 0 no such file. */
static int
load_file(int dir, const char * name, struct buf * lines, struct err * e)
{
	struct buf bytes = { 0 };
	size_t len;
	int rc = -1;

	if (faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) != 0)
		return 0;
	if (io_load(dir, name, SENT_LEFT_MAX, &bytes, e) != 0)
		goto out;
	/* A line that was cut off was not sent: it is written first. */
	len = bytes.len;
	while ((len > 0) && (bytes.bytes[len - 1] != '\n'))
		len--;
	if (len > SENT_LEFT_MAX - lines->len) {
		err_set(e, ERR_LIMIT, NULL, "too much was sent");
		goto out;
	}
	if (buf_add(lines, bytes.bytes, len, e) != 0)
		goto out;
	rc = 1;

out:
	buf_free(&bytes);
	return rc;
}

/* Find the least and the greatest number of a file in ${dir}; 0: none. */
static int
find_files(int dir, struct sent_left * left, struct err * e)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct dirent * entry;
	DIR * list = (fd < 0) ? NULL : fdopendir(fd);
	int64_t n;

	if (list == NULL) {
		err_set_errno(e, errno, "the work folder");
		if (fd >= 0)
			(void)close(fd);
		return -1;
	}
	for (;;) {
		errno = 0;
		entry = readdir(list);
		if (entry == NULL)
			break;
		if ((strncmp(entry->d_name, "sent.", 5) != 0) ||
		    (text_parse_integer(entry->d_name + 5,
			 strlen(entry->d_name + 5), &n) != 0) ||
		    (n < 1))
			continue;
		if ((left->first == 0) || (n < left->first))
			left->first = n;
		if (n > left->last)
			left->last = n;
	}
	(void)closedir(list);
	if (left->last - left->first >= SENT_FILES_MAX - 1) {
		err_set(e, ERR_INPUT, NULL, "files sent.N that are not ours");
		return -1;
	}
	return 0;
}

int
sent_load(int dir, struct sent_left * left, struct err * e)
{
	struct buf boot = { 0 }, now = { 0 };
	char name[NAME_MAX_LEN];
	int rc = -1;

	memset(left, 0, sizeof(*left));
	if ((find_files(dir, left, e) != 0) ||
	    (load_file(dir, BOOT_FILE, &boot, e) < 0))
		goto out;
	read_boot(&now);
	left->is_same_boot = (now.len > 0) && (now.len == boot.len) &&
	    (memcmp(now.bytes, boot.bytes, now.len) == 0);
	for (int64_t i = left->first; (i > 0) && (i <= left->last); i++) {
		make_name(name, i);
		if (load_file(dir, name, &left->lines, e) < 0)
			goto out;
	}
	rc = 0;

out:
	if (rc != 0) {
		err_in(e, "what was sent");
		buf_free(&left->lines);
	}
	buf_free(&boot);
	buf_free(&now);
	return rc;
}

/* Begin the file ${number}. */
static int
begin_file(struct sent * s, int64_t number, struct err * e)
{
	char name[NAME_MAX_LEN];

	make_name(name, number);
	if (s->fd >= 0)
		(void)close(s->fd);
	s->fd = io_create(s->dir, name, 0600, e);
	s->last_bytes = 0;
	return (s->fd < 0) ? -1 : 0;
}

struct sent *
sent_open(int dir, const struct sent_left * left, struct err * e)
{
	struct sent * s = calloc(1, sizeof(*s));
	struct buf boot = { 0 };
	int rc = -1;

	if ((s == NULL) || (pthread_mutex_init(&s->lock, NULL) != 0)) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		free(s);
		return NULL;
	}
	s->dir = dir;
	s->fd = -1;
	s->last = left->last + 1;
	s->first = (left->first == 0) ? s->last : left->first;
	read_boot(&boot);
	(void)unlinkat(dir, BOOT_FILE, 0);
	if ((io_save_new(dir, BOOT_FILE, boot.bytes, boot.len, 0600, e) == 0) &&
	    (begin_file(s, s->last, e) == 0))
		rc = 0;
	buf_free(&boot);
	if (rc != 0) {
		sent_close(s);
		return NULL;
	}
	return s;
}

int
sent_note(struct sent * s, const struct request * request, int64_t * file,
    struct err * e)
{
	bool is_room;

	if (s->last_bytes >= SENT_FILE_BYTES) {
		(void)pthread_mutex_lock(&s->lock);
		is_room = (s->last - s->first + 1 < SENT_FILES_MAX);
		(void)pthread_mutex_unlock(&s->lock);
		/* With no room left, the last file grows on. */
		if (is_room) {
			if (begin_file(s, s->last + 1, e) != 0)
				return -1;
			(void)pthread_mutex_lock(&s->lock);
			s->last++;
			s->open[s->last % SENT_FILES_MAX] = 0;
			s->is_covered[s->last % SENT_FILES_MAX] = false;
			(void)pthread_mutex_unlock(&s->lock);
		}
	}
	buf_clear(&s->line);
	if ((request_format(request, &s->line, e) != 0) ||
	    (io_write_all(s->fd, s->line.bytes, s->line.len, e) != 0)) {
		err_in(e, "noting a request");
		return -1;
	}
	s->last_bytes += (int64_t)s->line.len;
	*file = s->last;
	(void)pthread_mutex_lock(&s->lock);
	s->open[s->last % SENT_FILES_MAX]++;
	(void)pthread_mutex_unlock(&s->lock);
	return 0;
}

void
sent_settle(struct sent * s, int64_t file)
{
	(void)pthread_mutex_lock(&s->lock);
	s->open[file % SENT_FILES_MAX]--;
	(void)pthread_mutex_unlock(&s->lock);
}

void
sent_save(struct sent * s)
{
	char name[NAME_MAX_LEN];

	(void)pthread_mutex_lock(&s->lock);
	for (int64_t i = s->first; i < s->last; i++) {
		size_t at = (size_t)(i % SENT_FILES_MAX);

		if (s->is_covered[at]) {
			make_name(name, i);
			(void)unlinkat(s->dir, name, 0);
			if (i == s->first)
				s->first++;
		} else if (s->open[at] == 0) {
			s->is_covered[at] = true;
		}
	}
	(void)pthread_mutex_unlock(&s->lock);
}

void
sent_close(struct sent * s)
{
	if (s == NULL)
		return;
	if (s->fd >= 0)
		(void)close(s->fd);
	buf_free(&s->line);
	(void)pthread_mutex_destroy(&s->lock);
	free(s);
}
