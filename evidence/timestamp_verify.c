#include <assert.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/ts.h>
#include <stdio.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/cms_parts.h"
#include "evidence/der.h"
#include "evidence/digest.h"
#include "evidence/timestamp_verify.h"
#include "evidence/x509_parts.h"

static_assert(TIMESTAMP_TEXT_SIZE == X509_NAME_SIZE, "names are copied whole");

#define CLOCKS_DIFFER (300 * CLOCK_TICKS_PER_SECOND)

static enum proof
refuse(enum proof proof, struct err * e, const char * why)
{
	/* What could not be read for want of memory may be sound. */
	if (x509_lacks_memory()) {
		proof = PROOF_UNKNOWN;
		why = "out of memory";
	}
	err_set(e, (proof == PROOF_UNKNOWN) ? ERR_SYSTEM : ERR_FORGED, NULL,
	    "%s", why);
	return proof;
}

/* Was it granted, without changes? */
static enum proof
check_status(const void * bytes, size_t len, struct err * e)
{
	const unsigned char * p = bytes;
	TS_RESP * response = d2i_TS_RESP(NULL, &p, (long)len);
	const ASN1_INTEGER * status = NULL;
	enum proof proof = PROOF_GOOD;

	if ((response == NULL) || (p != (const uint8_t *)bytes + len))
		proof =
		    refuse(PROOF_ENCODING, e, "it is no answer of RFC 3161");
	else
		status = TS_STATUS_INFO_get0_status(
		    TS_RESP_get_status_info(response));
	if ((status != NULL) && (ASN1_INTEGER_get(status) != TS_STATUS_GRANTED))
		proof = refuse(
		    PROOF_STATUS, e, "the authority did not grant it as asked");
	TS_RESP_free(response);
	ERR_clear_error();
	return proof;
}

/* The bytes of the token in an answer: what stands behind its status. */
static const uint8_t *
find_token(const uint8_t * bytes, size_t len, size_t * token_len)
{
	const unsigned char * p = bytes;
	long n;
	int tag, class;

	if ((ASN1_get_object(&p, &n, &tag, &class, (long)len) & 0x80) != 0)
		return NULL;
	if ((ASN1_get_object(&p, &n, &tag, &class, n) & 0x80) != 0)
		return NULL;
	p += n;
	*token_len = (size_t)(bytes + len - p);
	return (*token_len == 0) ? NULL : p;
}

/* The content of the token, or NULL. */
static TS_TST_INFO *
parse_info(const struct cms * cms, struct err * e)
{
	ASN1_OCTET_STRING ** content = CMS_get0_content(cms->info);
	const unsigned char * p = ASN1_STRING_get0_data(*content);
	int len = ASN1_STRING_length(*content);
	const unsigned char * end = p + len;
	TS_TST_INFO * info = NULL;

	if (der_check(p, (size_t)len, e) == 0)
		info = d2i_TS_TST_INFO(NULL, &p, len);
	if ((info != NULL) && (p == end))
		return info;
	TS_TST_INFO_free(info);
	(void)refuse(PROOF_ENCODING, e, "its content is no time stamp");
	return NULL;
}

/* genTime in ticks: OpenSSL leaves the fraction out. */
static int64_t
time_of(const ASN1_GENERALIZEDTIME * time)
{
	int64_t at = x509_time(time);
	const char * text = (const char *)ASN1_STRING_get0_data(time);
	int len = ASN1_STRING_length(time);
	int64_t unit = CLOCK_TICKS_PER_SECOND;
	int i = 15;

	if ((at == CLOCK_UNKNOWN) || (len < 15) || (text[len - 1] != 'Z'))
		return CLOCK_UNKNOWN;
	if (text[14] != '.')
		return (len == 15) ? at : CLOCK_UNKNOWN;
	for (; (i < len - 1) && (unit > 1); i++) {
		unit /= 10;
		at += unit * (text[i] - '0');
	}
	return at;
}

static int64_t
accuracy_of(TS_ACCURACY * accuracy)
{
	int64_t ticks = 0;

	if (accuracy == NULL)
		return -1;
	if (TS_ACCURACY_get_seconds(accuracy) != NULL)
		ticks += (int64_t)(ASN1_INTEGER_get(
				       TS_ACCURACY_get_seconds(accuracy)) &
			     INT32_MAX) *
		    CLOCK_TICKS_PER_SECOND;
	if (TS_ACCURACY_get_millis(accuracy) != NULL)
		ticks += (ASN1_INTEGER_get(TS_ACCURACY_get_millis(accuracy)) %
			     1000) *
		    CLOCK_TICKS_PER_MS;
	if (TS_ACCURACY_get_micros(accuracy) != NULL)
		ticks += (ASN1_INTEGER_get(TS_ACCURACY_get_micros(accuracy)) %
			     1000) *
		    10;
	return ticks;
}

