/*
 * A key or signature file that is accepted is the one way to write what is in
 * it: its base64 is what encoding the parsed bytes gives.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/ed25519_verify.h"
#include "evidence/text.h"

int LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len);

/* Append the base64 of ${algorithm}, ${id} and ${rest}. */
static void
encode(struct buf * out, const char * algorithm, const uint8_t * id,
    const uint8_t * rest, size_t len)
{
	uint8_t blob[2 + ED25519_ID_LEN + ED25519_SIGNATURE_LEN];
	struct err e;

	err_init(&e);
	memcpy(blob, algorithm, 2);
	memcpy(blob + 2, id, ED25519_ID_LEN);
	memcpy(blob + 2 + ED25519_ID_LEN, rest, len);
	if (text_base64_encode(out, blob, 2 + ED25519_ID_LEN + len, &e) != 0)
		abort();
}

/* Abort unless the ${len} ${bytes} end with ${end}. */
static void
must_end(const uint8_t * bytes, size_t len, const struct buf * end)
{
	if ((len < end->len) ||
	    (memcmp(bytes + len - end->len, end->bytes, end->len) != 0))
		abort();
}

static void
check_public(const uint8_t * bytes, size_t len)
{
	struct ed25519_public key;
	struct buf end = { 0 };
	struct err e;

	err_init(&e);
	if (ed25519_parse_public(bytes, len, &key, &e) != 0)
		return;
	encode(&end, "Ed", key.id, key.key, sizeof(key.key));
	must_end(bytes, len - ((bytes[len - 1] == '\n') ? 1 : 0), &end);
	buf_free(&end);
}

static void
check_signature(const uint8_t * bytes, size_t len)
{
	struct ed25519_signature sig;
	struct buf end = { 0 };
	struct err e;

	err_init(&e);
	if (ed25519_parse_signature(bytes, len, &sig, &e) != 0)
		return;
	encode(&end, "ED", sig.id, sig.bytes, sizeof(sig.bytes));
	if ((buf_addf(&end, &e, "\ntrusted comment: %s\n", sig.comment) != 0) ||
	    (text_base64_encode(&end, sig.global, sizeof(sig.global), &e) !=
		0) ||
	    (buf_add(&end, "\n", 1, &e) != 0))
		abort();
	must_end(bytes, len, &end);
	buf_free(&end);
}

int
LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len)
{
	check_public(bytes, len);
	check_signature(bytes, len);
	return 0;
}
