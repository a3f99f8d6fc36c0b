#define _DEFAULT_SOURCE /* mkstemp */
#include <stdlib.h>
#include <unistd.h>

#include "collect/azure.h"
#include "collect/sharedkey.h"
#include "evidence/secret.h"
#include "evidence/text.h"
#include "tests/unit/unit.h"

/* The emulators' key, published by Microsoft. */
#define EMULATOR_KEY                                                      \
	"Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/" \
	"K1SZFPTOtr/KBHBeksoGMGw=="

static const int64_t noon = INT64_C(17935344000000000);

static struct credential *
open_text(const char * text, bool is_key)
{
	char path[] = "/tmp/azcustody-unit.XXXXXX";
	struct credential_source source = { .account = "acct" };
	struct credential * c = NULL;
	struct err e;
	int fd = mkstemp(path);

	err_init(&e);
	if ((fd == -1) || (write(fd, text, strlen(text)) == -1))
		abort();
	(void)close(fd);
	if (is_key)
		source.key_file = path;
	else
		source.sas_file = path;
	c = credential_open(&source, &e);
	(void)unlink(path);
	if (c == NULL)
		abort();
	return c;
}

static void
sharedkey_string_is_the_one_microsoft_prints(void)
{
	/* "Authorize with Shared Key", Get Container Metadata. */
	static const char * const headers[] = {
		"x-ms-version: 2015-02-21",
		"X-Ms-Date: Fri, 26 Jun 2015 23:39:12 GMT",
		"User-Agent: not signed",
	};
	struct sharedkey_request request = { "myaccount", "GET", "/mycontainer",
		"timeout=20&restype=container&comp=metadata", headers, 3,
		false };
	struct secret * key = NULL;
	struct buf bytes = { 0 };
	struct buf out = { 0 };
	struct err e;

	err_init(&e);
	EXPECT(sharedkey_string(&request, &out, &e) == 0);
	EXPECT_TEXT(buf_text(&out),
	    "GET\n\n\n\n\n\n\n\n\n\n\n\n"
	    "x-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\n"
	    "x-ms-version:2015-02-21\n/myaccount/mycontainer\n"
	    "comp:metadata\nrestype:container\ntimeout:20");
	EXPECT(text_base64_decode(
		   &bytes, EMULATOR_KEY, strlen(EMULATOR_KEY), &e) == 0);
	key = secret_new(bytes.len, &e);
	memcpy(key->bytes, bytes.bytes, bytes.len);
	buf_clear(&out);
	EXPECT(sharedkey_sign(&request, key, &out, &e) == 0);
	/* Computed with Python's hmac from the string above. */
	EXPECT_TEXT(buf_text(&out),
	    "Authorization: SharedKey "
	    "myaccount:1u9lui2jDxj0+fpbHjQ5m5NnastJRSYM+PSmfi8TXx4=");
	secret_free(key);
	buf_free(&bytes);
	buf_free(&out);
}

static void
sharedkey_string_of_tables_has_date_path_and_comp(void)
{
	static const char * const headers[] = { "x-ms-version: 2021-12-02",
		"x-ms-date: Fri, 26 Jun 2015 23:39:12 GMT" };
	struct sharedkey_request request = { "acct-secondary", "GET", "/",
		"restype=service&comp=properties", headers, 2, true };
	struct buf out = { 0 };
	struct err e;

	err_init(&e);
	EXPECT(sharedkey_string(&request, &out, &e) == 0);
	EXPECT_TEXT(buf_text(&out),
	    "GET\n\n\nFri, 26 Jun 2015 23:39:12 GMT\n"
	    "/acct/?comp=properties");
	buf_clear(&out);
	request.query = "";
	EXPECT(sharedkey_string(&request, &out, &e) == 0);
	EXPECT_TEXT(
	    buf_text(&out), "GET\n\n\nFri, 26 Jun 2015 23:39:12 GMT\n/acct/");
	buf_free(&out);
}

