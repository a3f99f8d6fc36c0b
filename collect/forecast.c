#include <stdlib.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/kind.h"

#include "collect/forecast.h"
#include "collect/lifetime.h"
#include "collect/scope.h"

#define HOUR (3600 * CLOCK_TICKS_PER_SECOND)

/* The hour that ${at} lies in, counted from 1970, also before it. */
static int32_t
hour_of(int64_t at)
{
	int64_t hour = at / HOUR;

	return (int32_t)((at % HOUR < 0) ? hour - 1 : hour);
}

/*
 * How many bytes of a blob's name say whose it is: up to the folder "y=", or
 * for classic logs up to the year, the first folder of digits.
 */
static size_t
length_of_resource(enum kind kind, const char * name, size_t len)
{
	for (size_t i = 0; i + 2 < len; i++) {
		bool is_start = (i == 0) || (name[i - 1] == '/');

		if (!is_start)
			continue;
		if ((kind == KIND_CLASSIC) && (name[i] >= '0') &&
		    (name[i] <= '9'))
			return i;
		if (((name[i] | 0x20) == 'y') && (name[i + 1] == '='))
			return i;
	}
	return 0;
}

/* Find the resource that the ${len} bytes of ${name} are, or add it. */
static struct forecast_resource *
resource_of(struct forecast * f, size_t target, const char * name, size_t len,
    struct err * e)
{
	struct forecast_resource * r;
	size_t room;

	/* A listing is in order: the last one is nearly always right. */
	for (size_t i = f->resource_count; i-- > 0;) {
		r = &f->resources[i];
		if ((r->target == target) && (r->name_len == len) &&
		    (memcmp(r->name, name, len) == 0))
			return r;
	}
	if (f->resource_count == FORECAST_RESOURCES_MAX) {
		err_set(e, ERR_LIMIT, "plan one account or container at a time",
		    "more than %d resources", FORECAST_RESOURCES_MAX);
		return NULL;
	}
	if (f->resource_count == f->resource_room) {
		room = (f->resource_room == 0) ? 64 : 2 * f->resource_room;
		r = realloc(f->resources, room * sizeof(*r));
		if (r == NULL) {
			err_set(e, ERR_SYSTEM, NULL, "out of memory");
			return NULL;
		}
		f->resources = r;
		f->resource_room = room;
	}
	r = &f->resources[f->resource_count];
	memset(r, 0, sizeof(*r));
	r->name = malloc(len + 1);
	if (r->name == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	memcpy(r->name, name, len);
	r->name[len] = '\0';
	r->name_len = len;
	r->target = target;
	f->resource_count++;
	return r;
}

/* Note that a blob of ${r} is about ${hour}. */
static int
add_hour(struct forecast * f, struct forecast_resource * r, int32_t hour,
    struct err * e)
{
	size_t len = r->hours.len;
	int32_t last;

	if (len > 0) {
		memcpy(
		    &last, r->hours.bytes + len - sizeof(last), sizeof(last));
		if (last == hour)
			return 0;
	}
	if (f->hours == FORECAST_HOURS_MAX) {
		err_set(e, ERR_LIMIT, "give --from and --to",
		    "more than %lld hours", (long long)FORECAST_HOURS_MAX);
		return -1;
	}
	f->hours++;
	return buf_add(&r->hours, &hour, sizeof(hour), e);
}

static int
add_entry(struct forecast * f, const struct plan_entry * entry, size_t target,
    struct err * e)
{
	const struct state_target * t = &f->p->state.targets[target];
	struct forecast_container * c = &f->containers[target];
	enum kind kind = kind_of_container(t->container);
	int64_t size = (entry->size > 0) ? entry->size : 0;
	struct forecast_resource * r;
	int64_t from, to;

