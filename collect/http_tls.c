#include <openssl/crypto.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "collect/http_call.h"
#include "evidence/digest.h"
#include "evidence/text.h"

/* Append the DER of ${certificate} to the call's buffer and chain. */
static void
note_certificate(struct http_call * call, X509 * certificate,
    size_t offsets[HTTP_CERTIFICATES_MAX])
{
	unsigned char * der = NULL;
	struct err e;
	int len;

	err_init(&e);
	len = i2d_X509(certificate, &der);
	if ((len <= 0) || (len > HTTP_CERTIFICATE_MAX))
		goto out;
	offsets[call->tls.chain_len] = call->der.len;
	if (buf_add(&call->der, der, (size_t)len, &e) != 0)
		goto out;
	call->tls.chain[call->tls.chain_len].len = (size_t)len;
	call->tls.chain_len++;

out:
	OPENSSL_free(der);
}

void
http_tls_note(struct http_call * call)
{
	struct curl_tlssessioninfo * info = NULL;
	size_t offsets[HTTP_CERTIFICATES_MAX] = { 0 };
	STACK_OF(X509) * chain;
	SSL * ssl;

	if ((curl_easy_getinfo(call->curl, CURLINFO_TLS_SSL_PTR, &info) !=
		CURLE_OK) ||
	    (info == NULL) || (info->backend != CURLSSLBACKEND_OPENSSL) ||
	    (info->internals == NULL))
		return;
	ssl = info->internals;
	(void)snprintf(call->tls.protocol, sizeof(call->tls.protocol), "%s",
	    SSL_get_version(ssl));
	(void)snprintf(call->tls.cipher, sizeof(call->tls.cipher), "%s",
	    SSL_get_cipher_name(ssl));
	chain = SSL_get_peer_cert_chain(ssl); /* Borrowed. */
	call->tls.chain_len = 0;
	buf_clear(&call->der);
	for (int i = 0; (chain != NULL) && (i < sk_X509_num(chain)) &&
	     (i < HTTP_CERTIFICATES_MAX);
	     i++)
		note_certificate(call, sk_X509_value(chain, i), offsets);
	/* The buffer moves while it grows, hence only now. */
	for (size_t i = 0; i < call->tls.chain_len; i++)
		call->tls.chain[i].der = call->der.bytes + offsets[i];
}

/* The SHA-256 of the public key of ${certificate}; -1 if it cannot be had. */
static int
digest_key(X509 * certificate, uint8_t sha256[DIGEST_SHA256_LEN])
{
	unsigned char * der = NULL;
	int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);

	if (len <= 0)
		return -1;
	digest_sha256(der, (size_t)len, sha256);
	OPENSSL_free(der);
	return 0;
}

/* Remember what the peer's own key is, to be said. */
static void
note_seen(struct http_call * call, const uint8_t sha256[DIGEST_SHA256_LEN])
{
	struct buf text = { 0 };
	struct err e;

	err_init(&e);
	if (text_base64_encode(&text, sha256, DIGEST_SHA256_LEN, &e) == 0)
		(void)snprintf(call->seen_pin, sizeof(call->seen_pin),
		    "sha256//%s", buf_text(&text));
	buf_free(&text);
}

/*
 * Instead of OpenSSL's own check of the chain: that check, and then one of the
 * pinned keys in the chain that it built, the root that we trust included.
 */
static int
on_verify(X509_STORE_CTX * store, void * cookie)
{
	struct http_call * call = cookie;
	const struct http_way * way = call->way;
	const STACK_OF(X509) * chain;
	uint8_t sha256[DIGEST_SHA256_LEN];

	if (X509_verify_cert(store) != 1)
		return 0;
	chain = X509_STORE_CTX_get0_chain(store);
	for (int i = 0; i < sk_X509_num(chain); i++) {
		if (digest_key(sk_X509_value(chain, i), sha256) != 0)
			continue;
		for (size_t k = 0; k < way->pin_count; k++) {
			if (memcmp(way->pins[k], sha256, sizeof(sha256)) == 0)
				return 1;
		}
		if (i == 0)
			note_seen(call, sha256);
	}
	call->is_unpinned = true;
	X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
	return 0;
}

static CURLcode
on_context(CURL * curl, void * context, void * cookie)
{
	(void)curl;
	SSL_CTX_set_cert_verify_callback(context, on_verify, cookie);
	return CURLE_OK;
}

int
http_tls_pin(struct http_call * call, struct err * e)
{
	if ((curl_easy_setopt(call->curl, CURLOPT_SSL_CTX_FUNCTION,
		 on_context) != CURLE_OK) ||
	    (curl_easy_setopt(call->curl, CURLOPT_SSL_CTX_DATA, (void *)call) !=
		CURLE_OK)) {
		err_set(e, ERR_BUG, NULL, "libcurl cannot be told of pins");
		return -1;
	}
	return 0;
}
