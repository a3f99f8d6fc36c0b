#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/io.h"
#include "evidence/lines.h"
#include "evidence/name_set.h"
#include "evidence/package_folder.h"
#include "evidence/package_lines.h"
#include "evidence/seal.h"

#define PIECE ((size_t)128 << 10)
#define SEAL_NAME 64

/* A file that is open; fd is -1 if it is not there. */
struct file {
	const char * path;
	int fd;
	struct io_facts facts;
};

/* A manifest that leads to members. */
struct list {
	struct file * file;
	struct lines lines;
	uint8_t * piece;
	const uint8_t * bytes; /* Of the piece, not used yet. */
	size_t len;
	int64_t at;
	bool is_ended; /* Or no further line of it can be read. */
	bool has_line;
	struct package_manifest_line line;
};

/* Files that lead to others are kept open, to be read as members too. */
enum {
	TAGMANIFEST,
	MANIFEST,
	SEAL,
	HELD
};

struct package_folder {
	int dir;
	struct file held[HELD];
	struct list tags, payload;
	char seals[PACKAGE_FOLDER_SEALS][SEAL_NAME];
	int n_seals;
	int tail; /* Members of the end that were handed out. */
	char top[NAME_SIZE];
	struct member_order order;
	char problem[ERR_TEXT_SIZE];
	struct package_item item;
	struct file file; /* Of the member at hand. */
	int64_t at;       /* In it. */
	int64_t offset;   /* Of the next member in the stream. */
	uint8_t * piece;
	struct name_set names; /* Of the members that were here. */
};

/*
 * Open ${path} from folder to folder.  Return 0 with ${file}->fd -1 if there is
 * no such regular file, or -1 with ${e} set.
 */
static int
open_file(int dir, const char * path, struct file * file, struct err * e)
{
	*file = (struct file){ .path = path, .fd = -1 };
	if (io_open_below(dir, path, &file->fd, &file->facts, e) < 0) {
		err_in(e, "opening %s", path);
		return -1;
	}
	return 0;
}

/* Take the package's name from the seal, if it can be read. */
static int
load_top(struct package_folder * f, struct err * e)
{
	const struct file * file = &f->held[SEAL];
	struct buf bytes = { 0 };
	struct seal seal;
	struct err ignored;
	int rc = -1;

	if ((file->fd < 0) || (file->facts.size > (int64_t)SEAL_MAX))
		return 0;
	memset(&seal, 0, sizeof(seal));
	err_init(&ignored);
	if (buf_reserve(&bytes, SEAL_MAX, e) != 0)
		goto out;
	bytes.len = (size_t)file->facts.size;
	if (io_read_at(file->fd, bytes.bytes, bytes.len, 0, e) !=
	    (ssize_t)bytes.len)
		goto out;
	if ((seal_parse(bytes.bytes, bytes.len, &seal, &ignored) == 0) &&
	    (name_check_package(seal.package, &ignored) == 0))
		(void)snprintf(f->top, sizeof(f->top), "%s", seal.package);
	rc = 0;

out:
	seal_free(&seal);
	buf_free(&bytes);
	return rc;
}

/* Find the other files below seal/ that may be members. */
static int
list_seals(struct package_folder * f, struct err * e)
{
	struct io_list * list;
	const char * name;
	struct err none;
	int rc = 1;

	err_init(&none);
	list = io_list_open(f->dir, "seal", &none);
	if (list == NULL)
		return 0; /* Nothing is there: that is found elsewhere. */
	while ((rc == 1) && (f->n_seals < PACKAGE_FOLDER_SEALS)) {
		enum member_kind kind;
		char * path = f->seals[f->n_seals];

		rc = io_list_next(list, &name, e);
		if ((rc != 1) ||
		    ((size_t)snprintf(path, SEAL_NAME, "seal/%s", name) >=
			SEAL_NAME))
			continue;
		if ((member_order_kind(path, &kind) == 0) &&
		    (kind > MEMBER_SEAL))
			f->n_seals++;
	}
	io_list_close(list);
	return (rc < 0) ? -1 : 0;
}

