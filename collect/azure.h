#ifndef COLLECT_AZURE_H
#define COLLECT_AZURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collect/credential.h"
#include "collect/http.h"
#include "evidence/buf.h"
#include "evidence/err.h"

/*
 * Requests to Azure's blob service, and only those that read: GET and HEAD.
 *
 * Endpoints are host-style ("https://ACCOUNT.blob.core.windows.net"; whatever
 * stands behind the account: a sovereign cloud, a DNS zone, a private link) or,
 * for emulators, path-style ("http://127.0.0.1:10000/ACCOUNT").  A path is made
 * from true names by percent-encoding every byte but the unreserved and "/".
 */
#define AZURE_VERSION "2021-12-02"
#define AZURE_PAGE_MAX 5000 /* maxresults, the protocol's cap. */
#define AZURE_RUN_ID_MAX 40
#define AZURE_DIGEST_RANGE_MAX ((int64_t)4 << 20) /* Of a digest of a range. */
#define AZURE_HEADERS_MAX 16

/* A blob service; text with a NUL each. */
struct azure_endpoint {
	char origin[HTTP_ORIGIN_MAX];
	char base[80]; /* "" or "/ACCOUNT", "/ACCOUNT-secondary" */
	char account[CREDENTIAL_ACCOUNT_MAX + 1];
	bool is_secondary; /* The copy in the other region answers. */
};

struct azure; /* A service, the right to read it, and the run's identity. */

/* A blob; absent texts are NULL. */
struct azure_blob {
	const char * container;
	const char * name; /* True name, any bytes. */
	size_t name_len;
	const char * snapshot;
	const char * version_id;
};

/* A page of a listing that is asked for; absent texts are NULL. */
struct azure_page {
	const char * prefix; /* Any bytes, prefix_len of them. */
	const char * delimiter;
	const char * marker;
	const char * include; /* "metadata,snapshots,versions,deleted" */
	int max_results;      /* 0: AZURE_PAGE_MAX */
	size_t prefix_len;
};

/* The services of an account. */
enum azure_service {
	AZURE_BLOB,
	AZURE_FILE,
	AZURE_QUEUE,
	AZURE_TABLE
};
#define AZURE_SERVICES 4

/* What is asked about an account or a container. */
enum azure_about {
	AZURE_ABOUT_ACCOUNT, /* Its kind and redundancy. */
	AZURE_ABOUT_SERVICE, /* Logging, retention, CORS of a service. */
	AZURE_ABOUT_LIST, /* One of its containers, shares, queues, tables. */
	AZURE_ABOUT_CONTAINER, /* Its properties and metadata. */
	AZURE_ABOUT_ACCESS     /* Who may read it: access level, policies. */
};

/* Which digest of its answer the service is asked for. */
enum azure_digest {
	AZURE_DIGEST_NONE,
	AZURE_DIGEST_MD5,
	AZURE_DIGEST_CRC64
};

/* Bytes first to last of a blob, inclusive. */
struct azure_range {
	int64_t first, last;
	const char * etag; /* If-Match; NULL for an append blob that grows. */
	/* The service's digest of the range, if it is at most
	 * AZURE_DIGEST_RANGE_MAX long; asked for one of them at most. */
	enum azure_digest digest;
};

/*
 * A request ready to be sent.  It points into itself: not to be copied or
 * moved.  The target may hold a SAS: it is wiped by azure_request_free and
 * never printed; show url instead.
 */
struct azure_request {
	struct http_request http; /* Points into what is below. */
	const char * url;         /* Whole, "sig=-REDACTED-". */
	char origin[HTTP_ORIGIN_MAX];
	bool is_table; /* Signed as the table service wants it. */
	char client_request_id[AZURE_RUN_ID_MAX + 24];
	struct buf target;
	struct buf shown;
	struct buf lines[AZURE_HEADERS_MAX];
	const char * headers[AZURE_HEADERS_MAX];
};

/**
 * azure_endpoint_parse(account, text, endpoint, e):
 * Read the endpoint ${text} of ${account} into ${endpoint}; ${text} NULL or ""
 * means Azure's public cloud.  A trailing "/" is cut.  A host or path of
 * "ACCOUNT-secondary" is the account's copy in the other region.  Return 0, or
 * -1 with ${e} set.
 */
int azure_endpoint_parse(const char * account, const char * text,
    struct azure_endpoint * endpoint, struct err * e);

