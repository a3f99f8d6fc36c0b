#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "evidence/checkpoint.h"
#include "evidence/clock.h"
#include "evidence/io.h"
#include "evidence/json.h"
#include "evidence/text.h"

/*
 * A line:
 *
 *	{"format":"azcustody/state/1", ... ,"sha256":"HEX"}LF
 *
 * where HEX is the SHA-256 of what stands before ,"sha256":
 */
#define SUM_KEY ",\"sha256\":\""
#define SUM_LEN (sizeof(SUM_KEY) - 1 + 2 * (size_t)DIGEST_SHA256_LEN + 3)
#define NEW_FILE "state.new"

static void
put_border(
    struct json_out * j, const char * key, const struct frames_border * border)
{
	json_open_object(j, key);
	json_put_integer(j, "frames", border->frames);
	json_put_integer(j, "file", border->file_bytes);
	json_put_integer(j, "stream", border->stream_bytes);
	json_close_object(j);
}

static void
put_member(struct json_out * j, const struct checkpoint_member * m)
{
	json_open_object(j, "member");
	json_put_text(j, "path", m->header.path);
	json_put_integer(j, "size", m->header.size);
	json_put_integer(j, "mtime", m->header.mtime);
	put_border(j, "first", &m->first);
	json_put_integer(j, "done", m->done);
	json_put_hex(j, "done_sha256", m->sha256, sizeof(m->sha256));
	json_close_object(j);
}

static void
put_fields(struct json_out * j, const struct checkpoint * c)
{
	json_put_text(j, "package", c->package);
	json_put_time(j, "at", c->at);
	json_put_text(j, "phase", c->sealed ? "sealed" : "collecting");
	json_put_bool(j, "custody", c->has_custody);
	json_put_bool(j, "compress", c->compress);
	json_put_time(j, "started_at", c->started_at);
	put_border(j, "border", &c->border);
	json_put_hex(j, "file_sha256", c->sha256, sizeof(c->sha256));
	json_open_array(j, "spools");
	for (size_t i = 0; i < PACKAGE_SPOOLS; i++) {
		json_open_object(j, NULL);
		json_put_integer(j, "bytes", c->spools[i].bytes);
		json_put_hex(j, "sha256", c->spools[i].sha256,
		    sizeof(c->spools[i].sha256));
		json_close_object(j);
	}
	json_close_array(j);
	json_put_integer(j, "objects", c->objects);
	json_put_integer(j, "payload_bytes", c->payload_bytes);
	json_put_integer(j, "next_seq", c->order.next_seq);
	json_put_text(j, "last", c->order.is_started ? c->order.last : NULL);
	if (c->in_member)
		put_member(j, &c->member);
	json_put_text(j, "text", buf_text(&c->text));
}

int
checkpoint_format(const struct checkpoint * c, struct buf * out, struct err * e)
{
	uint8_t sha256[DIGEST_SHA256_LEN];
	struct json_out j;
	size_t first = out->len;

	json_begin_document(&j, out, "state", e);
	put_fields(&j, c);
	if (j.failed)
		return -1;
	digest_sha256(out->bytes + first, out->len - first, sha256);
	json_put_hex(&j, "sha256", sha256, sizeof(sha256));
	return json_end_document(&j);
}

/* Does ${line} end with the digest of itself? */
static bool
is_whole(const char * line, size_t len)
{
	uint8_t sha256[DIGEST_SHA256_LEN];
	char hex[DIGEST_SHA256_HEX];
	const char * sum;

	if (len < SUM_LEN)
		return false;
	sum = line + len - SUM_LEN;
	digest_sha256(line, len - SUM_LEN, sha256);
	text_hex_encode(sha256, sizeof(sha256), hex);
	return (memcmp(sum, SUM_KEY, sizeof(SUM_KEY) - 1) == 0) &&
	    (memcmp(sum + sizeof(SUM_KEY) - 1, hex, sizeof(hex) - 1) == 0) &&
	    (memcmp(line + len - 3, "\"}\n", 3) == 0);
}

/* Reading: each returns 0, or -1 if the member is not there or not so. */
static int
get_count(const struct json * object, const char * key, int64_t * n)
{
	if (json_integer(json_get(object, key), n) != 0)
		return -1;
	return (*n < 0) ? -1 : 0;
}

static int
get_digest(const struct json * object, const char * key,
    uint8_t bytes[DIGEST_SHA256_LEN])
{
	const char * hex = json_text(json_get(object, key));

	if (hex == NULL)
		return -1;
	return text_hex_decode(hex, bytes, DIGEST_SHA256_LEN);
}

