#ifndef COLLECT_RESPONSE_CHECK_H
#define COLLECT_RESPONSE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collect/http.h"
#include "collect/response_headers.h"
#include "evidence/gap.h"

/*
 * The one place that says whether an answer is what was asked for.  A pure
 * function of the question and the answer: no clock, no network, no state.  An
 * answer that libcurl calls a success is not believed for that.
 */
#define RESPONSE_TEXT_SIZE 256

enum response_operation {
	RESPONSE_LIST,       /* A page of containers or blobs. */
	RESPONSE_PROPERTIES, /* HEAD of a blob. */
	RESPONSE_WHOLE,      /* GET of a whole blob, no range. */
	RESPONSE_RANGE,      /* GET of bytes first to last. */
	RESPONSE_BLOCKS,     /* GET of the list of committed blocks. */
	RESPONSE_ABOUT       /* GET about an account or a container. */
};

/* What to do with the answer. */
enum response_outcome {
	RESPONSE_OK,      /* It is what was asked for. */
	RESPONSE_RETRY,   /* Ask again after a wait; then it is a gap. */
	RESPONSE_GAP,     /* It cannot be had; asking again is no use. */
	RESPONSE_CHANGED, /* The pinned state is gone: begin the blob anew. */
	RESPONSE_EXPIRED, /* The credential has ended: renew, then resume. */
	RESPONSE_DENIED,  /* The credential does not permit this. */
	RESPONSE_STOP     /* Nothing more can be had of this service. */
};

/* Why; response_reason_text gives the word for the documents. */
enum response_reason {
	RESPONSE_FINE,
	RESPONSE_NETWORK, /* No connection, or a broken one. */
	RESPONSE_TIMEOUT,
	RESPONSE_TLS,          /* The handshake failed. */
	RESPONSE_CERTIFICATE,  /* The peer is not who it must be. */
	RESPONSE_SHORT_BODY,   /* Fewer bytes than stated. */
	RESPONSE_WRONG_LENGTH, /* Stated or sent: not what was asked. */
	RESPONSE_BAD_FRAMING,  /* Ambiguous where the answer ends. */
	RESPONSE_BAD_RANGE,    /* Other bytes than asked for. */
	RESPONSE_BAD_DIGEST,   /* The body is not the one of Content-MD5. */
	RESPONSE_BAD_HEADER,   /* One that must be there is not, or is odd. */
	RESPONSE_CROSSED,      /* The answer to another request. */
	RESPONSE_WRONG_TYPE,   /* Another type of blob than pinned. */
	RESPONSE_WRONG_STATUS, /* 200 for 206, 206 for 200, 304, 1xx ... */
	RESPONSE_REDIRECT,     /* 3xx; never followed. */
	RESPONSE_BAD_REQUEST,  /* 400, 411, 414: the service objects. */
	RESPONSE_NOT_ALLOWED,  /* 401, 403 */
	RESPONSE_SKEWED,       /* 403, and our clocks are far apart. */
	RESPONSE_PAST_END,     /* 403, and the SAS has ended. */
	RESPONSE_KEY_REVOKED,  /* The customer's encryption key is gone. */
	RESPONSE_NOT_FOUND,    /* 404 */
	RESPONSE_GONE,         /* 410 */
	RESPONSE_ARCHIVED,     /* 409 BlobArchived, BlobBeingRehydrated */
	RESPONSE_LEASED,       /* 409, 412 with a lease's code */
	RESPONSE_CONFLICT,     /* Any other 409. */
	RESPONSE_PRECONDITION, /* 412 */
	RESPONSE_SHRUNK,       /* 416: the blob is shorter now. */
	RESPONSE_BUSY,         /* 429, 503, 408 */
	RESPONSE_SERVER_ERROR, /* 500, 502, 504, any other 5xx */
	RESPONSE_LIMIT,        /* Over a limit of ours. */
	RESPONSE_INTERRUPTED,  /* We stopped it ourselves. */
	RESPONSE_LOCAL         /* Memory and the like, on this machine. */
};
#define RESPONSE_REASON_COUNT 32

/* What Content-MD5 and x-ms-content-crc64 say about the body. */
enum response_digest {
	RESPONSE_DIGEST_ABSENT,
	RESPONSE_DIGEST_MATCHED,
	RESPONSE_DIGEST_MISMATCHED
};

/* What was asked. */
struct response_asked {
	enum response_operation operation;
	int64_t first, last;        /* RESPONSE_RANGE: inclusive. */
	int64_t total;              /* Length of the blob; -1: not known. */
	bool may_grow;              /* Append blob: total or more is fine. */
	const char * etag;          /* Pinned, with quotes; NULL: none. */
	const char * blob_type;     /* Pinned; NULL: none. */
	const char * creation_time; /* Pinned; NULL or "": none. */
	const char * client_request_id; /* NULL: none was sent. */
	int64_t committed_blocks; /* Pinned; -1: none; fewer is a change. */
	int64_t credential_ends;  /* CLOCK_UNKNOWN: not known. */
	int64_t now;              /* When the answer came. */
	/* A Content-MD5 of a whole blob is a property that anybody may have
	 * set: after the retries, take the body and say "mismatched". */
	bool accept_mismatch;
	bool wants_crc64; /* Its CRC64 was asked for. */
};

/* What came. */
struct response_came {
	enum http_fault fault;
	const char * fault_text; /* May be NULL. */
	int status;
	int version; /* 10, 11 */
	bool has_trailer;
	const struct response_headers * headers; /* NULL if none came. */
	int64_t body_len;
	/* 16 bytes, or NULL: not computed.  A blob's Content-MD5 that there is
	 * nothing to compare with counts as mismatched. */
	const uint8_t * body_md5;
	const uint8_t * body_crc64; /* 8 bytes, as body_md5. */
};

/* What it means. */
struct response_verdict {
	enum response_outcome outcome;
	enum response_reason reason;
	enum response_digest digest;
	int64_t retry_after_ms;        /* -1: the service does not say. */
	bool is_connection_bad;        /* Call http_close_after. */
	char text[RESPONSE_TEXT_SIZE]; /* For people; printable ASCII. */
};

/**
 * response_check(asked, came, verdict):
 * Judge ${came} as the answer to ${asked} and write ${verdict}.
 */
void response_check(const struct response_asked * asked,
    const struct response_came * came, struct response_verdict * verdict);

/**
 * response_check_headers(asked, came, verdict):
 * Judge as response_check all but the body, when the header block has come and
 * the body has not: RESPONSE_OK means that the body may be taken.
 */
void response_check_headers(const struct response_asked * asked,
    const struct response_came * came, struct response_verdict * verdict);

/**
 * response_is_whole(asked, h):
 * Return whether the body of the good answer with the headers ${h} to ${asked}
 * is all of the blob, so that the digest stored with it is about this body.
 */
bool response_is_whole(
    const struct response_asked * asked, const struct response_headers * h);

/**
 * response_outcome_text(outcome):
 * Return the word for ${outcome}: "ok", "retry", ...
 */
const char * response_outcome_text(enum response_outcome outcome);

/**
 * response_reason_text(reason):
 * Return the word for ${reason} in documents: "short-body", "archived", ...
 */
const char * response_reason_text(enum response_reason reason);

/**
 * response_gap_reason(reason):
 * Return the reason of the gap that ${reason} leaves when nothing helps.
 */
enum gap_reason response_gap_reason(enum response_reason reason);

/**
 * response_digest_text(digest):
 * Return "absent", "matched" or "mismatched".
 */
const char * response_digest_text(enum response_digest digest);

#endif
