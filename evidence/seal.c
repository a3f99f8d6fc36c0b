#include <stdio.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/seal.h"

static const struct document_member members[] = {
	{ "package", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "case", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "exhibit", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "sealed_at", DOCUMENT_TIME, DOCUMENT_REQUIRED },
	{ "clock_skew_ms", DOCUMENT_ARRAY, DOCUMENT_NULLABLE },
	{ "payload", DOCUMENT_OBJECT, DOCUMENT_REQUIRED },
	{ "counts", DOCUMENT_OBJECT, DOCUMENT_REQUIRED },
	{ "stream", DOCUMENT_OBJECT, DOCUMENT_REQUIRED },
	{ "tagmanifests", DOCUMENT_ARRAY, DOCUMENT_REQUIRED },
	{ "merkle_root", DOCUMENT_SHA256, DOCUMENT_REQUIRED },
	{ "signers", DOCUMENT_ARRAY, DOCUMENT_REQUIRED },
	{ "tokens", DOCUMENT_ARRAY, DOCUMENT_REQUIRED },
	{ "certificates", DOCUMENT_OBJECT, DOCUMENT_OPTIONAL },
	{ "tool", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "previous", DOCUMENT_OBJECT, DOCUMENT_NULLABLE },
	{ "group", DOCUMENT_OBJECT, DOCUMENT_OPTIONAL },
};

