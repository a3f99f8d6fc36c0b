#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/azure.h"
#include "collect/redact.h"
#include "collect/sharedkey.h"
#include "evidence/clock.h"
#include "evidence/secret.h"
#include "evidence/text.h"
#include "evidence/version.h"

/* A page of a listing, or an error's body, is never longer. */
#define LIST_BODY_MAX ((int64_t)256 << 20)

struct azure {
	struct azure_endpoint endpoint;
	const struct credential * credential;
	char run_id[AZURE_RUN_ID_MAX + 1];
	char user_agent[128];
	uint64_t serial; /* Of the last request made. */
	const struct http_way * way;
};

struct azure *
azure_new(const struct azure_endpoint * endpoint,
    const struct credential * credential, const char * run_id, struct err * e)
{
	struct azure * a = NULL;
	size_t len = strlen(run_id);

	assert((len > 0) && (len <= AZURE_RUN_ID_MAX));
	a = calloc(1, sizeof(*a));
	if (a == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "no memory for requests");
		return NULL;
	}
	a->endpoint = *endpoint;
	a->credential = credential;
	memcpy(a->run_id, run_id, len + 1);
	(void)snprintf(a->user_agent, sizeof(a->user_agent),
	    "azcustody-collect/%s (%s)", version_number(), run_id);
	return a;
}

void
azure_use_way(struct azure * a, const struct http_way * way)
{
	a->way = way;
}

const char *
azure_user_agent(const struct azure * a)
{
	return a->user_agent;
}

/* ---- The target: path and query ------------------------------------------ */

/* Append "/CONTAINER[/BLOB]"; a "/" of the name stays one. */
static int
add_path(const struct azure * a, const struct azure_blob * blob,
    struct buf * path, struct err * e)
{
	if (buf_add_text(path, a->endpoint.base, e) != 0)
		return -1;
	if (blob->container == NULL)
		return buf_add_text(path, "/", e);
	if ((buf_add_text(path, "/", e) != 0) ||
	    (text_percent_encode(
		 path, blob->container, strlen(blob->container), "$", e) != 0))
		return -1;
	if (blob->name == NULL)
		return 0;
	if (buf_add_text(path, "/", e) != 0)
		return -1;
	return text_percent_encode(path, blob->name, blob->name_len, "/", e);
}

/* Append "NAME=VALUE" of ${len} bytes to ${query}. */
static int
add_bytes(struct buf * query, const char * name, const char * value, size_t len,
    struct err * e)
{
	if ((query->len > 0) && (buf_add_text(query, "&", e) != 0))
		return -1;
	if (buf_addf(query, e, "%s=", name) != 0)
		return -1;
	return text_percent_encode(query, value, len, "", e);
}

/* The same of a text, unless ${value} is NULL. */
static int
add_parameter(
    struct buf * query, const char * name, const char * value, struct err * e)
{
	if (value == NULL)
		return 0;
	return add_bytes(query, name, value, strlen(value), e);
}

static int
add_page(struct buf * query, const struct azure_page * page, struct err * e)
{
	char max[16];
	int results =
	    (page->max_results > 0) ? page->max_results : AZURE_PAGE_MAX;

	(void)snprintf(max, sizeof(max), "%d", results);
	if ((add_parameter(query, "comp", "list", e) != 0) ||
	    ((page->prefix != NULL) &&
		(add_bytes(query, "prefix", page->prefix, page->prefix_len,
		     e) != 0)) ||
	    (add_parameter(query, "delimiter", page->delimiter, e) != 0) ||
	    (add_parameter(query, "marker", page->marker, e) != 0) ||
	    (add_parameter(query, "include", page->include, e) != 0))
		return -1;
	return add_parameter(query, "maxresults", max, e);
}

/* ---- The header lines ---------------------------------------------------- */

static int add_line(struct azure_request * r, struct err * e, const char * fmt,
    ...) __attribute__((format(printf, 3, 4)));

