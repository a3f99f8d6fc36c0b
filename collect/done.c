#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "evidence/buf.h"
#include "evidence/io.h"

#include "collect/done.h"

#define FLUSH_BYTES ((size_t)64 << 10)
#define READ_NUMBERS 8192
#define BYTES_EACH 8

struct done {
	int fd;
	int64_t entries;
	int64_t count;
	/*
	 * Two maps, so that no byte is written by one thread and read by
	 * another: what was settled at the start, and all that is now.
	 */
	uint8_t * before;
	uint8_t * now;
	struct buf waiting; /* Not yet written. */
};

static bool
has_bit(const uint8_t * map, int64_t number)
{
	return (map[number / 8] & (1u << (number % 8))) != 0;
}

static void
set_bit(uint8_t * map, int64_t number)
{
	map[number / 8] = (uint8_t)(map[number / 8] | (1u << (number % 8)));
}

static int64_t
get_number(const uint8_t * bytes)
{
	uint64_t n = 0;

	for (int i = BYTES_EACH; i > 0; i--)
		n = (n << 8) | bytes[i - 1];
	return (n > (uint64_t)INT64_MAX) ? -1 : (int64_t)n;
}

/* Read ${count} numbers from the front of the file into both maps. */
static int
read_numbers(struct done * d, int64_t count, struct err * e)
{
	uint8_t block[READ_NUMBERS * BYTES_EACH];
	int64_t at = 0;

	while (at < count) {
		int64_t want = count - at;
		ssize_t got;

		if (want > READ_NUMBERS)
			want = READ_NUMBERS;
		got = io_read_at(d->fd, block, (size_t)want * BYTES_EACH,
		    at * BYTES_EACH, e);
		if (got < 0)
			return -1;
		if (got != (ssize_t)(want * BYTES_EACH)) {
			err_set(e, ERR_INPUT, NULL, "the file is too short");
			return -1;
		}
		for (int64_t i = 0; i < want; i++) {
			int64_t n = get_number(block + i * BYTES_EACH);

			if ((n < 0) || (n >= d->entries) ||
			    has_bit(d->before, n)) {
				err_set(e, ERR_INPUT, NULL,
				    "a number is not in the plan, or twice");
				return -1;
			}
			set_bit(d->before, n);
			set_bit(d->now, n);
		}
		at += want;
	}
	return 0;
}

/* Open the file, made if it is not there, and cut it to ${count} numbers. */
static int
open_file(struct done * d, int dir, int64_t count, struct err * e)
{
	if (faccessat(dir, DONE_FILE, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		d->fd = io_open_write(dir, DONE_FILE, e);
	else
		d->fd = io_create(dir, DONE_FILE, 0600, e);
	if (d->fd < 0)
		return -1;
	if (read_numbers(d, count, e) != 0)
		return -1;
	d->count = count;
	return io_truncate(d->fd, count * BYTES_EACH, e);
}

struct done *
done_open(int dir, int64_t entries, int64_t count, struct err * e)
{
	struct done * d = calloc(1, sizeof(*d));
	size_t len = (size_t)(entries / 8) + 1;

	if (d == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	d->fd = -1;
	d->entries = entries;
	d->before = calloc(1, len);
	d->now = calloc(1, len);
	if ((d->before == NULL) || (d->now == NULL)) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		goto fail;
	}
	if (open_file(d, dir, count, e) != 0)
		goto fail;
	return d;

fail:
	err_in(e, "%s", DONE_FILE);
	done_free(d);
	return NULL;
}

static int
flush(struct done * d, struct err * e)
{
	if (io_write_all(d->fd, d->waiting.bytes, d->waiting.len, e) != 0)
		return -1;
	buf_clear(&d->waiting);
	return 0;
}

int
done_add(struct done * d, int64_t number, struct err * e)
{
	uint8_t bytes[BYTES_EACH];

	if ((number < 0) || (number >= d->entries) || has_bit(d->now, number)) {
		err_set(e, ERR_BUG, NULL, "plan entry %lld is settled twice",
		    (long long)number);
		return -1;
	}
	for (int i = 0; i < BYTES_EACH; i++)
		bytes[i] = (uint8_t)((uint64_t)number >> (8 * i));
	if (buf_add(&d->waiting, bytes, sizeof(bytes), e) != 0)
		return -1;
	set_bit(d->now, number);
	d->count++;
	return (d->waiting.len >= FLUSH_BYTES) ? flush(d, e) : 0;
}

bool
done_has(const struct done * d, int64_t number)
{
	return has_bit(d->before, number);
}

int
done_sync(struct done * d, struct err * e)
{
	if (flush(d, e) != 0)
		return -1;
	return io_sync(d->fd, e);
}

int64_t
done_count(const struct done * d)
{
	return d->count;
}

void
done_free(struct done * d)
{
	if (d == NULL)
		return;
	if (d->fd >= 0)
		(void)close(d->fd);
	buf_free(&d->waiting);
	free(d->before);
	free(d->now);
	free(d);
}
