#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include <archive.h>
#include <archive_entry.h>

#include "evidence/tar.h"

/*
 * Byte table of the ustar block (POSIX.1-2008, pax), as it is read here:
 *
 *	  0 100 name      124 12 size     156   1 type    345 155 prefix
 *	100   8 mode      136 12 mtime    157 100 link    500  12 zero
 *	108   8 uid       148  8 sum      257   8 magic
 *	116   8 gid                       265  80 owners, device
 *
 * Reading is lax and small; what decides is that writing it again gives the
 * same bytes.
 */
#define NAME_AT 0
#define NAME_LEN 100
#define SIZE_AT 124
#define MTIME_AT 136
#define OCTAL_LEN 11
#define TYPE_AT 156
#define PREFIX_AT 345
#define PREFIX_LEN 155
#define TYPE_PAX 'x'

static_assert(TAR_PATH_MAX <= NAME_LEN + 1 + PREFIX_LEN, "ustar's own limit");

/* Where libarchive's bytes go. */
struct catch
{
	uint8_t * bytes;
	size_t len;
	bool shut; /* The header is complete: take no more. */
};

static la_ssize_t
catch_write(struct archive * a, void * cookie, const void * bytes, size_t len)
{
	struct catch * c = cookie;

	(void)a;
	if (c->shut || (len > TAR_HEADER_MAX - c->len))
		return -1;
	memcpy(c->bytes + c->len, bytes, len);
	c->len += len;
	return (la_ssize_t)len;
}

/* Is ${path} relative and clean, of printable ASCII without blanks? */
static bool
is_clean(const char * path)
{
	size_t part = 0; /* Bytes of this part. */
	size_t dots = 0; /* How many of them are dots. */

	for (size_t i = 0;; i++) {
		unsigned char c = (unsigned char)path[i];

		if (i > TAR_PATH_MAX)
			return false;
		if ((c == '/') || (c == '\0')) {
			if ((part == 0) || ((dots == part) && (dots <= 2)))
				return false;
			if (c == '\0')
				return true;
			part = 0;
			dots = 0;
			continue;
		}
		if ((c <= 0x20) || (c >= 0x7f))
			return false;
		part++;
		if (c == '.')
			dots++;
	}
}

/* Does the path need no pax record: is there a slash ustar can split at? */
static bool
is_ustar(const char * path)
{
	size_t len = strlen(path);

	if (len <= NAME_LEN)
		return true;
	for (size_t i = len - NAME_LEN - 1; (i <= PREFIX_LEN) && (i < len); i++)
		if ((path[i] == '/') && (i > 0))
			return true;
	return false;
}

static int
check_header(const struct tar_header * header, struct err * e)
{
	if (memchr(header->path, '\0', sizeof(header->path)) == NULL ||
	    !is_clean(header->path) || !is_ustar(header->path)) {
		err_set(e, ERR_INPUT, NULL,
		    "path of a member is too long or not plain");
		return -1;
	}
	if ((header->size < 0) || (header->size > TAR_SIZE_MAX)) {
		err_set(e, ERR_INPUT, NULL,
		    "size of a member is out of range: %lld",
		    (long long)header->size);
		return -1;
	}
	if ((header->mtime < 0) || (header->mtime > TAR_MTIME_MAX)) {
		err_set(e, ERR_INPUT, NULL,
		    "time of a member is out of range: %lld",
		    (long long)header->mtime);
		return -1;
	}
	return 0;
}

/* Put what ${header} says into libarchive's ${entry}. */
static void
fill_entry(struct archive_entry * entry, const struct tar_header * header)
{
	archive_entry_set_pathname(entry, header->path);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0444);
	archive_entry_set_size(entry, header->size);
	archive_entry_set_mtime(entry, header->mtime, 0);
}

/*
 * Small members go through libarchive's ustar writer, whose blocks are the same
 * and which, other than the pax writer, asks the C library for no character
 * sets.
 */
static int
set_format(struct archive * a, int64_t size)
{
	if (size < TAR_SIZE_PAX)
		return archive_write_set_format_ustar(a);
	return archive_write_set_format_pax_restricted(a);
}

int
tar_header_format(const struct tar_header * header,
    uint8_t bytes[TAR_HEADER_MAX], size_t * len, struct err * e)
{
	struct catch c = { .bytes = bytes, .len = 0, .shut = false };
	struct archive * a = NULL;
	struct archive_entry * entry = NULL;
	size_t want =
	    (header->size < TAR_SIZE_PAX) ? TAR_BLOCK : TAR_HEADER_MAX;
	int rc = -1;

	if (check_header(header, e) != 0)
		return -1;
	a = archive_write_new();
	entry = archive_entry_new();
	if ((a == NULL) || (entry == NULL)) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		goto out;
	}
	fill_entry(entry, header);
	if ((set_format(a, header->size) != ARCHIVE_OK) ||
	    (archive_write_set_bytes_per_block(a, 0) != ARCHIVE_OK) ||
	    (archive_write_open2(a, &c, NULL, catch_write, NULL, NULL) !=
		ARCHIVE_OK) ||
	    (archive_write_header(a, entry) != ARCHIVE_OK)) {
		/* Without memory it does not always leave a number. */
		bool is_memory =
		    (archive_errno(a) == ENOMEM) || (archive_errno(a) == 0);

		err_set(e, is_memory ? ERR_SYSTEM : ERR_BUG, NULL,
		    is_memory ? "out of memory"
			      : "libarchive refuses a tar header");
		goto out;
	}
	if (c.len != want) {
		err_set(
		    e, ERR_BUG, NULL, "libarchive writes another tar header");
		goto out;
	}
	*len = c.len;
	rc = 0;

