#include <string.h>

#include "evidence/clock.h"

#include "collect/options.h"
#include "collect/scope.h"

#define MINUTE (60 * CLOCK_TICKS_PER_SECOND)

static const struct scope_container containers[] = {
	{ "insights-logs-networksecuritygroupflowevent", OPTIONS_LOGS_FLOW },
	{ "insights-logs-flowlogflowevent", OPTIONS_LOGS_FLOW },
	{ "insights-logs-storageread", OPTIONS_LOGS_STORAGE },
	{ "insights-logs-storagewrite", OPTIONS_LOGS_STORAGE },
	{ "insights-logs-storagedelete", OPTIONS_LOGS_STORAGE },
	{ "insights-activity-logs", OPTIONS_LOGS_ACTIVITY },
	{ "insights-operational-logs", OPTIONS_LOGS_ACTIVITY },
	{ "$logs", OPTIONS_LOGS_CLASSIC },
	{ "am-*", OPTIONS_LOGS_LA }, /* No name, the last. */
};

#define KIND_COUNT_ALL (sizeof(containers) / sizeof(*containers))
#define CONTAINER_COUNT (KIND_COUNT_ALL - 1)

const struct scope_container *
scope_next_container(const struct scope_container * before)
{
	size_t at;

	if (before == NULL)
		return &containers[0];
	at = (size_t)(before - containers) + 1;
	return (at < CONTAINER_COUNT) ? &containers[at] : NULL;
}

const struct scope_container *
scope_next_kind(const struct scope_container * before)
{
	size_t at = (before == NULL) ? 0 : (size_t)(before - containers) + 1;

	return (at < KIND_COUNT_ALL) ? &containers[at] : NULL;
}

unsigned
scope_logs_of(const char * name)
{
	for (size_t i = 0; i < CONTAINER_COUNT; i++) {
		if (strcmp(containers[i].name, name) == 0)
			return containers[i].logs;
	}
	if (kind_of_container(name) == KIND_LA_EXPORT)
		return OPTIONS_LOGS_LA;
	return 0;
}

enum scope_place
scope_place(const struct scope_window * window, enum kind kind,
    const void * name, size_t len)
{
	int64_t margin = kind_margin(kind);
	int64_t from, to;

	if (kind_time_of_blob(kind, name, len, &from, &to) != 0)
		return SCOPE_UNPLACED;
	if ((window->from != CLOCK_UNKNOWN) && (to + margin <= window->from))
		return SCOPE_OUTSIDE;
	if ((window->to != CLOCK_UNKNOWN) && (from - margin >= window->to))
		return SCOPE_OUTSIDE;
	return SCOPE_INSIDE;
}

enum scope_place
scope_folder(const struct scope_window * window, enum kind kind,
    const void * name, size_t len)
{
	int64_t margin = kind_margin(kind);
	int64_t from, to;

	if (kind_time_of_folder(kind, name, len, &from, &to) != 0)
		return SCOPE_UNPLACED;
	if ((window->from != CLOCK_UNKNOWN) && (to + margin <= window->from))
		return SCOPE_OUTSIDE;
	if ((window->to != CLOCK_UNKNOWN) && (from - margin >= window->to))
		return SCOPE_OUTSIDE;
	if (((window->from == CLOCK_UNKNOWN) ||
		(from + margin >= window->from)) &&
	    ((window->to == CLOCK_UNKNOWN) || (to - margin <= window->to)))
		return SCOPE_INSIDE;
	return SCOPE_PARTLY;
}

bool
scope_is_open(enum kind kind, const void * name, size_t len, int64_t now)
{
	int64_t from, to;

	if (kind_time_of_blob(kind, name, len, &from, &to) != 0)
		return false;
	return now < to + (SCOPE_OPEN_MINUTES * MINUTE);
}
