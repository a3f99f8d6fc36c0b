#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/io.h"
#include "evidence/json.h"
#include "evidence/kind.h"
#include "timeline/confine.h"
#include "timeline/event_json.h"
#include "timeline/reader.h"
#include "timeline/verb.h"

#include "timeline/parse.h"

#define BLOCK_SIZE ((size_t)1 << 20) /* Bytes read at a time. */
#define OUT_SIZE ((size_t)256 << 10) /* Bytes written at a time. */

const char parse_usage[] =
    "  parse FILE... [--kind K]\n"
    "      one log file after the other to events, as JSON Lines on standard\n"
    "      output, each marked as unverified; what cannot be read is a line\n"
    "      of type quarantine; behind each file is a line of type file with\n"
    "      its counts; the last line is of type summary\n"
    "        --kind K    what the files hold, where a record does not say:\n"
    "                    nsg-flow, vnet-flow, storage-read, storage-write,\n"
    "                    storage-delete, classic, activity,\n"
    "                    activity-legacy, la-export, other, local\n"
    "                    (default: by the record alone)\n";

struct parse {
	struct buf out;
	struct event_json shared;
	struct reader * reader;
};

static int
take_option(struct parse_options * o, int c, const char * given, struct err * e)
{
	enum kind kind;

	if (c != 'k')
		err_set(e, ERR_USAGE, "try --help",
		    (c == ':') ? "%s needs a value"
			       : "%s is no option of parse",
		    given);
	else if (o->kind != NULL)
		err_set(e, ERR_USAGE, "try --help", "--kind twice");
	else if (kind_parse(optarg, &kind) != 0)
		err_set(
		    e, ERR_USAGE, "try --help", "%s is no kind of log", optarg);
	else
		o->kind = optarg;
	return (e->kind == ERR_NONE) ? 0 : -1;
}