/* The order in which they stand in a package. */
static int
compare_seals(const void * a, const void * b)
{
	enum member_kind one = MEMBER_SEAL, two = MEMBER_SEAL;

	(void)member_order_kind(a, &one);
	(void)member_order_kind(b, &two);
	return (one != two) ? (int)one - (int)two : strcmp(a, b);
}

static int
start_list(struct list * list, struct file * file, struct err * e)
{
	list->file = file;
	list->is_ended = (file->fd < 0);
	lines_start(&list->lines, PACKAGE_MANIFEST_LINE_MAX);
	list->piece = malloc(PIECE);
	if (list->piece != NULL)
		return 0;
	err_set(e, ERR_SYSTEM, NULL, "out of memory");
	return -1;
}

struct package_folder *
package_folder_open(int dir, struct err * e)
{
	static const char * const paths[] = { "tagmanifest-sha256.txt",
		"manifest-sha256.txt", "seal/seal.json" };
	struct package_folder * f = calloc(1, sizeof(*f));

	if (f == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	f->dir = dir;
	f->file.fd = -1;
	member_order_start(&f->order);
	for (int i = 0; i < HELD; i++)
		f->held[i].fd = -1;
	for (int i = 0; i < HELD; i++)
		if (open_file(dir, paths[i], &f->held[i], e) != 0)
			goto fail;
	f->piece = malloc(PIECE);
	if (f->piece == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		goto fail;
	}
	if ((load_top(f, e) != 0) || (list_seals(f, e) != 0) ||
	    (start_list(&f->tags, &f->held[TAGMANIFEST], e) != 0) ||
	    (start_list(&f->payload, &f->held[MANIFEST], e) != 0))
		goto fail;
	qsort(f->seals, (size_t)f->n_seals, SEAL_NAME, compare_seals);
	return f;

fail:
	package_folder_close(f);
	return NULL;
}

/* Make sure that ${list} has its next line at hand; 1, 0 at its end, -1. */
static int
peek(struct list * list, struct err * e)
{
	const uint8_t * line;
	struct err why;
	size_t len;
	int rc = 0;

	err_init(&why);
	while (!list->has_line && !list->is_ended) {
		rc = lines_next(
		    &list->lines, &list->bytes, &list->len, &line, &len, &why);
		if (rc == 1) {
			list->has_line = (package_manifest_parse(line, len,
					      &list->line, &why) == 0);
			list->is_ended = !list->has_line;
		} else if (rc == 0) {
			ssize_t n = io_read_at(
			    list->file->fd, list->piece, PIECE, list->at, e);

			if (n < 0)
				return -1;
			list->bytes = list->piece;
			list->len = (size_t)n;
			list->at += n;
			list->is_ended = (n == 0);
		} else {
			list->is_ended = true; /* Judged as a member. */
		}
	}
	return list->has_line ? 1 : 0;
}

/* Judge where and how the member ${path} is called. */
static void
judge_name(struct package_folder * f, const char * path)
{
	struct package_item * item = &f->item;
	struct err why;

	err_init(&why);
	(void)name_check_stored(
	    (f->top[0] == '\0') ? item->name : item->path, &why);
	if (why.kind == ERR_NONE)
		item->is_known = (member_order_next(
				      &f->order, path, &item->kind, &why) == 0);
	if (why.kind != ERR_NONE) {
		(void)snprintf(f->problem, sizeof(f->problem), "%s", why.text);
		item->problem = f->problem;
	}
}

/* Open the member, unless it is open already. */
static int
open_member(struct package_folder * f, const char * path, struct err * e)
{
	for (int i = 0; i < HELD; i++) {
		if (strcmp(f->held[i].path, path) != 0)
			continue;
		f->file = f->held[i];
		return 0;
	}
	return open_file(f->dir, path, &f->file, e);
}

/* Hand out the member ${path}; 1 or -1. */
static int
emit(struct package_folder * f, const char * path, const uint8_t * expected,
    struct err * e)
{
	struct package_item * item = &f->item;
	size_t top = strlen(f->top);

	memset(item, 0, sizeof(*item));
	f->at = 0;
	if (top + 1 + strlen(path) > TAR_PATH_MAX) {
		err_set(e, ERR_INPUT, NULL,
		    "a list names a path that is "
		    "longer than any member's");
		return -1;
	}
	(void)snprintf(item->path, sizeof(item->path), "%s/%s", f->top, path);
	item->name = item->path + top + 1;
	item->offset = f->offset;
	item->expected = expected;
	judge_name(f, item->name);
	if (!item->is_known)
		return 1; /* Not opened: who knows where such a name leads. */
	if ((open_member(f, item->name, e) != 0) ||
	    (name_set_add(&f->names, item->name, e) != 0))
		return -1;
	if (f->file.fd < 0) {
		item->is_missing = true;
		return 1;
	}
	item->size = f->file.facts.size;
	item->mtime = f->file.facts.modified_s;
	f->offset += tar_member_len(
	    (item->size >= TAR_SIZE_PAX) ? TAR_HEADER_MAX : TAR_BLOCK,
	    item->size);
	return 1;
}

/* The next member by the lists; 1, 0 at the end, -1. */
static int
next_member(struct package_folder * f, struct err * e)
{
	enum member_kind kind = MEMBER_SIGNATURE;
	int tag = peek(&f->tags, e);
	int rc;

	if (tag < 0)
		return -1;
	if (tag == 1)
		(void)member_order_kind(f->tags.line.path, &kind);
	if (kind > MEMBER_PAYLOAD) {
		rc = peek(&f->payload, e);
		if (rc < 0)
			return -1;
		if (rc == 1) {
			f->payload.has_line = false;
			return emit(
			    f, f->payload.line.path, f->payload.line.sha256, e);
		}
	}
	if (tag == 1) {
		f->tags.has_line = false;
		return emit(f, f->tags.line.path, NULL, e);
	}
	rc = f->tail++;
	if (rc == 0)
		return emit(f, f->held[TAGMANIFEST].path, NULL, e);
	if (rc == 1)
		return emit(f, f->held[SEAL].path, NULL, e);
	return (rc - 2 < f->n_seals) ? emit(f, f->seals[rc - 2], NULL, e) : 0;
}

/* The member at hand is done with. */
static void
close_member(struct package_folder * f)
{
	bool is_held = false;

	for (int i = 0; i < HELD; i++)
		is_held |= (f->held[i].fd == f->file.fd);
	if (!is_held)
		io_drop(f->file.fd);
	f->file.fd = -1;
}

int
package_folder_next(
    struct package_folder * f, struct package_item * item, struct err * e)
{
	int rc;

	close_member(f);
	rc = next_member(f, e);
	if (rc != 1)
		return rc;
	*item = f->item;
	item->name = item->path + (f->item.name - f->item.path);
	return 1;
}

int64_t
package_folder_data(
    struct package_folder * f, const uint8_t ** bytes, struct err * e)
{
	struct io_facts now;
	ssize_t n;

	if (f->file.fd < 0)
		return 0;
	n = io_read_at(f->file.fd, f->piece, PIECE, f->at, e);
	if (n < 0)
		return -1;
	f->at += n;
	*bytes = f->piece;
	if ((n > 0) && (f->at <= f->item.size))
		return n;
	if (io_look(f->file.fd, &now, e) != 0)
		return -1;
	if ((f->at != f->item.size) || !io_is_same(&now, &f->file.facts)) {
		err_set(e, ERR_INPUT, NULL, "%s: it changed while it was read",
		    f->item.name);
		return -1;
	}
	return 0;
}

const char *
package_folder_top(const struct package_folder * f)
{
	return f->top;
}

int64_t
package_folder_offset(const struct package_folder * f)
{
	return f->offset;
}

bool
package_folder_is_known(struct package_folder * f, const char * path)
{
	return name_set_has(&f->names, path);
}

void
package_folder_close(struct package_folder * f)
{
	if (f == NULL)
		return;
	close_member(f);
	for (int i = 0; i < HELD; i++)
		io_drop(f->held[i].fd);
	lines_free(&f->tags.lines);
	lines_free(&f->payload.lines);
	free(f->tags.piece);
	free(f->payload.piece);
	free(f->piece);
	name_set_free(&f->names);
	free(f);
}
