/* Storage requests to events: identities, targets, copies, odd members. */
#include "timeline/reader.h"

#include "tests/unit/events.h"

#define H64 "ABCDEF1234567890ABCDEF1234567890ABCDEF1234567890ABCDEF1234567890"

/* A record with ${more} members at the top, ended by a comma or empty. */
#define RECORD(more)                                                       \
	"{\"time\":\"2022-07-05T12:32:21.1234567Z\",\"category\":"         \
	"\"StorageRead\",\"operationName\":\"GetBlob\",\"schemaVersion\":" \
	"\"1.0\"," more "\"protocol\":\"HTTPS\"}"

static void
read_one(const char * text)
{
	struct reader_counts c = events_read(text, NULL);

	EXPECT((c.events == 1) && (c.quarantined == 0));
}

static void
map_storage_tells_identities_apart(void)
{
	static const struct row {
		const char * identity;
		const char * auth;
		const char * actor_kind;
	} rows[] = {
		{ "\"type\":\"AccountKey\"", "account-key", "key-holder" },
		{ "\"type\":\"Account Key\"", "account-key", "key-holder" },
		{ "\"type\":\"accountkey\"", "account-key", "key-holder" },
		{ "\"type\":\"SAS\"", "sas", "sas-holder" },
		{ "\"type\":\"SAS Key\"", "sas", "sas-holder" },
		{ "\"type\":\"DelegationSAS\"", "user-delegation-sas",
		    "sas-holder" },
		{ "\"type\":\"OAuth\"", "oauth", "" },
		{ "\"type\":\"Anonymous\"", "anonymous", "anonymous" },
		{ "\"type\":\"Kerberos\"", "kerberos", "user" },
		{ "\"type\":\"TrustedAccess\"", "other", "" },
		{ "\"x\":1", "", "" },
	};
	char text[1024];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)snprintf(text, sizeof(text), RECORD("\"identity\":{%s},"),
		    rows[i].identity);
		read_one(text);
		EXPECT_GET(0, "auth", rows[i].auth);
		EXPECT_GET(0, "actor_kind", rows[i].actor_kind);
	}
}

static void
map_storage_takes_token_hashes_apart(void)
{
	read_one(RECORD("\"identity\":{\"type\":\"AccountKey\",\"tokenHash\":"
			"\"key1(" H64 ")\"},"));
	EXPECT_GET(0, "key_name", "key1");
	EXPECT_GET(0, "key_hash", H64);
	EXPECT_GET(0, "sas_hash", "");
	read_one(RECORD("\"identity\":{\"type\":\"SAS\",\"tokenHash\":\"key2("
			"ab" H64 "),SasSignature(cd" H64 ")\"},"));
	EXPECT_GET(0, "key_name", "key2");
	EXPECT_GET(0, "key_hash", "AB" H64);
	EXPECT_GET(0, "sas_hash", "CD" H64);
	read_one(RECORD("\"identity\":{\"type\":\"DelegationSAS\","
			"\"tokenHash\":\"system-delegation(" H64
			"), SasSignature(" H64 ")\"},"));
	EXPECT_GET(0, "key_name", "system-delegation");
	EXPECT_GET(0, "sas_hash", H64);
	/* A bare hash is that of an Entra token: no key, no SAS. */
	read_one(RECORD(
	    "\"identity\":{\"type\":\"OAuth\",\"tokenHash\":\"" H64 "\"},"));
	EXPECT_GET(0, "key_hash", "");
	read_one(RECORD("\"identity\":{\"type\":\"SAS\",\"tokenHash\":\"key1("
			"oops\"},"));
	EXPECT_GET(0, "key_hash", "");
}

static void
map_storage_names_who_signed_in_and_not_who_signed_a_sas(void)
{
	read_one(RECORD(
	    "\"identity\":{\"type\":\"OAuth\",\"requester\":{\"appId\":"
	    "\"04B07795-8ddb-461a-bbee-02f9e1bf7b46\",\"objectId\":\"oid\","
	    "\"tenantId\":\"tid\",\"upn\":\"a@b.example\"}},"));
	EXPECT_GET(0, "actor", "a@b.example");
	EXPECT_GET(0, "actor_id", "oid");
	EXPECT_GET(0, "actor_kind", "user");
	EXPECT_GET(0, "client", "cli");
	EXPECT_GET(0, "tenant_id", "tid");
	/* A managed identity or a caller of another tenant has no upn. */
	read_one(RECORD("\"identity\":{\"type\":\"OAuth\",\"requester\":{"
			"\"objectId\":\"oid\"},\"authorization\":[{"
			"\"principals\":[{\"id\":\"oid\",\"type\":"
			"\"ServicePrincipal\"}]}]},"));
	EXPECT_GET(0, "actor", "oid");
	EXPECT_GET(0, "actor_kind", "application");
	read_one(RECORD("\"identity\":{\"type\":\"OAuth\",\"requester\":{"
			"\"objectId\":\"oid\"},\"delegatedResource\":{}},"));
	EXPECT_GET(0, "actor_kind", "managed-identity");
	read_one(RECORD("\"identity\":{\"type\":\"DelegationSAS\","
			"\"requester\":{\"objectId\":\"signer\",\"upn\":"
			"\"a@b.example\"}},"));
	EXPECT_GET(0, "actor", "");
	EXPECT_GET(0, "actor_kind", "sas-holder");
	EXPECT_GET(0, "actor_id", "signer");
}

