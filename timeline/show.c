#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/buf.h"
#include "evidence/io.h"
#include "evidence/text.h"
#include "evidence/trust.h"
#include "timeline/confine.h"
#include "timeline/event.h"
#include "timeline/feed.h"
#include "timeline/reader.h"

#include "timeline/show.h"

const char show_usage[] =
    "  show ROW --package PACKAGE [--trust KEY.pub] [--accept-damaged]\n"
    "      write the exact bytes of the record of ROW to standard output\n"
    "        ROW                    an event_id of any output, or\n"
    "                               MEMBER:OFFSET:LENGTH\n"
    "        --package PACKAGE      the package it came from; altered or\n"
    "                               damaged ends with 1\n"
    "        --trust KEY.pub        a minisign key to trust (repeatable)\n"
    "        --trust-file F, --ca ROOTS, --tsa-ca ROOTS, --crl FILE\n"
    "                               as azcustody-verify takes them\n"
    "        --accept-damaged       show it all the same\n";

#define CHOICE_TRUST 256 /* And the others of TRUST_WORD_LIST. */

struct show {
	const char * row;
	const char * package;
	struct trust * trust;
	bool accept_damaged;
	bool is_id;
	uint8_t id[EVENT_ID_LEN];
	char * member; /* Where it is, as asked for or as found. */
	int64_t offset;
	int64_t length;
	bool found;
};

/* "MEMBER:OFFSET:LENGTH": the last two colons count. */
static int
parse_place(struct show * s, struct err * e)
{
	const char * second = strrchr(s->row, ':');
	const char * first = second;

	while ((first != NULL) && (first > s->row)) {
		first--;
		if (*first == ':')
			break;
	}
	if ((second == NULL) || (first == s->row) || (*first != ':') ||
	    (text_parse_integer(
		 first + 1, (size_t)(second - first - 1), &s->offset) != 0) ||
	    (text_parse_integer(second + 1, strlen(second + 1), &s->length) !=
		0) ||
	    (s->offset < 0) || (s->length < 0)) {
		err_set(e, ERR_USAGE,
		    "give an event_id, or "
		    "MEMBER:OFFSET:LENGTH",
		    "%s is no row", s->row);
		return -1;
	}
	s->member = text_copy(s->row, e);
	if (s->member == NULL)
		return -1;
	s->member[first - s->row] = '\0';
	s->found = true;
	return 0;
}

static int
take_row(struct show * s, const char * row, struct err * e)
{
	s->row = row;
	if ((strlen(row) == 2 * EVENT_ID_LEN) &&
	    (text_hex_decode(row, s->id, EVENT_ID_LEN) == 0)) {
		s->is_id = true;
		return 0;
	}
	return parse_place(s, e);
}

static int
take_option(struct show * s, int c, const char * given, struct err * e)
{
	if ((c >= CHOICE_TRUST) && (c < CHOICE_TRUST + TRUST_WORDS))
		return trust_take(s->trust, c - CHOICE_TRUST, optarg, e);
	switch (c) {
	case 'p':
		if (s->package != NULL) {
			err_set(e, ERR_USAGE, "try --help", "--package twice");
			return -1;
		}
		s->package = optarg;
		return 0;
	case 'd':
		s->accept_damaged = true;
		return 0;
	}
	err_set(e, ERR_USAGE, "try --help",
	    (c == ':') ? "%s needs a value" : "%s is no option of show", given);
	return -1;
}

