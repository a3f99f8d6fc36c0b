#include <stdio.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/kind.h"
#include "evidence/text.h"

#define MINUTE (60 * CLOCK_TICKS_PER_SECOND)
#define HOUR (60 * MINUTE)

struct kind_row {
	const char * text;
	const char * container; /* Whole name, or a beginning if it ends "*" */
};

/* In the order of enum kind. */
static const struct kind_row rows[KIND_COUNT] = {
	{ "nsg-flow", "insights-logs-networksecuritygroupflowevent" },
	{ "vnet-flow", "insights-logs-flowlogflowevent" },
	{ "storage-read", "insights-logs-storageread" },
	{ "storage-write", "insights-logs-storagewrite" },
	{ "storage-delete", "insights-logs-storagedelete" },
	{ "classic", "$logs" },
	{ "activity", "insights-activity-logs" },
	{ "activity-legacy", "insights-operational-logs" },
	{ "la-export", "am-*" },
	{ "other", NULL },
	{ "local", NULL },
};

const char *
kind_text(enum kind kind)
{
	return rows[kind].text;
}

int
kind_parse(const char * text, enum kind * kind)
{
	for (int i = 0; i < KIND_COUNT; i++) {
		if (strcmp(rows[i].text, text) == 0) {
			*kind = (enum kind)i;
			return 0;
		}
	}
	return -1;
}

static bool
is_container(const char * container, const char * pattern)
{
	if (strcmp(pattern, "am-*") == 0)
		return ((container[0] | 0x20) == 'a') &&
		    ((container[1] | 0x20) == 'm') && (container[2] == '-') &&
		    (container[3] != '\0');
	return text_compare_nocase(container, pattern) == 0;
}

enum kind
kind_of_container(const char * container)
{
	for (int i = 0; i < KIND_COUNT; i++) {
		if ((rows[i].container != NULL) &&
		    is_container(container, rows[i].container))
			return (enum kind)i;
	}
	return KIND_OTHER;
}

/* Whether ${text} stands in the ${len} bytes ${path}, in either case. */
static bool
has_text(const char * path, size_t len, const char * text)
{
	size_t n = strlen(text);

	for (size_t i = 0; i + n <= len; i++) {
		size_t k = 0;

		while ((k < n) &&
		    (((unsigned char)path[i + k] | 0x20) ==
			((unsigned char)text[k] | 0x20)))
			k++;
		if (k == n)
			return true;
	}
	return false;
}

enum kind
kind_of_path(const void * path, size_t len)
{
	const char * p = path;
	const char * end = p + len;

	while (p < end) {
		const char * slash = memchr(p, '/', (size_t)(end - p));
		size_t n = (size_t)(((slash == NULL) ? end : slash) - p);
		char part[64];

		if ((slash != NULL) && (n < sizeof(part)) &&
		    (memchr(p, 0, n) == NULL)) {
			memcpy(part, p, n);
			part[n] = '\0';
			if (kind_of_container(part) != KIND_OTHER)
				return kind_of_container(part);
		}
		p += n + 1;
	}
	if (has_text(path, len, "flowLogResourceID="))
		return KIND_VNET_FLOW;
	if (has_text(path, len, "WorkspaceResourceId="))
		return KIND_LA_EXPORT;
	if (has_text(path, len, "/NETWORKSECURITYGROUPS/"))
		return KIND_NSG_FLOW;
	return KIND_OTHER;
}

int64_t
kind_margin(enum kind kind)
{
	return ((kind == KIND_LA_EXPORT) ? 24 : 1) * HOUR;
}

/* Take exactly ${n} digits at ${*p}, before ${end}.  Return 0, or -1. */
static int
take_number(const char ** p, const char * end, int n, int * value)
{
	int v = 0;

	if (end - *p < n)
		return -1;
	for (int i = 0; i < n; i++) {
		char c = (*p)[i];

		if ((c < '0') || (c > '9'))
			return -1;
		v = v * 10 + (c - '0');
	}
	*p += n;
	*value = v;
	return 0;
}

static int
take_text(const char ** p, const char * end, const char * text)
{
	size_t len = strlen(text);

	if (((size_t)(end - *p) < len) || (memcmp(*p, text, len) != 0))
		return -1;
	*p += len;
	return 0;
}

/* Take "y=2026/m=11/d=01/h=22/m=00/" at ${*p}: the m= by position. */
static int
take_folders(const char ** p, const char * end, struct clock_date * d)
{
	const char * q = *p;

	if ((take_text(&q, end, "y=") != 0) ||
	    (take_number(&q, end, 4, &d->year) != 0) ||
	    (take_text(&q, end, "/m=") != 0) ||
	    (take_number(&q, end, 2, &d->month) != 0) ||
	    (take_text(&q, end, "/d=") != 0) ||
	    (take_number(&q, end, 2, &d->day) != 0) ||
	    (take_text(&q, end, "/h=") != 0) ||
	    (take_number(&q, end, 2, &d->hour) != 0) ||
	    (take_text(&q, end, "/m=") != 0) ||
	    (take_number(&q, end, 2, &d->minute) != 0) ||
	    (take_text(&q, end, "/") != 0))
		return -1;
	*p = q;
	return 0;
}