/* What the token says of itself. */
static void
read_info(TS_TST_INFO * info, struct timestamp_facts * facts)
{
	const ASN1_INTEGER * serial = TS_TST_INFO_get_serial(info);
	int len = ASN1_STRING_length(serial);
	const uint8_t * bytes = ASN1_STRING_get0_data(serial);
	size_t at = 0;

	facts->at = time_of(TS_TST_INFO_get_time(info));
	facts->accuracy = accuracy_of(TS_TST_INFO_get_accuracy(info));
	facts->is_ordered = TS_TST_INFO_get_ordering(info) != 0;
	(void)OBJ_obj2txt(facts->policy, sizeof(facts->policy),
	    TS_TST_INFO_get_policy_id(info), 1);
	for (int i = 0; (i < len) && (at + 3 < sizeof(facts->serial)); i++)
		at += (size_t)snprintf(facts->serial + at,
		    sizeof(facts->serial) - at, "%02x", bytes[i]);
}

/* Which of our digests is the imprint's? */
static int
imprint_kind(const ASN1_OBJECT * algorithm, enum digest_kind * kind)
{
	switch (OBJ_obj2nid(algorithm)) {
	case NID_sha256:
		*kind = DIGEST_SHA256;
		return 32;
	case NID_sha384:
		*kind = DIGEST_SHA384;
		return 48;
	case NID_sha512:
		*kind = DIGEST_SHA512;
		return 64;
	default:
		return -1;
	}
}

static enum proof
check_imprint(const struct timestamp_rules * rules, TS_TST_INFO * info,
    const void * bytes, size_t len, struct err * e)
{
	TS_MSG_IMPRINT * imprint = TS_TST_INFO_get_msg_imprint(info);
	const ASN1_OCTET_STRING * have = TS_MSG_IMPRINT_get_msg(imprint);
	const ASN1_OBJECT * algorithm = NULL;
	uint8_t want[DIGEST_MAX_LEN] = { 0 };
	struct digest * d = NULL;
	enum digest_kind kind = DIGEST_SHA256;
	int n;

	X509_ALGOR_get0(
	    &algorithm, NULL, NULL, TS_MSG_IMPRINT_get_algo(imprint));
	n = imprint_kind(algorithm, &kind);
	if (n < 0)
		return refuse(PROOF_ALGORITHM, e,
		    "its imprint is not SHA-256, SHA-384 or SHA-512");
	if (bytes != NULL) {
		d = digest_new(kind, e);
		if (d == NULL)
			return PROOF_UNKNOWN;
		digest_update(d, bytes, len);
		digest_finish(d, want);
		digest_free(d);
	} else if (rules->query->imprint_len == (size_t)n) {
		memcpy(want, rules->query->imprint, (size_t)n);
	} else {
		n = 0;
	}
	if ((ASN1_STRING_length(have) != n) ||
	    (memcmp(ASN1_STRING_get0_data(have), want, (size_t)n) != 0))
		return refuse(
		    PROOF_IMPRINT, e, "it is a time stamp of something else");
	return PROOF_GOOD;
}

/* Does it answer what was asked? */
static enum proof
check_query(const struct timestamp_rules * rules, TS_TST_INFO * info,
    const struct timestamp_facts * facts, struct err * e)
{
	const struct timestamp_query * query = rules->query;
	const ASN1_INTEGER * nonce = TS_TST_INFO_get_nonce(info);

	if (query == NULL)
		return PROOF_GOOD;
	if ((query->nonce_len > 0) &&
	    ((nonce == NULL) || (ASN1_STRING_type(nonce) != V_ASN1_INTEGER) ||
		((size_t)ASN1_STRING_length(nonce) != query->nonce_len) ||
		(memcmp(ASN1_STRING_get0_data(nonce), query->nonce,
		     query->nonce_len) != 0)))
		return refuse(
		    PROOF_NONCE, e, "its nonce is not the one of the request");
	if ((query->policy[0] != '\0') &&
	    (strcmp(query->policy, facts->policy) != 0))
		return refuse(PROOF_POLICY, e,
		    "its policy is not the one of the request");
	return PROOF_GOOD;
}

static enum proof
check_info(const struct timestamp_rules * rules, TS_TST_INFO * info,
    const void * bytes, size_t len, struct timestamp_facts * facts,
    struct err * e)
{
	enum proof proof;
	int critical = TS_TST_INFO_get_ext_by_critical(info, 1, -1);

