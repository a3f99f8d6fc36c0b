#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evidence/digest.h"
#include "evidence/io.h"
#include "evidence/text.h"

#include "timeline/output.h"

#define BLOCK ((size_t)256 << 10)
#define DATA "data"
#define MANIFEST "manifest-sha256.txt"
#define TAG_MANIFEST "tagmanifest-sha256.txt"

struct listed {
	char * name;
	bool is_tag; /* Beside the payload, not in it. */
	int64_t size;
	uint8_t sha256[DIGEST_SHA256_LEN];
};

struct output {
	char * parent; /* Folder in which the folder stands. */
	char * name;
	char * partial;
	int parent_dir;
	int bag;
	int data;
	struct listed files[OUTPUT_FILES_MAX];
	size_t count;
};

struct output_file {
	struct output * o;
	struct digest * digest;
	struct buf pending;
	int fd;
	size_t at; /* Its place in o->files. */
};

/* Split ${path} into the folder it stands in and its last component. */
static int
split(struct output * o, const char * path, struct err * e)
{
	struct buf text = { 0 };
	char * slash;
	int rc = -1;

	if (buf_add_text(&text, path, e) != 0)
		return -1;
	while ((text.len > 1) && (text.bytes[text.len - 1] == '/'))
		text.bytes[--text.len] = '\0';
	slash = strrchr((char *)text.bytes, '/');
	o->name =
	    text_copy((slash != NULL) ? slash + 1 : (char *)text.bytes, e);
	if (slash != NULL)
		slash[(slash == (char *)text.bytes) ? 1 : 0] = '\0';
	o->parent = text_copy((slash != NULL) ? (char *)text.bytes : ".", e);
	if ((o->name == NULL) || (o->parent == NULL))
		goto out;
	if ((o->name[0] == '\0') || (strcmp(o->name, ".") == 0) ||
	    (strcmp(o->name, "..") == 0)) {
		err_set(e, ERR_USAGE, NULL, "%s: not a name for a new folder",
		    path);
		goto out;
	}
	rc = 0;

out:
	buf_free(&text);
	return rc;
}

