#ifndef COLLECT_OPTIONS_H
#define COLLECT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"
#include "evidence/signing.h"

/*
 * The command line of azcustody-collect, taken apart and checked, without a
 * look at anything but the words themselves.  No secret is ever a word of the
 * command line: a credential is named by where it can be read.
 */

#define OPTIONS_MAX_ACCOUNTS 64
#define OPTIONS_MAX_CONTAINERS 64
#define OPTIONS_MAX_PREFIXES 64
#define OPTIONS_MAX_PREFIX 1024 /* Bytes of one. */
#define OPTIONS_MAX_TEXT 1024   /* Bytes of a text about the case. */
#define OPTIONS_MAX_ATTACH 256
#define OPTIONS_MAX_JOBS 64
#define OPTIONS_DEFAULT_JOBS 16
#define OPTIONS_MAX_TRIES 100
#define OPTIONS_MAX_RECIPIENTS 64
#define OPTIONS_MAX_PINS 16
#define OPTIONS_MAX_TSAS 9
#define OPTIONS_MAX_CARRIED 64
#define OPTIONS_ROLE "collector"    /* Of the first --sign. */
#define OPTIONS_CMS_ROLE "examiner" /* Of the first --cms-key. */
#define OPTIONS_MAX_MBPS 1000000
#define OPTIONS_DEFAULT_TRIES 20
#define OPTIONS_MAX_TIMEOUT 3600 /* Seconds. */
#define OPTIONS_DEFAULT_TIMEOUT 30

/* What the command line asks for. */
enum options_verb {
	OPTIONS_RUN,
	OPTIONS_RESUME,
	OPTIONS_PLAN,
	OPTIONS_ACCESS,
	OPTIONS_HELP,
	OPTIONS_VERSION
};

/* Bits of options.logs: groups of log containers. */
#define OPTIONS_LOGS_FLOW 1u
#define OPTIONS_LOGS_STORAGE 2u
#define OPTIONS_LOGS_ACTIVITY 4u
#define OPTIONS_LOGS_CLASSIC 8u
#define OPTIONS_LOGS_LA 16u
#define OPTIONS_LOGS_ALL 31u
#define OPTIONS_LOGS_COUNT 5

/* Bits of options.include: what else is listed of a name, and taken. */
#define OPTIONS_INCLUDE_SNAPSHOTS 1u
#define OPTIONS_INCLUDE_VERSIONS 2u
#define OPTIONS_INCLUDE_DELETED 4u
#define OPTIONS_INCLUDE_ALL 7u
#define OPTIONS_INCLUDE_COUNT 3

/* One account and the words that follow it; what is absent is NULL. */
struct options_account {
	const char * name;
	const char * endpoint;
	const char * cloud; /* Whose endpoint it is; never beside endpoint. */
	const char * key_source; /* A file, "-" or "fd:N". */
	const char * sas_source; /* As key_source; never both. */
	/* Other words of a config that are this account's alone, in place of
	 * those of all; NULL: none. */
	const struct options * own;
	bool is_of_config;
};

/* A file for seal/certs.pem. */
struct options_carried {
	const char * path;
	const char * word;    /* "--cms-chain", */
	bool is_certificates; /* or lists of what is revoked, or answers. */
};