/* Take "2026/11/01/2200/" at ${*p}. */
static int
take_classic(const char ** p, const char * end, struct clock_date * d)
{
	const char * q = *p;

	if ((take_number(&q, end, 4, &d->year) != 0) ||
	    (take_text(&q, end, "/") != 0) ||
	    (take_number(&q, end, 2, &d->month) != 0) ||
	    (take_text(&q, end, "/") != 0) ||
	    (take_number(&q, end, 2, &d->day) != 0) ||
	    (take_text(&q, end, "/") != 0) ||
	    (take_number(&q, end, 2, &d->hour) != 0) ||
	    (take_number(&q, end, 2, &d->minute) != 0) ||
	    (take_text(&q, end, "/") != 0))
		return -1;
	*p = q;
	return 0;
}

/* Whether the file behind the folders covers five minutes only. */
static bool
is_five_minutes(const char * p, const char * end)
{
	const char * file = p;

	for (; p < end; p++) {
		if (*p == '/')
			file = p + 1;
	}
	p = file;
	return (take_text(&p, end, "PT05M") == 0) ||
	    (take_text(&p, end, "PT5M") == 0);
}

/* The moment at which ${d} begins.  Return 0, or -1 if there is none. */
static int
begin_of(const struct clock_date * d, int64_t * at)
{
	struct err e;

	err_init(&e);
	return clock_from_date(d, at, &e);
}

int
kind_time_of_blob(
    enum kind kind, const void * blob, size_t len, int64_t * from, int64_t * to)
{
	const char * p = blob;
	const char * end = p + len;
	bool found = false;
	bool short_file = false;
	int64_t at = 0;

	/* The last such run of folders counts: names stand in front. */
	while (p < end) {
		struct clock_date d = { 0 };
		const char * q = p;
		bool is_run = (kind == KIND_CLASSIC)
		    ? (take_classic(&q, end, &d) == 0)
		    : (take_folders(&q, end, &d) == 0);

		if (is_run) {
			short_file = is_five_minutes(q, end);
			/* An hourly file is about its hour, whatever m= is. */
			if (!short_file)
				d.minute = 0;
			found = begin_of(&d, &at) == 0;
		}
		p = memchr(p, '/', (size_t)(end - p));
		if (p == NULL)
			break;
		p++;
	}
	if (!found)
		return -1;
	*from = at;
	*to = at + (short_file ? 5 * MINUTE : HOUR);
	return 0;
}

/* The steps of a run of folders: what stands before a number of how many
 * digits.  The last one of a classic log is hour and minute together. */
static const struct step {
	const char * before;
	int digits;
} steps[] = { { "y=", 4 }, { "m=", 2 }, { "d=", 2 }, { "h=", 2 }, { "m=", 2 } },
  classic_steps[] = { { "", 4 }, { "", 2 }, { "", 2 }, { "", 4 } };
#define STEPS 5
#define CLASSIC_STEPS 4

/*
 * Take exactly ${count} ${step}s, all that is left.  Return 0 with the numbers
 * in ${n}, or -1.
 */
static int
take_steps(const char * p, const char * end, const struct step * step,
    int count, int n[STEPS])
{
	for (int i = 0; i < count; i++) {
		if ((take_text(&p, end, step[i].before) != 0) ||
		    (take_number(&p, end, step[i].digits, &n[i]) != 0) ||
		    (take_text(&p, end, "/") != 0))
			return -1;
	}
	return (p == end) ? 0 : -1;
}

/* Where the last ${count} folders of ${folder} begin, or NULL. */
static const char *
last_folders(const char * folder, const char * end, int count)
{
	const char * p = end;

	while ((count > 0) && (p > folder)) {
		p--; /* The "/" that ends it. */
		while ((p > folder) && (p[-1] != '/'))
			p--;
		count--;
	}
	return (count == 0) ? p : NULL;
}

/* The span that ${count} numbers ${n} leave open.  Return 0, or -1. */
static int
span_of(const int n[STEPS], int count, int64_t * from, int64_t * to)
{
	struct clock_date first = { n[0], (count > 1) ? n[1] : 1,
		(count > 2) ? n[2] : 1, (count > 3) ? n[3] : 0, 0, 0, 0 };
	struct clock_date next = first;
	int64_t begin, end;

	if (begin_of(&first, &begin) != 0)
		return -1;
	if (count > 2) {
		*from = begin;
		*to = begin + ((count > 3) ? HOUR : 24 * HOUR);
		return 0;
	}
	if ((count == 1) || (next.month == 12)) {
		next.year++;
		next.month = 1;
	} else {
		next.month++;
	}
	if (begin_of(&next, &end) != 0)
		return -1;
	*from = begin;
	*to = end;
	return 0;
}

int
kind_time_of_folder(enum kind kind, const void * folder, size_t len,
    int64_t * from, int64_t * to)
{
	bool is_classic = (kind == KIND_CLASSIC);
	const struct step * step = is_classic ? classic_steps : steps;
	int most = is_classic ? CLASSIC_STEPS : STEPS;
	const char * end = (const char *)folder + len;

	for (int count = most; count > 0; count--) {
		const char * p = last_folders(folder, end, count);
		int n[STEPS] = { 0 };

		if ((p == NULL) || (take_steps(p, end, step, count, n) != 0))
			continue;
		if (is_classic && (count == CLASSIC_STEPS))
			n[3] /= 100; /* hhmm; its minute is always 00. */
		return span_of(n, count, from, to);
	}
	return -1;
}