int
parse_options_read(
    int argc, char ** argv, struct parse_options * o, struct err * e)
{
	static const struct option longs[] = {
		{ "kind", required_argument, NULL, 'k' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	static const struct parse_options nothing;
	int c;

	*o = nothing;
	opterr = 0;
	optind = 1;
	/* Options may stand behind the files, as the synopsis has it. */
	for (;;) {
		c = getopt_long(argc, argv, ":h", longs, NULL);
		if (c == -1)
			break;
		if (c == 'h') {
			o->help = true;
			return 0;
		}
		if (take_option(o, c, argv[optind - 1], e) != 0)
			return -1;
	}
	o->files = argv + optind;
	o->count = argc - optind;
	if (o->count > 0)
		return 0;
	err_set(e, ERR_USAGE, "try --help", "parse needs a file");
	return -1;
}

static int
flush(struct parse * p, size_t least, struct err * e)
{
	if (p->out.len < least)
		return 0;
	if (io_write_all(STDOUT_FILENO, p->out.bytes, p->out.len, e) != 0) {
		err_in(e, "standard output");
		return -1;
	}
	buf_clear(&p->out);
	return 0;
}

/* Every line begins alike: what it is, and that nothing vouches for it. */
static void
begin_line(
    struct parse * p, struct json_out * j, const char * type, struct err * e)
{
	json_begin(j, &p->out, e);
	json_open_object(j, NULL);
	json_put_text(j, "type", type);
	json_put_bool(j, "unverified", true);
}

static int
end_line(struct parse * p, struct json_out * j, struct err * e)
{
	json_close_object(j);
	if (json_end(j, true) != 0)
		return -1;
	return flush(p, OUT_SIZE, e);
}

static int
on_event(void * cookie, const struct event * ev, struct err * e)
{
	struct parse * p = cookie;
	struct json_out j;

	begin_line(p, &j, "event", e);
	event_json_put(&p->shared, &j, ev);
	return end_line(p, &j, e);
}

static int
on_quarantine(void * cookie, const struct event_quarantine * q, struct err * e)
{
	struct json_out j;

	begin_line(cookie, &j, "quarantine", e);
	event_json_put_quarantine(&j, q);
	return end_line(cookie, &j, e);
}

/* Counts that add up: bytes to bytes of rows, and rows to rows. */
static void
put_counts(struct json_out * j, const struct reader_counts * c)
{
	json_put_integer(j, "bytes", c->bytes);
	json_put_integer(j, "records", c->records);
	json_put_integer(j, "record_bytes", c->record_bytes);
	json_put_integer(j, "events", c->events);
	json_put_integer(j, "flagged", c->flagged);
	json_put_integer(j, "quarantined", c->quarantined);
	json_put_integer(j, "quarantine_bytes", c->quarantine_bytes);
	json_put_integer(j, "tuples_quarantined", c->tuples_quarantined);
	json_put_integer(j, "filler_bytes", c->filler_bytes);
}

/* What one file held. */
static int
put_file(struct parse * p, const char * path, struct err * e)
{
	struct reader_counts counts;
	struct json_out j;

	reader_member_counts(p->reader, &counts);
	begin_line(p, &j, "file", e);
	json_put_bytes(&j, "member", path, strlen(path));
	put_counts(&j, &counts);
	return end_line(p, &j, e);
}

static int
summarise(struct parse * p, int exit_code, struct err * e)
{
	const struct reader_counts * c = reader_counts(p->reader);
	struct json_out j;

	begin_line(p, &j, "summary", e);
	json_put_integer(&j, "files", c->members);
	put_counts(&j, c);
	json_put_integer(&j, "exit_code", exit_code);
	if (end_line(p, &j, e) != 0)
		return -1;
	return flush(p, 0, e);
}

static int
read_file(struct parse * p, const char * path, const char * kind,
    uint8_t * block, struct err * e)
{
	struct event_origin origin = { .member = path };
	int64_t offset = 0;
	ssize_t n = 0;
	int rc = -1;
	int fd;

	fd = io_open_read(IO_PATH, path, e);
	if (fd < 0)
		return -1;
	reader_begin(p->reader, &origin, kind);
	do {
		n = io_read_at(fd, block, BLOCK_SIZE, offset, e);
		if ((n < 0) ||
		    (reader_feed(p->reader, block, (size_t)n, e) != 0))
			goto out;
		offset += n;
	} while (n > 0);
	if ((reader_end(p->reader, e) != 0) || (put_file(p, path, e) != 0))
		goto out;
	rc = 0;

out:
	if (rc != 0)
		err_in(e, "%s", path);
	(void)close(fd); /* It was only read. */
	return rc;
}

static int
read_files(struct parse * p, const struct parse_options * o, struct err * e)
{
	uint8_t * block = malloc(BLOCK_SIZE);
	int rc = 0;

	if (block == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	for (int i = 0; (i < o->count) && (rc == 0); i++)
		rc = read_file(p, o->files[i], o->kind, block, e);
	free(block);
	return rc;
}

int
parse_run(int argc, char ** argv, int * exit_code, struct err * e)
{
	struct parse p = { 0 };
	struct event_sink sink = { &p, NULL, on_event, on_quarantine, NULL };
	const struct confine anywhere = { NULL, 0, -1, false };
	const struct reader_counts * counts;
	struct parse_options o;
	struct err later;
	int rc;

	err_init(&later);
	if (parse_options_read(argc, argv, &o, e) != 0)
		return -1;
	if (o.help) {
		(void)printf("usage: azcustody-timeline\n%s", parse_usage);
		return 0;
	}
	if (confine_enter(&anywhere, e) != 0)
		return -1;
	p.reader = reader_new(&sink, e);
	if (p.reader == NULL)
		return -1;
	rc = read_files(&p, &o, e);
	counts = reader_counts(p.reader);
	if (counts->quarantined + counts->tuples_quarantined > 0)
		*exit_code = VERB_EXIT_GAPS;
	/* The error, if there is one, is that of the reading. */
	if (summarise(&p, (rc == 0) ? *exit_code : err_exit_code(e->kind),
		(rc == 0) ? e : &later) != 0)
		rc = -1;
	reader_free(p.reader);
	event_json_free(&p.shared);
	buf_free(&p.out);
	return rc;
}
