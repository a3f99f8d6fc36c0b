#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/io.h"
#include "evidence/x509_parts.h"

void
x509_forget_errors(void)
{
	ERR_clear_error();
	errno = 0;
}

bool
x509_lacks_memory(void)
{
	bool lacks = (errno == ENOMEM);

	for (unsigned long code = ERR_get_error(); code != 0;
	     code = ERR_get_error())
		lacks = lacks || (ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE);
	errno = 0;
	return lacks;
}

struct x509_set *
x509_new(struct err * e)
{
	struct x509_set * set = calloc(1, sizeof(*set));

	if (set != NULL) {
		set->certificates = sk_X509_new_null();
		set->lists = sk_X509_CRL_new_null();
		set->answers =
		    calloc(X509_MAX_OBJECTS, sizeof(OCSP_RESPONSE *));
	}
	if ((set == NULL) || (set->certificates == NULL) ||
	    (set->lists == NULL) || (set->answers == NULL)) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		x509_free(set);
		return NULL;
	}
	return set;
}

/* Add the one object in DER.  1 if it was one, 0 if not, -1 over a limit. */
static int
add_certificate(struct x509_set * set, const uint8_t * der, size_t len)
{
	const uint8_t * p = der;
	X509 * one = d2i_X509(NULL, &p, (long)len);

	if ((one == NULL) || (p != der + len)) {
		X509_free(one);
		return 0;
	}
	if ((sk_X509_num(set->certificates) >= X509_MAX_OBJECTS) ||
	    (sk_X509_push(set->certificates, one) <= 0)) {
		X509_free(one);
		return -1;
	}
	return 1;
}

static int
add_list(struct x509_set * set, const uint8_t * der, size_t len)
{
	const uint8_t * p = der;
	X509_CRL * one = d2i_X509_CRL(NULL, &p, (long)len);

	if ((one == NULL) || (p != der + len)) {
		X509_CRL_free(one);
		return 0;
	}
	if ((sk_X509_CRL_num(set->lists) >= X509_MAX_OBJECTS) ||
	    (sk_X509_CRL_push(set->lists, one) <= 0)) {
		X509_CRL_free(one);
		return -1;
	}
	return 1;
}

static int
add_answer(struct x509_set * set, const uint8_t * der, size_t len)
{
	const uint8_t * p = der;
	OCSP_RESPONSE * one = d2i_OCSP_RESPONSE(NULL, &p, (long)len);

	if ((one == NULL) || (p != der + len)) {
		OCSP_RESPONSE_free(one);
		return 0;
	}
	if (set->n_answers == X509_MAX_OBJECTS) {
		OCSP_RESPONSE_free(one);
		return -1;
	}
	set->answers[set->n_answers++] = one;
	return 1;
}

/* By the label of a PEM block. */
static const struct {
	const char * label;
	int (*add)(struct x509_set * set, const uint8_t * der, size_t len);
} sorts[] = {
	{ PEM_STRING_X509, add_certificate },
	{ PEM_STRING_X509_CRL, add_list },
	{ "OCSP RESPONSE", add_answer },
};
#define SORTS (sizeof(sorts) / sizeof(sorts[0]))

static int
refuse(int added, const char * label, struct err * e)
{
	if (x509_lacks_memory() || (added == 1))
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
	else if (added < 0)
		err_set(e, ERR_LIMIT, NULL, "more than %d of one sort",
		    X509_MAX_OBJECTS);
	else
		err_set(e, ERR_INPUT, NULL,
		    "not a certificate, revocation list or OCSP answer%s%.40s",
		    (label[0] == '\0') ? "" : ": ", label);
	return -1;
}

static int
add_block(struct x509_set * set, const char * label, const uint8_t * der,
    size_t len, struct err * e)
{
	for (size_t i = 0; i < SORTS; i++) {
		int added;

		if (strcmp(label, sorts[i].label) != 0)
			continue;
		added = sorts[i].add(set, der, len);
		/* A certificate whose key found no memory looks read. */
		if ((added != 1) || (errno == ENOMEM))
			return refuse(added, label, e);
		return 0;
	}
	return refuse(0, label, e);
}

