#include <stdio.h>
#include <stdlib.h>

#include "collect/response_check.h"
#include "evidence/clock.h"
#include "tests/unit/response_rows.h"
#include "tests/unit/unit.h"

#define ROWS (sizeof(rows) / sizeof(rows[0]))
#define ERRORS (sizeof(errors) / sizeof(errors[0]))

static const uint8_t zeros[16]; /* Any digest of ours. */

/* Judge one answer; ${headers} NULL: none came. */
static void
check(const struct response_asked * asked, int status, const char * headers,
    int64_t body_len, char digests, enum http_fault fault,
    struct response_verdict * verdict)
{
	struct response_headers parsed;
	struct response_came came = { 0 };
	char raw[4096];
	struct err e;

	err_init(&e);
	came.fault = fault;
	came.body_len = body_len;
	came.body_md5 = ((digests == '0') || (digests == 'b')) ? zeros : NULL;
	came.body_crc64 = ((digests == 'c') || (digests == 'b')) ? zeros : NULL;
	if (headers == NULL) {
		response_check(asked, &came, verdict);
		return;
	}
	(void)snprintf(
	    raw, sizeof(raw), "HTTP/1.1 %d Text\r\n%s\r\n", status, headers);
	if (response_headers_parse(raw, strlen(raw), &parsed, &e) != 0)
		abort();
	came.status = status;
	came.version = 11;
	came.headers = &parsed;
	response_check(asked, &came, verdict);
	response_headers_free(&parsed);
}

static void
response_check_judges_each_row_of_the_table(void)
{
	struct response_asked asked;
	struct response_verdict v;

	for (size_t i = 0; i < ROWS; i++) {
		const struct row * row = &rows[i];

		ask(row->preset, &asked);
		check(&asked, row->status, row->headers, row->body_len,
		    row->digests, row->fault, &v);
		if ((v.outcome == row->outcome) && (v.reason == row->reason) &&
		    ((v.outcome == RESPONSE_OK) == (v.text[0] == '\0')))
			continue;
		unit_bad = 1;
		(void)printf("# %s: %s/%s, not %s/%s: %s\n", row->name,
		    response_outcome_text(v.outcome),
		    response_reason_text(v.reason),
		    response_outcome_text(row->outcome),
		    response_reason_text(row->reason), v.text);
	}
	EXPECT(ROWS >= 150);
}

static void
response_check_judges_each_error_for_each_operation(void)
{
	struct response_asked asked;
	struct response_verdict v;
	char headers[512];

	for (size_t i = 0; i < ERRORS * PRESETS; i++) {
		size_t n = i / PRESETS;

		ask((enum preset)(i % PRESETS), &asked);
		(void)snprintf(headers, sizeof(headers), "%s%s%s%s", SERVICE,
		    (errors[n].code != NULL) ? "x-ms-error-code: " : "",
		    (errors[n].code != NULL) ? errors[n].code : "",
		    (errors[n].code != NULL) ? "\r\n" LENGTH(200) : LENGTH(0));
		check(&asked, errors[n].status, headers, 200, 0, HTTP_FINE, &v);
		if ((i % PRESETS == LIST) &&
		    (errors[n].outcome == RESPONSE_CHANGED)) {
			EXPECT(v.outcome == RESPONSE_RETRY);
			EXPECT(v.reason == RESPONSE_WRONG_STATUS);
			continue;
		}
		if ((v.outcome == errors[n].outcome) &&
		    (v.reason == errors[n].reason))
			continue;
		unit_bad = 1;
		(void)printf("# %d %s: %s/%s: %s\n", errors[n].status,
		    (errors[n].code == NULL) ? "" : errors[n].code,
		    response_outcome_text(v.outcome),
		    response_reason_text(v.reason), v.text);
	}
}

