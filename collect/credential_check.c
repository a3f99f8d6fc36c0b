#include <string.h>

#include "collect/credential.h"
#include "collect/sas.h"
#include "evidence/clock.h"

#define DAY (86400 * CLOCK_TICKS_PER_SECOND)

static int
add(struct buf * out, const char * word, struct err * e)
{
	if ((out->len > 0) && (buf_add_text(out, ", ", e) != 0))
		return -1;
	return buf_add_text(out, word, e);
}

/* How long it lives, if that is too long. */
static int
add_life(const struct credential_shape * shape, int64_t now, struct buf * out,
    struct err * e)
{
	if (shape->ends == CLOCK_UNKNOWN)
		return add(out, "has no end", e);
	if ((shape->ends <= now) ||
	    (shape->ends - now <= CREDENTIAL_DAYS_MAX * DAY))
		return 0;
	if (add(out, "", e) != 0)
		return -1;
	return buf_addf(
	    out, e, "lives %lld days", (long long)((shape->ends - now) / DAY));
}

int
credential_excess(
    const struct credential * c, int64_t now, struct buf * out, struct err * e)
{
	const struct credential_shape * s = credential_shape(c);
	struct buf words = { 0 };
	int rc = -1;

	if ((s->can_write && (add(&words, "can write", e) != 0)) ||
	    (s->can_delete && (add(&words, "can delete", e) != 0)) ||
	    (s->has_odd_rights &&
		(add(&words, "grants rights that are not known", e) != 0)) ||
	    (s->reaches_others &&
		(add(&words, "reaches queues, tables or files", e) != 0)) ||
	    (s->allows_http &&
		(add(&words, "is good over plain HTTP", e) != 0)) ||
	    (s->is_unknown &&
		(add(&words, "has its rights in a stored policy", e) != 0)))
		goto out;
	if (!s->is_unknown && (add_life(s, now, &words, e) != 0))
		goto out;
	rc = buf_add(out, buf_text(&words), words.len, e);

out:
	buf_free(&words);
	return rc;
}

/* The text of the end that comes first. */
static const char *
end_of(const struct credential_shape * s)
{
	struct err e;
	int64_t key_ends = CLOCK_UNKNOWN;

	err_init(&e);
	if (s->se[0] == '\0')
		return s->ske;
	if ((s->ske[0] != '\0') &&
	    (sas_parse_time(s->ske, &key_ends, &e) == 0) &&
	    (key_ends == s->ends))
		return s->ske;
	return s->se;
}

/* What it is for, by ss or by sr: blobs, and more than one of them. */
static int
check_reach(const struct credential_shape * s, struct err * e)
{
	static const char * const blobs[] = { "b", "bs", "bv" };

	if ((s->ss[0] != '\0') && (strchr(s->ss, 'b') == NULL)) {
		err_set(e, ERR_DENIED, "ask for one with ss=b",
		    "the SAS is not for blobs");
		return -1;
	}
	if (s->kind == CREDENTIAL_ACCOUNT_SAS)
		return 0;
	for (size_t i = 0; i < sizeof(blobs) / sizeof(blobs[0]); i++) {
		if (strcmp(s->sr, blobs[i]) != 0)
			continue;
		err_set(e, ERR_DENIED,
		    "ask for one of the container (sr=c) with sp=rl",
		    "the SAS reaches a single blob (sr=%s) and can list "
		    "nothing",
		    s->sr);
		return -1;
	}
	if ((strcmp(s->sr, "c") != 0) && (strcmp(s->sr, "d") != 0)) {
		err_set(e, ERR_DENIED, "ask for one of the container (sr=c)",
		    "the SAS is not for blobs (sr=%.8s)", s->sr);
		return -1;
	}
	return 0;
}

/* Refuse a SAS that cannot do the work at all. */
static int
check_use(const struct credential_shape * s, int64_t now, struct err * e)
{
	if ((s->ends != CLOCK_UNKNOWN) && (s->ends <= now)) {
		err_set(e, ERR_DENIED, "ask for a new one",
		    "the SAS has expired at %s", end_of(s));
		return -1;
	}
	if ((s->starts != CLOCK_UNKNOWN) && (s->starts > now)) {
		err_set(e, ERR_DENIED, "wait, or set this machine's clock",
		    "the SAS is not valid before %s",
		    (s->st[0] != '\0') ? s->st : s->skt);
		return -1;
	}
	if (check_reach(s, e) != 0)
		return -1;
	if (s->is_unknown)
		return 0;
	if (!s->can_read || !s->can_list) {
		err_set(e, ERR_DENIED,
		    (s->srt[0] == '\0') ? "ask for one with sp=rl"
					: "ask for one with srt=sco and sp=rl",
		    "the SAS does not permit %s",
		    s->can_read ? "listing blobs" : "reading blobs");
		return -1;
	}
	return 0;
}

int
credential_check(const struct credential * c, int64_t now, bool accept_excess,
    struct err * e)
{
	const struct credential_shape * s = credential_shape(c);
	struct buf words = { 0 };
	int rc = -1;

	if (s->kind == CREDENTIAL_KEY)
		return 0;
	if (check_use(s, now, e) != 0)
		return -1;
	if (accept_excess)
		return 0;
	if (credential_excess(c, now, &words, e) != 0)
		goto out;
	if (words.len > 0) {
		err_set(e, ERR_DENIED,
		    "ask for a SAS with sp=rl, spr=https and a near end, or "
		    "give --accept-excess-permissions",
		    "the SAS permits more than reading: it %s",
		    buf_text(&words));
		goto out;
	}
	rc = 0;

out:
	buf_free(&words);
	return rc;
}