	read_info(info, facts);
	if ((TS_TST_INFO_get_version(info) != 1) || (critical >= 0))
		return refuse(PROOF_CONTENT, e,
		    "it is of another version, or has a critical extension");
	proof = check_imprint(rules, info, bytes, len, e);
	if (proof == PROOF_GOOD)
		proof = check_query(rules, info, facts, e);
	if (proof != PROOF_GOOD)
		return proof;
	if (facts->at == CLOCK_UNKNOWN)
		return refuse(PROOF_TIME, e, "its time is none");
	if (facts->at > rules->now + CLOCKS_DIFFER)
		return refuse(PROOF_TIME, e,
		    "it is dated after the clock of this machine");
	return PROOF_GOOD;
}

static void
fill(struct timestamp_facts * facts, const struct x509_facts * from)
{
	memcpy(facts->subject, from->subject, sizeof(facts->subject));
	memcpy(facts->certificate_sha256, from->sha256, DIGEST_SHA256_LEN);
	facts->not_before = from->not_before;
	facts->not_after = from->not_after;
	memcpy(facts->anchor, from->anchor, sizeof(facts->anchor));
	memcpy(facts->anchor_sha256, from->anchor_sha256, DIGEST_SHA256_LEN);
	facts->is_revocation_known = from->is_revocation_known;
	facts->is_revoked_later = from->is_revoked_later;
}

/* Who signed it, and may they? */
static enum proof
check_signer(const struct timestamp_rules * rules, struct cms * cms,
    struct timestamp_facts * facts, struct err * e)
{
	const struct cms_shape shape = { .is_strict = false };
	STACK_OF(X509) * more[] = {
		(rules->carried == NULL) ? NULL : rules->carried->certificates,
		(rules->roots == NULL) ? NULL : rules->roots->certificates
	};
	struct x509_rules x509 = { .roots = rules->roots,
		.revocations = rules->revocations,
		.carried = rules->carried,
		.embedded = cms->certificates,
		.embedded_lists = cms->lists,
		.use = X509_USE_STAMP,
		.at = (rules->at == CLOCK_UNKNOWN) ? facts->at : rules->at,
		.proved_at = rules->proved_at,
		.now = rules->now,
		.need_revocation = rules->need_revocation };
	STACK_OF(X509) * chain = NULL;
	struct x509_facts learnt = { 0 };
	enum proof proof = cms_find_signer(cms, more, 2, e);

	if (proof != PROOF_GOOD)
		return proof;
	if (x509_describe(cms->certificate, &learnt) != 0)
		return refuse(PROOF_CHAIN, e, "its certificate has no times");
	fill(facts, &learnt);
	proof = cms_check_algorithm(
	    cms, &shape, facts->algorithm, sizeof(facts->algorithm), e);
	if (proof == PROOF_GOOD)
		proof = cms_check_signature(cms, NULL, 0, e);
	if (proof == PROOF_GOOD)
		proof = cms_check_certificate_name(cms, more, 2, true, e);
	if (proof != PROOF_GOOD)
		return proof;
	proof = x509_check(&x509, cms->certificate, &chain, &learnt, e);
	fill(facts, &learnt);
	sk_X509_pop_free(chain, X509_free);
	return proof;
}

enum proof
timestamp_verify(const struct timestamp_rules * rules, const void * token,
    size_t token_len, const void * bytes, size_t len,
    struct timestamp_facts * facts, struct err * e)
{
	const struct cms_shape shape = { .content = NID_id_smime_ct_TSTInfo };
	TS_TST_INFO * info = NULL;
	struct cms cms = { 0 };
	const uint8_t * inner;
	size_t inner_len;
	enum proof proof;

	memset(facts, 0, sizeof(*facts));
	facts->at = CLOCK_UNKNOWN;
	facts->accuracy = -1;
	ERR_clear_error();
	if (token_len > TIMESTAMP_MAX)
		return refuse(PROOF_ENCODING, e, "it is over the limit");
	if (der_check(token, token_len, e) != 0)
		return PROOF_ENCODING;
	proof = check_status(token, token_len, e);
	if (proof != PROOF_GOOD)
		return proof;
	inner = find_token(token, token_len, &inner_len);
	if (inner == NULL)
		return refuse(PROOF_STATUS, e, "the answer has no time stamp");
	proof = cms_open(&cms, inner, inner_len, &shape, e);
	if (proof == PROOF_GOOD) {
		info = parse_info(&cms, e);
		proof = (info == NULL)
		    ? PROOF_ENCODING
		    : check_info(rules, info, bytes, len, facts, e);
	}
	if (proof == PROOF_GOOD)
		proof = check_signer(rules, &cms, facts, e);
	TS_TST_INFO_free(info);
	cms_close(&cms);
	ERR_clear_error();
	return proof;
}
