#include <stdlib.h>
#include <unistd.h>

#include "collect/azure.h"
#include "collect/redact.h"
#include "collect/response_check.h"
#include "evidence/clock.h"
#include "evidence/listing.h"
#include "evidence/secret.h"
#include "tests/unit/memory.h"
#include "tests/unit/unit.h"

/* The modules of the wire when memory runs out. */
static const char page[] =
    "<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults "
    "ServiceEndpoint=\"https://a/\" ContainerName=\"c\"><Prefix>p</Prefix>"
    "<Blobs><Blob><Name Encoded=\"true\">a%41</Name><Snapshot>s</Snapshot>"
    "<Properties><Etag>1</Etag><Content-Length>5</Content-Length>"
    "</Properties></Blob></Blobs><NextMarker>m</NextMarker>"
    "</EnumerationResults>";

static int
note(void * cookie, const struct listing_entry * entry, struct err * e)
{
	(void)cookie;
	(void)entry;
	(void)e;
	return 0;
}

static int
read_listing(struct err * e)
{
	struct listing * l = listing_new(LISTING_BLOBS, note, NULL, e);
	int rc = -1;

	if ((l != NULL) && (listing_feed(l, page, sizeof(page) - 1, e) == 0) &&
	    (listing_finish(l, e) == 0))
		rc = 0;
	listing_free(l);
	return rc;
}

static int
read_headers(struct err * e)
{
	static const char raw[] = "HTTP/1.1 200 x\r\nETag: \"1\"\r\n"
				  "x-ms-meta-a: 0123456789012345678901234567890"
				  "1234567890123456789\r\n\r\n";
	struct response_headers h;

	if (response_headers_parse(raw, sizeof(raw) - 1, &h, e) != 0)
		return -1;
	response_headers_free(&h);
	return 0;
}

static int
redact(struct err * e)
{
	struct buf out = { 0 };
	int rc = redact_text(&out, "a&sig=x&b=1 sig=y", 17, e);

	buf_free(&out);
	return rc;
}

static const struct credential * credential;

static int
build_request(struct err * e)
{
	static const struct azure_blob blob = { "logs", "a b/c", 5, "s", NULL };
	static const struct azure_range range = { 0, 9, "0x1", true };
	struct azure_endpoint endpoint;
	struct azure_request r;
	struct azure * a = NULL;
	int rc = -1;

	if (azure_endpoint_parse("acct", NULL, &endpoint, e) != 0)
		return -1;
	a = azure_new(&endpoint, credential, "run", e);
	if (a == NULL)
		return -1;
	if (azure_blob_get(a, &blob, &range, 0, &r, e) == 0) {
		azure_request_free(&r);
		rc = 0;
	}
	azure_free(a);
	return rc;
}

/* A verdict has no way to fail: it must still be one, and never a success. */
static int
judge(struct err * e)
{
	struct response_asked asked = { .total = -1,
		.committed_blocks = -1,
		.credential_ends = CLOCK_UNKNOWN };
	struct response_came came = { .fault = HTTP_BROKEN,
		.fault_text = "sig=x" };
	struct response_verdict v;

	response_check(&asked, &came, &v);
	if ((v.outcome != RESPONSE_RETRY) || (strchr(v.text, 'x') != NULL))
		return -2;
	if (failed > 0)
		err_set(e, ERR_SYSTEM, NULL, "as it should be");
	return (failed > 0) ? -1 : 0;
}

static void
wire_modules_say_so_when_memory_runs_out(void)
{
	run_out(read_listing);
	run_out(read_headers);
	run_out(redact);
	run_out(build_request);
	run_out(judge);
}

static struct credential *
open_sas(void)
{
	static const char sas[] = "sr=c&sp=rl&se=2026-11-10&spr=https&sig=x";
	char path[] = "/tmp/azcustody-unit.XXXXXX";
	struct credential_source source = { .account = "acct",
		.sas_file = path };
	struct credential * c = NULL;
	struct err e;
	int fd = mkstemp(path);

	err_init(&e);
	if ((fd == -1) || (secret_start(&e) != 0) ||
	    (write(fd, sas, strlen(sas)) == -1))
		return NULL;
	(void)close(fd);
	c = credential_open(&source, &e);
	(void)unlink(path);
	return c;
}

int
main(void)
{
	struct credential * c = open_sas();

	if (c == NULL)
		return 1;
	credential = c;
	RUN(wire_modules_say_so_when_memory_runs_out);
	credential_free(c);
	return unit_failed;
}
