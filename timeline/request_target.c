#include <stdbool.h>
#include <string.h>

#include "evidence/text.h"
#include "timeline/fold.h"
#include "timeline/uri.h"

#include "timeline/request.h"

/* Cut "container/object..." at the first slash into ${ev}. */
static int
set_path(struct map * m, struct event * ev, const char * path, size_t len,
    struct err * e)
{
	const char * slash = memchr(path, '/', len);
	size_t n = (slash == NULL) ? len : (size_t)(slash - path);

	if (n == 0)
		return 0;
	ev->container = arena_copy(&m->arena, path, n, e);
	if (ev->container == NULL)
		return -1;
	if (n + 1 >= len)
		return 0;
	ev->object = arena_copy(&m->arena, path + n + 1, len - n - 1, e);
	return (ev->object == NULL) ? -1 : 0;
}

/* The host of a URL and what stands behind it, up to the query. */
static bool
split_url(const char * url, const char ** host, size_t * host_len,
    const char ** path, size_t * path_len)
{
	const char * p = strstr(url, "://");

	if (p == NULL)
		return false;
	*host = p + 3;
	*host_len = strcspn(*host, "/?#");
	p = *host + *host_len;
	if (*p == '/')
		p++;
	*path = p;
	*path_len = strcspn(p, "?#");
	return true;
}

/* "account.blob.core.windows.net": account and service out of the host. */
static int
set_host(struct map * m, struct event * ev, const char * host, size_t len,
    struct err * e)
{
	static const char * const services[] = { "blob", "file", "queue",
		"table", "dfs", "web" };
	const char * dot = memchr(host, '.', len);
	size_t n;

	if (dot == NULL)
		return 0;
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		n = strlen(services[i]);
		if (((size_t)(host + len - dot) < n + 2) ||
		    !fold_begins(dot + 1, services[i]) || (dot[n + 1] != '.'))
			continue;
		if (ev->service == NULL)
			ev->service = services[i];
		if (ev->account != NULL)
			return 0;
		ev->account =
		    arena_copy(&m->arena, host, (size_t)(dot - host), e);
		return (ev->account == NULL) ? -1 : 0;
	}
	return 0;
}

/* A path of a URL, percent-decoded where that gives text. */
static int
set_url_path(struct map * m, struct event * ev, const char * path, size_t len,
    struct err * e)
{
	struct buf b = { 0 };
	struct err bad; /* A percent sign that begins nothing: left as it is. */
	int rc;

	err_init(&bad);
	if ((text_percent_decode(&b, path, len, &bad) == 0) &&
	    text_is_utf8(buf_text(&b), b.len) &&
	    (memchr(buf_text(&b), '\0', b.len) == NULL))
		rc = set_path(m, ev, buf_text(&b), b.len, e);
	else
		rc = set_path(m, ev, path, len, e);
	if (bad.kind == ERR_SYSTEM) {
		*e = bad;
		rc = -1;
	}
	buf_free(&b);
	return rc;
}

/* objectKey: "/account/container/object", or a URL for a copy's source. */
static int
set_key(struct map * m, struct event * ev, const char * key, struct err * e)
{
	const char * host;
	const char * path;
	size_t host_len, len;

	if (*key == '/') {
		len = strcspn(key + 1, "/");
		if (ev->account == NULL) {
			ev->account = arena_copy(&m->arena, key + 1, len, e);
			if (ev->account == NULL)
				return -1;
		}
		path = key + 1 + len;
		if (*path == '/')
			path++;
		return set_path(m, ev, path, strlen(path), e);
	}
	if (!split_url(key, &host, &host_len, &path, &len))
		return 0;
	ev->copy_source = key;
	return set_url_path(m, ev, path, len, e);
}

static int
set_uri(struct map * m, struct event * ev, const char * uri, struct err * e)
{
	const char * host;
	const char * path;
	size_t host_len, len;

	ev->uri = uri;
	if (ev->uri == NULL)
		return 0;
	if (uri_parse_sas(ev->uri, &m->arena, ev, e) != 0)
		return -1;
	if (!split_url(ev->uri, &host, &host_len, &path, &len))
		return 0;
	if (set_host(m, ev, host, host_len, e) != 0)
		return -1;
	/* Of a copy only the URI says where it went. */
	if ((ev->action == EVENT_ACTION_COPY) && (ev->copy_destination == NULL))
		ev->copy_destination = ev->uri;
	if (ev->container != NULL)
		return 0;
	return set_url_path(m, ev, path, len, e);
}

int
request_set_target(
    struct map * m, struct event * ev, const struct request * q, struct err * e)
{
	ev->service = q->service;
	ev->account = q->account;
	ev->copy_source = q->source_uri;
	ev->copy_destination = q->destination_uri;
	if ((q->object_key != NULL) && (set_key(m, ev, q->object_key, e) != 0))
		return -1;
	if (set_uri(m, ev, q->uri, e) != 0)
		return -1;
	return map_set_resource(m, ev, q->resource_id, e);
}
