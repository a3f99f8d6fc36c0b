#ifndef TIMELINE_NETWORK_H
#define TIMELINE_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/err.h"

/*
 * Networks as lists of them write them, and a table that finds all that an
 * address is in, the narrowest first.
 *
 *	network = address [ "/" bits ]
 *
 * The address as timeline/address.h takes it; without bits it is one host.  An
 * IPv4 network inside of IPv6 (::ffff:a.b.c.d/96+n) is the IPv4 network it is.
 * Bits of the address behind the network's own must be 0: what else was meant
 * cannot be known.
 */
#define NETWORK_BYTES 16
#define NETWORK_TEXT_SIZE 52           /* The longest text and its NUL. */
#define NETWORKS_MAX ((size_t)1 << 20) /* In one table. */
#define NETWORK_HITS_MAX 64            /* Of one address in one table. */

struct network {
	bool is_six;
	int bits;
	uint8_t bytes[NETWORK_BYTES]; /* An IPv4 address in the first four. */
};

/**
 * network_parse(text, n):
 * Read the network ${text} into ${n}.  Return NULL, or why it is none.
 */
const char * network_parse(const char * text, struct network * n);

/**
 * network_format(n, text):
 * Write ${n} as address and bits.
 */
void network_format(const struct network * n, char text[NETWORK_TEXT_SIZE]);

struct network_table;

/* A network that holds an address, and what stands beside it. */
struct network_hit {
	struct network network;
	size_t value;
};

/**
 * network_table_new(e):
 * Return an empty table, which the caller frees with network_table_free, or
 * NULL with ${e} set.
 */
struct network_table * network_table_new(struct err * e);

/**
 * network_table_free(t):
 * Release ${t}; NULL is fine.
 */
void network_table_free(struct network_table * t);

/**
 * network_table_add(t, n, value, e):
 * Add ${n} with the ${value} beside it; a network may be there several times.
 * Return 0, or -1 with ${e} set (ERR_LIMIT over NETWORKS_MAX).
 */
int network_table_add(struct network_table * t, const struct network * n,
    size_t value, struct err * e);

/**
 * network_table_find(t, address, hits):
 * Put what holds ${address}, a text in its one form, into ${hits}: the narrowest
 * first, of equal ones the smallest value.  Return how many there are, of which
 * no more than NETWORK_HITS_MAX stand in ${hits}; 0 for what is no address.
 */
size_t network_table_find(struct network_table * t, const char * address,
    struct network_hit hits[NETWORK_HITS_MAX]);

#endif