static int
add_line(struct azure_request * r, struct err * e, const char * fmt, ...)
{
	char line[1024];
	va_list ap;
	int len;

	assert(r->http.header_count < AZURE_HEADERS_MAX);
	va_start(ap, fmt);
	len = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if ((len < 0) || ((size_t)len >= sizeof(line))) {
		err_set(e, ERR_LIMIT, NULL, "a request header is too long");
		return -1;
	}
	for (const char * c = line; *c != '\0'; c++) {
		if ((*c >= 0x20) && (*c < 0x7f))
			continue;
		err_set(e, ERR_INPUT, NULL,
		    "the service's own text cannot be sent back to it");
		return -1;
	}
	if (buf_add_text(&r->lines[r->http.header_count], line, e) != 0)
		return -1;
	r->headers[r->http.header_count] =
	    buf_text(&r->lines[r->http.header_count]);
	r->http.header_count++;
	return 0;
}

/* Lines that each request carries. */
static int
add_common_lines(
    struct azure * a, struct azure_request * r, int64_t now, struct err * e)
{
	char date[CLOCK_TEXT_SIZE];

	a->serial++;
	(void)snprintf(r->client_request_id, sizeof(r->client_request_id),
	    "%s-%08llx", a->run_id, (unsigned long long)a->serial);
	clock_format_http(now, date);
	if ((add_line(r, e, "User-Agent: %s", a->user_agent) != 0) ||
	    (add_line(r, e, "Accept: */*") != 0) ||
	    (add_line(r, e, "x-ms-version: " AZURE_VERSION) != 0) ||
	    (add_line(r, e, "x-ms-date: %s", date) != 0))
		return -1;
	return add_line(
	    r, e, "x-ms-client-request-id: %s", r->client_request_id);
}

static int
add_range_lines(
    struct azure_request * r, const struct azure_range * range, struct err * e)
{
	int64_t len;
	/* A listing of Azure's has it without the quotes. */
	const char * quote =
	    ((range->etag != NULL) && (range->etag[0] == '"')) ? "" : "\"";

	if ((range->etag != NULL) &&
	    (add_line(r, e, "If-Match: %s%s%s", quote, range->etag, quote) !=
		0))
		return -1;
	if (range->last < range->first)
		return 0;
	len = range->last - range->first + 1;
	r->http.body_max = len;
	if (add_line(r, e, "x-ms-range: bytes=%lld-%lld",
		(long long)range->first, (long long)range->last) != 0)
		return -1;
	if (len > AZURE_DIGEST_RANGE_MAX)
		return 0;
	switch (range->digest) {
	case AZURE_DIGEST_NONE:
		break;
	case AZURE_DIGEST_MD5:
		return add_line(r, e, "x-ms-range-get-content-md5: true");
	case AZURE_DIGEST_CRC64:
		return add_line(r, e, "x-ms-range-get-content-crc64: true");
	}
	return 0;
}

/* ---- Putting one together ------------------------------------------------ */

static int
sign(const struct azure * a, struct azure_request * r, const char * path,
    const char * query, struct err * e)
{
	const struct secret * key = credential_key(a->credential);
	struct sharedkey_request request = { 0 };
	struct buf line = { 0 };
	int rc = -1;

	if (key == NULL)
		return 0;
	request.account = a->endpoint.account;
	request.method = (r->http.method == HTTP_HEAD) ? "HEAD" : "GET";
	request.path = path;
	request.query = query;
	request.headers = r->headers;
	request.header_count = r->http.header_count;
	request.is_table = r->is_table;
	if ((sharedkey_sign(&request, key, &line, e) != 0) ||
	    (add_line(r, e, "%s", buf_text(&line)) != 0))
		goto out;
	rc = 0;

out:
	if (line.bytes != NULL)
		secret_wipe(line.bytes, line.room);
	buf_free(&line);
	return rc;
}

