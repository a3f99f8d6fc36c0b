#ifndef COLLECT_ASKED_H
#define COLLECT_ASKED_H

#include <stdbool.h>
#include <stddef.h>

#include "evidence/err.h"
#include "evidence/json.h"

#include "collect/options.h"
#include "collect/scope.h"

/*
 * What is asked for of an account: of all alike, or of one that a config gives
 * words of its own.
 */
struct asked {
	const char * containers[OPTIONS_MAX_CONTAINERS];
	size_t container_count;
	unsigned logs;
	bool is_logs_asked; /* By --logs: those that are missing are gaps. */
	const char * prefixes[OPTIONS_MAX_PREFIXES]; /* None: all. */
	size_t prefix_count;
	unsigned include; /* OPTIONS_INCLUDE_... */
	struct scope_window window;
};

/**
 * asked_take(a, o, own):
 * Fill ${a}, which borrows from both, with what the words ${o} ask for and, in
 * their place, the words ${own} of one account (NULL: none).  Logs and
 * containers go together: one of them in ${own} stands in place of both.
 */
void asked_take(
    struct asked * a, const struct options * o, const struct options * own);

/**
 * asked_has_scope(own):
 * Return whether the words ${own} of an account say what is asked for of it.
 */
bool asked_has_scope(const struct options * own);

/**
 * asked_put(a, j):
 * Put ${a} as members into the object of ${j} that is open.
 */
void asked_put(const struct asked * a, struct json_out * j);

/**
 * asked_get(a, object, e):
 * Read the members of ${object} into ${a}, which borrows from it.  Return 0, or
 * -1 with ${e} set or, if they are not ours, untouched.
 */
int asked_get(struct asked * a, const struct json * object, struct err * e);

#endif
