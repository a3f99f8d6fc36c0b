#ifndef EVIDENCE_AGE_H
#define EVIDENCE_AGE_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/err.h"

/*
 * What encrypting and decrypting share of the age format, version 1
 * (age-encryption.org/v1, as the age program writes it), with recipients of the
 * kind X25519:
 *
 *	age-encryption.org/v1 LF
 *	-> X25519 <ephemeral share> LF		once a recipient
 *	<the file key, encrypted to it> LF
 *	--- <MAC of all up to and with "---"> LF
 *	nonce(16) chunk...			64 KiB of content each
 *
 * Binary in the header is base64 without padding.  A chunk is its content,
 * encrypted, and a tag of 16 bytes; its nonce is its number in 11 bytes, high
 * byte first, and a byte that is 1 for the last chunk alone, so that neither
 * order nor end can be changed.
 */
#define AGE_KEY_LEN 32 /* Of X25519, and of all keys derived. */
#define AGE_FILE_KEY_LEN 16
#define AGE_NONCE_LEN 16
#define AGE_TAG_LEN 16
#define AGE_WRAPPED_LEN (AGE_FILE_KEY_LEN + AGE_TAG_LEN)
#define AGE_CHUNK ((size_t)64 << 10)
#define AGE_SHARE_TEXT 43 /* Characters of base64 of 32 bytes. */
#define AGE_MAGIC "age-encryption.org/v1\n"
#define AGE_RECIPIENTS_MAX 64

/* Whom a file is encrypted to: a public key, no secret. */
struct age_recipient {
	uint8_t key[AGE_KEY_LEN];
};

/**
 * age_parse_recipient(text, recipient, e):
 * Read "age1..." into ${recipient}.  Return 0, or -1 with ${e} set (ERR_INPUT)
 * and ${recipient} in any state.
 */
int age_parse_recipient(
    const char * text, struct age_recipient * recipient, struct err * e);

/**
 * age_wrap_key(mine, theirs, share, recipient, key):
 * Derive into ${key} the key under which the file key is encrypted: from the
 * secret key ${mine} and the public key ${theirs}, bound to the ephemeral
 * ${share} and the ${recipient}, one of which is ${theirs}.  Return 0, or -1 if
 * ${theirs} is a point of small order.
 */
int age_wrap_key(const uint8_t mine[AGE_KEY_LEN],
    const uint8_t theirs[AGE_KEY_LEN], const uint8_t share[AGE_KEY_LEN],
    const uint8_t recipient[AGE_KEY_LEN], uint8_t key[AGE_KEY_LEN]);

/**
 * age_header_mac(file_key, header, len, mac):
 * Write the MAC of the ${len} bytes of ${header} to ${mac}.
 */
void age_header_mac(const uint8_t file_key[AGE_FILE_KEY_LEN],
    const void * header, size_t len, uint8_t mac[AGE_KEY_LEN]);

/**
 * age_payload_key(file_key, nonce, key):
 * Derive the ${key} of the chunks.
 */
void age_payload_key(const uint8_t file_key[AGE_FILE_KEY_LEN],
    const uint8_t nonce[AGE_NONCE_LEN], uint8_t key[AGE_KEY_LEN]);

/**
 * age_chunk_nonce(number, is_last, nonce):
 * Write the nonce of chunk ${number}, counted from 0, to the 12 bytes ${nonce}.
 */
void age_chunk_nonce(int64_t number, int is_last, uint8_t nonce[12]);

/**
 * age_add_base64(out, bytes, len, e):
 * Append base64 without padding.  Return 0, or -1 with ${e} set.
 */
int age_add_base64(
    struct buf * out, const uint8_t * bytes, size_t len, struct err * e);

#endif