out:
	archive_entry_free(entry);
	if (a != NULL) {
		/* It would fill up the data that never came. */
		c.shut = true;
		(void)archive_write_free(a);
	}
	return rc;
}

int
tar_start(struct err * e)
{
	struct tar_header header = { .path = "start", .size = TAR_SIZE_PAX };
	uint8_t bytes[TAR_HEADER_MAX];
	size_t len;

	return tar_header_format(&header, bytes, &len, e);
}

size_t
tar_header_len(const uint8_t block[TAR_BLOCK])
{
	return (block[TYPE_AT] == TYPE_PAX) ? TAR_HEADER_MAX : TAR_BLOCK;
}

/* Read ${len} octal digits. */
static int
parse_octal(const uint8_t * digits, size_t len, int64_t * value)
{
	int64_t n = 0;

	assert(len <= 20);
	for (size_t i = 0; i < len; i++) {
		if ((digits[i] < '0') || (digits[i] > '7'))
			return -1;
		n = n * 8 + (digits[i] - '0');
	}
	*value = n;
	return 0;
}

/* Read the size out of the record "NN size=SIZE\n" in its block. */
static int
parse_record(const uint8_t block[TAR_BLOCK], int64_t * size)
{
	static const char key[] = " size=";
	int64_t n = 0;
	size_t i = 2 + sizeof(key) - 1;

	if (memcmp(block + 2, key, sizeof(key) - 1) != 0)
		return -1;
	for (; (block[i] >= '0') && (block[i] <= '9'); i++) {
		if (n > TAR_SIZE_MAX)
			return -1;
		n = n * 10 + (block[i] - '0');
	}
	*size = n;
	return 0;
}

/* Join prefix and name of the ustar block ${block}. */
static int
parse_path(const uint8_t block[TAR_BLOCK], char path[TAR_PATH_MAX + 1])
{
	size_t name = strnlen((const char *)block + NAME_AT, NAME_LEN);
	size_t prefix = strnlen((const char *)block + PREFIX_AT, PREFIX_LEN);
	size_t at = 0;

	if (prefix + 1 + name > TAR_PATH_MAX)
		return -1;
	if (prefix > 0) {
		memcpy(path, block + PREFIX_AT, prefix);
		path[prefix] = '/';
		at = prefix + 1;
	}
	memcpy(path + at, block + NAME_AT, name);
	path[at + name] = '\0';
	return 0;
}

/* Read all fields of ${header}, without judging them. */
static int
parse_fields(const uint8_t * bytes, size_t len, struct tar_header * header)
{
	const uint8_t * block = bytes + len - TAR_BLOCK;

	if ((parse_path(block, header->path) != 0) ||
	    (parse_octal(block + MTIME_AT, OCTAL_LEN, &header->mtime) != 0))
		return -1;
	if (len == TAR_BLOCK)
		return parse_octal(block + SIZE_AT, OCTAL_LEN, &header->size);
	return parse_record(bytes + TAR_BLOCK, &header->size);
}

int
tar_header_parse(const uint8_t * bytes, size_t len, struct tar_header * header,
    struct err * e)
{
	uint8_t again[TAR_HEADER_MAX];
	struct err why;
	size_t again_len = 0;

	if ((len < TAR_BLOCK) || (len != tar_header_len(bytes))) {
		err_set(e, ERR_INPUT, NULL, "tar header is cut short");
		return -1;
	}
	if (parse_fields(bytes, len, header) != 0) {
		err_set(e, ERR_INPUT, NULL, "tar header is not of our dialect");
		return -1;
	}
	err_init(&why);
	if (tar_header_format(header, again, &again_len, &why) != 0) {
		err_set(e, why.kind, NULL, "%s", why.text);
		return -1;
	}
	if ((again_len != len) || (memcmp(again, bytes, len) != 0)) {
		err_set(e, ERR_INPUT, NULL, "tar header is not of our dialect");
		return -1;
	}
	return 0;
}

size_t
tar_padding(int64_t size)
{
	size_t rest = (size_t)(size % TAR_BLOCK);

	assert(size >= 0);
	return (rest == 0) ? 0 : TAR_BLOCK - rest;
}

int64_t
tar_member_len(size_t header_len, int64_t size)
{
	return (int64_t)header_len + size + (int64_t)tar_padding(size);
}

bool
tar_is_zero(const uint8_t * bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i] != 0)
			return false;
	return true;
}
