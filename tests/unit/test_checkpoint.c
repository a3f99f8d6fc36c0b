#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/checkpoint.h"
#include "evidence/clock.h"
#include "evidence/io.h"

#include "tests/unit/unit.h"

static struct err e;
static char place[] = "/tmp/azcustody-checkpoint-XXXXXX";
static int dir = -1;

/* A checkpoint with something in every field, the ${n}th. */
static void
fill(struct checkpoint * c, int n)
{
	memset(c, 0, sizeof(*c));
	(void)snprintf(c->package, sizeof(c->package), "case-x");
	c->compress = true;
	c->started_at = INT64_C(17638533000000001);
	c->at = c->started_at + n;
	c->border = (struct frames_border){ 7, INT64_C(1) << 40, 3 };
	c->sha256[31] = (uint8_t)n;
	for (int i = 0; i < PACKAGE_SPOOLS; i++) {
		c->spools[i].bytes = 1000 * n + i;
		c->spools[i].sha256[i] = 0xff;
	}
	c->objects = n;
	c->payload_bytes = INT64_C(1) << 52;
	c->order.is_started = true;
	c->order.next_seq = n + 1;
	(void)snprintf(c->order.last, sizeof(c->order.last), "bagit.txt");
	c->in_member = true;
	c->member.header.size = 99;
	c->member.header.mtime = 5;
	(void)snprintf(c->member.header.path, sizeof(c->member.header.path),
	    "case-x/data/s/000000001-x");
	c->member.done = 42;
	c->member.first = (struct frames_border){ 6, 5, 4 };
	c->member.sha256[0] = 9;
	EXPECT(buf_addf(&c->text, &e, "{\"text\":\"\n\t\\ %d\"}", n) == 0);
}

static bool
is_equal(const struct checkpoint * a, const struct checkpoint * b)
{
	return (strcmp(a->package, b->package) == 0) &&
	    (a->compress == b->compress) && (a->sealed == b->sealed) &&
	    (a->has_custody == b->has_custody) &&
	    (a->started_at == b->started_at) && (a->at == b->at) &&
	    (memcmp(&a->border, &b->border, sizeof(a->border)) == 0) &&
	    (memcmp(a->sha256, b->sha256, sizeof(a->sha256)) == 0) &&
	    (memcmp(a->spools, b->spools, sizeof(a->spools)) == 0) &&
	    (a->objects == b->objects) &&
	    (a->payload_bytes == b->payload_bytes) &&
	    (strcmp(a->order.last, b->order.last) == 0) &&
	    (a->order.next_seq == b->order.next_seq) &&
	    (a->in_member == b->in_member) &&
	    (strcmp(a->member.header.path, b->member.header.path) == 0) &&
	    (a->member.header.size == b->member.header.size) &&
	    (a->member.header.mtime == b->member.header.mtime) &&
	    (a->member.done == b->member.done) &&
	    (memcmp(&a->member.first, &b->member.first,
		 sizeof(a->member.first)) == 0) &&
	    (memcmp(a->member.sha256, b->member.sha256,
		 sizeof(a->member.sha256)) == 0) &&
	    (strcmp(buf_text(&a->text), buf_text(&b->text)) == 0);
}

static void
checkpoint_parse_reads_what_format_wrote(void)
{
	struct checkpoint a, b;
	struct buf line = { 0 };

	for (int n = 0; n < 2; n++) {
		fill(&a, n);
		a.sealed = (n == 1);
		a.has_custody = (n == 1);
		buf_clear(&line);
		EXPECT(checkpoint_format(&a, &line, &e) == 0);
		EXPECT(memchr(line.bytes, '\n', line.len) ==
		    line.bytes + line.len - 1);
		EXPECT(
		    checkpoint_parse(buf_text(&line), line.len, &b, &e) == 0);
		EXPECT(is_equal(&a, &b));
		checkpoint_free(&a);
		checkpoint_free(&b);
	}
	buf_free(&line);
}

static void
checkpoint_parse_refuses_every_changed_byte_and_every_cut(void)
{
	struct checkpoint a, b;
	struct buf line = { 0 };

	fill(&a, 1);
	EXPECT(checkpoint_format(&a, &line, &e) == 0);
	for (size_t i = 0; i < line.len; i++) {
		line.bytes[i] ^= 1;
		EXPECT(
		    checkpoint_parse(buf_text(&line), line.len, &b, &e) == -1);
		EXPECT(e.kind == ERR_INPUT);
		err_init(&e);
		line.bytes[i] ^= 1;
		EXPECT(checkpoint_parse(buf_text(&line), i, &b, &e) == -1);
		err_init(&e);
	}
	checkpoint_free(&a);
	buf_free(&line);
}

