#ifndef TIMELINE_AGENT_H
#define TIMELINE_AGENT_H

/*
 * What an agent string looks like.  It is what the client says of itself and
 * can be set to anything: a description, not an identification.
 */

/**
 * agent_describe(user_agent, referrer, uri):
 * Return the words for ${user_agent}, together with ${referrer} and the query
 * of ${uri} where they tell a portal from a browser; each may be NULL.  Return
 * NULL if there is nothing to describe, "other" if it is nothing known.  The
 * text is static.
 */
const char * agent_describe(
    const char * user_agent, const char * referrer, const char * uri);

#endif