static void
map_storage_reads_statuses_of_every_kind(void)
{
	static const struct row {
		const char * members;
		const char * outcome;
		const char * status;
	} rows[] = {
		{ "\"statusCode\":200,\"protocol\":\"HTTPS\"", "success",
		    "200" },
		{ "\"statusCode\":206", "success", "206" },
		{ "\"statusCode\":304", "success", "304" },
		{ "\"statusCode\":\"200\"", "success", "200" },
		{ "\"statusCode\":403,\"statusText\":\"Success\"", "denied",
		    "403" },
		{ "\"statusCode\":401", "denied", "401" },
		{ "\"statusCode\":404", "failure", "404" },
		{ "\"statusCode\":500", "failure", "500" },
		{ "\"statusCode\":\"Unknown\",\"statusText\":\"NetworkError\"",
		    "failure", "Unknown" },
		{ "\"statusCode\":\"Unknown\",\"statusText\":\"SASSuccess\"",
		    "success", "Unknown" },
		{ "\"statusText\":\"AuthenticationFailed\"", "denied", "" },
		{ "\"statusText\":\"AuthorizationPermissionMismatch\"",
		    "denied", "" },
		{ "\"properties\":{\"metricResponseType\":\"Success\"}",
		    "success", "" },
		{ "\"properties\":{\"metricResponseType\":"
		  "\"AuthorizationFailure\"}",
		    "denied", "" },
		{ "\"protocol\":\"SMB\",\"statusCode\":0,\"statusText\":"
		  "\"Success\"",
		    "success", "0" },
		{ "\"protocol\":\"SMB\",\"statusCode\":3221225506,"
		  "\"statusText\":\"AccessDenied\"",
		    "denied", "3221225506" },
		{ "\"x\":1", "", "" },
	};
	char text[1024];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)snprintf(text, sizeof(text),
		    "{\"category\":\"StorageRead\",\"operationName\":"
		    "\"GetBlob\",%s}",
		    rows[i].members);
		read_one(text);
		EXPECT_GET(0, "outcome", rows[i].outcome);
		EXPECT_GET(0, "status", rows[i].status);
	}
}

static void
map_storage_reads_the_target_from_key_uri_and_resource(void)
{
	read_one(RECORD("\"properties\":{\"accountName\":\"acct\","
			"\"serviceType\":\"blob\",\"objectKey\":"
			"\"/acct/c1/a/b c.txt\"},"));
	EXPECT_GET(0, "account", "acct");
	EXPECT_GET(0, "service", "blob");
	EXPECT_GET(0, "container", "c1");
	EXPECT_GET(0, "object", "a/b c.txt");
	read_one(RECORD("\"properties\":{\"objectKey\":\"/acct\"},"));
	EXPECT_GET(0, "account", "acct");
	EXPECT_GET(0, "container", "");
	read_one(RECORD("\"properties\":{\"objectKey\":\"/acct/c1\"},"));
	EXPECT_GET(0, "container", "c1");
	EXPECT_GET(0, "object", "");
	read_one(RECORD("\"uri\":\"https://acct.blob.core.windows.net:443/c1/"
			"a%20b.txt?timeout=901&sv=1&sig=S3CRET&sp=r\","));
	EXPECT_GET(0, "account", "acct");
	EXPECT_GET(0, "service", "blob");
	EXPECT_GET(0, "container", "c1");
	EXPECT_GET(0, "object", "a b.txt");
	EXPECT_GET(0, "auth", "sas");
	EXPECT_GET(0, "uri",
	    "https://acct.blob.core.windows.net:443/c1/a%20b.txt?"
	    "timeout=901&sv=1&sig=-REDACTED-&sp=r");
	EXPECT(strstr(buf_text(&events_lines), "S3CRET") == NULL);
	read_one(RECORD("\"uri\":\"https://acct.queue.core.windows.net/q/"
			"messages?peekonly=true\","));
	EXPECT_GET(0, "service", "queue");
	EXPECT_GET(0, "container", "q");
	read_one(RECORD("\"resourceId\":\"/subscriptions/AB/resourceGroups/r/"
			"providers/Microsoft.Storage/storageAccounts/ACCT/"
			"tableServices/default\","));
	EXPECT_GET(0, "account", "acct");
	EXPECT_GET(0, "service", "table");
	EXPECT_GET(0, "subscription", "ab");
}

