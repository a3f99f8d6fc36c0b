#ifndef TIMELINE_HTML_H
#define TIMELINE_HTML_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/err.h"

/*
 * Pieces of HTML.  Foreign text goes in through html_text or html_json only:
 * controls, bidirectional and invisible characters are made visible as
 * text_escape does, and nothing in it can end an element or an attribute.  The
 * first failure is kept, so that a page can be written without looking back.
 */
struct html {
	struct buf out;
	struct err * e;
	int failed;
};

/**
 * html_raw(h, text):
 * Append ${text}, our own, as it is.
 */
void html_raw(struct html * h, const char * text);

/**
 * html_rawf(h, fmt, ...):
 * Append our own text made from ${fmt}; a string argument must be our own too.
 */
void html_rawf(struct html * h, const char * fmt, ...)
    __attribute__((format(printf, 2, 3)));

/**
 * html_text(h, text):
 * Append the foreign ${text}, NULL as nothing, as character data.
 */
void html_text(struct html * h, const char * text);

/**
 * html_time(h, at):
 * Append the moment ${at} to the second, with the whole stamp as its title.
 */
void html_time(struct html * h, int64_t at);

/**
 * html_number(h, n):
 * Append ${n} with thin spaces between groups of three digits.
 */
void html_number(struct html * h, int64_t n);

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
