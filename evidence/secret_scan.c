#include <string.h>

#include "evidence/secret_find.h"
#include "evidence/secret_scan.h"

void
secret_scan_begin(struct secret_scan * s)
{
	memset(&s->counts, 0, sizeof(s->counts));
	s->base = 0;
	s->len = s->scanned = 0;
	s->looked = 0;
	s->is_new_line = true;
	memset(s->head, 0, sizeof(s->head));
	s->size = 0;
}

/* How files begin that are compressed, or text of two bytes a character. */
static const struct {
	const char * bytes;
	size_t len;
} closed[] = {
	{ "\x1f\x8b", 2 },         /* gzip */
	{ "\x28\xb5\x2f\xfd", 4 }, /* zstd */
	{ "PK\x03\x04", 4 },       /* zip */
	{ "BZh", 3 },              /* bzip2 */
	{ "\xfd"
	  "7zXZ",
	    5 },                   /* xz */
	{ "\x04\x22\x4d\x18", 4 }, /* lz4 */
	{ "Obj\x01", 4 },          /* Avro, whose blocks may be compressed */
	{ "PAR1", 4 },             /* Parquet, likewise */
	{ "\xff\xfe", 2 },         /* UTF-16, low byte first, */
	{ "\xfe\xff", 2 },         /* and high byte first */
};

/* The next ${bytes} of the object, as far as they tell whether it is closed. */
static void
look_at_head(struct secret_scan * s, const uint8_t * bytes, size_t len)
{
	size_t part = (s->size < SECRET_SCAN_HEAD)
	    ? (size_t)(SECRET_SCAN_HEAD - s->size)
	    : 0;

	part = (len < part) ? len : part;
	for (size_t i = 0; i < part; i++) {
		if (s->size + (int64_t)i < (int64_t)sizeof(s->head))
			s->head[(size_t)s->size + i] = bytes[i];
		if (bytes[i] == 0)
			s->counts.is_closed = true;
	}
	s->size += (int64_t)len;
}

/* Whether a line ended between the last secret and ${at}. */
static void
look_for_line(
    struct secret_scan * s, const uint8_t * bytes, int64_t base, int64_t at)
{
	size_t from;

	if (s->is_new_line || (at <= s->looked))
		return;
	from = (s->looked > base) ? (size_t)(s->looked - base) : 0;
	s->is_new_line =
	    memchr(bytes + from, '\n', (size_t)(at - base) - from) != NULL;
	s->looked = at;
}

/* Where ${mark} stands next, or ${to}. */
static size_t
find_mark(const uint8_t * bytes, size_t from, size_t to, char mark)
{
	const uint8_t * found =
	    (from < to) ? memchr(bytes + from, mark, to - from) : NULL;

	return (found == NULL) ? to : (size_t)(found - bytes);
}

static void
count(struct secret_scan * s, const uint8_t * bytes, int64_t base, int64_t at,
    enum secret_sort sort)
{
	look_for_line(s, bytes, base, at);
	if (s->is_new_line)
		s->counts.records++;
	if (s->counts.all < SECRET_SCAN_PLACES)
		s->counts.places[s->counts.all] = at;
	s->counts.all++;
	s->counts.of[sort]++;
	s->is_new_line = false;
	s->looked = at;
}

/*
 * Judge the places from ${from} to ${to} of the ${len} ${bytes}.  Most bytes of
 * a log are none: each character that can be one is looked for by itself, which
 * libraries do many bytes at a time.
 */
static void
scan(struct secret_scan * s, const uint8_t * bytes, size_t len, size_t from,
    size_t to, int64_t base)
{
	static const char marks[] = { '=', '%', '\\', 'J' };
	size_t next[sizeof(marks)];
	enum secret_sort sort;
	size_t begin, low, high;

	for (size_t i = 0; i < sizeof(marks); i++)
		next[i] = find_mark(bytes, from, to, marks[i]);
	for (;;) {
		size_t first = 0;

		for (size_t i = 1; i < sizeof(marks); i++)
			first = (next[i] < next[first]) ? i : first;
		if (next[first] >= to)
			break;
		/* No more is looked at than there is at every border. */
		low = (next[first] > SECRET_SCAN_BEFORE)
		    ? next[first] - SECRET_SCAN_BEFORE
		    : 0;
		high = (len - next[first] > SECRET_SCAN_AFTER)
		    ? next[first] + SECRET_SCAN_AFTER
		    : len;
		if (secret_find(bytes + low, high - low, next[first] - low,
			&begin, &sort))
			count(s, bytes, base, base + (int64_t)(low + begin),
			    sort);
		next[first] =
		    find_mark(bytes, next[first] + 1, to, marks[first]);
	}
	look_for_line(s, bytes, base, base + (int64_t)to);
}

/* Forget what no place can look back to any more. */
static void
shorten(struct secret_scan * s)
{
	size_t drop = (s->scanned > SECRET_SCAN_BEFORE)
	    ? s->scanned - SECRET_SCAN_BEFORE
	    : 0;

	memmove(s->tail, s->tail + drop, s->len - drop);
	s->len -= drop;
	s->scanned -= drop;
	s->base += (int64_t)drop;
}

void
secret_scan_add(struct secret_scan * s, const uint8_t * bytes, size_t len)
{
	const size_t around = SECRET_SCAN_BEFORE + SECRET_SCAN_AFTER;
	size_t part = (len < around) ? len : around;
	int64_t base;

	if (len == 0)
		return;
	look_at_head(s, bytes, len);
	/* What stood at the end before, with the beginning of this. */
	base = s->base + (int64_t)s->len;
	memcpy(s->tail + s->len, bytes, part);
	s->len += part;
	if (s->len > SECRET_SCAN_AFTER + s->scanned) {
		scan(s, s->tail, s->len, s->scanned, s->len - SECRET_SCAN_AFTER,
		    s->base);
		s->scanned = s->len - SECRET_SCAN_AFTER;
	}
	if (part < len) {
		/* The rest where it lies; its end is kept for the next. */
		scan(s, bytes, len, SECRET_SCAN_BEFORE, len - SECRET_SCAN_AFTER,
		    base);
		memcpy(s->tail, bytes + len - around, around);
		s->base = base + (int64_t)(len - around);
		s->len = around;
		s->scanned = SECRET_SCAN_BEFORE;
		return;
	}
	shorten(s);
}

const struct secret_counts *
secret_scan_end(struct secret_scan * s)
{
	scan(s, s->tail, s->len, s->scanned, s->len, s->base);
	s->scanned = s->len;
	for (size_t i = 0; i < sizeof(closed) / sizeof(*closed); i++)
		if ((s->size >= (int64_t)closed[i].len) &&
		    (memcmp(s->head, closed[i].bytes, closed[i].len) == 0))
			s->counts.is_closed = true;
	return &s->counts;
}

const char *
secret_sort_text(enum secret_sort sort)
{
	static const char * const words[SECRET_SORTS] = { "account-key",
		"access-key", "signature", "token" };

	return words[sort];
}