static void
azure_services_answer_beside_the_blobs(void)
{
	static const struct {
		const char * endpoint;
		enum azure_service service;
		const char * origin; /* NULL: nobody knows. */
	} cases[] = {
		{ NULL, AZURE_FILE, "https://acct.file.core.windows.net" },
		{ "https://acct.blob.core.chinacloudapi.cn", AZURE_QUEUE,
		    "https://acct.queue.core.chinacloudapi.cn" },
		{ "https://acct.z05.blob.storage.azure.net:8443", AZURE_TABLE,
		    "https://acct.z05.table.storage.azure.net:8443" },
		{ "http://127.0.0.1:10000/acct", AZURE_BLOB,
		    "http://127.0.0.1:10000" },
		{ "http://127.0.0.1:10000/acct", AZURE_FILE, NULL },
		{ "https://logs.example.org", AZURE_TABLE, NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct azure_endpoint endpoint;
		char origin[HTTP_ORIGIN_MAX];
		struct err e;
		int rc;

		err_init(&e);
		EXPECT(azure_endpoint_parse(
			   "acct", cases[i].endpoint, &endpoint, &e) == 0);
		rc = azure_endpoint_origin(&endpoint, cases[i].service, origin);
		EXPECT((rc == 0) == (cases[i].origin != NULL));
		if (rc == 0)
			EXPECT_TEXT(origin, cases[i].origin);
	}
}

static void
azure_questions_go_to_their_service(void)
{
	struct credential * c = open_text("sv=2021-12-02&ss=bfqt&srt=sco&sp=rl&"
					  "se=2099-01-01&sig=c2VjcmV0",
	    false);
	struct azure_endpoint endpoint;
	struct azure_request r;
	struct azure * a;
	struct err e;

	err_init(&e);
	EXPECT(azure_endpoint_parse("acct", NULL, &endpoint, &e) == 0);
	a = azure_new(&endpoint, c, "run", &e);
	EXPECT(azure_ask_about(a, AZURE_ABOUT_SERVICE, AZURE_TABLE, NULL, noon,
		   &r, &e) == 0);
	EXPECT_TEXT(r.http.origin, "https://acct.table.core.windows.net");
	EXPECT_TEXT(r.url,
	    "https://acct.table.core.windows.net/?restype=service&"
	    "comp=properties&sv=2021-12-02&ss=bfqt&srt=sco&sp=rl&"
	    "se=2099-01-01&sig=-REDACTED-");
	azure_request_free(&r);
	EXPECT(azure_ask_about(a, AZURE_ABOUT_ACCESS, AZURE_BLOB, "$logs", noon,
		   &r, &e) == 0);
	EXPECT_TEXT(r.http.origin, "https://acct.blob.core.windows.net");
	EXPECT(strncmp(r.http.target,
		   "/$logs?restype=container&comp=acl&sv=", 37) == 0);
	azure_request_free(&r);
	azure_free(a);
	credential_free(c);
}

static void
sharedkey_string_puts_each_header_in_its_place(void)
{
	static const char * const headers[] = { "x-ms-range: bytes=0-9",
		"If-Match: \"0x1\"", "Date: d", "x-ms-date: now",
		"range: bytes=1-2", "X-MS-A:z" };
	struct sharedkey_request request = { "acct-secondary", "HEAD",
		"/acct/c/a%20b%2B", "B=2%26&a=z&b=1&a=%C3%A9", headers, 6,
		false };
	struct buf out = { 0 };
	struct err e;

	err_init(&e);
	EXPECT(sharedkey_string(&request, &out, &e) == 0);
	EXPECT_TEXT(buf_text(&out),
	    "HEAD\n\n\n\n\n\nd\n\n\"0x1\"\n\n\nbytes=1-2\n"
	    "x-ms-a:z\nx-ms-date:now\nx-ms-range:bytes=0-9\n"
	    "/acct/acct/c/a%20b%2B\na:z,\xC3\xA9\nb:1,2&");
	buf_free(&out);
}

static void
azure_endpoint_takes_azure_and_emulators_and_nothing_else(void)
{
	static const struct {
		const char * account;
		const char * text;
		const char * origin; /* NULL: refused. */
		const char * base;
	} cases[] = {
		{ "acct", NULL, "https://acct.blob.core.windows.net", "" },
		{ "acct", "", "https://acct.blob.core.windows.net", "" },
		{ "acct", "https://acct.blob.core.windows.net/",
		    "https://acct.blob.core.windows.net", "" },
		{ "acct", "https://x:8443", "https://x:8443", "" },
		{ "acct", "https://[2001:db8::1]:1", "https://[2001:db8::1]:1",
		    "" },
		{ "acct", "http://127.0.0.1:10000/acct",
		    "http://127.0.0.1:10000", "/acct" },
		{ "acct", "http://127.1.2.3:1/acct/", "http://127.1.2.3:1",
		    "/acct" },
		{ "acct", "http://[::1]:1/acct", "http://[::1]:1", "/acct" },
		{ "acct", "http://localhost/acct", "http://localhost",
		    "/acct" },
		{ "acct", "http://acct.blob.core.windows.net", NULL, "" },
		{ "acct", "http://127.0.0.1.example.org/acct", NULL, "" },
		{ "acct", "http://127.0.0.256/acct", NULL, "" },
		{ "acct", "http://127.1/acct", NULL, "" },
		{ "acct", "http://0x7f.0.0.1/acct", NULL, "" },
		{ "acct", "http://127.0.0.01/acct", NULL, "" },
		{ "acct", "http://localhost.example/acct", NULL, "" },
		{ "acct", "http://0.0.0.0/acct", NULL, "" },
		{ "acct", "http://[::ffff:127.0.0.1]/acct", NULL, "" },
		{ "acct", "http://user@127.0.0.1/acct", NULL, "" },
		{ "acct", "https://user:pw@host", NULL, "" },
		{ "acct", "https://host/other", NULL, "" },
		{ "acct", "https://host/acct/c", NULL, "" },
		{ "acct", "https://host?x", NULL, "" },
		{ "acct", "https://host#x", NULL, "" },
		{ "acct", "https://host:0", NULL, "" },
		{ "acct", "https://host:65536", NULL, "" },
		{ "acct", "https://host:", NULL, "" },
		{ "acct", "https://", NULL, "" },
		{ "acct", "https:///acct", NULL, "" },
		{ "acct", "https://ho st", NULL, "" },
		{ "acct", "https://host\r\nX: y", NULL, "" },
		{ "acct", "ftp://host", NULL, "" },
		{ "acct", "file:///etc/passwd", NULL, "" },
		{ "acct", "HTTPS://host", NULL, "" },
		{ "", NULL, NULL, "" },
		{ "a.evil.org/", NULL, NULL, "" },
		{ "ACCT", NULL, NULL, "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct azure_endpoint endpoint;
		struct err e;
		int rc;

		err_init(&e);
		rc = azure_endpoint_parse(
		    cases[i].account, cases[i].text, &endpoint, &e);
		if ((rc == 0) != (cases[i].origin != NULL)) {
			unit_bad = 1;
			(void)printf("# %s: %d %s\n",
			    (cases[i].text == NULL) ? "" : cases[i].text, rc,
			    e.text);
		} else if (rc == 0) {
			EXPECT_TEXT(endpoint.origin, cases[i].origin);
			EXPECT_TEXT(endpoint.base, cases[i].base);
		} else {
			EXPECT(e.kind == ERR_USAGE);
		}
	}
}

static const char *
line_of(const struct azure_request * r, const char * name)
{
	for (size_t i = 0; i < r->http.header_count; i++) {
		if (text_has_prefix(r->headers[i], name))
			return r->headers[i] + strlen(name);
	}
	return NULL;
}

static void
azure_requests_are_built_from_true_names(void)
{
	static const char name[] = "a/../b c?#%2e+\r\n\xC3\xA9\"&=";
	struct credential * c =
	    open_text("sv=2021-12-02&sr=c&sp=rl&sig=CANARY%2F", false);
	struct azure_blob blob = { "$logs", name, sizeof(name) - 1,
		"2026-11-01T00:00:00.0000000Z", NULL };
	struct azure_range range = { 10, 19, "0x1", AZURE_DIGEST_MD5 };
	struct azure_endpoint endpoint;
	struct azure_request r;
	struct azure * a;
	struct err e;

	err_init(&e);
	EXPECT(azure_endpoint_parse("acct", NULL, &endpoint, &e) == 0);
	a = azure_new(&endpoint, c, "run-1", &e);
	EXPECT(azure_blob_get(a, &blob, &range, noon, &r, &e) == 0);
	EXPECT_TEXT(r.http.origin, "https://acct.blob.core.windows.net");
	EXPECT_TEXT(r.http.target,
	    "/$logs/a/../b%20c%3F%23%252e%2B%0D%0A%C3%A9%22%26%3D?"
	    "snapshot=2026-11-01T00%3A00%3A00.0000000Z&"
	    "sv=2021-12-02&sr=c&sp=rl&sig=CANARY%2F");
	EXPECT_TEXT(r.url,
	    "https://acct.blob.core.windows.net"
	    "/$logs/a/../b%20c%3F%23%252e%2B%0D%0A%C3%A9%22%26%3D?"
	    "snapshot=2026-11-01T00%3A00%3A00.0000000Z&"
	    "sv=2021-12-02&sr=c&sp=rl&sig=-REDACTED-");
	EXPECT(r.http.body_max == 10);
	EXPECT(r.http.method == HTTP_GET);
	EXPECT_TEXT(line_of(&r, "x-ms-range: "), "bytes=10-19");
	EXPECT_TEXT(line_of(&r, "If-Match: "), "\"0x1\"");
	EXPECT_TEXT(line_of(&r, "x-ms-range-get-content-md5: "), "true");
	EXPECT_TEXT(line_of(&r, "x-ms-version: "), AZURE_VERSION);
	EXPECT_TEXT(
	    line_of(&r, "x-ms-date: "), "Sun, 01 Nov 2026 12:00:00 GMT");
	EXPECT_TEXT(line_of(&r, "x-ms-client-request-id: "), "run-1-00000001");
	EXPECT(line_of(&r, "Authorization:") == NULL);
	EXPECT(
	    text_has_prefix(line_of(&r, "User-Agent: "), "azcustody-collect/"));
	azure_request_free(&r);
	range.etag = "\"0x2\"";
	range.last = 10 + AZURE_DIGEST_RANGE_MAX;
	EXPECT(azure_blob_get(a, &blob, &range, noon, &r, &e) == 0);
	EXPECT_TEXT(line_of(&r, "If-Match: "), "\"0x2\"");
	EXPECT(line_of(&r, "x-ms-range-get-content-md5: ") == NULL);
	EXPECT_TEXT(r.client_request_id, "run-1-00000002");
	azure_request_free(&r);
	range.last = 9 + AZURE_DIGEST_RANGE_MAX;
	range.digest = AZURE_DIGEST_CRC64;
	EXPECT(azure_blob_get(a, &blob, &range, noon, &r, &e) == 0);
	EXPECT_TEXT(line_of(&r, "x-ms-range-get-content-crc64: "), "true");
	EXPECT(line_of(&r, "x-ms-range-get-content-md5: ") == NULL);
	azure_request_free(&r);
	range.etag = "x\r\nEvil: 1";
	EXPECT(azure_blob_get(a, &blob, &range, noon, &r, &e) == -1);
	EXPECT(e.kind == ERR_INPUT);
	azure_free(a);
	credential_free(c);
}

static void
azure_endpoints_of_clouds_and_of_the_copy_are_known(void)
{
	static const char * const rows[][2] = {
		{ "public", "https://acct.blob.core.windows.net" },
		{ "china", "https://acct.blob.core.chinacloudapi.cn" },
		{ "usgov", "https://acct.blob.core.usgovcloudapi.net" },
		{ "germany", "https://acct.blob.core.cloudapi.de" },
	};
	static const struct {
		const char * text;
		bool is_secondary;
	} ends[] = {
		{ "https://acct-secondary.blob.core.windows.net/", true },
		{ "https://acct.z01.blob.storage.azure.net", false },
		{ "https://acct-secondary.z01.blob.storage.azure.net", true },
		{ "https://acct.privatelink.blob.core.windows.net", false },
		{ "http://127.0.0.1:10000/acct-secondary", true },
		{ "http://127.0.0.1:10000/acct", false },
		{ "https://other-secondary.blob.core.windows.net", false },
	};
	struct azure_endpoint endpoint;
	struct err e;

	err_init(&e);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		EXPECT(azure_endpoint_of_cloud(
			   "acct", rows[i][0], &endpoint, &e) == 0);
		EXPECT_TEXT(endpoint.origin, rows[i][1]);
	}
	EXPECT(azure_endpoint_of_cloud("acct", "mars", &endpoint, &e) != 0);
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		err_init(&e);
		EXPECT(azure_endpoint_parse(
			   "acct", ends[i].text, &endpoint, &e) == 0);
		EXPECT(endpoint.is_secondary == ends[i].is_secondary);
	}
}

