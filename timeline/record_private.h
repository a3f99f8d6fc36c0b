#ifndef TIMELINE_RECORD_PRIVATE_H
#define TIMELINE_RECORD_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "timeline/record.h"

#define RECORD_WHY_SIZE 160

/* Values stand in one array, in the order of the text; place 0 is unused. */
struct record {
	struct record_value * values;
	size_t count;
	size_t room;
	char * text; /* All strings and numbers, a NUL behind each. */
	size_t text_len;
	size_t text_room;

	uint32_t open[RECORD_MAX_DEPTH]; /* The brackets around this place. */
	uint32_t last[RECORD_MAX_DEPTH]; /* The last child of each, or 0. */
	int depth;
	const char * key; /* Of the member whose value is due. */
	size_t key_len;

	struct record_value ** sorted; /* For the search for conflicts. */
	size_t sorted_room;

	const char * conflict;
	bool escapes; /* A backslash is somewhere, so a NUL may be. */
	bool nul;
	bool surrogate;
	bool no_memory;
	bool over;
	char why[RECORD_WHY_SIZE];
};

/**
 * record_reset(r, len, e):
 * Make ${r} empty, with room for the texts of ${len} bytes.  Return 0, or -1
 * with ${e} set.
 */
int record_reset(struct record * r, size_t len, struct err * e);

/**
 * record_refuse(r, result, why):
 * Keep ${why} and return ${result}.
 */
enum record_result record_refuse(
    struct record * r, enum record_result result, const char * why);

/**
 * record_add(r, type):
 * Add a value at this place of the tree.  This and the following return 1, or
 * 0 to end the parse (over a limit, or no memory), as yajl wants it.
 */
int record_add(struct record * r, enum record_type type);

/**
 * record_add_text(r, type, text, len):
 * Add a string or number.
 */
int record_add_text(
    struct record * r, enum record_type type, const char * text, size_t len);

/**
 * record_add_key(r, text, len):
 * Note the name of the member whose value follows.
 */
int record_add_key(struct record * r, const char * text, size_t len);

/**
 * record_open(r, type):
 * Add an object or array and step into it.
 */
int record_open(struct record * r, enum record_type type);

/**
 * record_close(r, type):
 * Step out of an object or array; look for conflicts in an object.
 */
int record_close(struct record * r, enum record_type type);

#endif