/**
 * azure_endpoint_of_cloud(account, cloud, endpoint, e):
 * Put the blob endpoint of ${account} in the ${cloud}, "public", "china",
 * "usgov" or "germany", into ${endpoint}.  Return 0, or -1 with ${e} set.
 */
int azure_endpoint_of_cloud(const char * account, const char * cloud,
    struct azure_endpoint * endpoint, struct err * e);

/**
 * azure_new(endpoint, credential, run_id, e):
 * Return a builder of requests to ${endpoint}, which is copied, by the right of
 * ${credential}, which is borrowed until azure_free, for the run ${run_id} (at
 * most AZURE_RUN_ID_MAX of letters, digits and "-").  Return NULL with ${e}
 * set on failure.
 */
struct azure * azure_new(const struct azure_endpoint * endpoint,
    const struct credential * credential, const char * run_id, struct err * e);

/**
 * azure_list_containers(a, page, now, r, e):
 * Make the request for a ${page} of containers into ${r}, dated ${now}; the
 * caller frees it with azure_request_free.  Return 0, or -1 with ${e} set and
 * ${r} freed.
 */
int azure_list_containers(struct azure * a, const struct azure_page * page,
    int64_t now, struct azure_request * r, struct err * e);

/**
 * azure_list_blobs(a, container, page, now, r, e):
 * As azure_list_containers, for a ${page} of the blobs of ${container}.
 */
int azure_list_blobs(struct azure * a, const char * container,
    const struct azure_page * page, int64_t now, struct azure_request * r,
    struct err * e);

/**
 * azure_blob_properties(a, blob, now, r, e):
 * As azure_list_containers, for a HEAD of ${blob}.
 */
int azure_blob_properties(struct azure * a, const struct azure_blob * blob,
    int64_t now, struct azure_request * r, struct err * e);

/**
 * azure_blob_get(a, blob, range, now, r, e):
 * As azure_list_containers, for a GET of ${range} of ${blob}; a ${range} whose
 * last is before its first asks for the whole blob without a range (an empty
 * one has none).  body_max of ${r} is the range's length, and without a range
 * 0: the caller sets it.
 */
int azure_blob_get(struct azure * a, const struct azure_blob * blob,
    const struct azure_range * range, int64_t now, struct azure_request * r,
    struct err * e);

/**
 * azure_block_list(a, blob, now, r, e):
 * As azure_list_containers, for the committed blocks of ${blob}.
 */
int azure_block_list(struct azure * a, const struct azure_blob * blob,
    int64_t now, struct azure_request * r, struct err * e);

/**
 * azure_has_service(a, service):
 * Return whether the endpoint tells where ${service} of the account answers: that
 * of blobs always, the others if a label of the host is "blob".
 */
bool azure_has_service(const struct azure * a, enum azure_service service);

/**
 * azure_ask_about(a, about, service, container, now, r, e):
 * As azure_list_containers, for what ${service}, which azure_has_service, says
 * ${about} the account, itself, or ${container} (NULL for the first three).
 */
int azure_ask_about(struct azure * a, enum azure_about about,
    enum azure_service service, const char * container, int64_t now,
    struct azure_request * r, struct err * e);

/**
 * azure_endpoint_origin(endpoint, service, origin):
 * Put where ${service} of the account of ${endpoint} answers into ${origin}.
 * Return 0, or -1 if the endpoint does not tell.
 */
int azure_endpoint_origin(const struct azure_endpoint * endpoint,
    enum azure_service service, char origin[HTTP_ORIGIN_MAX]);

/**
 * azure_use_way(a, way):
 * Let all requests of ${a} go the ${way}, which is borrowed until azure_free
 * and while one is in flight; NULL: that of the transport.
 */
void azure_use_way(struct azure * a, const struct http_way * way);

/**
 * azure_user_agent(a):
 * Return the User-Agent that every request carries.
 */
const char * azure_user_agent(const struct azure * a);

/**
 * azure_container_check(name, e):
 * Check that ${name} can be a container: "$logs", "$root", "$web",
 * "$blobchangefeed" or 3 to 63 of a-z, 0-9 and single "-".  Return 0, or -1
 * with ${e} set.
 */
int azure_container_check(const char * name, struct err * e);

/**
 * azure_request_free(r):
 * Wipe and release what ${r} owns.
 */
void azure_request_free(struct azure_request * r);

/**
 * azure_free(a):
 * Release ${a}; NULL is fine.
 */
void azure_free(struct azure * a);

#endif
