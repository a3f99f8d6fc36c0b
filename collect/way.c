#include <assert.h>
#include <stdlib.h>

#include "collect/way.h"

static_assert(OPTIONS_MAX_PINS <= HTTP_PINS_MAX, "the transport takes them");

bool
way_has_own(const struct options * own)
{
	return (own != NULL) &&
	    ((own->tls_ca != NULL) || (own->pin_count > 0) ||
		(own->proxy != NULL));
}

static int
take_pins(struct way * w, const struct options * words, struct err * e)
{
	for (size_t i = 0; i < words->pin_count; i++) {
		if (http_parse_pin(words->pins[i], w->pins[i], e) != 0)
			return -1;
	}
	w->http.pins = (const uint8_t(*)[DIGEST_SHA256_LEN])w->pins;
	w->http.pin_count = words->pin_count;
	return 0;
}

/* The name and the password for the proxy, if it wants any. */
static int
take_proxy(struct way * w, const struct options * words, struct err * e)
{
	w->http.proxy = words->proxy;
	if (words->proxy_login == NULL)
		return 0;
	w->login = secret_load(words->proxy_login, e);
	if ((w->login != NULL) && (w->login->len > HTTP_LOGIN_MAX))
		err_set(
		    e, ERR_USAGE, NULL, "more than %d bytes", HTTP_LOGIN_MAX);
	w->http.proxy_login = w->login;
	if ((w->login != NULL) && (w->login->len <= HTTP_LOGIN_MAX))
		return 0;
	err_in(e, "login of the proxy");
	return -1;
}

struct way *
way_new(const struct options * o, const struct options * own, struct err * e)
{
	struct way * w = calloc(1, sizeof(*w));
	bool has_own = way_has_own(own);

	if (w == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	w->http.ca_file =
	    (has_own && (own->tls_ca != NULL)) ? own->tls_ca : o->tls_ca;
	if ((take_pins(w, (has_own && (own->pin_count > 0)) ? own : o, e) ==
		0) &&
	    (take_proxy(w, (has_own && (own->proxy != NULL)) ? own : o, e) ==
		0))
		return w;
	way_free(w);
	return NULL;
}

void
way_free(struct way * w)
{
	if (w == NULL)
		return;
	secret_free(w->login);
	free(w);
}