	f->blobs++;
	f->bytes += size;
	c->blobs++;
	c->bytes += size;
	if (kind_time_of_blob(kind, entry->name, entry->name_len, &from, &to) !=
	    0) {
		c->unplaced++;
		return 0;
	}
	if ((c->first == CLOCK_UNKNOWN) || (from < c->first))
		c->first = from;
	if (to > c->last)
		c->last = to;
	if (scope_is_open(kind, entry->name, entry->name_len, f->now))
		c->open++;
	r = resource_of(f, target, entry->name,
	    length_of_resource(kind, entry->name, entry->name_len), e);
	if (r == NULL)
		return -1;
	r->blobs++;
	r->bytes += size;
	return add_hour(f, r, hour_of(from), e);
}

static int
compare_hours(const void * a, const void * b)
{
	const int32_t * x = a;
	const int32_t * y = b;

	return (*x > *y) - (*x < *y);
}

/* Sort the hours of ${r}, each once, and count what is missing. */
static void
finish_resource(struct forecast * f, struct forecast_resource * r)
{
	int32_t * hours = (int32_t *)(void *)r->hours.bytes;
	size_t count = r->hours.len / sizeof(*hours);
	struct forecast_range range = { 0 };
	size_t kept = 0;

	if (count == 0)
		return;
	qsort(hours, count, sizeof(*hours), compare_hours);
	for (size_t i = 0; i < count; i++) {
		if ((kept == 0) || (hours[kept - 1] != hours[i]))
			hours[kept++] = hours[i];
	}
	r->hours.len = kept * sizeof(*hours);
	while (forecast_next_missing(f, r, &range))
		r->missing += range.to - range.from;
	f->missing += r->missing;
	f->containers[r->target].missing += r->missing;
}

bool
forecast_next_missing(const struct forecast * f,
    const struct forecast_resource * r, struct forecast_range * range)
{
	const struct phases * p = f->p;
	const struct scope_window * window =
	    &facts_asked(&p->facts, (size_t)p->state.targets[r->target].service)
		 ->window;
	const int32_t * hours = (const int32_t *)(const void *)r->hours.bytes;
	size_t count = r->hours.len / sizeof(*hours);
	int64_t open =
	    f->now - SCOPE_OPEN_MINUTES * 60 * CLOCK_TICKS_PER_SECOND;
	int32_t end, from;

	if (count == 0)
		return false;
	end = (window->to == CLOCK_UNKNOWN) ? hours[count - 1] + 1
					    : hour_of(window->to - 1) + 1;
	if (end > hour_of(open))
		end = hour_of(open);
	/* Position 0 is before the first hour, i behind hour i - 1. */
	for (; range->at <= count; range->at++) {
		if (range->at > 0)
			from = hours[range->at - 1] + 1;
		else if (window->from == CLOCK_UNKNOWN)
			continue;
		else
			from = hour_of(window->from);
		if ((window->from != CLOCK_UNKNOWN) &&
		    (from < hour_of(window->from)))
			from = hour_of(window->from);
		range->from = from;
		range->to = end;
		if ((range->at < count) && (hours[range->at] < end))
			range->to = hours[range->at];
		if (range->from < range->to) {
			range->at++;
			return true;
		}
	}
	return false;
}

/* The target of each source; the caller frees it. */
static size_t *
targets_by_source(const struct state * s, struct err * e)
{
	size_t * list = calloc((size_t)s->source_count + 1, sizeof(*list));

	if (list == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	for (size_t i = 0; i < s->target_count; i++) {
		if (s->targets[i].source >= 0)
			list[s->targets[i].source] = i;
	}
	return list;
}

static int
read_plan(struct forecast * f, const size_t * targets, struct err * e)
{
	const struct phases * p = f->p;
	struct plan * plan = plan_open(p->work, PLAN_FILE, e);
	struct plan_entry * entry;
	int got = -1;

	if (plan == NULL)
		return -1;
	for (;;) {
		got = plan_next(plan, &entry, e);
		if (got <= 0)
			break;
		if (entry->source >= p->state.source_count) {
			err_set(e, ERR_BUG, NULL, "the plan names no source");
			got = -1;
		} else if (add_entry(f, entry, targets[entry->source], e) !=
		    0) {
			got = -1;
		}
		plan_entry_free(entry);
		if (got < 0)
			break;
	}
	plan_free(plan);
	return got;
}

int
forecast_read(const struct phases * p, struct forecast * f, struct err * e)
{
	size_t * targets = NULL;
	int rc = -1;

	memset(f, 0, sizeof(*f));
	f->p = p;
	f->now = clock_now();
	f->containers =
	    calloc(p->state.target_count + 1, sizeof(*f->containers));
	targets = targets_by_source(&p->state, e);
	if ((f->containers == NULL) || (targets == NULL)) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		goto out;
	}
	for (size_t i = 0; i < p->state.target_count; i++) {
		f->containers[i].first = CLOCK_UNKNOWN;
		f->containers[i].last = CLOCK_UNKNOWN;
	}
	if (read_plan(f, targets, e) != 0)
		goto out;
	for (size_t i = 0; i < f->resource_count; i++)
		finish_resource(f, &f->resources[i]);
	f->seconds = lifetime_estimate(f->blobs, f->bytes);
	rc = 0;

out:
	free(targets);
	return rc;
}

void
forecast_free(struct forecast * f)
{
	for (size_t i = 0; i < f->resource_count; i++) {
		free(f->resources[i].name);
		buf_free(&f->resources[i].hours);
	}
	free(f->resources);
	free(f->containers);
	memset(f, 0, sizeof(*f));
}