static int
add_pem(struct x509_set * set, const void * bytes, size_t len, struct err * e)
{
	BIO * bio = BIO_new_mem_buf(bytes, (int)len);
	int rc = (bio == NULL) ? -1 : 0;
	int blocks = 0;

	if (bio == NULL)
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
	while (rc == 0) {
		char * label = NULL;
		char * header = NULL;
		unsigned char * der = NULL;
		long n = 0;

		if (PEM_read_bio(bio, &label, &header, &der, &n) != 1)
			break;
		rc = add_block(set, label, der, (size_t)n, e);
		blocks++;
		OPENSSL_free(label);
		OPENSSL_free(header);
		OPENSSL_free(der);
	}
	/* It may end only because there is no further block. */
	if ((rc == 0) &&
	    ((blocks == 0) ||
		(ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)))
		rc = refuse(0, "", e);
	BIO_free(bio);
	ERR_clear_error();
	return rc;
}

int
x509_add(struct x509_set * set, const void * bytes, size_t len, struct err * e)
{
	int added = 0;

	x509_forget_errors();
	if (len > X509_MAX_BYTES) {
		err_set(
		    e, ERR_LIMIT, NULL, "more than %zu bytes", X509_MAX_BYTES);
		return -1;
	}
	if ((len == 0) || (((const uint8_t *)bytes)[0] != 0x30))
		return add_pem(set, bytes, len, e);
	for (size_t i = 0; (i < SORTS) && (added == 0); i++)
		added = sorts[i].add(set, bytes, len);
	/* A certificate whose key found no memory looks read. */
	if ((added != 1) || x509_lacks_memory())
		return refuse(added, "", e);
	return 0;
}

int
x509_add_file(struct x509_set * set, const char * path, struct err * e)
{
	struct buf file = { 0 };
	int rc = -1;

	if ((io_load(IO_PATH, path, X509_MAX_BYTES, &file, e) == 0) &&
	    (x509_add(set, buf_text(&file), file.len, e) == 0))
		rc = 0;
	else
		err_in(e, "%s", path);
	buf_free(&file);
	return rc;
}

/* Write one answer, for which OpenSSL has no writer of its own. */
static bool
write_answer(BIO * bio, OCSP_RESPONSE * answer)
{
	unsigned char * der = NULL;
	int len = i2d_OCSP_RESPONSE(answer, &der);
	bool good = (len > 0) &&
	    (PEM_write_bio(bio, "OCSP RESPONSE", "", der, len) > 0);

	OPENSSL_free(der);
	return good;
}

int
x509_format(const struct x509_set * set, struct buf * out, struct err * e)
{
	BIO * bio = BIO_new(BIO_s_mem());
	bool good = (bio != NULL);
	char * bytes = NULL;
	long len = 0;
	int rc = -1;

	for (int i = 0; good && (i < sk_X509_num(set->certificates)); i++)
		good = PEM_write_bio_X509(
			   bio, sk_X509_value(set->certificates, i)) == 1;
	for (int i = 0; good && (i < sk_X509_CRL_num(set->lists)); i++)
		good = PEM_write_bio_X509_CRL(
			   bio, sk_X509_CRL_value(set->lists, i)) == 1;
	for (size_t i = 0; good && (i < set->n_answers); i++)
		good = write_answer(bio, set->answers[i]);
	if (good)
		len = BIO_get_mem_data(bio, &bytes);
	if (!good)
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
	else if ((size_t)len > X509_MAX_BYTES)
		err_set(
		    e, ERR_LIMIT, NULL, "more than %zu bytes", X509_MAX_BYTES);
	else
		rc = buf_add(out, bytes, (size_t)len, e);
	BIO_free(bio);
	ERR_clear_error();
	return rc;
}

size_t
x509_certificates(const struct x509_set * set)
{
	return (set == NULL) ? 0 : (size_t)sk_X509_num(set->certificates);
}

size_t
x509_revocations(const struct x509_set * set)
{
	return (set == NULL)
	    ? 0
	    : (size_t)sk_X509_CRL_num(set->lists) + set->n_answers;
}

void
x509_free(struct x509_set * set)
{
	if (set == NULL)
		return;
	sk_X509_pop_free(set->certificates, X509_free);
	sk_X509_CRL_pop_free(set->lists, X509_CRL_free);
	for (size_t i = 0; i < set->n_answers; i++)
		OCSP_RESPONSE_free(set->answers[i]);
	free(set->answers);
	free(set);
}