static void
response_check_believes_final_refusals_of_the_service_only(void)
{
	static const int finals[] = { 401, 403, 404, 409, 410, 412, 416 };
	struct response_asked asked;
	struct response_verdict v;

	ask(RANGE, &asked);
	for (size_t i = 0; i < sizeof(finals) / sizeof(finals[0]); i++) {
		check(&asked, finals[i], LENGTH(0), 0, 0, HTTP_FINE, &v);
		EXPECT(v.outcome == RESPONSE_RETRY);
		EXPECT(v.reason == RESPONSE_BAD_HEADER);
	}
	check(&asked, 400, LENGTH(0), 0, 0, HTTP_FINE, &v);
	EXPECT(v.outcome == RESPONSE_GAP);
}

static void
response_check_tells_expired_from_skewed_from_denied(void)
{
	static const char headers[] =
	    SERVICE LENGTH(0) "x-ms-error-code: AuthenticationFailed\r\n";
	const int64_t minute = 60 * CLOCK_TICKS_PER_SECOND;
	struct response_asked asked;
	struct response_verdict v;

	ask(LIST, &asked);
	asked.credential_ends = noon;
	check(&asked, 403, headers, 0, 0, HTTP_FINE, &v);
	EXPECT(v.outcome == RESPONSE_EXPIRED);
	EXPECT(v.reason == RESPONSE_PAST_END);
	asked.credential_ends = noon + 1;
	check(&asked, 403, headers, 0, 0, HTTP_FINE, &v);
	EXPECT(v.outcome == RESPONSE_DENIED);
	EXPECT(v.reason == RESPONSE_NOT_ALLOWED);
	asked.now = noon + 15 * minute;
	check(&asked, 403, headers, 0, 0, HTTP_FINE, &v);
	EXPECT(v.reason == RESPONSE_NOT_ALLOWED);
	asked.now = noon + 15 * minute + 1;
	check(&asked, 403, headers, 0, 0, HTTP_FINE, &v);
	EXPECT(v.reason == RESPONSE_SKEWED);
	asked.now = noon - 15 * minute - 1;
	check(&asked, 403, headers, 0, 0, HTTP_FINE, &v);
	EXPECT(v.reason == RESPONSE_SKEWED);
}

static void
response_check_hands_a_sane_retry_after_on(void)
{
	static const struct {
		const char * text;
		int64_t ms;
	} cases[] = {
		{ "3", 3000 },
		{ "0", 0 },
		{ "Sun, 01 Nov 2026 12:00:10 GMT", 10000 },
		{ "Sun, 01 Nov 2026 11:59:59 GMT", -1 },
		{ "-1", -1 },
		{ "1000000000", -1 },
		{ "soon", -1 },
		{ "", -1 },
		{ "3.5", -1 },
	};
	struct response_asked asked;
	struct response_verdict v;
	char headers[512];

	ask(RANGE, &asked);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)snprintf(headers, sizeof(headers),
		    SERVICE LENGTH(0) "Retry-After: %s\r\n", cases[i].text);
		check(&asked, 503, headers, 0, 0, HTTP_FINE, &v);
		EXPECT(v.reason == RESPONSE_BUSY);
		EXPECT(v.retry_after_ms == cases[i].ms);
	}
}

static void
response_check_takes_a_mismatch_only_when_told_to_and_says_so(void)
{
	struct response_asked asked;
	struct response_verdict v;

	ask(WHOLE, &asked);
	asked.accept_mismatch = true;
	check(&asked, 200, BLOB LENGTH(50) MD5_OTHER, 50, '0', HTTP_FINE, &v);
	EXPECT(v.outcome == RESPONSE_OK);
	EXPECT(v.digest == RESPONSE_DIGEST_MISMATCHED);
	check(&asked, 200, BLOB LENGTH(50) MD5_ZERO, 50, '0', HTTP_FINE, &v);
	EXPECT(v.digest == RESPONSE_DIGEST_MATCHED);
	check(&asked, 200, BLOB LENGTH(50), 50, '0', HTTP_FINE, &v);
	EXPECT(v.digest == RESPONSE_DIGEST_ABSENT);
}

