/*
 * Formats of minisign (all numbers in them little-endian):
 *
 *	public key file		signature file
 *	untrusted comment LF	untrusted comment LF
 *	base64 of		base64 of
 *	  "Ed"		2	  "ED"		2
 *	  key id	8	  key id	8
 *	  public key	32	  signature	64
 *	LF			LF
 *				"trusted comment: " text LF
 *				base64 of
 *				  signature	64 over the 64 above and text
 *				LF
 */
#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "evidence/buf.h"
#include "evidence/ed25519_verify.h"
#include "evidence/io.h"
#include "evidence/text.h"

#define UNTRUSTED "untrusted comment: "
#define TRUSTED "trusted comment: "
#define PUBLIC_BLOB 42
#define SIGNATURE_BLOB 74
#define PREHASH_LEN 64

static_assert(ED25519_PUBLIC_LEN == crypto_sign_PUBLICKEYBYTES, "key");
static_assert(ED25519_SIGNATURE_LEN == crypto_sign_BYTES, "signature");

/* What is left of a file that is being read line by line. */
struct rest {
	const char * text;
	size_t len;
};

/*
 * Take a line off ${rest}: up to an LF, which is taken too.  The last line of
 * a file may lack it if ${at_end}.  Return 0, or -1.
 */
static int
take_line(struct rest * rest, bool at_end, struct rest * line)
{
	const char * lf = memchr(rest->text, '\n', rest->len);

	if ((lf == NULL) && (!at_end || (rest->len == 0)))
		return -1;
	line->text = rest->text;
	line->len = (lf == NULL) ? rest->len : (size_t)(lf - rest->text);
	rest->len -= line->len + ((lf == NULL) ? 0 : 1);
	rest->text += line->len + ((lf == NULL) ? 0 : 1);
	return 0;
}

/* Take the words ${prefix} off the front of ${line}.  Return 0, or -1. */
static int
take_prefix(struct rest * line, const char * prefix)
{
	size_t len = strlen(prefix);

	if ((line->len < len) || (memcmp(line->text, prefix, len) != 0))
		return -1;
	line->text += len;
	line->len -= len;
	return 0;
}

/* Whether ${line} is UTF-8 without controls but TAB. */
static bool
is_comment(const struct rest * line)
{
	for (size_t i = 0; i < line->len; i++) {
		unsigned char c = (unsigned char)line->text[i];

		if (((c < 0x20) && (c != '\t')) || (c == 0x7f))
			return false;
	}
	return text_is_utf8(line->text, line->len);
}

/*
 * Decode canonical base64 of exactly ${len} bytes.  Return 0, or -1.  (Not by
 * libsodium: its decoder takes the byte 0xaf for a "/".)
 */
static int
decode(const struct rest * line, uint8_t * bytes, size_t len, struct err * e)
{
	struct buf got = { 0 };
	struct err why;
	int rc = -1;

	err_init(&why);
	if ((text_base64_decode(&got, line->text, line->len, &why) == 0) &&
	    (got.len == len)) {
		memcpy(bytes, got.bytes, len);
		rc = 0;
	}
	/* Want of memory says nothing about the text: it comes first. */
	if (why.kind == ERR_SYSTEM)
		err_set(e, why.kind, NULL, "%s", why.text);
	buf_free(&got);
	return rc;
}

int
ed25519_parse_public(
    const void * bytes, size_t len, struct ed25519_public * key, struct err * e)
{
	struct rest rest = { bytes, len };
	struct rest comment, line;
	uint8_t blob[PUBLIC_BLOB];

	if ((take_line(&rest, false, &comment) != 0) ||
	    (take_prefix(&comment, UNTRUSTED) != 0) || !is_comment(&comment) ||
	    (take_line(&rest, true, &line) != 0) || (rest.len != 0) ||
	    (decode(&line, blob, sizeof(blob), e) != 0) ||
	    (memcmp(blob, "Ed", 2) != 0)) {
		err_set(e, ERR_INPUT, NULL, "not a minisign public key");
		return -1;
	}
	memcpy(key->id, blob + 2, sizeof(key->id));
	memcpy(key->key, blob + 10, sizeof(key->key));
	return 0;
}

int
ed25519_load_public(
    const char * path, struct ed25519_public * key, struct err * e)
{
	struct buf file = { 0 };
	int rc = -1;

	if (io_load(IO_PATH, path, ED25519_FILE_MAX, &file, e) != 0)
		goto out;
	rc = ed25519_parse_public(buf_text(&file), file.len, key, e);
	if (rc != 0)
		err_in(e, "%s", path);

out:
	buf_free(&file);
	return rc;
}

void
ed25519_format_id(const uint8_t id[ED25519_ID_LEN], char text[ED25519_ID_TEXT])
{
	for (size_t i = 0; i < ED25519_ID_LEN; i++)
		(void)snprintf(text + 2 * i, 3, "%02X",
		    (unsigned int)id[ED25519_ID_LEN - 1 - i]);
}

