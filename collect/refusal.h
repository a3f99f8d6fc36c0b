#ifndef COLLECT_REFUSAL_H
#define COLLECT_REFUSAL_H

/*
 * What the service's error codes for a refusal mean for the person with the
 * credential, in words that say what to look at.
 */

/**
 * refusal_words(code):
 * Return what the service's error ${code} says about a credential, or "" if
 * nothing is known about it.
 */
const char * refusal_words(const char * code);

#endif
