#ifndef EVIDENCE_HTML_H
#define EVIDENCE_HTML_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/err.h"

/*
 * Pieces of HTML.  Foreign text goes in through html_text only:
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
 * html_bytes(h, bytes, len):
 * Append ${len} ${bytes}, our own, as they are.
 */
void html_bytes(struct html * h, const void * bytes, size_t len);

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

#endif