static int
get_text(const struct json * object, const char * key, char * to, size_t size)
{
	const char * text = json_text(json_get(object, key));

	if ((text == NULL) || (strlen(text) >= size))
		return -1;
	memcpy(to, text, strlen(text) + 1);
	return 0;
}

static int
get_border(
    const struct json * object, const char * key, struct frames_border * border)
{
	const struct json * value = json_get(object, key);

	if ((get_count(value, "frames", &border->frames) != 0) ||
	    (get_count(value, "file", &border->file_bytes) != 0))
		return -1;
	return get_count(value, "stream", &border->stream_bytes);
}

static int
get_member(const struct json * value, struct checkpoint_member * m)
{
	if ((get_text(value, "path", m->header.path, sizeof(m->header.path)) !=
		0) ||
	    (get_count(value, "size", &m->header.size) != 0) ||
	    (get_count(value, "mtime", &m->header.mtime) != 0) ||
	    (get_border(value, "first", &m->first) != 0) ||
	    (get_count(value, "done", &m->done) != 0))
		return -1;
	return get_digest(value, "done_sha256", m->sha256);
}

static int
get_spools(const struct json * array, struct spool_mark * spools)
{
	const struct json * value = json_first(array);

	for (size_t i = 0; i < PACKAGE_SPOOLS; i++) {
		if ((get_count(value, "bytes", &spools[i].bytes) != 0) ||
		    (get_digest(value, "sha256", spools[i].sha256) != 0))
			return -1;
		value = json_next(value);
	}
	return (value == NULL) ? 0 : -1;
}

static int
get_order(const struct json * root, struct member_order * order)
{
	member_order_start(order);
	if (get_count(root, "next_seq", &order->next_seq) != 0)
		return -1;
	if (json_is_null(json_get(root, "last")))
		return 0;
	order->is_started = true;
	return get_text(root, "last", order->last, sizeof(order->last));
}

static int
get_phase(const struct json * root, struct checkpoint * c)
{
	char phase[16];

	if (get_text(root, "phase", phase, sizeof(phase)) != 0)
		return -1;
	c->sealed = (strcmp(phase, "sealed") == 0);
	return (c->sealed || (strcmp(phase, "collecting") == 0)) ? 0 : -1;
}

static int
get_fields(const struct json * root, struct checkpoint * c, struct err * e)
{
	const char * text = json_text(json_get(root, "text"));
	const char * at = json_text(json_get(root, "at"));
	const char * started = json_text(json_get(root, "started_at"));
	const struct json * member = json_get(root, "member");

	c->compress = json_is_true(json_get(root, "compress"));
	c->has_custody = json_is_true(json_get(root, "custody"));
	c->in_member = (member != NULL);
	if ((text == NULL) || (at == NULL) || (started == NULL) ||
	    (get_text(root, "package", c->package, sizeof(c->package)) != 0) ||
	    (get_phase(root, c) != 0) ||
	    (get_border(root, "border", &c->border) != 0) ||
	    (get_digest(root, "file_sha256", c->sha256) != 0) ||
	    (get_spools(json_get(root, "spools"), c->spools) != 0) ||
	    (get_count(root, "objects", &c->objects) != 0) ||
	    (get_count(root, "payload_bytes", &c->payload_bytes) != 0) ||
	    (get_order(root, &c->order) != 0) ||
	    (c->in_member && (get_member(member, &c->member) != 0))) {
		err_set(e, ERR_INPUT, NULL, "a checkpoint lacks a member");
		return -1;
	}
	if ((clock_parse(at, &c->at, e) != 0) ||
	    (clock_parse(started, &c->started_at, e) != 0))
		return -1;
	return buf_add_text(&c->text, text, e);
}

int
checkpoint_parse(
    const char * line, size_t len, struct checkpoint * c, struct err * e)
{
	struct json * root;
	int rc;

	memset(c, 0, sizeof(*c));
	if (!is_whole(line, len)) {
		err_set(e, ERR_INPUT, NULL, "a checkpoint is not whole");
		return -1;
	}
	root = json_parse_document(line, len, "state", e);
	if (root == NULL)
		return -1;
	rc = get_fields(root, c, e);
	json_free(root);
	if (rc != 0)
		checkpoint_free(c);
	return rc;
}