/* Return 1 to run, 0 if help was given, -1 with ${e} set. */
static int
read_options(int argc, char ** argv, struct show * s, struct err * e)
{
	static const struct option longs[] = {
		{ "package", required_argument, NULL, 'p' },
		{ "trust", required_argument, NULL, CHOICE_TRUST },
		{ "trust-file", required_argument, NULL, CHOICE_TRUST + 1 },
		{ "ca", required_argument, NULL, CHOICE_TRUST + 2 },
		{ "tsa-ca", required_argument, NULL, CHOICE_TRUST + 3 },
		{ "crl", required_argument, NULL, CHOICE_TRUST + 4 },
		{ "accept-damaged", no_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	opterr = 0;
	optind = 1;
	for (;;) {
		c = getopt_long(argc, argv, ":", longs, NULL);
		if (c == -1)
			break;
		if (c == 'h') {
			(void)printf("usage:\n%s", show_usage);
			return 0;
		}
		if (take_option(s, c, argv[optind - 1], e) != 0)
			return -1;
	}
	if ((argc - optind != 1) || (s->package == NULL)) {
		err_set(e, ERR_USAGE, "try --help",
		    "show needs one row and --package");
		return -1;
	}
	return (take_row(s, argv[optind], e) == 0) ? 1 : -1;
}

/* Is this record the one whose id was asked for? */
static int
take_record(void * cookie, const struct event_record * r, struct err * e)
{
	struct show * s = cookie;
	uint8_t id[EVENT_ID_LEN];

	if (s->found)
		return 0;
	event_id_of_record(&r->origin, id);
	/* The last four bytes number the events of one record. */
	if (memcmp(id, s->id, EVENT_ID_LEN - 4) != 0)
		return 0;
	s->member = text_copy(r->origin.member, e);
	if (s->member == NULL)
		return -1;
	s->offset = r->origin.offset;
	s->length = r->origin.length;
	s->found = true;
	return 0;
}

static int
ignore_event(void * cookie, const struct event * ev, struct err * e)
{
	(void)cookie;
	(void)ev;
	(void)e;
	return 0;
}

static int
ignore_quarantine(
    void * cookie, const struct event_quarantine * q, struct err * e)
{
	(void)cookie;
	(void)q;
	(void)e;
	return 0;
}

static struct feed *
open_package(const struct show * s, struct err * e)
{
	struct feed * f = feed_open(s->package, s->trust, e);

	if (f == NULL)
		return NULL;
	if ((feed_head(f)->verdict != FEED_ALTERED) || s->accept_damaged)
		return f;
	err_set(e, ERR_FORGED,
	    "treat it as altered; --accept-damaged shows it all the same",
	    "%s: %s", s->package, feed_head(f)->first_failure);
	feed_close(f);
	return NULL;
}

/* Feed one member to the reader. */
static int
search_member(struct reader * r, struct feed * f, struct err * e)
{
	const uint8_t * bytes;
	int64_t got;

	for (;;) {
		got = feed_data(f, &bytes, e);
		if (got <= 0)
			break;
		if (reader_feed(r, bytes, (size_t)got, e) != 0)
			return -1;
	}
	return (got == 0) ? reader_end(r, e) : -1;
}

/* Read the package until the record with the id comes. */
static int
search(struct show * s, struct err * e)
{
	struct event_sink sink = { s, take_record, ignore_event,
		ignore_quarantine, NULL };
	struct event_origin origin = { NULL, NULL, NULL, 0, 0, NULL };
	struct feed_member member;
	struct feed * f = NULL;
	struct reader * r = NULL;
	int rc = -1;

	f = open_package(s, e);
	if (f == NULL)
		goto out;
	r = reader_new(&sink, e);
	if (r == NULL)
		goto out;
	origin.package = feed_head(f)->package;
	while (!s->found) {
		rc = feed_next(f, &member, e);
		if (rc != 1)
			break;
		origin.member = member.path;
		reader_begin(r, &origin, member.kind);
		if (search_member(r, f, e) != 0)
			break;
	}
	if (!s->found && (e->kind == ERR_NONE))
		err_set(
		    e, ERR_USAGE, NULL, "%s has no row %s", s->package, s->row);
	rc = (e->kind == ERR_NONE) ? 0 : -1;

out:
	reader_free(r);
	feed_close(f);
	return rc;
}

/* Keep of ${bytes}, which begin at ${at}, what belongs to the record. */
static int
keep(const struct show * s, struct buf * out, const uint8_t * bytes,
    int64_t len, int64_t at, struct err * e)
{
	int64_t from = (s->offset > at) ? s->offset - at : 0;
	int64_t to = s->offset + s->length - at;

	if (to > len)
		to = len;
	if (from >= to)
		return 0;
	return buf_add(out, bytes + from, (size_t)(to - from), e);
}

/* Cut the record out of its member, whose end proves it. */
static int
cut(const struct show * s, struct feed * f, struct buf * out, struct err * e)
{
	const uint8_t * bytes;
	int64_t at = 0;
	int64_t got;

	for (;;) {
		got = feed_data(f, &bytes, e);
		if (got <= 0)
			break;
		if (keep(s, out, bytes, got, at, e) != 0)
			return -1;
		at += got;
	}
	if (got < 0)
		return -1;
	if ((int64_t)out->len == s->length)
		return 0;
	err_set(e, ERR_USAGE, NULL, "%s ends before %s", s->member, s->row);
	return -1;
}

static int
print_record(const struct show * s, struct err * e)
{
	struct feed_member member;
	struct buf out = { 0 };
	struct feed * f;
	int rc;

	f = open_package(s, e);
	if (f == NULL)
		return -1;
	do {
		rc = feed_next(f, &member, e);
	} while ((rc == 1) && (strcmp(member.path, s->member) != 0));
	if (rc == 0)
		err_set(e, ERR_USAGE, NULL, "%s has no member %s", s->package,
		    s->member);
	if (rc == 1)
		rc = (cut(s, f, &out, e) == 0) ? 0 : -1;
	else
		rc = -1;
	if (rc == 0)
		rc = io_write_all(STDOUT_FILENO, out.bytes, out.len, e);
	buf_free(&out);
	feed_close(f);
	return rc;
}

/* Everything behind the options, with rights given up. */
static int
show_row(struct show * s, struct err * e)
{
	const struct confine c = { &s->package, 1, -1, false };

	if (confine_enter(&c, e) != 0)
		return -1;
	if (s->is_id && (search(s, e) != 0))
		return -1;
	return print_record(s, e);
}

int
show_run(int argc, char ** argv, int * exit_code, struct err * e)
{
	struct show s;
	int rc;

	(void)exit_code;
	memset(&s, 0, sizeof(s));
	s.trust = trust_new(e);
	if (s.trust == NULL)
		return -1;
	rc = read_options(argc, argv, &s, e);
	if (rc == 1)
		rc = show_row(&s, e);
	free(s.member);
	trust_free(s.trust);
	return rc;
}
