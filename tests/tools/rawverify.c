/*
 * rawverify: bare Ed25519 for other people's test vectors.  A line on standard
 * input is "KEY MESSAGE SIGNATURE" in lower-case hex, "-" for an empty message;
 * a line on standard output is "1" if our verifier accepts it, else "0".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/ed25519_verify.h"
#include "evidence/secret.h"
#include "evidence/text.h"

#define WORD_MAX 65536

static char key[WORD_MAX + 1], message[WORD_MAX + 1], signature[WORD_MAX + 1];
static uint8_t bytes[WORD_MAX / 2];

/* Whether our verifier accepts the three words just read. */
static int
judge(void)
{
	uint8_t pk[ED25519_PUBLIC_LEN];
	uint8_t sig[ED25519_SIGNATURE_LEN];
	size_t len = (strcmp(message, "-") == 0) ? 0 : strlen(message) / 2;

	if ((text_hex_decode(key, pk, sizeof(pk)) != 0) ||
	    (text_hex_decode(signature, sig, sizeof(sig)) != 0) ||
	    ((len > 0) && (text_hex_decode(message, bytes, len) != 0)))
		return 0;
	return ed25519_verify_raw(pk, sig, bytes, len) == 0;
}

int
main(void)
{
	struct err e;

	err_init(&e);
	if (secret_start(&e) != 0)
		return 71;
	while (scanf("%65536s %65536s %65536s", key, message, signature) == 3)
		(void)printf("%d\n", judge());
	return 0;
}
