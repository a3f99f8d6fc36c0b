#include <stdlib.h>
#include <string.h>

#include "evidence/footprint.h"

static const struct document_member members[] = {
	{ "user_agent", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "client_request_prefix", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "first_request_at", DOCUMENT_TIME, DOCUMENT_NULLABLE },
	{ "last_request_at", DOCUMENT_TIME, DOCUMENT_NULLABLE },
	{ "requests", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
	{ "bytes", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
	{ "accounts", DOCUMENT_ARRAY, DOCUMENT_REQUIRED },
	{ "addresses", DOCUMENT_ARRAY, DOCUMENT_REQUIRED },
	{ "log_hashes", DOCUMENT_ARRAY, DOCUMENT_REQUIRED },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

int
footprint_format(
    const struct footprint * footprint, struct buf * out, struct err * e)
{
	struct json_out j;

	json_begin_document(&j, out, "footprint", e);
	document_put_nullable(&j, "user_agent", footprint->user_agent);
	document_put_nullable(
	    &j, "client_request_prefix", footprint->client_request_prefix);
	json_put_time(&j, "first_request_at", footprint->first_request_at);
	json_put_time(&j, "last_request_at", footprint->last_request_at);
	json_put_integer(&j, "requests", footprint->requests);
	json_put_integer(&j, "bytes", footprint->bytes);
	document_put_texts(
	    &j, "accounts", footprint->accounts, footprint->n_accounts);
	document_put_texts(
	    &j, "addresses", footprint->addresses, footprint->n_addresses);
	document_put_texts(
	    &j, "log_hashes", footprint->log_hashes, footprint->n_log_hashes);
	return json_end_document(&j);
}

static int
parse_lists(struct footprint * f, struct err * e)
{
	static const char * const names[FOOTPRINT_LISTS] = { "accounts",
		"addresses", "log_hashes" };
	size_t n[FOOTPRINT_LISTS];

	for (size_t i = 0; i < FOOTPRINT_LISTS; i++) {
		if (document_texts(json_get(f->doc.root, names[i]),
			FOOTPRINT_MAX_LIST, &f->own_lists[i], &n[i], e) != 0) {
			err_in(e, "\"%s\"", names[i]);
			return -1;
		}
	}
	f->accounts = f->own_lists[0];
	f->n_accounts = n[0];
	f->addresses = f->own_lists[1];
	f->n_addresses = n[1];
	f->log_hashes = f->own_lists[2];
	f->n_log_hashes = n[2];
	return 0;
}

int
footprint_parse(const void * bytes, size_t len, struct footprint * footprint,
    struct err * e)
{
	const struct json * root;

	memset(footprint, 0, sizeof(*footprint));
	if (len > FOOTPRINT_MAX) {
		err_set(e, ERR_LIMIT, NULL, "more than 1 MiB");
		return -1;
	}
	if (document_parse_file(&footprint->doc, bytes, len, "footprint",
		members, COUNT(members), e) != 0)
		return -1;
	root = footprint->doc.root;
	footprint->user_agent = document_text(root, "user_agent");
	footprint->client_request_prefix =
	    document_text(root, "client_request_prefix");
	footprint->first_request_at = document_time(root, "first_request_at");
	footprint->last_request_at = document_time(root, "last_request_at");
	footprint->requests = document_integer(root, "requests", 0);
	footprint->bytes = document_integer(root, "bytes", 0);
	if (parse_lists(footprint, e) != 0) {
		footprint_free(footprint);
		return -1;
	}
	return 0;
}

void
footprint_free(struct footprint * footprint)
{
	for (size_t i = 0; i < FOOTPRINT_LISTS; i++)
		free(footprint->own_lists[i]);
	document_free(&footprint->doc);
	memset(footprint, 0, sizeof(*footprint));
}