static void
azure_listings_encode_what_the_service_gave(void)
{
	struct credential * c = open_text(EMULATOR_KEY, true);
	struct azure_page page = { "y=2026/", NULL, "2!8!a&sig=x#\r\n%41",
		"snapshots,deleted", 0, 7 };
	struct azure_endpoint endpoint;
	struct azure_request r;
	struct azure * a;
	struct err e;

	err_init(&e);
	EXPECT(azure_endpoint_parse(
		   "acct", "http://127.0.0.1:1/acct", &endpoint, &e) == 0);
	a = azure_new(&endpoint, c, "run-1", &e);
	EXPECT(azure_list_blobs(a, "logs", &page, noon, &r, &e) == 0);
	EXPECT_TEXT(r.http.target,
	    "/acct/logs?restype=container&comp=list&prefix=y%3D2026%2F&"
	    "marker=2%218%21a%26sig%3Dx%23%0D%0A%2541&"
	    "include=snapshots%2Cdeleted&maxresults=5000");
	EXPECT(line_of(&r, "Authorization: SharedKey acct:") != NULL);
	azure_request_free(&r);
	page = (struct azure_page){ .max_results = 2 };
	EXPECT(azure_list_containers(a, &page, noon, &r, &e) == 0);
	EXPECT_TEXT(r.http.target, "/acct/?comp=list&maxresults=2");
	azure_request_free(&r);
	azure_free(a);
	credential_free(c);
}

