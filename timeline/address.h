#ifndef TIMELINE_ADDRESS_H
#define TIMELINE_ADDRESS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Addresses in one text form, so that rules can compare them as text: IPv4 as
 * four decimal numbers without leading zeros, IPv6 as RFC 5952 writes it, and
 * an IPv4 address inside of IPv6 (::ffff:a.b.c.d) as the IPv4 address it is.
 * Numbers with leading zeros (octal to some), zone ids and anything else are
 * refused.  Done here and not by the C library, since the timeline may refer to
 * no function of the network.
 */
#define ADDRESS_SIZE 46 /* The longest text and its NUL. */

/**
 * address_parse(text, len, ip):
 * Write the address of ${len} characters of ${text} to ${ip} in its one form.
 * Return 0, or -1 with ${ip} in any state.
 */
int address_parse(const char * text, size_t len, char ip[ADDRESS_SIZE]);

/**
 * address_parse_port(text, ip, port):
 * As address_parse for "a.b.c.d", "a.b.c.d:port", "v6", "[v6]" and "[v6]:port",
 * and put the port, or EVENT_ABSENT, into ${port}.
 */
int address_parse_port(
    const char * text, char ip[ADDRESS_SIZE], int64_t * port);

#endif