/* Join path, query and SAS into the target, and into what may be shown. */
static int
set_target(const struct azure * a, struct azure_request * r, const char * path,
    const char * query, struct err * e)
{
	const struct secret * sas = credential_sas(a->credential);
	size_t sas_len = (sas == NULL) ? 0 : sas->len;
	const char * joint = ((sas_len > 0) && (query[0] != '\0')) ? "&" : "";
	const char * mark = ((sas_len > 0) || (query[0] != '\0')) ? "?" : "";

	/* Room for all of it first: the SAS is then written once. */
	if ((buf_reserve(&r->target, strlen(path) + strlen(query) + sas_len + 3,
		 e) != 0) ||
	    (buf_addf(&r->target, e, "%s%s%s%s", path, mark, query, joint) !=
		0) ||
	    ((sas_len > 0) &&
		(buf_add(&r->target, sas->bytes, sas_len, e) != 0)))
		return -1;
	if (r->target.len > HTTP_TARGET_MAX) {
		err_set(e, ERR_LIMIT, NULL, "a request over %d bytes",
		    HTTP_TARGET_MAX);
		return -1;
	}
	if ((buf_add_text(&r->shown, r->origin, e) != 0) ||
	    (redact_text(&r->shown, buf_text(&r->target), r->target.len, e) !=
		0))
		return -1;
	r->url = buf_text(&r->shown);
	return 0;
}

/* Finish a request to ${path} with ${query}; its own lines are there. */
static int
finish(const struct azure * a, struct azure_request * r, const char * path,
    const char * query, struct err * e)
{
	if (r->origin[0] == '\0')
		memcpy(r->origin, a->endpoint.origin, sizeof(r->origin));
	if ((sign(a, r, path, query, e) != 0) ||
	    (set_target(a, r, path, query, e) != 0))
		return -1;
	r->http.origin = r->origin;
	r->http.target = buf_text(&r->target);
	r->http.headers = r->headers;
	r->http.way = a->way;
	return 0;
}

static void
begin(struct azure_request * r, enum http_method method, int64_t body_max)
{
	memset(r, 0, sizeof(*r));
	r->http.method = method;
	r->http.body_max = body_max;
}

static int
make_list(struct azure * a, const char * container,
    const struct azure_page * page, int64_t now, struct azure_request * r,
    struct err * e)
{
	struct azure_blob where = { .container = container };
	struct buf path = { 0 };
	struct buf query = { 0 };
	int rc = -1;

	begin(r, HTTP_GET, LIST_BODY_MAX);
	if ((add_path(a, &where, &path, e) != 0) ||
	    (add_parameter(&query, "restype",
		 (container != NULL) ? "container" : NULL, e) != 0) ||
	    (add_page(&query, page, e) != 0) ||
	    (add_common_lines(a, r, now, e) != 0))
		goto out;
	rc = finish(a, r, buf_text(&path), buf_text(&query), e);

out:
	buf_free(&path);
	buf_free(&query);
	if (rc != 0)
		azure_request_free(r);
	return rc;
}

/* What is asked about a blob: a range or all of it, its properties, blocks. */
struct question {
	enum http_method method;
	const struct azure_range * range; /* NULL: none. */
	const char * comp;                /* NULL: none. */
};

static int
make_blob(struct azure * a, const struct azure_blob * blob,
    const struct question * q, int64_t now, struct azure_request * r,
    struct err * e)
{
	struct buf path = { 0 };
	struct buf query = { 0 };
	int rc = -1;