void
ed25519_digest_public(
    const struct ed25519_public * key, uint8_t sha256[DIGEST_SHA256_LEN])
{
	digest_sha256(key->key, sizeof(key->key), sha256);
}

/* The second to fourth line of a signature file. */
static const char *
parse_lines(struct rest * rest, struct ed25519_signature * sig, struct err * e)
{
	struct rest line;
	uint8_t blob[SIGNATURE_BLOB];

	if ((take_line(rest, false, &line) != 0) ||
	    (decode(&line, blob, sizeof(blob), e) != 0))
		return "line 2 is no signature";
	if (memcmp(blob, "Ed", 2) == 0)
		return "an old signature without prehashing is not accepted";
	if (memcmp(blob, "ED", 2) != 0)
		return "a signature algorithm that is not known";
	memcpy(sig->id, blob + 2, sizeof(sig->id));
	memcpy(sig->bytes, blob + 10, sizeof(sig->bytes));
	if ((take_line(rest, false, &line) != 0) ||
	    (take_prefix(&line, TRUSTED) != 0) || !is_comment(&line) ||
	    (line.len > ED25519_COMMENT_MAX))
		return "line 3 is no trusted comment";
	memcpy(sig->comment, line.text, line.len);
	sig->comment[line.len] = '\0';
	if ((take_line(rest, false, &line) != 0) ||
	    (decode(&line, sig->global, sizeof(sig->global), e) != 0))
		return "line 4 is no signature of the comment";
	return (rest->len == 0) ? NULL : "something stands behind line 4";
}

int
ed25519_parse_signature(const void * bytes, size_t len,
    struct ed25519_signature * sig, struct err * e)
{
	struct rest rest = { bytes, len };
	struct rest line;
	const char * why = "line 1 is no untrusted comment";

	if ((take_line(&rest, false, &line) == 0) &&
	    (take_prefix(&line, UNTRUSTED) == 0) && is_comment(&line)) {
		sig->is_ours =
		    (line.len == strlen(ED25519_UNTRUSTED_COMMENT)) &&
		    (memcmp(line.text, ED25519_UNTRUSTED_COMMENT, line.len) ==
			0);
		why = parse_lines(&rest, sig, e);
	}
	if (why != NULL) {
		err_set(
		    e, ERR_FORGED, NULL, "not a minisign signature: %s", why);
		return -1;
	}
	return 0;
}

/* Verify the global signature, over the first one and the comment. */
static int
verify_global(
    const struct ed25519_public * key, const struct ed25519_signature * sig)
{
	uint8_t both[ED25519_SIGNATURE_LEN + ED25519_COMMENT_MAX];
	size_t len = strlen(sig->comment);

	memcpy(both, sig->bytes, sizeof(sig->bytes));
	memcpy(both + sizeof(sig->bytes), sig->comment, len);
	return ed25519_verify_raw(
	    key->key, sig->global, both, sizeof(sig->bytes) + len);
}

int
ed25519_verify(const struct ed25519_public * key,
    const struct ed25519_signature * sig, const char * comment,
    const void * bytes, size_t len, struct err * e)
{
	uint8_t hash[PREHASH_LEN];
	char have[ED25519_ID_TEXT], want[ED25519_ID_TEXT];

	if (memcmp(sig->id, key->id, sizeof(sig->id)) != 0) {
		ed25519_format_id(sig->id, have);
		ed25519_format_id(key->id, want);
		err_set(e, ERR_FORGED, NULL,
		    "the signature names key %s, expected is %s", have, want);
		return -1;
	}
	(void)crypto_generichash(hash, sizeof(hash), bytes, len, NULL, 0);
	if (ed25519_verify_raw(key->key, sig->bytes, hash, sizeof(hash)) != 0) {
		err_set(e, ERR_FORGED, "treat what it signs as altered",
		    "the signature does not verify");
		return -1;
	}
	if (verify_global(key, sig) != 0) {
		err_set(e, ERR_FORGED, "treat the signature as altered",
		    "the signature of the trusted comment does not verify");
		return -1;
	}
	if ((comment != NULL) && (strcmp(comment, sig->comment) != 0)) {
		err_set(e, ERR_FORGED, NULL,
		    "the signature was made for something else: its comment "
		    "is \"%.200s\", expected is \"%.200s\"",
		    sig->comment, comment);
		return -1;
	}
	if ((comment != NULL) && !sig->is_ours) {
		err_set(e, ERR_FORGED, NULL,
		    "the untrusted comment is not the fixed one");
		return -1;
	}
	return 0;
}

int
ed25519_verify_raw(const uint8_t key[ED25519_PUBLIC_LEN],
    const uint8_t signature[ED25519_SIGNATURE_LEN], const void * bytes,
    size_t len)
{
	return crypto_sign_verify_detached(signature, bytes, len, key);
}
