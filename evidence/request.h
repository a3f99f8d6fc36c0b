#ifndef EVIDENCE_REQUEST_H
#define EVIDENCE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/document.h"
#include "evidence/err.h"

/*
 * A line of meta/requests.jsonl: one HTTP request as it was sent and answered,
 * each range and each retry on its own.
 */
#define REQUEST_LINE_MAX ((size_t)64 << 10) /* Bytes of one line. */
#define REQUEST_CHAIN_MAX 10                /* Certificates of a peer. */

struct request {
	int64_t seq;         /* From 1, in the order of completion. */
	int64_t source;      /* Index into sources.json, or -1. */
	int64_t object;      /* The object's seq it was for, or 0. */
	const char * method; /* "GET" or "HEAD" */
	const char * url;    /* Signature removed. */
	int64_t range_first; /* -1 for a request without a range. */
	int64_t range_last;
	int64_t status;                 /* 0 if there was no answer. */
	int64_t bytes;                  /* Of the body that came. */
	const char * error;             /* NULL for a complete answer. */
	const char * request_id;        /* The service's. */
	const char * client_request_id; /* Ours. */
	const char * date;              /* The service's Date. */
	const char * md5;   /* Content-MD5 of the body; NULL: none. */
	const char * crc64; /* Its x-ms-content-crc64; NULL: none. */
	/* "matched" or "mismatched" by our own; NULL with neither. */
	const char * digest_check;
	int64_t sent_at;
	int64_t done_at;
	/* Which connection it went over, from 1 in the order of these lines;
	 * 0: not known.  The first line of each says what it was. */
	int64_t connection;
	bool is_opening;
	const char * peer;     /* "ADDRESS:PORT", and below. */
	const char * local;    /* Ours. */
	const char * protocol; /* "TLSv1.3"; NULL without TLS. */
	const char * cipher;
	const char * const * chain; /* SHA-256 in hex, leaf first. */
	size_t n_chain;

	/* Owned by a parsed one. */
	struct document doc;
	const char ** own_chain;
};

/**
 * request_format(request, out, e):
 * Append the line of ${request}, with its LF, to ${out}.  Return 0, or -1 with
 * ${e} set.
 */
int request_format(
    const struct request * request, struct buf * out, struct err * e);

/**
 * request_parse(bytes, len, request, e):
 * Parse a line without its LF into ${request}.  Return 0, and request_free
 * releases it, or -1 with ${e} set and ${request} empty.
 */
int request_parse(
    const void * bytes, size_t len, struct request * request, struct err * e);

/**
 * request_free(request):
 * Release what a parsed ${request} owns and make it zeros.
 */
void request_free(struct request * request);

#endif
