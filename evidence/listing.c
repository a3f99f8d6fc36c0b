#include <assert.h>
#include <expat.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/listing.h"
#include "evidence/listing_walk.h"
#include "evidence/text.h"

#define SLICE_BYTES 16384 /* Given to expat at once. */

struct listing {
	XML_Parser parser;
	struct listing_walk * walk;
	struct err * e; /* During listing_feed and listing_finish only. */
	struct listing_page page;
	bool is_finished;
};

/* After a failure of the walk: make XML_Parse return. */
static void
stop(struct listing * l)
{
	assert(l->e->kind != ERR_NONE);
	(void)XML_StopParser(l->parser, XML_FALSE);
}

/*
 * expat may still report an event or two after XML_StopParser, hence the look
 * at the error first.
 */
static void XMLCALL
on_open(void * cookie, const char * name, const char ** attributes)
{
	struct listing * l = cookie;

	if (l->e->kind != ERR_NONE)
		return;
	if (listing_walk_open(
		l->walk, name, (const char * const *)attributes, l->e) != 0)
		stop(l);
}

static void XMLCALL
on_text(void * cookie, const char * text, int len)
{
	struct listing * l = cookie;

	if (l->e->kind != ERR_NONE)
		return;
	if (listing_walk_text(l->walk, text, (size_t)len, l->e) != 0)
		stop(l);
}

static void XMLCALL
on_close(void * cookie, const char * name)
{
	struct listing * l = cookie;

	(void)name;
	if (l->e->kind != ERR_NONE)
		return;
	if (listing_walk_close(l->walk, l->e) != 0)
		stop(l);
}

static void XMLCALL
on_doctype(void * cookie, const char * name, const char * system_id,
    const char * public_id, int has_subset)
{
	struct listing * l = cookie;

	(void)name;
	(void)system_id;
	(void)public_id;
	(void)has_subset;
	err_set(l->e, ERR_INPUT, NULL, "a DOCTYPE has no place in it");
	stop(l);
}

static void XMLCALL
on_declaration(
    void * cookie, const char * version, const char * encoding, int standalone)
{
	struct listing * l = cookie;

	(void)standalone;
	/* NULL in the declaration of an entity, which there is none of. */
	if ((version == NULL) || (strcmp(version, "1.0") != 0)) {
		err_set(l->e, ERR_INPUT, NULL, "not XML 1.0");
		stop(l);
		return;
	}
	if ((encoding == NULL) || (text_compare_nocase(encoding, "utf-8") == 0))
		return;
	err_set(l->e, ERR_INPUT, NULL, "not UTF-8, but %.32s", encoding);
	stop(l);
}

struct listing *
listing_new(enum listing_kind kind, listing_found * found, void * cookie,
    struct err * e)
{
	struct listing * l = NULL;

	l = calloc(1, sizeof(*l));
	if (l == NULL)
		goto fail;
	l->walk = listing_walk_new(kind, found, cookie, e);
	if (l->walk == NULL)
		goto fail;
	/* UTF-8, whatever the document says of itself. */
	l->parser = XML_ParserCreate("UTF-8");
	if (l->parser == NULL)
		goto fail;
	XML_SetUserData(l->parser, l);
	XML_SetElementHandler(l->parser, on_open, on_close);
	XML_SetCharacterDataHandler(l->parser, on_text);
	XML_SetStartDoctypeDeclHandler(l->parser, on_doctype);
	XML_SetXmlDeclHandler(l->parser, on_declaration);
	return l;

fail:
	err_set(e, ERR_SYSTEM, NULL, "no memory");
	err_in(e, "listing");
	listing_free(l);
	return NULL;
}

/* Say in ${l}->e why expat stopped, if nothing of ours did. */
static void
say_why(struct listing * l)
{
	enum XML_Error code = XML_GetErrorCode(l->parser);

	err_set(l->e, (code == XML_ERROR_NO_MEMORY) ? ERR_SYSTEM : ERR_INPUT,
	    NULL, "%s", XML_ErrorString(code));
	err_in(l->e, "listing: byte %lld",
	    (long long)XML_GetCurrentByteIndex(l->parser));
}

/* Give one slice to expat and see that it does not hoard. */
static int
parse_slice(struct listing * l, const char * bytes, size_t len, bool is_last)
{
	int64_t used;

	l->page.bytes += (int64_t)len;
	if (XML_Parse(l->parser, bytes, (int)len, is_last) != XML_STATUS_OK) {
		say_why(l);
		return -1;
	}
	if (is_last)
		return 0;
	/* -1 before the first event. */
	used = (int64_t)XML_GetCurrentByteIndex(l->parser);
	if (l->page.bytes - ((used < 0) ? 0 : used) > LISTING_TOKEN_MAX) {
		err_set(l->e, ERR_LIMIT, NULL, "listing: a tag over %d bytes",
		    LISTING_TOKEN_MAX);
		return -1;
	}
	return 0;
}

int
listing_feed(struct listing * l, const void * bytes, size_t len, struct err * e)
{
	const char * at = bytes;
	int rc = -1;

	assert(!l->is_finished && (e->kind == ERR_NONE));
	l->e = e;
	if ((int64_t)len > LISTING_PAGE_MAX - l->page.bytes) {
		err_set(e, ERR_LIMIT, NULL, "listing: a page over %lld bytes",
		    (long long)LISTING_PAGE_MAX);
		goto out;
	}
	/* No UTF-8 document holds one, and every UTF-16 one does. */
	if ((len > 0) && (memchr(bytes, 0, len) != NULL)) {
		err_set(e, ERR_INPUT, NULL, "listing: a NUL byte in it");
		goto out;
	}
	while (len > 0) {
		size_t slice = (len < SLICE_BYTES) ? len : SLICE_BYTES;

		if (parse_slice(l, at, slice, false) != 0)
			goto out;
		at += slice;
		len -= slice;
	}
	rc = 0;

out:
	l->e = NULL;
	return rc;
}

int
listing_finish(struct listing * l, struct err * e)
{
	int rc = -1;

	assert(!l->is_finished && (e->kind == ERR_NONE));
	l->e = e;
	if (parse_slice(l, "", 0, true) != 0)
		goto out;
	if (listing_walk_finish(l->walk, &l->page, e) != 0) {
		err_in(e, "listing");
		goto out;
	}
	l->is_finished = true;
	rc = 0;

out:
	l->e = NULL;
	return rc;
}

const struct listing_page *
listing_page(const struct listing * l)
{
	assert(l->is_finished);
	return &l->page;
}

void
listing_free(struct listing * l)
{
	if (l == NULL)
		return;
	if (l->parser != NULL)
		XML_ParserFree(l->parser);
	listing_walk_free(l->walk);
	free(l);
}
