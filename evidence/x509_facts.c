/* What a certificate says, in our types (x509_parts.h). */
#include <stdio.h>

#include "evidence/clock.h"
#include "evidence/text.h"
#include "evidence/x509_parts.h"

time_t
x509_posix(int64_t at)
{
	return (time_t)(at / CLOCK_TICKS_PER_SECOND);
}

int64_t
x509_time(const ASN1_TIME * time)
{
	struct clock_date date = { 0 };
	struct err ignored;
	struct tm tm;
	int64_t at;

	err_init(&ignored);
	if ((time == NULL) || (ASN1_TIME_to_tm(time, &tm) != 1))
		return CLOCK_UNKNOWN;
	date.year = tm.tm_year + 1900;
	date.month = tm.tm_mon + 1;
	date.day = tm.tm_mday;
	date.hour = tm.tm_hour;
	date.minute = tm.tm_min;
	date.second = tm.tm_sec;
	return (clock_from_date(&date, &at, &ignored) == 0) ? at
							    : CLOCK_UNKNOWN;
}

/* Write ${name}, cut to its field and printable, to ${text}. */
static int
format_name(const X509_NAME * name, char text[X509_NAME_SIZE])
{
	BIO * bio = BIO_new(BIO_s_mem());
	struct buf shown = { 0 };
	struct err ignored;
	char * raw = NULL;
	int rc = -1;
	long len;

	err_init(&ignored);
	text[0] = '\0';
	if ((bio == NULL) ||
	    (X509_NAME_print_ex(
		 bio, name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB) < 0))
		goto out;
	len = BIO_get_mem_data(bio, &raw);
	if ((len > 0) && (text_escape(&shown, raw, (size_t)len, &ignored) != 0))
		goto out;
	(void)snprintf(text, X509_NAME_SIZE, "%s", buf_text(&shown));
	rc = 0;

out:
	buf_free(&shown);
	BIO_free(bio);
	return rc;
}

static int
digest_of(const X509 * certificate, uint8_t sha256[DIGEST_SHA256_LEN])
{
	unsigned char * der = NULL;
	int len = i2d_X509(certificate, &der);

	if (len < 0)
		return -1;
	digest_sha256(der, (size_t)len, sha256);
	OPENSSL_free(der);
	return 0;
}

int
x509_describe(const X509 * certificate, struct x509_facts * facts)
{
	if ((format_name(X509_get_subject_name(certificate), facts->subject) !=
		0) ||
	    (format_name(X509_get_issuer_name(certificate), facts->issuer) !=
		0))
		return -1;
	facts->not_before = x509_time(X509_get0_notBefore(certificate));
	facts->not_after = x509_time(X509_get0_notAfter(certificate));
	if ((facts->not_before == CLOCK_UNKNOWN) ||
	    (facts->not_after == CLOCK_UNKNOWN))
		return -1;
	return digest_of(certificate, facts->sha256);
}