/* Put ${line} in place of the whole state file of ${dir}. */
static int
save_anew(int dir, const struct buf * line, struct err * e)
{
	(void)unlinkat(dir, NEW_FILE, 0);
	if (io_save_new(dir, NEW_FILE, line->bytes, line->len, 0600, e) != 0)
		return -1;
	if (renameat(dir, NEW_FILE, dir, CHECKPOINT_FILE) != 0) {
		err_set(e, ERR_SYSTEM, NULL, "cannot replace the state file");
		return -1;
	}
	return io_sync(dir, e);
}

/* Append ${line} to the state file ${fd}, durably. */
static int
append_line(int fd, const struct buf * line, int64_t size, struct err * e)
{
	if ((io_truncate(fd, size, e) != 0) ||
	    (io_write_all(fd, line->bytes, line->len, e) != 0))
		return -1;
	return io_sync(fd, e);
}

int
checkpoint_save(int dir, const struct checkpoint * c, struct err * e)
{
	struct buf line = { 0 };
	int64_t size = 0;
	int fd = -1;
	int rc = -1;

	if (checkpoint_format(c, &line, e) != 0)
		goto out;
	if (line.len > CHECKPOINT_LINE_MAX) {
		err_set(e, ERR_LIMIT, NULL, "a checkpoint is too long");
		goto out;
	}
	if (faccessat(dir, CHECKPOINT_FILE, F_OK, 0) != 0) {
		rc = save_anew(dir, &line, e);
		goto out;
	}
	fd = io_open_write(dir, CHECKPOINT_FILE, e);
	if ((fd < 0) || (io_size(fd, &size, e) != 0))
		goto out;
	if (size > (int64_t)CHECKPOINT_FILE_MAX)
		rc = save_anew(dir, &line, e);
	else
		rc = append_line(fd, &line, size, e);

out:
	if (fd >= 0)
		(void)close(fd);
	if (rc != 0)
		err_in(e, "%s", CHECKPOINT_FILE);
	buf_free(&line);
	return rc;
}

/* Looking for the last whole line. */
struct search {
	struct buf line; /* The line that is being read. */
	struct buf last; /* The last whole one. */
	int64_t end;     /* Where that one ends in the file. */
	int64_t at;      /* Where line ends. */
	bool is_over;    /* A line that is not whole came. */
};

/* Take ${len} ${bytes} of the file into the search. */
static int
search_block(
    struct search * s, const uint8_t * bytes, size_t len, struct err * e)
{
	while ((len > 0) && !s->is_over) {
		const uint8_t * lf = memchr(bytes, '\n', len);
		size_t n = (lf == NULL) ? len : (size_t)(lf - bytes) + 1;
		struct buf whole;

		if (n > CHECKPOINT_LINE_MAX - s->line.len) {
			s->is_over = true;
			return 0;
		}
		if (buf_add(&s->line, bytes, n, e) != 0)
			return -1;
		bytes += n;
		len -= n;
		s->at += (int64_t)n;
		if (lf == NULL)
			return 0;
		s->is_over = !is_whole(buf_text(&s->line), s->line.len);
		if (s->is_over)
			return 0;
		whole = s->line;
		s->line = s->last;
		s->last = whole;
		buf_clear(&s->line);
		s->end = s->at;
	}
	return 0;
}

static int
search_file(int fd, struct search * s, struct err * e)
{
	uint8_t block[16384];
	int64_t at = 0;
	ssize_t n = 1;

	while ((n > 0) && !s->is_over) {
		n = io_read_at(fd, block, sizeof(block), at, e);
		if (n < 0)
			return -1;
		if (search_block(s, block, (size_t)n, e) != 0)
			return -1;
		at += n;
	}
	return 0;
}

int
checkpoint_load(int dir, struct checkpoint * c, struct err * e)
{
	struct search s = { .is_over = false };
	int rc = -1;
	int fd = io_open_write(dir, CHECKPOINT_FILE, e);

	if ((fd < 0) || (search_file(fd, &s, e) != 0))
		goto out;
	if (s.end == 0) {
		err_set(e, ERR_INPUT, NULL, "no checkpoint in it is whole");
		goto out;
	}
	if ((io_truncate(fd, s.end, e) != 0) || (io_sync(fd, e) != 0))
		goto out;
	rc = checkpoint_parse(buf_text(&s.last), s.last.len, c, e);

out:
	if (fd >= 0)
		(void)close(fd);
	if (rc != 0)
		err_in(e, "%s", CHECKPOINT_FILE);
	buf_free(&s.line);
	buf_free(&s.last);
	return rc;
}

void
checkpoint_free(struct checkpoint * c)
{
	buf_free(&c->text);
}
