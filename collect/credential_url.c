#include <string.h>

#include "collect/credential_url.h"
#include "evidence/text.h"

#define SECONDARY "-secondary"

/* A run of bytes in the URL. */
struct part {
	const char * text;
	size_t len;
};

bool
credential_url_is(const char * text, size_t len)
{
	static const char * const schemes[] = { "https://", "http://" };

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t n = strlen(schemes[i]);
		char start[sizeof("https://")] = "";

		if (len <= n)
			continue;
		memcpy(start, text, n);
		if (text_compare_nocase(start, schemes[i]) == 0)
			return true;
	}
	return false;
}

/* Cut the next segment, without its "/", off ${path}. */
static struct part
next_segment(struct part * path)
{
	struct part segment = { path->text, 0 };
	const char * end;

	while ((path->len > 0) && (path->text[0] == '/')) {
		path->text++;
		path->len--;
	}
	segment.text = path->text;
	end = memchr(path->text, '/', path->len);
	segment.len = (end == NULL) ? path->len : (size_t)(end - path->text);
	path->text += segment.len;
	path->len -= segment.len;
	return segment;
}

/* Copy ${part} into ${out} of ${size} bytes, percent-decoded. */
static int
copy(const struct part * part, char * out, size_t size, struct err * e)
{
	struct buf decoded = { 0 };
	struct err why;
	int rc = -1;

	err_init(&why);
	if ((text_percent_decode(&decoded, part->text, part->len, &why) != 0) ||
	    (decoded.len >= size) ||
	    (memchr(buf_text(&decoded), 0, decoded.len) != NULL)) {
		err_set(e, ERR_USAGE, NULL,
		    "a part of the URL is too long or cannot be read");
		goto out;
	}
	memcpy(out, buf_text(&decoded), decoded.len + 1);
	rc = 0;

out:
	buf_free(&decoded);
	return rc;
}

static void
cut_secondary(char * account)
{
	size_t len = strlen(account);
	size_t tail = strlen(SECONDARY);

	if ((len > tail) && (strcmp(account + len - tail, SECONDARY) == 0))
		account[len - tail] = '\0';
}

/* An address, "localhost", or a single word: the account is in the path. */
static bool
is_path_style(const char * host)
{
	size_t len = strlen(host);

	return (host[0] == '[') || (strchr(host, '.') == NULL) ||
	    (strspn(host, "0123456789.") == len);
}

/* The account that the host's first label names. */
static int
take_account(const char * host, char * account, struct err * e)
{
	struct part label = { host, strcspn(host, ".") };

	if (strstr(host, ".blob.") == NULL)
		return 0;
	return copy(&label, account, CREDENTIAL_ACCOUNT_MAX + 1, e);
}

/* Lay "scheme://host[:port][/account]" into ${place}. */
static int
set_endpoint(struct credential_place * place, const char * text, size_t len,
    const struct part * account, struct err * e)
{
	size_t more = (account->len == 0) ? 0 : account->len + 1;

	if (len + more >= sizeof(place->endpoint)) {
		err_set(e, ERR_LIMIT, NULL, "the URL's endpoint is too long");
		return -1;
	}
	memcpy(place->endpoint, text, len);
	if (more > 0) {
		place->endpoint[len] = '/';
		memcpy(place->endpoint + len + 1, account->text, account->len);
	}
	place->endpoint[len + more] = '\0';
	return 0;
}

int
credential_url_parse(const char * text, size_t len,
    struct credential_place * place, struct err * e)
{
	const char * start = memchr(text, ':', len);
	struct part path = { text + len, 0 };
	struct part account = { NULL, 0 };
	struct part segment;
	char host[CREDENTIAL_ENDPOINT_MAX];
	size_t host_len;

	memset(place, 0, sizeof(*place));
	/* Behind a NUL nobody would see the rest of the host. */
	if (!credential_url_is(text, len) || (start == NULL) ||
	    (memchr(text, '\0', len) != NULL)) {
		err_set(e, ERR_USAGE, NULL, "this is no URL of a service");
		return -1;
	}
	start += strlen("://");
	path.text = memchr(start, '/', (size_t)(text + len - start));
	if (path.text == NULL)
		path.text = text + len;
	path.len = (size_t)(text + len - path.text);
	host_len = (size_t)(path.text - start);
	if ((host_len == 0) || (host_len >= sizeof(host)) ||
	    (memchr(start, '@', host_len) != NULL)) {
		err_set(e, ERR_USAGE, NULL, "the URL names no host");
		return -1;
	}
	memcpy(host, start, host_len);
	host[host_len] = '\0';
	if (host[0] != '[')
		host[strcspn(host, ":")] = '\0';
	if (is_path_style(host)) {
		account = next_segment(&path);
		if (copy(&account, place->account, sizeof(place->account), e) !=
		    0)
			return -1;
	} else if (take_account(host, place->account, e) != 0) {
		return -1;
	}
	cut_secondary(place->account);
	segment = next_segment(&path);
	if (copy(&segment, place->container, sizeof(place->container), e) != 0)
		return -1;
	place->has_blob = (next_segment(&path).len > 0);
	return set_endpoint(
	    place, text, (size_t)(start - text) + host_len, &account, e);
}