/* All words; every pointer borrows from argv. */
struct options {
	enum options_verb verb;
	uint64_t seen;              /* options_has_word reads it. */
	const char * config;        /* --config FILE, */
	const char * config_sha256; /* and its digest once it was read. */
	const char * work_dir;      /* resume: the folder PACKAGE.work. */
	const char * case_id;
	const char * exhibit;
	const char * examiner;
	const char * organisation;
	const char * authority;
	const char * purpose;
	const char * previous; /* A package that is continued; or NULL. */
	const char * revisit;  /* The same, for its open hours alone. */
	struct options_account accounts[OPTIONS_MAX_ACCOUNTS];
	size_t account_count;
	const char * containers[OPTIONS_MAX_CONTAINERS];
	size_t container_count;
	unsigned logs; /* OPTIONS_LOGS_..., 0 when only containers are named. */
	bool has_logs; /* By --logs, not by default. */
	const char * prefixes[OPTIONS_MAX_PREFIXES];
	size_t prefix_count;
	unsigned include; /* OPTIONS_INCLUDE_... */
	const char * attach[OPTIONS_MAX_ATTACH];
	size_t attach_count;
	const char * folder; /* Packed in place of any account. */
	int64_t max_package; /* Bytes; 0: one package takes all. */
	int64_t from;        /* CLOCK_UNKNOWN: no bound. */
	int64_t to;
	const char * out;
	struct signing signing; /* Who signs; its keys are not loaded. */
	struct options_carried carried[OPTIONS_MAX_CARRIED];
	size_t carried_count;
	const char * tsas[OPTIONS_MAX_TSAS]; /* stamping_check took them. */
	size_t tsa_count;
	bool is_tsa_optional;
	const char * encrypt_to[OPTIONS_MAX_RECIPIENTS]; /* age_file.h */
	size_t encrypt_to_count;
	const char * tls_ca;
	const char * pins[OPTIONS_MAX_PINS]; /* http_parse_pin took them. */
	size_t pin_count;
	const char * proxy;       /* http_check_proxy took it. */
	const char * proxy_login; /* A file, "-" or "fd:N". */
	int cap_mbps;             /* Megabits a second; 0: no cap. */
	bool is_compressed;       /* zstd, the default; else a plain tar. */
	int jobs;                 /* 0 when not given. */
	int tries;                /* 0 when not given. */
	int timeout;              /* Seconds; 0 when not given. */
	bool accept_excess;
	bool accept_low_space;
	bool prove_ranges;
	bool is_quiet;
	bool is_verbose;
	bool is_json;
};

/**
 * options_parse(argc, argv, o, e):
 * Take the command line apart into ${o}, which borrows from ${argv} (its order
 * may change).  Return 0, or -1 with ${e} set to a failure of kind ERR_USAGE
 * and ${o} in any state.
 */
int options_parse(int argc, char ** argv, struct options * o, struct err * e);

/**
 * options_read(argc, argv, o, e):
 * The first half of options_parse: take the words, whatever is missing among
 * them.  Return as options_parse; ${o} holds the words before a wrong one.
 */
int options_read(int argc, char ** argv, struct options * o, struct err * e);

/**
 * options_finish(o, e):
 * The second half: fill in what follows from the words in ${o}, those of a
 * config by now among them, and refuse what does not fit together.  Return as
 * options_parse.
 */
int options_finish(struct options * o, struct err * e);

/**
 * options_verb_text(verb):
 * Return the word for ${verb}; "" for those that are none.
 */
const char * options_verb_text(enum options_verb verb);

/**
 * options_parse_moment(text, at, e):
 * Read ${text}, an RFC 3339 stamp or a bare date (its midnight, UTC), into
 * ${at}.  Return 0, or -1 with ${e} set and ${at} untouched.
 */
int options_parse_moment(const char * text, int64_t * at, struct err * e);

/**
 * options_parse_size(text, bytes, e):
 * Read ${text}, a number of bytes that may end with K, M, G or T (powers of
 * 1024), at least PARTS_SIZE_MIN, into ${bytes}.  Return 0, or -1 with ${e} set
 * and ${bytes} untouched.
 */
int options_parse_size(const char * text, int64_t * bytes, struct err * e);

/**
 * options_parse_logs(text, logs, e):
 * Read a comma separated list of "flow", "storage", "activity", "classic" and
 * "la" into the bits ${logs}.  Return 0, or -1 with ${e} set and ${logs}
 * untouched.
 */
int options_parse_logs(const char * text, unsigned * logs, struct err * e);

/**
 * options_parse_include(text, include, e):
 * The same for "snapshots", "versions" and "deleted", or "none" alone.
 */
int options_parse_include(
    const char * text, unsigned * include, struct err * e);

/**
 * options_logs_words(logs, words):
 * Put the words of the bits ${logs} into ${words} and return how many they are.
 */
size_t options_logs_words(
    unsigned logs, const char * words[OPTIONS_LOGS_COUNT]);

/**
 * options_include_words(include, words):
 * The same for the bits ${include}.
 */
size_t options_include_words(
    unsigned include, const char * words[OPTIONS_INCLUDE_COUNT]);

#endif
