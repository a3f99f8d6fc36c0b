#include <openssl/crypto.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "collect/http_call.h"

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
