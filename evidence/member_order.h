#ifndef EVIDENCE_MEMBER_ORDER_H
#define EVIDENCE_MEMBER_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/err.h"
#include "evidence/tar.h"

/*
 * Which members a package has and in which order they stand (FORMAT.md, "Order
 * of members").  Paths here are below the top folder.  Since the order is
 * strict, no path comes twice.
 */
enum member_kind {
	MEMBER_BAGIT,     /* bagit.txt */
	MEMBER_CASE,      /* meta/case.json */
	MEMBER_TOOL,      /* meta/tool.json */
	MEMBER_START,     /* meta/start.tsr */
	MEMBER_LISTING,   /* meta/listing/NNNNNN.xml, ascending */
	MEMBER_PAYLOAD,   /* data/SOURCE/SEQ-SLUG, SEQ from 1, none left out */
	MEMBER_RELISTING, /* meta/relisting/NNNNNN.xml, ascending */
	MEMBER_ANSWER,    /* meta/answer/NNNNNN.http, ascending */
	MEMBER_SOURCES,   /* meta/sources.json */
	MEMBER_OBJECTS,   /* meta/objects.jsonl */
	MEMBER_GAPS,      /* meta/gaps.jsonl */
	MEMBER_REQUESTS,  /* meta/requests.jsonl */
	MEMBER_CLOCK,     /* meta/clock.jsonl */
	MEMBER_TLS,       /* meta/tls/SHA256.der, ascending */
	MEMBER_FOOTPRINT, /* meta/footprint.json */
	MEMBER_JOURNAL,   /* meta/journal.jsonl */
	MEMBER_README,    /* README-VERIFY.txt */
	MEMBER_BAG_INFO,  /* bag-info.txt */
	MEMBER_MANIFEST,  /* manifest-sha256.txt */
	MEMBER_TAGMANIFEST, /* tagmanifest-sha256.txt */
	MEMBER_SEAL,        /* seal/seal.json */
	MEMBER_SIGNATURE,   /* seal/ROLE.minisig or .p7s, ascending */
	MEMBER_TOKEN,       /* seal/ROLE.minisig.N.tsr or .p7s.N.tsr */
	MEMBER_CERTS        /* seal/certs.pem */
};
#define MEMBER_KINDS 24

/* How far the members have come: plain bytes, for a checkpoint. */
struct member_order {
	bool is_started; /* last is one that was there. */
	char last[TAR_PATH_MAX + 1];
	int64_t next_seq; /* Of the next payload member, from 1. */
};

/**
 * member_order_start(order):
 * Make ${order} the state before the first member.
 */
void member_order_start(struct member_order * order);

/**
 * member_order_kind(path, kind):
 * Put the kind of the member ${path} into ${kind}.  Return 0, or -1 if no
 * member is called that.
 */
int member_order_kind(const char * path, enum member_kind * kind);

/**
 * member_order_next(order, path, kind, e):
 * Check that ${path} may stand behind what ${order} has seen, move ${order}
 * behind it and put its kind into ${kind}.  Return 0, or -1 with ${e} set
 * (ERR_INPUT) and both untouched.
 */
int member_order_next(struct member_order * order, const char * path,
    enum member_kind * kind, struct err * e);

/**
 * member_order_path(kind):
 * Return the path of the one member of ${kind}, or NULL if a kind has several.
 */
const char * member_order_path(enum member_kind kind);

/**
 * member_is_tag(kind):
 * Return whether the tag manifest covers members of ${kind}: all but the
 * payload, the tag manifest itself, the seal and its signatures.
 */
bool member_is_tag(enum member_kind kind);

#endif