struct output *
output_begin(const char * path, struct err * e)
{
	struct output * o;
	struct buf partial = { 0 };
	struct stat st;
	int rc = -1;

	o = calloc(1, sizeof(*o));
	if (o == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	o->bag = -1;
	o->data = -1;
	o->parent_dir = -1;
	if (split(o, path, e) != 0)
		goto out;
	o->parent_dir = io_open_dir(o->parent, e);
	if (o->parent_dir < 0)
		goto out;
	if (fstatat(o->parent_dir, o->name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		err_set(e, ERR_USAGE, "give the name of a new folder",
		    "%s exists", path);
		goto out;
	}
	if (buf_addf(&partial, e, "%s.partial", o->name) != 0)
		goto out;
	o->partial = text_copy(buf_text(&partial), e);
	if (o->partial == NULL)
		goto out;
	o->bag = io_make_dir(o->parent_dir, o->partial, e);
	if (o->bag < 0)
		goto out;
	o->data = io_make_dir(o->bag, DATA, e);
	if (o->data < 0)
		goto out;
	rc = 0;

out:
	buf_free(&partial);
	if (rc != 0) {
		output_abandon(o);
		o = NULL;
	}
	return o;
}

int
output_dir(const struct output * o)
{
	return o->data;
}

int
output_parent(const struct output * o)
{
	return o->parent_dir;
}

/* Take a place in the list of files. */
static int
list(struct output * o, const char * name, size_t * at, struct err * e)
{
	if (o->count == OUTPUT_FILES_MAX) {
		err_set(e, ERR_BUG, NULL, "too many output files");
		return -1;
	}
	o->files[o->count].name = text_copy(name, e);
	if (o->files[o->count].name == NULL)
		return -1;
	*at = o->count++;
	return 0;
}

struct output_file *
output_open(struct output * o, const char * name, struct err * e)
{
	struct output_file * f;
	int rc = -1;

	f = calloc(1, sizeof(*f));
	if (f == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	f->o = o;
	f->fd = -1;
	f->digest = digest_new(DIGEST_SHA256, e);
	if (f->digest == NULL)
		goto out;
	if (list(o, name, &f->at, e) != 0)
		goto out;
	f->fd = io_create(o->data, name, 0600, e);
	if (f->fd < 0)
		goto out;
	rc = 0;

out:
	if (rc != 0) {
		err_in(e, "%s", name);
		digest_free(f->digest);
		free(f);
		f = NULL;
	}
	return f;
}

static int
flush(struct output_file * f, struct err * e)
{
	if (f->pending.len == 0)
		return 0;
	digest_update(f->digest, f->pending.bytes, f->pending.len);
	f->o->files[f->at].size += (int64_t)f->pending.len;
	if (io_write_all(f->fd, f->pending.bytes, f->pending.len, e) != 0) {
		err_in(e, "%s", f->o->files[f->at].name);
		return -1;
	}
	buf_clear(&f->pending);
	return 0;
}

int
output_put(
    struct output_file * f, const void * bytes, size_t len, struct err * e)
{
	if (buf_add(&f->pending, bytes, len, e) != 0)
		return -1;
	return (f->pending.len >= BLOCK) ? flush(f, e) : 0;
}

int
output_put_buf(struct output_file * f, struct buf * b, struct err * e)
{
	int rc = 0;

	if (b->len > 0)
		rc = output_put(f, b->bytes, b->len, e);
	buf_clear(b);
	return rc;
}

int
output_close(struct output_file * f, struct err * e)
{
	int rc = 0;

	if (f == NULL)
		return 0;
	if ((flush(f, e) != 0) || (io_sync(f->fd, e) != 0))
		rc = -1;
	if (io_close(f->fd, e) != 0)
		rc = -1;
	digest_finish(f->digest, f->o->files[f->at].sha256);
	digest_free(f->digest);
	buf_free(&f->pending);
	free(f);
	return rc;
}

int
output_adopt(struct output * o, const char * name, struct err * e)
{
	struct digest * digest = NULL;
	uint8_t * block = NULL;
	int64_t offset = 0;
	ssize_t got;
	size_t at;
	int fd = -1;
	int rc = -1;

	if (list(o, name, &at, e) != 0)
		return -1;
	digest = digest_new(DIGEST_SHA256, e);
	block = malloc(BLOCK);
	if ((digest == NULL) || (block == NULL)) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		goto out;
	}
	fd = io_open_write(o->data, name, e);
	if ((fd < 0) || (io_sync(fd, e) != 0))
		goto out;
	for (;;) {
		got = io_read_at(fd, block, BLOCK, offset, e);
		if (got <= 0)
			break;
		digest_update(digest, block, (size_t)got);
		offset += got;
	}
	if (got < 0)
		goto out;
	digest_finish(digest, o->files[at].sha256);
	o->files[at].size = offset;
	rc = 0;

out:
	if (fd >= 0)
		(void)io_close(fd, e);
	free(block);
	digest_free(digest);
	return rc;
}

int
output_tag(struct output * o, const char * name, const struct buf * text,
    struct err * e)
{
	size_t at;

	if (list(o, name, &at, e) != 0)
		return -1;
	o->files[at].is_tag = true;
	o->files[at].size = (int64_t)text->len;
	digest_sha256(text->bytes, text->len, o->files[at].sha256);
	if (io_save_new(o->bag, name, text->bytes, text->len, 0600, e) != 0) {
		err_in(e, "%s", name);
		return -1;
	}
	return 0;
}

static int
compare_listed(const void * a, const void * b)
{
	const struct listed * x = a;
	const struct listed * y = b;

	return strcmp(x->name, y->name);
}

/* The list that `sha256sum -c` reads, in order of name. */
static int
add_list(struct output * o, bool is_tag, struct buf * text, struct err * e)
{
	char hex[DIGEST_SHA256_HEX];

	qsort(o->files, o->count, sizeof(o->files[0]), compare_listed);
	for (size_t i = 0; i < o->count; i++) {
		const struct listed * f = &o->files[i];

		if (f->is_tag != is_tag)
			continue;
		text_hex_encode(f->sha256, sizeof(f->sha256), hex);
		if (buf_addf(text, e, "%s  %s%s\n", hex, is_tag ? "" : DATA "/",
			f->name) != 0)
			return -1;
	}
	return 0;
}

/* Put the tag file ${name}, which becomes what ${text} holds, and clear it. */
static int
put_tag(struct output * o, const char * name, struct buf * text, struct err * e)
{
	int rc = output_tag(o, name, text, e);

	buf_clear(text);
	return rc;
}

/* What makes the folder a bag; the list of the tags comes last. */
static int
put_tags(struct output * o, const struct bag_info * info, struct err * e)
{
	struct bag_info full = *info;
	struct buf text = { 0 };
	int rc = -1;

	full.payload_bytes = 0;
	full.payload_objects = 0;
	for (size_t i = 0; i < o->count; i++) {
		if (o->files[i].is_tag)
			continue;
		full.payload_bytes += o->files[i].size;
		full.payload_objects++;
	}
	if ((bag_format_declaration(&text, e) != 0) ||
	    (put_tag(o, "bagit.txt", &text, e) != 0) ||
	    (bag_format_info(&full, &text, e) != 0) ||
	    (put_tag(o, "bag-info.txt", &text, e) != 0) ||
	    (add_list(o, false, &text, e) != 0) ||
	    (put_tag(o, MANIFEST, &text, e) != 0) ||
	    (add_list(o, true, &text, e) != 0))
		goto out;
	rc = io_save_new(o->bag, TAG_MANIFEST, text.bytes, text.len, 0600, e);

out:
	buf_free(&text);
	return rc;
}

static void
release(struct output * o)
{
	struct err ignored;

	err_init(&ignored);
	for (size_t i = 0; i < o->count; i++)
		free(o->files[i].name);
	if (o->data >= 0)
		(void)io_close(o->data, &ignored);
	if (o->bag >= 0)
		(void)io_close(o->bag, &ignored);
	if (o->parent_dir >= 0)
		(void)io_close(o->parent_dir, &ignored);
	free(o->parent);
	free(o->name);
	free(o->partial);
	free(o);
}

int
output_end(struct output * o, const struct bag_info * info, struct err * e)
{
	if ((put_tags(o, info, e) != 0) || (io_sync(o->data, e) != 0) ||
	    (io_sync(o->bag, e) != 0) ||
	    (io_rename_new(
		 o->parent_dir, o->partial, o->parent_dir, o->name, e) != 0)) {
		output_abandon(o);
		return -1;
	}
	release(o);
	return 0;
}

void
output_abandon(struct output * o)
{
	if (o == NULL)
		return;
	for (size_t i = 0; i < o->count; i++)
		(void)unlinkat(
		    o->files[i].is_tag ? o->bag : o->data, o->files[i].name, 0);
	if (o->data >= 0) {
		(void)unlinkat(o->data, "case.db", 0);
		(void)unlinkat(o->bag, DATA, AT_REMOVEDIR);
	}
	if (o->bag >= 0) {
		(void)unlinkat(o->bag, TAG_MANIFEST, 0);
		(void)unlinkat(o->parent_dir, o->partial, AT_REMOVEDIR);
	}
	release(o);
}