static const struct document_member payload_members[] = {
	{ "objects", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
	{ "bytes", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
};

static const struct document_member count_members[] = {
	{ "listed", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
	{ "taken", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
	{ "gaps", DOCUMENT_OBJECT, DOCUMENT_REQUIRED },
};

static const struct document_member stream_members[] = {
	{ "bytes", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
	{ "sha256", DOCUMENT_SHA256, DOCUMENT_REQUIRED },
};

static const struct document_member tagmanifest_members[] = {
	{ "file", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "sha256", DOCUMENT_SHA256, DOCUMENT_REQUIRED },
	{ "sha512", DOCUMENT_SHA512, DOCUMENT_OPTIONAL },
};

static const struct document_member token_members[] = {
	{ "authority", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "over", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "file", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
};

static const struct document_member certificate_members[] = {
	{ "file", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "sha256", DOCUMENT_SHA256, DOCUMENT_REQUIRED },
};

static const struct document_member previous_members[] = {
	{ "package", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "seal_sha256", DOCUMENT_SHA256, DOCUMENT_REQUIRED },
};

static const char * const tagmanifest_files[] = { "tagmanifest-sha256.txt",
	"tagmanifest-sha512.txt" };

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void
put_counts(struct json_out * j, const struct seal * seal)
{
	json_open_object(j, "payload");
	json_put_integer(j, "objects", seal->objects);
	json_put_integer(j, "bytes", seal->bytes);
	json_close_object(j);
	json_open_object(j, "counts");
	json_put_integer(j, "listed", seal->listed);
	json_put_integer(j, "taken", seal->taken);
	json_open_object(j, "gaps");
	for (int i = 0; i < GAP_REASON_COUNT; i++) {
		if (seal->gaps[i] != 0)
			json_put_integer(j, gap_reason_code((enum gap_reason)i),
			    seal->gaps[i]);
	}
	json_close_object(j);
	json_close_object(j);
}

static void
put_digests(struct json_out * j, const struct seal * seal)
{
	json_open_object(j, "stream");
	json_put_integer(j, "bytes", seal->stream_bytes);
	json_put_hex(j, "sha256", seal->stream_sha256, DIGEST_SHA256_LEN);
	json_close_object(j);
	json_open_array(j, "tagmanifests");
	for (size_t i = 0; i < seal->n_tagmanifests; i++) {
		const struct seal_tagmanifest * t = &seal->tagmanifests[i];

		json_open_object(j, NULL);
		json_put_text(j, "file", t->file);
		json_put_hex(j, "sha256", t->sha256, DIGEST_SHA256_LEN);
		if (t->has_sha512)
			json_put_hex(j, "sha512", t->sha512, DIGEST_MAX_LEN);
		json_close_object(j);
	}
	json_close_array(j);
	json_put_hex(j, "merkle_root", seal->merkle_root, DIGEST_SHA256_LEN);
}

static void
put_proofs(struct json_out * j, const struct seal * seal)
{
	signer_put(j, seal->signers, seal->n_signers);
	json_open_array(j, "tokens");
	for (size_t i = 0; i < seal->n_tokens; i++) {
		json_open_object(j, NULL);
		document_put_nullable(
		    j, "authority", seal->tokens[i].authority);
		json_put_text(j, "over", seal->tokens[i].over);
		json_put_text(j, "file", seal->tokens[i].file);
		json_close_object(j);
	}
	json_close_array(j);
	if (!seal->has_certificates)
		return;
	json_open_object(j, "certificates");
	json_put_text(j, "file", SEAL_CERTIFICATES);
	json_put_hex(j, "sha256", seal->certificates_sha256, DIGEST_SHA256_LEN);
	json_close_object(j);
}

int
seal_format(const struct seal * seal, struct buf * out, struct err * e)
{
	struct json_out j;

	json_begin_document(&j, out, "seal", e);
	json_put_text(&j, "package", seal->package);
	document_put_nullable(&j, "case", seal->case_number);
	document_put_nullable(&j, "exhibit", seal->exhibit);
	json_put_time(&j, "sealed_at", seal->sealed_at);
	document_put_interval(&j, "clock_skew_ms", seal->has_skew,
	    seal->skew_lo_ms, seal->skew_hi_ms);
	put_counts(&j, seal);
	put_digests(&j, seal);
	put_proofs(&j, seal);
	json_put_text(&j, "tool", seal->tool);
	if (seal->previous == NULL) {
		json_put_null(&j, "previous");
	} else {
		json_open_object(&j, "previous");
		json_put_text(&j, "package", seal->previous);
		json_put_hex(
		    &j, "seal_sha256", seal->previous_seal, DIGEST_SHA256_LEN);
		json_close_object(&j);
	}
	if (seal->has_group)
		group_put(&j, &seal->group);
	return json_end_document(&j);
}

/* Read the gaps by reason and check that the numbers can be true. */
static int
parse_gaps(struct seal * seal, const struct json * gaps, struct err * e)
{
	const struct json * value = json_first(gaps);
	int64_t sum = 0;

	for (; value != NULL; value = json_next(value)) {
		enum gap_reason reason;
		int64_t n;

		if (gap_reason_parse(json_key(value), &reason) != 0) {
			err_set(e, ERR_INPUT, NULL,
			    "an unknown reason \"%.40s\"", json_key(value));
			return -1;
		}
		if ((json_integer(value, &n) != 0) || (n < 1)) {
			err_set(e, ERR_INPUT, NULL, "a count that is none");
			return -1;
		}
		seal->gaps[reason] = n;
		sum += n; /* At most 16 times 2^53. */
	}
	if ((seal->taken > seal->objects) || (seal->taken > seal->listed) ||
	    (seal->listed - seal->taken > sum)) {
		err_set(e, ERR_INPUT, NULL,
		    "its counts of listed, taken and gaps do not add up");
		return -1;
	}
	return 0;
}

static int
parse_counts(struct seal * seal, struct err * e)
{
	const struct json * payload = json_get(seal->doc.root, "payload");
	const struct json * counts = json_get(seal->doc.root, "counts");

	if ((document_check(&seal->doc, payload, "payload", payload_members,
		 COUNT(payload_members), e) != 0) ||
	    (document_check(&seal->doc, counts, "counts", count_members,
		 COUNT(count_members), e) != 0))
		return -1;
	seal->objects = document_integer(payload, "objects", 0);
	seal->bytes = document_integer(payload, "bytes", 0);
	seal->listed = document_integer(counts, "listed", 0);
	seal->taken = document_integer(counts, "taken", 0);
	return parse_gaps(seal, json_get(counts, "gaps"), e);
}

static int
parse_tagmanifests(struct seal * seal, struct err * e)
{
	const struct json * array = json_get(seal->doc.root, "tagmanifests");
	const struct json * one = json_first(array);
	size_t n = document_count(array);

	if ((n < 1) || (n > 2)) {
		err_set(e, ERR_INPUT, NULL, "%zu tag manifests", n);
		return -1;
	}
	for (; one != NULL; one = json_next(one)) {
		size_t i = seal->n_tagmanifests++;
		struct seal_tagmanifest * t = &seal->tagmanifests[i];

		if (document_check(&seal->doc, one, "tagmanifests",
			tagmanifest_members, COUNT(tagmanifest_members),
			e) != 0)
			return -1;
		t->file = document_text(one, "file");
		(void)document_digest(
		    one, "sha256", t->sha256, DIGEST_SHA256_LEN);
		t->has_sha512 =
		    document_digest(one, "sha512", t->sha512, DIGEST_MAX_LEN);
		if ((strcmp(t->file, tagmanifest_files[i]) != 0) ||
		    (t->has_sha512 != (n == 2))) {
			err_set(e, ERR_INPUT, NULL,
			    "\"tagmanifests\" are not those of format 1");
			return -1;
		}
	}
	return 0;
}

static int
parse_digests(struct seal * seal, struct err * e)
{
	const struct json * stream = json_get(seal->doc.root, "stream");

	if (document_check(&seal->doc, stream, "stream", stream_members,
		COUNT(stream_members), e) != 0)
		return -1;
	seal->stream_bytes = document_integer(stream, "bytes", 0);
	(void)document_digest(
	    stream, "sha256", seal->stream_sha256, DIGEST_SHA256_LEN);
	(void)document_digest(seal->doc.root, "merkle_root", seal->merkle_root,
	    DIGEST_SHA256_LEN);
	return parse_tagmanifests(seal, e);
}

void
seal_token_file(const char * over, size_t nth, char file[SEAL_FILE_SIZE])
{
	(void)snprintf(file, SEAL_FILE_SIZE, "%.*s.%zu.tsr",
	    SIGNER_FILE_SIZE - 1, over, nth + 1);
}

/* A token's file is that of the signature it stamps, ".N.tsr" behind it. */
static int
check_token(const struct seal * seal, size_t i, struct err * e)
{
	const struct seal_token * t = &seal->tokens[i];
	char file[SEAL_FILE_SIZE];
	size_t nth = 0;
	bool is_over =
	    signer_find(seal->signers, seal->n_signers, t->over) != NULL;

	for (size_t k = 0; k < i; k++)
		nth += (strcmp(seal->tokens[k].over, t->over) == 0) ? 1 : 0;
	seal_token_file(t->over, nth, file);
	if (is_over && (nth < SEAL_MAX_STAMPS) && (strcmp(file, t->file) == 0))
		return 0;
	err_set(
	    e, ERR_INPUT, NULL, "a token that stamps no declared signature");
	return -1;
}

static int
parse_tokens(struct seal * seal, struct err * e)
{
	const struct json * array = json_get(seal->doc.root, "tokens");
	const struct json * one = json_first(array);

	if (document_count(array) > SEAL_MAX_TOKENS) {
		err_set(
		    e, ERR_LIMIT, NULL, "more than %d tokens", SEAL_MAX_TOKENS);
		return -1;
	}
	for (; one != NULL; one = json_next(one)) {
		struct seal_token * t = &seal->tokens[seal->n_tokens];

		if (document_check(&seal->doc, one, "tokens", token_members,
			COUNT(token_members), e) != 0)
			return -1;
		t->authority = document_text(one, "authority");
		t->over = document_text(one, "over");
		t->file = document_text(one, "file");
		if (check_token(seal, seal->n_tokens, e) != 0)
			return -1;
		seal->n_tokens++;
	}
	return 0;
}

/* What is carried beside the signatures, pinned by its digest. */
static int
parse_certificates(struct seal * seal, struct err * e)
{
	const struct json * one = json_get(seal->doc.root, "certificates");

	if (one == NULL)
		return 0;
	if (document_check(&seal->doc, one, "certificates", certificate_members,
		COUNT(certificate_members), e) != 0)
		return -1;
	if (strcmp(document_text(one, "file"), SEAL_CERTIFICATES) != 0) {
		err_set(e, ERR_INPUT, NULL,
		    "its certificates are not in " SEAL_CERTIFICATES);
		return -1;
	}
	seal->has_certificates = document_digest(
	    one, "sha256", seal->certificates_sha256, DIGEST_SHA256_LEN);
	return 0;
}

/* What it continues, if anything. */
static int
parse_previous(struct seal * seal, struct err * e)
{
	const struct json * previous = json_get(seal->doc.root, "previous");

	if (json_is_null(previous))
		return 0;
	if (document_check(&seal->doc, previous, "previous", previous_members,
		COUNT(previous_members), e) != 0)
		return -1;
	seal->previous = document_text(previous, "package");
	(void)document_digest(
	    previous, "seal_sha256", seal->previous_seal, DIGEST_SHA256_LEN);
	return name_check_package(seal->previous, e);
}

/* Which of several packages it is, if there are several. */
static int
parse_group(struct seal * seal, struct err * e)
{
	if (json_get(seal->doc.root, "group") == NULL)
		return 0;
	seal->has_group = true;
	if (group_parse(&seal->doc, &seal->group, e) != 0)
		return -1;
	return group_check(&seal->group, seal->package, e);
}

static int
parse_members(struct seal * seal, struct err * e)
{
	const struct json * root = seal->doc.root;

	seal->package = document_text(root, "package");
	seal->case_number = document_text(root, "case");
	seal->exhibit = document_text(root, "exhibit");
	seal->sealed_at = document_time(root, "sealed_at");
	seal->tool = document_text(root, "tool");
	if ((name_check_package(seal->package, e) != 0) ||
	    (document_parse_interval(root, "clock_skew_ms", &seal->has_skew,
		 &seal->skew_lo_ms, &seal->skew_hi_ms, e) != 0))
		return -1;
	if (parse_previous(seal, e) != 0)
		return -1;
	return parse_group(seal, e);
}

int
seal_parse(const void * bytes, size_t len, struct seal * seal, struct err * e)
{
	memset(seal, 0, sizeof(*seal));
	if (len > SEAL_MAX) {
		err_set(e, ERR_LIMIT, NULL, "a seal of more than 256 KiB");
		return -1;
	}
	if (document_parse_file(&seal->doc, bytes, len, "seal", members,
		COUNT(members), e) != 0)
		return -1;
	if ((parse_members(seal, e) != 0) || (parse_counts(seal, e) != 0) ||
	    (parse_digests(seal, e) != 0) ||
	    (signer_parse(&seal->doc, SEAL_STEM, seal->signers,
		 &seal->n_signers, e) != 0) ||
	    (parse_tokens(seal, e) != 0) ||
	    (parse_certificates(seal, e) != 0)) {
		seal_free(seal);
		return -1;
	}
	return 0;
}

void
seal_comment(const char * package, const char * role, const char * case_number,
    char comment[SEAL_COMMENT_SIZE])
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
	char text[SEAL_COMMENT_CASE_MAX + 1] = "";
	size_t len = 0;

	for (; (case_number != NULL) && (*case_number != '\0'); case_number++) {
		unsigned char c = (unsigned char)*case_number;
		size_t more = (strchr(plain, c) != NULL) ? 1 : 3;

		if (more > SEAL_COMMENT_CASE_MAX - len)
			break;
		(void)snprintf(text + len, sizeof(text) - len,
		    (more == 1) ? "%c" : "%%%02X", c);
		len += more;
	}
	(void)snprintf(comment, SEAL_COMMENT_SIZE,
	    "azcustody/seal/1 %.*s %.*s case=%s", NAME_PACKAGE_MAX, package,
	    NAME_ROLE_MAX, role, text);
}

bool
seal_has_file(const struct seal * seal, const char * file)
{
	if (strcmp(file, "seal/seal.json") == 0)
		return true;
	if (signer_find(seal->signers, seal->n_signers, file) != NULL)
		return true;
	for (size_t i = 0; i < seal->n_tokens; i++) {
		if (strcmp(seal->tokens[i].file, file) == 0)
			return true;
	}
	return seal->has_certificates && (strcmp(file, SEAL_CERTIFICATES) == 0);
}

bool
seal_may_be_of(
    const struct seal * seal, int64_t started_at, int64_t at, int64_t accuracy)
{
	/* An accuracy that is not said is -1 tick: nothing. */
	return !seal->has_skew ||
	    (at + accuracy + 2 * CLOCK_TICKS_PER_SECOND >=
		started_at - seal->skew_hi_ms * CLOCK_TICKS_PER_MS);
}

void
seal_free(struct seal * seal)
{
	document_free(&seal->doc);
	memset(seal, 0, sizeof(*seal));
}
