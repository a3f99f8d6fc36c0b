#ifndef COLLECT_FORECAST_PRINT_H
#define COLLECT_FORECAST_PRINT_H

#include "evidence/err.h"

#include "collect/options.h"

/*
 * The verb plan as the user sees it.
 */
#define FORECAST_PRINT_RANGES 12 /* Of a resource, as text; JSON has all. */

/**
 * forecast_print(o, e):
 * List what the options ${o} ask for, taking nothing, and print what a run
 * would take: text, or with --json one object a line, the last one of type
 * "summary".  Return the exit code: 0, 3 where a run would end with gaps or a
 * SAS ends too soon, or that of the failure ${e}, which the caller prints.
 */
int forecast_print(const struct options * o, struct err * e);

#endif
