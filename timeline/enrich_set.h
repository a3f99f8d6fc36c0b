#ifndef TIMELINE_ENRICH_SET_H
#define TIMELINE_ENRICH_SET_H

#include "timeline/enrich_source.h"

/*
 * The inside of enrich.h, for the modules that read a set and that ask it.
 */
struct enrich {
	struct enrich_source sources[ENRICH_FILES_MAX];
	size_t count;
};

#endif