/* Append ${bytes} to the state file, as a torn write does. */
static void
append_raw(const void * bytes, size_t len)
{
	int fd = openat(dir, CHECKPOINT_FILE, O_WRONLY | O_APPEND | O_CLOEXEC);

	EXPECT(write(fd, bytes, len) == (ssize_t)len);
	(void)close(fd);
}

static void
checkpoint_load_takes_the_last_whole_line_and_cuts_the_rest(void)
{
	struct checkpoint a, b;
	struct buf torn = { 0 };

	for (int n = 1; n <= 3; n++) {
		fill(&a, n);
		EXPECT(checkpoint_save(dir, &a, &e) == 0);
		checkpoint_free(&a);
	}
	fill(&a, 4);
	EXPECT(checkpoint_format(&a, &torn, &e) == 0);
	checkpoint_free(&a);
	for (size_t len = 1; len < torn.len; len += 97) {
		append_raw(torn.bytes, len);
		EXPECT(checkpoint_load(dir, &b, &e) == 0);
		EXPECT(b.objects == 3);
		checkpoint_free(&b);
	}
	/* Garbage with line ends, and a whole line behind it. */
	append_raw("\n{}\n\0\n", 6);
	append_raw(torn.bytes, torn.len);
	EXPECT(checkpoint_load(dir, &b, &e) == 0);
	EXPECT(b.objects == 3);
	checkpoint_free(&b);
	append_raw(torn.bytes, torn.len);
	EXPECT(checkpoint_load(dir, &b, &e) == 0);
	EXPECT(b.objects == 4);
	checkpoint_free(&b);
	buf_free(&torn);
	EXPECT(unlinkat(dir, CHECKPOINT_FILE, 0) == 0);
}

static void
checkpoint_load_refuses_a_file_without_a_whole_line(void)
{
	struct checkpoint c;

	EXPECT(checkpoint_load(dir, &c, &e) == -1);
	EXPECT(e.kind == ERR_NOINPUT);
	err_init(&e);
	EXPECT(io_save_new(dir, CHECKPOINT_FILE, "", 0, 0600, &e) == 0);
	EXPECT(checkpoint_load(dir, &c, &e) == -1);
	EXPECT(e.kind == ERR_INPUT);
	err_init(&e);
	append_raw("{}\n", 3);
	EXPECT(checkpoint_load(dir, &c, &e) == -1);
	err_init(&e);
	EXPECT(unlinkat(dir, CHECKPOINT_FILE, 0) == 0);
}

static void
checkpoint_save_begins_the_file_anew_when_it_is_long(void)
{
	struct checkpoint c;
	char * text = malloc(PACKAGE_STATE_MAX);
	int64_t size = 0;
	int fd;

	memset(text, 'x', PACKAGE_STATE_MAX - 100);
	text[PACKAGE_STATE_MAX - 100] = '\0';
	for (int n = 1; n <= 40; n++) {
		fill(&c, n);
		EXPECT(buf_add_text(&c.text, text, &e) == 0);
		EXPECT(checkpoint_save(dir, &c, &e) == 0);
		checkpoint_free(&c);
		fd = io_open_read(dir, CHECKPOINT_FILE, &e);
		EXPECT(io_size(fd, &size, &e) == 0);
		(void)close(fd);
		EXPECT(size <
		    (int64_t)(CHECKPOINT_FILE_MAX + 2 * PACKAGE_STATE_MAX));
		EXPECT(checkpoint_load(dir, &c, &e) == 0);
		EXPECT(c.objects == n);
		checkpoint_free(&c);
	}
	free(text);
	EXPECT(unlinkat(dir, CHECKPOINT_FILE, 0) == 0);
}

int
main(void)
{
	err_init(&e);
	if (mkdtemp(place) == NULL)
		return 1;
	dir = io_open_dir(place, &e);
	RUN(checkpoint_parse_reads_what_format_wrote);
	RUN(checkpoint_parse_refuses_every_changed_byte_and_every_cut);
	RUN(checkpoint_load_takes_the_last_whole_line_and_cuts_the_rest);
	RUN(checkpoint_load_refuses_a_file_without_a_whole_line);
	RUN(checkpoint_save_begins_the_file_anew_when_it_is_long);
	(void)close(dir);
	EXPECT(rmdir(place) == 0);
	return unit_failed;
}
