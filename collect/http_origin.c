#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "collect/http.h"
#include "evidence/buf.h"
#include "evidence/text.h"

/*
 * origin = "https://" host [ ":" port ]
 *        / "http://" loopback [ ":" port ]  (any host if it is public)
 * host   = 1*( ALPHA / DIGIT / "." / "-" ) / "[" 1*( HEXDIG / ":" ) "]"
 */
static bool
is_host_char(char c, bool is_v6)
{
	bool is_digit = (c >= '0') && (c <= '9');
	bool is_hex = ((c >= 'a') && (c <= 'f')) || ((c >= 'A') && (c <= 'F'));

	if (is_v6)
		return is_digit || is_hex || (c == ':') || (c == '.');
	return is_digit || ((c >= 'a') && (c <= 'z')) ||
	    ((c >= 'A') && (c <= 'Z')) || (c == '.') || (c == '-');
}

/* Return the length of the host that begins ${text}, or 0. */
static size_t
host_length(const char * text)
{
	bool is_v6 = (text[0] == '[');
	size_t len = is_v6 ? 1 : 0;

	while (is_host_char(text[len], is_v6))
		len++;
	if (!is_v6)
		return len;
	return ((len > 1) && (text[len] == ']')) ? len + 1 : 0;
}

/* Four decimal parts, the first of them 127: no other spelling will do. */
static bool
is_loopback_v4(const char * host, size_t len)
{
	size_t at = 0;

	for (int part = 0; part < 4; part++) {
		size_t end = at;
		int64_t value;

		while ((end < len) && (host[end] != '.'))
			end++;
		if ((text_parse_integer(host + at, end - at, &value) != 0) ||
		    (value < 0) || (value > 255) ||
		    ((part == 0) && (value != 127)))
			return false;
		if ((part < 3) && (end == len))
			return false;
		at = end + 1;
	}
	return at == len + 1;
}

static bool
is_loopback(const char * host, size_t len)
{
	if ((len == 5) && (memcmp(host, "[::1]", 5) == 0))
		return true;
	if ((len == 9) && (memcmp(host, "localhost", 9) == 0))
		return true;
	return is_loopback_v4(host, len);
}

static bool
is_port(const char * text)
{
	int64_t value;

	if (text[0] == '\0')
		return true;
	return (text[0] == ':') &&
	    (text_parse_integer(text + 1, strlen(text + 1), &value) == 0) &&
	    (value >= 1) && (value <= 65535);
}

static int
check_origin(const char * origin, bool is_public, struct err * e)
{
	bool is_plain = text_has_prefix(origin, "http://");
	const char * host;
	size_t len;

	if (!is_plain && !text_has_prefix(origin, "https://")) {
		err_set(e, ERR_USAGE, "give it as https://HOST[:PORT]",
		    "an endpoint must begin with https://");
		return -1;
	}
	host = origin + (is_plain ? strlen("http://") : strlen("https://"));
	len = host_length(host);
	if ((len == 0) || (strlen(origin) >= HTTP_ORIGIN_MAX) ||
	    !is_port(host + len)) {
		err_set(e, ERR_USAGE, "give it as https://HOST[:PORT]",
		    "an endpoint must be a host and a port and no more");
		return -1;
	}
	if (is_plain && !is_public && !is_loopback(host, len)) {
		err_set(e, ERR_USAGE, "use https://",
		    "plain HTTP goes to this machine only, not to %.*s",
		    (int)len, host);
		return -1;
	}
	return 0;
}

int
http_check_origin(const char * origin, struct err * e)
{
	return check_origin(origin, false, e);
}

int
http_check_public(const char * origin, struct err * e)
{
	return check_origin(origin, true, e);
}

int
http_check_proxy(const char * proxy, struct err * e)
{
	const char * host = proxy + strlen("http://");
	size_t len = 0;

	if (text_has_prefix(proxy, "http://") &&
	    (strlen(proxy) < HTTP_ORIGIN_MAX))
		len = host_length(host);
	if ((len == 0) || (host[len] != ':') || !is_port(host + len)) {
		err_set(e, ERR_USAGE, "give it as http://HOST:PORT",
		    "a proxy is a host and a port and no more");
		return -1;
	}
	return 0;
}

int
http_parse_pin(
    const char * text, uint8_t pin[DIGEST_SHA256_LEN], struct err * e)
{
	struct buf bytes = { 0 };
	struct err ignored;
	int rc = -1;

	if (text_hex_decode(text, pin, DIGEST_SHA256_LEN) == 0)
		return 0;
	err_init(&ignored);
	if (text_has_prefix(text, "sha256//"))
		text += strlen("sha256//");
	if ((text_base64_decode(&bytes, text, strlen(text), &ignored) == 0) &&
	    (bytes.len == DIGEST_SHA256_LEN)) {
		memcpy(pin, bytes.bytes, DIGEST_SHA256_LEN);
		rc = 0;
	} else {
		err_set(e, ERR_USAGE,
		    "give it as the server's key shows it: "
		    "64 hex digits, or sha256//BASE64",
		    "this is no SHA-256 of a public key");
	}
	buf_free(&bytes);
	return rc;
}