static void
response_check_refuses_other_versions_and_trailers(void)
{
	static const char raw[] = "HTTP/1.1 206 x\r\n" GOOD_RANGE "\r\n";
	struct response_headers parsed;
	struct response_asked asked;
	struct response_came came = { 0 };
	struct response_verdict v;
	struct err e;

	err_init(&e);
	ask(RANGE, &asked);
	EXPECT(response_headers_parse(raw, strlen(raw), &parsed, &e) == 0);
	came.status = 206;
	came.headers = &parsed;
	came.body_len = 100;
	came.version = 10;
	response_check(&asked, &came, &v);
	EXPECT(v.reason == RESPONSE_BAD_FRAMING);
	came.version = 20;
	response_check(&asked, &came, &v);
	EXPECT(v.reason == RESPONSE_BAD_FRAMING);
	came.version = 11;
	response_check(&asked, &came, &v);
	EXPECT(v.outcome == RESPONSE_OK);
	came.has_trailer = true;
	response_check(&asked, &came, &v);
	EXPECT(v.reason == RESPONSE_BAD_FRAMING);
	came.has_trailer = false;
	came.body_len = 0;
	response_check_headers(&asked, &came, &v);
	EXPECT(v.outcome == RESPONSE_OK);
	response_check(&asked, &came, &v);
	EXPECT(v.reason == RESPONSE_SHORT_BODY);
	response_headers_free(&parsed);
}

static void
response_texts_are_there_for_each_reason(void)
{
	for (int i = 0; i < RESPONSE_REASON_COUNT; i++) {
		EXPECT(response_reason_text((enum response_reason)i) != NULL);
		for (int j = 0; j < i; j++)
			EXPECT(strcmp(response_reason_text(
					  (enum response_reason)i),
				   response_reason_text(
				       (enum response_reason)j)) != 0);
	}
}

static void
response_headers_keep_every_line_as_received(void)
{
	static const char raw[] =
	    "HTTP/1.1 200 OK\r\nA:  x y \t\r\nb:\r\nX-MS-Meta-K\xC3: v\r\n"
	    "x-ms-meta-k: \x1b[31m\nLast: 1\r\n\r\n";
	struct response_headers h;
	const char * name;
	const char * value;
	size_t at = 0;
	struct err e;

	err_init(&e);
	EXPECT(response_headers_parse(raw, sizeof(raw) - 1, &h, &e) == 0);
	EXPECT(response_headers_next(&h, &at, &name, &value) == 1);
	EXPECT_TEXT(name, "A");
	EXPECT_TEXT(value, "x y");
	EXPECT(response_headers_next(&h, &at, &name, &value) == 1);
	EXPECT_TEXT(name, "b");
	EXPECT_TEXT(value, "");
	EXPECT(response_headers_next(&h, &at, &name, &value) == 1);
	EXPECT_TEXT(value, "\x1b[31m");
	EXPECT(response_headers_next(&h, &at, &name, &value) == 1);
	EXPECT_TEXT(name, "Last");
	EXPECT(response_headers_next(&h, &at, &name, &value) == 0);
	EXPECT(h.is_ambiguous);
	response_headers_free(&h);
	EXPECT(response_headers_parse(
		   "HTTP/1.1 200 OK\r\na: b\0c\r\n", 25, &h, &e) == 0);
	EXPECT(h.is_ambiguous);
	response_headers_free(&h);
	EXPECT(response_headers_parse("", 0, &h, &e) == 0);
	EXPECT_TEXT(h.etag, "");
	response_headers_free(&h);
}

int
main(void)
{
	RUN(response_check_judges_each_row_of_the_table);
	RUN(response_check_judges_each_error_for_each_operation);
	RUN(response_check_believes_final_refusals_of_the_service_only);
	RUN(response_check_tells_expired_from_skewed_from_denied);
	RUN(response_check_hands_a_sane_retry_after_on);
	RUN(response_check_takes_a_mismatch_only_when_told_to_and_says_so);
	RUN(response_check_refuses_other_versions_and_trailers);
	RUN(response_texts_are_there_for_each_reason);
	RUN(response_headers_keep_every_line_as_received);
	return unit_failed;
}