static void
map_storage_reads_the_three_records_of_a_copy(void)
{
	struct reader_counts c;

	c = events_read(
	    "{\"category\":\"StorageWrite\",\"operationName\":\"CopyBlob\","
	    "\"correlationId\":\"x\",\"properties\":{\"operationCount\":0,"
	    "\"objectKey\":\"/acct/dst/b\",\"accountName\":\"acct\"},"
	    "\"uri\":\"https://acct.blob.core.windows.net:443/dst/b\"}\n"
	    "{\"category\":\"StorageWrite\",\"operationName\":"
	    "\"CopyBlobSource\",\"correlationId\":\"x\",\"properties\":{"
	    "\"operationCount\":1,\"accountName\":\"acct\",\"objectKey\":"
	    "\"https://acct.blob.core.windows.net/src/a?sv=1&sig=S3CRET\"},"
	    "\"uri\":\"https://acct.blob.core.windows.net/dst/b\"}\n"
	    "{\"category\":\"StorageWrite\",\"operationName\":"
	    "\"CopyBlobDestination\",\"correlationId\":\"x\",\"properties\":{"
	    "\"operationCount\":2,\"objectKey\":\"/acct/dst/b\"}}\n",
	    NULL);
	EXPECT(c.events == 3);
	for (int i = 0; i < 3; i++) {
		EXPECT_GET(i, "action", "copy");
		EXPECT_GET(i, "correlation_id", "x");
	}
	EXPECT_GET(0, "operation_count", "0");
	EXPECT_GET(1, "operation_count", "1");
	EXPECT_GET(2, "operation_count", "2");
	EXPECT_GET(0, "copy_destination",
	    "https://acct.blob.core.windows.net:443/dst/b");
	EXPECT_GET(1, "copy_source",
	    "https://acct.blob.core.windows.net/src/a?sv=1&sig=-REDACTED-");
	EXPECT_GET(1, "container", "src");
	EXPECT_GET(1, "object", "a");
	EXPECT(strstr(buf_text(&events_lines), "S3CRET") == NULL);
}

static void
map_storage_leaves_absent_what_is_absent(void)
{
	read_one(RECORD("\"properties\":{\"responseHeaderSize\":1},"));
	EXPECT_GET(0, "bytes_read", "");
	EXPECT_GET(0, "duration_ms", "");
	EXPECT_GET(0, "time_end", "");
	EXPECT_GET(0, "src_ip", "");
	EXPECT_GET(0, "src_port", "");
	EXPECT_GET(0, "range_first", "");
	read_one(RECORD("\"durationMs\":1500,\"properties\":{"
			"\"responseBodySize\":0,\"requestBodySize\":\"7\","
			"\"downloadRange\":\"bytes=0-1023\"},"));
	EXPECT_GET(0, "bytes_read", "0");
	EXPECT_GET(0, "bytes_written", "7");
	EXPECT_GET(0, "time_end", "2022-07-05T12:32:22.6234567Z");
	EXPECT_GET(0, "range_first", "0");
	EXPECT_GET(0, "range_last", "1023");
	read_one(RECORD("\"durationMs\":\"47\",\"properties\":{"
			"\"downloadRange\":\"bytes=512-\"},"));
	EXPECT_GET(0, "duration_ms", "47");
	EXPECT_GET(0, "range_first", "512");
	EXPECT_GET(0, "range_last", "");
	read_one(RECORD("\"durationMs\":\"long\",\"properties\":{"
			"\"responseBodySize\":1.5},"));
	EXPECT_GET(0, "duration_ms", "");
	EXPECT_GET(0, "bytes_read", "");
	EXPECT_GET(0, "flags", "number-bad");
}

static void
map_storage_reads_callers_with_and_without_port(void)
{
	read_one(RECORD("\"callerIpAddress\":\"1.2.3.4:56029\","));
	EXPECT_GET(0, "src_ip", "1.2.3.4");
	EXPECT_GET(0, "src_port", "56029");
	read_one(RECORD("\"callerIpAddress\":\"1.2.3.4\","));
	EXPECT_GET(0, "src_ip", "1.2.3.4");
	EXPECT_GET(0, "src_port", "");
	read_one(RECORD("\"callerIpAddress\":\"[2001:DB8::1]:443\","));
	EXPECT_GET(0, "src_ip", "2001:db8::1");
	EXPECT_GET(0, "src_port", "443");
	read_one(RECORD("\"callerIpAddress\":\"268.20.203.21:4362\","));
	EXPECT_GET(0, "src_ip", "268.20.203.21:4362");
	EXPECT_GET(0, "flags", "address-bad");
}

