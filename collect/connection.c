#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/text.h"

#include "collect/connection.h"

void
connection_drop(struct connection * connection)
{
	if ((connection != NULL) &&
	    (atomic_fetch_sub(&connection->refs, 1) == 1))
		free(connection);
}

void
connections_clear(struct connections * c)
{
	for (size_t i = 0; i < HTTP_IN_FLIGHT_MAX; i++)
		connection_drop(c->list[i]);
	memset(c, 0, sizeof(*c));
}

/* Both ends as one text. */
static void
make_key(const struct http_result * result, char key[160])
{
	(void)snprintf(key, 160, "%s:%d %s", result->local, result->local_port,
	    result->peer);
}

/* Keep the certificates and their digests. */
static int
take_chain(struct connection * one, const struct http_tls * tls,
    struct certificates * certificates, struct err * e)
{
	uint8_t sha256[DIGEST_SHA256_LEN];

	for (size_t i = 0; i < tls->chain_len; i++) {
		if (certificates_add(certificates, tls->chain[i].der,
			tls->chain[i].len, sha256, e) != 0)
			return -1;
		text_hex_encode(sha256, sizeof(sha256), one->chain[i]);
		one->texts[i] = one->chain[i];
	}
	one->chain_len = tls->chain_len;
	return 0;
}

static struct connection *
new_connection(const struct http_result * result,
    struct certificates * certificates, struct err * e)
{
	struct connection * one = calloc(1, sizeof(*one));

	if (one == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	atomic_init(&one->refs, 1);
	make_key(result, one->key);
	memcpy(one->peer, result->peer, sizeof(one->peer));
	(void)snprintf(one->local, sizeof(one->local), "%s:%d", result->local,
	    result->local_port);
	memcpy(one->protocol, result->tls.protocol, sizeof(one->protocol));
	memcpy(one->cipher, result->tls.cipher, sizeof(one->cipher));
	if (take_chain(one, &result->tls, certificates, e) != 0) {
		free(one);
		return NULL;
	}
	return one;
}

/* The place of the connection ${key}, else one that may be used for it. */
static struct connection **
find_place(struct connections * c, const char * key)
{
	for (size_t i = 0; i < HTTP_IN_FLIGHT_MAX; i++) {
		if ((c->list[i] == NULL) || (strcmp(c->list[i]->key, key) == 0))
			return &c->list[i];
	}
	c->next = (c->next + 1) % HTTP_IN_FLIGHT_MAX;
	return &c->list[c->next];
}

int
connections_meet(struct connections * c, const struct http_result * result,
    struct certificates * certificates, struct connection ** connection,
    struct err * e)
{
	struct connection ** place;
	char key[160];

	*connection = NULL;
	/* Without an answer it is not known how far it came about. */
	if ((result->local_port == 0) || (result->status == 0))
		return 0;
	make_key(result, key);
	place = find_place(c, key);
	if ((*place == NULL) || result->is_new_connection ||
	    (strcmp((*place)->key, key) != 0)) {
		struct connection * one =
		    new_connection(result, certificates, e);

		if (one == NULL)
			return -1;
		connection_drop(*place);
		*place = one;
	}
	(void)atomic_fetch_add(&(*place)->refs, 1);
	*connection = *place;
	return 0;
}

void
connection_describe(
    struct connection * connection, int64_t * count, struct request * request)
{
	if (connection == NULL)
		return;
	if (connection->number == 0) {
		connection->number = ++*count;
		request->is_opening = true;
		request->peer = connection->peer;
		request->local = connection->local;
		if (connection->protocol[0] != '\0') {
			request->protocol = connection->protocol;
			request->cipher = connection->cipher;
		}
		request->chain = connection->texts;
		request->n_chain = connection->chain_len;
	}
	request->connection = connection->number;
}
