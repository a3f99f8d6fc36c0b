#include <string.h>

#include "collect/credentials_used.h"

static bool
is_same_text(const char * a, const char * b)
{
	return (a == b) || ((a != NULL) && (b != NULL) && (strcmp(a, b) == 0));
}

static bool
is_same(const struct source_credential * a, const struct source_credential * b)
{
	for (int i = 0; i < SOURCE_SAS_COUNT; i++) {
		if (!is_same_text(a->sas[i], b->sas[i]))
			return false;
	}
	return (a->kind == b->kind) && is_same_text(a->account, b->account) &&
	    (a->has_log_hash == b->has_log_hash) &&
	    (!a->has_log_hash ||
		(memcmp(a->log_hash, b->log_hash, sizeof(a->log_hash)) == 0));
}

int
credentials_used_parse(
    const struct state * s, struct sources * all, struct err * e)
{
	memset(all, 0, sizeof(*all));
	if (s->credentials.len == 0)
		return 0;
	return source_parse(s->credentials.bytes, s->credentials.len, all, e);
}

int
credentials_used_add(
    struct state * s, const struct source_credential * shape, struct err * e)
{
	struct source_credential list[CREDENTIALS_USED_MAX + 1];
	struct sources all;
	struct sources more = { .credentials = list };
	struct buf out = { 0 };
	int rc = -1;

	if (credentials_used_parse(s, &all, e) != 0)
		return -1;
	for (size_t i = 0; i < all.n_credentials; i++) {
		if (is_same(&all.credentials[i], shape)) {
			rc = 0;
			goto out;
		}
	}
	if (all.n_credentials >= CREDENTIALS_USED_MAX) {
		err_set(e, ERR_LIMIT, "begin another collection",
		    "more than %d credentials", CREDENTIALS_USED_MAX);
		goto out;
	}
	if (all.n_credentials > 0)
		memcpy(
		    list, all.credentials, all.n_credentials * sizeof(*list));
	list[all.n_credentials] = *shape;
	more.n_credentials = all.n_credentials + 1;
	if (source_format(&more, &out, e) != 0)
		goto out;
	buf_clear(&s->credentials);
	rc = buf_add(&s->credentials, out.bytes, out.len, e);

out:
	buf_free(&out);
	source_free(&all);
	return rc;
}