static const char too_long[] = "a123456789b123456789c123456789d123456789"
			       "e123456789f123456789gxyz";

static void
azure_container_names_are_checked(void)
{
	static const char * const good[] = { "abc", "$logs", "$web",
		"insights-logs-networksecuritygroupflowevent", "a1-b2", "000" };
	static const char * const bad[] = { "", "ab", "ABC", "a--b", "-ab",
		"ab-", "a_b", "a.b", "$other", "a/b", "..", "a b", too_long };
	struct err e;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		err_init(&e);
		EXPECT(azure_container_check(good[i], &e) == 0);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err_init(&e);
		EXPECT(azure_container_check(bad[i], &e) == -1);
	}
}

int
main(void)
{
	struct err e;

	err_init(&e);
	if (secret_start(&e) != 0)
		return 1;
	RUN(sharedkey_string_is_the_one_microsoft_prints);
	RUN(sharedkey_string_puts_each_header_in_its_place);
	RUN(sharedkey_string_of_tables_has_date_path_and_comp);
	RUN(azure_services_answer_beside_the_blobs);
	RUN(azure_questions_go_to_their_service);
	RUN(azure_endpoint_takes_azure_and_emulators_and_nothing_else);
	RUN(azure_requests_are_built_from_true_names);
	RUN(azure_endpoints_of_clouds_and_of_the_copy_are_known);
	RUN(azure_listings_encode_what_the_service_gave);
	RUN(azure_container_names_are_checked);
	return unit_failed;
}
