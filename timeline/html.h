#ifndef TIMELINE_HTML_H
#define TIMELINE_HTML_H

#include <stddef.h>

#include "evidence/html.h"

/*
 * Pieces of HTML that only the timeline's report has, behind those of
 * evidence/html.h: data for its script, and files that the program carries.
 */

/**
 * html_json(h, json, len):
 * Append ${len} bytes of JSON so that they can stand in a script element: "<",
 * ">", "&", U+2028, and U+2029 as escapes of JSON.
 */
void html_json(struct html * h, const void * json, size_t len);

/**
 * html_file(h, name):
 * Append the embedded file ${name} as it is.
 */
void html_file(struct html * h, const char * name);

/**
 * html_file_hash(h, name):
 * Append 'sha256-...' of the embedded file ${name}, for a security policy.
 */
void html_file_hash(struct html * h, const char * name);

#endif
