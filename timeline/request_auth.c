#include <stdbool.h>
#include <string.h>

#include "timeline/fold.h"
#include "timeline/operation.h"

#include "timeline/request.h"

/* The words of the resource log and of its documents, then classic ones. */
static const struct auth_word {
	const char * word;
	enum event_auth auth;
	enum event_actor_kind actor;
} auth_words[] = {
	{ "AccountKey", EVENT_AUTH_ACCOUNT_KEY, EVENT_ACTOR_KEY_HOLDER },
	{ "Account Key", EVENT_AUTH_ACCOUNT_KEY, EVENT_ACTOR_KEY_HOLDER },
	{ "SAS", EVENT_AUTH_SAS, EVENT_ACTOR_SAS_HOLDER },
	{ "SAS Key", EVENT_AUTH_SAS, EVENT_ACTOR_SAS_HOLDER },
	{ "SASKey", EVENT_AUTH_SAS, EVENT_ACTOR_SAS_HOLDER },
	{ "DelegationSAS", EVENT_AUTH_USER_DELEGATION_SAS,
	    EVENT_ACTOR_SAS_HOLDER },
	{ "Delegation SAS", EVENT_AUTH_USER_DELEGATION_SAS,
	    EVENT_ACTOR_SAS_HOLDER },
	{ "OAuth", EVENT_AUTH_OAUTH, EVENT_ACTOR_ABSENT },
	{ "Anonymous", EVENT_AUTH_ANONYMOUS, EVENT_ACTOR_ANONYMOUS },
	{ "Kerberos", EVENT_AUTH_KERBEROS, EVENT_ACTOR_USER },
	{ "authenticated", EVENT_AUTH_ACCOUNT_KEY, EVENT_ACTOR_KEY_HOLDER },
	{ "bearer", EVENT_AUTH_OAUTH, EVENT_ACTOR_ABSENT },
};

static bool
is_hex(const char * text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (strchr("0123456789abcdefABCDEF", text[i]) == NULL)
			return false;
	}
	return true;
}

/* The hex digits of a hash in upper case, as logs mostly print them. */
static const char *
keep_hash(struct map * m, const char * text, size_t len, struct err * e)
{
	char * copy;

	if (!is_hex(text, len))
		return arena_copy(&m->arena, text, len, e);
	copy = arena_get(&m->arena, len + 1, e);
	if (copy == NULL)
		return NULL;
	for (size_t i = 0; i < len; i++)
		copy[i] = (text[i] >= 'a') ? (char)(text[i] - 32) : text[i];
	copy[len] = '\0';
	return copy;
}

/* One "name(hash)" of a tokenHash. */
static int
set_hash(struct map * m, struct event * ev, const char * name, size_t name_len,
    const char * hash, size_t len, struct err * e)
{
	const char * value = keep_hash(m, hash, len, e);

	if (value == NULL)
		return -1;
	if ((name_len == strlen("SasSignature")) &&
	    fold_begins(name, "SasSignature")) {
		ev->sas_hash = value;
		return 0;
	}
	ev->key_hash = value;
	ev->key_name = arena_copy(&m->arena, name, name_len, e);
	return (ev->key_name == NULL) ? -1 : 0;
}

/* "key1(HASH)", "key1(HASH),SasSignature(HASH)", or the bare hash of a token. */
static int
set_hashes(struct map * m, struct event * ev, const char * text, struct err * e)
{
	const char * open;
	const char * close;

	while (text != NULL) {
		open = strchr(text, '(');
		if (open == NULL)
			return 0;
		close = strchr(open, ')');
		if (close == NULL)
			return 0;
		if (set_hash(m, ev, text, (size_t)(open - text), open + 1,
			(size_t)(close - open - 1), e) != 0)
			return -1;
		text = close + 1;
		text += strspn(text, ", ");
	}
	return 0;
}

static bool
is_given(const char * text)
{
	return (text != NULL) && (*text != '\0');
}

static enum event_actor_kind
principal_kind(const char * type)
{
	if (fold_is(type, "User"))
		return EVENT_ACTOR_USER;
	if (fold_is(type, "ServicePrincipal"))
		return EVENT_ACTOR_APPLICATION;
	return EVENT_ACTOR_ABSENT;
}

static void
set_requester(struct event * ev, const struct request * q)
{
	const char * name = is_given(q->upn) ? q->upn : q->user_name;

	ev->actor_id = q->object_id;
	ev->app_id = q->app_id;
	ev->tenant_id = q->tenant_id;
	ev->client = operation_client(ev->app_id);
	if (ev->auth != EVENT_AUTH_OAUTH)
		return; /* The signer of a SAS: not who used it. */
	ev->actor = is_given(name) ? name : ev->actor_id;
	ev->actor_kind = principal_kind(q->principal);
	if (q->is_delegated)
		ev->actor_kind = EVENT_ACTOR_MANAGED_IDENTITY;
	else if ((ev->actor_kind == EVENT_ACTOR_ABSENT) && is_given(name))
		ev->actor_kind = EVENT_ACTOR_USER;
}

int
request_set_identity(
    struct map * m, struct event * ev, const struct request * q, struct err * e)
{
	ev->auth_text = q->auth;
	if (is_given(q->auth))
		ev->auth = EVENT_AUTH_OTHER;
	for (size_t i = 0; i < sizeof(auth_words) / sizeof(auth_words[0]);
	     i++) {
		if (!fold_is(q->auth, auth_words[i].word))
			continue;
		ev->auth = auth_words[i].auth;
		ev->actor_kind = auth_words[i].actor;
	}
	set_requester(ev, q);
	return set_hashes(m, ev, q->token_hash, e);
}

/* A SAS in the URI where the identity says less. */
void
request_complete_auth(struct event * ev)
{
	if ((ev->auth == EVENT_AUTH_ABSENT) && (ev->uri != NULL) &&
	    (ev->sas_sv != NULL)) {
		ev->auth = EVENT_AUTH_SAS;
		ev->actor_kind = EVENT_ACTOR_SAS_HOLDER;
	}
	if ((ev->auth == EVENT_AUTH_SAS) && (ev->sas_skoid != NULL))
		ev->auth = EVENT_AUTH_USER_DELEGATION_SAS;
}