static void
map_storage_shows_conflicts_and_unknown_versions_and_bad_times(void)
{
	read_one(RECORD("\"Time\":\"2020-01-01T00:00:00Z\","));
	EXPECT_GET(0, "time", "2022-07-05T12:32:21.1234567Z");
	EXPECT_GET(0, "flags", "conflict");
	EXPECT_GET(0, "note", "the record holds \"Time\" more than once");
	read_one("{\"category\":\"StorageRead\",\"operationName\":\"GetBlob\","
		 "\"time\":\"24:00 on Monday\",\"schemaVersion\":\"9\"}");
	EXPECT_GET(0, "time", "");
	EXPECT_GET(0, "time_kind", "");
	EXPECT_GET(0, "time_text", "24:00 on Monday");
	EXPECT_GET(0, "version", "9");
	EXPECT_GET(0, "flags", "time-bad,version");
	read_one("{\"category\":\"StorageRead\",\"operationName\":\"GetBlob\","
		 "\"time\":\"05/28/2025 01:15:14\"}");
	EXPECT_GET(0, "time", "2025-05-28T01:15:14.0000000Z");
	EXPECT_GET(0, "flags", "time-no-zone");
}

static void
map_storage_knows_a_record_without_category(void)
{
	struct reader_counts c;

	read_one("{\"operationName\":\"getblob\",\"resourceId\":"
		 "\"/subscriptions/1/resourceGroups/r/providers/"
		 "Microsoft.Storage/storageAccounts/a/blobServices/default\"}");
	EXPECT_GET(0, "action", "read");
	EXPECT_GET(0, "operation", "getblob");
	c = events_read("{\"operationName\":\"GetBlob\"}", "storage-read");
	EXPECT(c.events == 1);
	c = events_read("{\"operationName\":\"GetBlob\"}", NULL);
	EXPECT((c.events == 0) && (c.quarantined == 1));
	c = events_read("{\"operationName\":\"x\",\"category\":\"AuditEvent\"}",
	    "storage-read");
	EXPECT((c.events == 0) && (c.quarantined == 1));
	EXPECT_GET(0, "reason", "unknown-kind");
	c = events_read("{\"category\":\"StorageRead\"}", NULL);
	EXPECT((c.events == 0) && (c.quarantined == 1));
	EXPECT_GET(0, "reason", "shape");
}

static void
map_storage_cuts_a_text_over_the_limit_between_characters(void)
{
	struct buf b = { 0 };
	struct err e;

	err_init(&e);
	EXPECT(buf_add_text(&b,
		   "{\"category\":\"StorageRead\",\"operationName\":"
		   "\"GetBlob\",\"properties\":{\"userAgentHeader\":\"x",
		   &e) == 0);
	for (int i = 0; i < 20000; i++)
		EXPECT(buf_add_text(&b, "\xc3\xa9", &e) == 0);
	EXPECT(buf_add_text(&b, "\"}}", &e) == 0);
	read_one(buf_text(&b));
	EXPECT_GET(0, "flags", "time-bad,cut");
	EXPECT(strlen(events_get(0, "user_agent")) == 32767);
	buf_free(&b);
}

static void
map_storage_takes_no_signature_from_any_member(void)
{
	read_one(
	    RECORD("\"properties\":{\"referrerHeader\":"
		   "\"https://x/?sig=S3CRET\",\"userAgentHeader\":"
		   "\"a sig=b ?sig=S3CRET\",\"clientRequestId\":"
		   "\"&sig%3DS3CRET\",\"objectKey\":\"/a/c/?sig=S3CRET\","
		   "\"sourceUri\":\"https://x/y?sp=r&SIG=S3CRET\"},"
		   "\"correlationId\":\"sig=S3CRET\",\"statusText\":"
		   "\"?sig=S3CRET\",\"callerIpAddress\":\";sig=S3CRET\","));
	EXPECT(strstr(buf_text(&events_lines), "S3CRET") == NULL);
}

int
main(void)
{
	RUN(map_storage_tells_identities_apart);
	RUN(map_storage_takes_token_hashes_apart);
	RUN(map_storage_names_who_signed_in_and_not_who_signed_a_sas);
	RUN(map_storage_reads_statuses_of_every_kind);
	RUN(map_storage_reads_the_target_from_key_uri_and_resource);
	RUN(map_storage_reads_the_three_records_of_a_copy);
	RUN(map_storage_leaves_absent_what_is_absent);
	RUN(map_storage_reads_callers_with_and_without_port);
	RUN(map_storage_shows_conflicts_and_unknown_versions_and_bad_times);
	RUN(map_storage_knows_a_record_without_category);
	RUN(map_storage_cuts_a_text_over_the_limit_between_characters);
	RUN(map_storage_takes_no_signature_from_any_member);
	events_free();
	return unit_failed;
}