	begin(r, q->method, 0);
	if ((add_path(a, blob, &path, e) != 0) ||
	    (add_parameter(&query, "comp", q->comp, e) != 0) ||
	    (add_parameter(&query, "blocklisttype",
		 (q->comp == NULL) ? NULL : "committed", e) != 0) ||
	    (add_parameter(&query, "snapshot", blob->snapshot, e) != 0) ||
	    (add_parameter(&query, "versionid", blob->version_id, e) != 0) ||
	    (add_common_lines(a, r, now, e) != 0) ||
	    ((q->range != NULL) && (add_range_lines(r, q->range, e) != 0)))
		goto out;
	rc = finish(a, r, buf_text(&path), buf_text(&query), e);

out:
	buf_free(&path);
	buf_free(&query);
	if (rc != 0)
		azure_request_free(r);
	return rc;
}

int
azure_list_containers(struct azure * a, const struct azure_page * page,
    int64_t now, struct azure_request * r, struct err * e)
{
	return make_list(a, NULL, page, now, r, e);
}

int
azure_list_blobs(struct azure * a, const char * container,
    const struct azure_page * page, int64_t now, struct azure_request * r,
    struct err * e)
{
	return make_list(a, container, page, now, r, e);
}

int
azure_blob_properties(struct azure * a, const struct azure_blob * blob,
    int64_t now, struct azure_request * r, struct err * e)
{
	static const struct question q = { HTTP_HEAD, NULL, NULL };

	return make_blob(a, blob, &q, now, r, e);
}

int
azure_blob_get(struct azure * a, const struct azure_blob * blob,
    const struct azure_range * range, int64_t now, struct azure_request * r,
    struct err * e)
{
	struct question q = { HTTP_GET, range, NULL };

	return make_blob(a, blob, &q, now, r, e);
}

int
azure_block_list(struct azure * a, const struct azure_blob * blob, int64_t now,
    struct azure_request * r, struct err * e)
{
	static const struct question q = { HTTP_GET, NULL, "blocklist" };

	return make_blob(a, blob, &q, now, r, e);
}

bool
azure_has_service(const struct azure * a, enum azure_service service)
{
	char origin[HTTP_ORIGIN_MAX];

	return azure_endpoint_origin(&a->endpoint, service, origin) == 0;
}

int
azure_ask_about(struct azure * a, enum azure_about about,
    enum azure_service service, const char * container, int64_t now,
    struct azure_request * r, struct err * e)
{
	static const char * const queries[] = {
		[AZURE_ABOUT_ACCOUNT] = "restype=account&comp=properties",
		[AZURE_ABOUT_SERVICE] = "restype=service&comp=properties",
		[AZURE_ABOUT_LIST] = "comp=list&maxresults=1",
		[AZURE_ABOUT_CONTAINER] = "restype=container",
		[AZURE_ABOUT_ACCESS] = "restype=container&comp=acl",
	};
	const char * query = queries[about];
	struct azure_blob where = { .container = container };
	struct buf path = { 0 };
	int rc = -1;

	/* Tables are the only list with a name of its own. */
	if ((about == AZURE_ABOUT_LIST) && (service == AZURE_TABLE)) {
		where.container = "Tables";
		query = "%24top=1";
	}
	begin(r, HTTP_GET, 0);
	r->is_table = (service == AZURE_TABLE);
	(void)azure_endpoint_origin(&a->endpoint, service, r->origin);
	if ((add_path(a, &where, &path, e) != 0) ||
	    (add_common_lines(a, r, now, e) != 0))
		goto out;
	rc = finish(a, r, buf_text(&path), query, e);

out:
	buf_free(&path);
	if (rc != 0)
		azure_request_free(r);
	return rc;
}

/* Wipe and release a buffer that may hold a signature. */
static void
wipe(struct buf * b)
{
	if (b->bytes != NULL)
		secret_wipe(b->bytes, b->room);
	buf_free(b);
}

void
azure_request_free(struct azure_request * r)
{
	wipe(&r->target);
	wipe(&r->shown);
	for (size_t i = 0; i < AZURE_HEADERS_MAX; i++)
		wipe(&r->lines[i]);
	memset(r, 0, sizeof(*r));
}

void
azure_free(struct azure * a)
{
	free(a);
}
