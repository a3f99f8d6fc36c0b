#ifndef TIMELINE_FRAMING_KEY_H
#define TIMELINE_FRAMING_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * By its first key an object can be told apart before it is read: as an
 * envelope around records, or as a record of the sort seen before.
 */
#define FRAMING_KEY_SIZE 64   /* Bytes; a longer key is none to remember. */
#define FRAMING_KEY_REACH 256 /* Bytes from the brace that are looked at. */

struct framing_key {
	char text[FRAMING_KEY_SIZE];
	size_t len; /* 0: none. */
};

enum framing_key_result {
	FRAMING_KEY_NONE, /* No object that begins with a plain key. */
	FRAMING_KEY_READ,
	FRAMING_KEY_MORE /* It cannot be told from so few bytes. */
};

/**
 * framing_key_read(bytes, len, key, after):
 * Read the first key of the object that begins with bytes[0] into ${key} and
 * put the place behind its closing quote into ${after}.
 */
enum framing_key_result framing_key_read(const uint8_t * bytes, size_t len,
    struct framing_key * key, size_t * after);

/**
 * framing_key_read_envelope(bytes, len, nested, after):
 * Find out whether the object that begins with bytes[0] is an envelope: its
 * first key is "records", or "value" unless ${nested}, without regard to case,
 * and an array follows.  FRAMING_KEY_READ: it is, and ${after} is the place
 * behind the array's bracket.
 */
enum framing_key_result framing_key_read_envelope(
    const uint8_t * bytes, size_t len, bool nested, size_t * after);

/**
 * framing_key_set(key, bytes, len):
 * Make ${key} the ${len} ${bytes}, or none if they are too many.
 */
void framing_key_set(
    struct framing_key * key, const uint8_t * bytes, size_t len);

/**
 * framing_key_is_start(key, learnt):
 * Return whether ${key} is the one that was ${learnt}, or if none was, one that
 * records of Azure are known to begin with.
 */
bool framing_key_is_start(
    const struct framing_key * key, const struct framing_key * learnt);

#endif
