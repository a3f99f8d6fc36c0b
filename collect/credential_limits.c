#include <string.h>

#include "collect/credential.h"

/* Append one sentence made from ${word} and, in it, ${detail}. */
static int
add(struct buf * out, const char * word, const char * detail, struct err * e)
{
	if ((out->len > 0) && (buf_add_text(out, "; ", e) != 0))
		return -1;
	if (buf_add_text(out, word, e) != 0)
		return -1;
	return (detail[0] == '\0') ? 0 : buf_addf(out, e, " (%s)", detail);
}

/* Where a SAS of one thing ends. */
static int
add_reach(const struct credential_shape * s, struct buf * words, struct err * e)
{
	static const struct {
		const char * sr;
		const char * words;
	} reaches[] = { { "c", "reaches one container only" },
		{ "d", "reaches one folder only" },
		{ "b", "reaches one blob only" },
		{ "bs", "reaches one snapshot only" },
		{ "bv", "reaches one version only" } };
	char depth[24] = "";

	for (size_t i = 0; i < sizeof(reaches) / sizeof(reaches[0]); i++) {
		if (strcmp(s->sr, reaches[i].sr) != 0)
			continue;
		if ((s->sdd[0] != '\0') && (strcmp(s->sr, "d") == 0)) {
			memcpy(depth, "sdd=", 4);
			memcpy(depth + 4, s->sdd, strlen(s->sdd) + 1);
		}
		return add(words, reaches[i].words, depth, e);
	}
	return 0;
}

/* What the rights that are spelt out leave open. */
static int
add_rights(
    const struct credential_shape * s, struct buf * words, struct err * e)
{
	bool is_account = (s->kind == CREDENTIAL_ACCOUNT_SAS);
	const char * service = is_account && (strchr(s->srt, 's') == NULL)
	    ? "s is not in srt"
	    : "";

	if ((!s->can_read && (add(words, "cannot read blobs", "", e) != 0)) ||
	    (!s->can_list && (add(words, "cannot list blobs", "", e) != 0)))
		return -1;
	if (!s->can_list_containers &&
	    (add(words, "cannot list containers", service, e) != 0))
		return -1;
	if (!s->can_read_service &&
	    (add(words, "cannot read service properties", service, e) != 0))
		return -1;
	return 0;
}

int
credential_limits(const struct credential * c, struct buf * out, struct err * e)
{
	const struct credential_shape * s = credential_shape(c);
	struct buf words = { 0 };
	int rc = -1;

	if (s->kind == CREDENTIAL_KEY)
		return 0;
	if (add_reach(s, &words, e) != 0)
		goto out;
	if (s->is_unknown) {
		if (add(&words,
			"has its rights in a stored policy: they show only "
			"when tried",
			s->si, e) != 0)
			goto out;
	} else if (add_rights(s, &words, e) != 0) {
		goto out;
	}
	if (((s->sip[0] != '\0') &&
		(add(&words, "answers requests from certain addresses only",
		     s->sip, e) != 0)) ||
	    ((s->sduoid[0] != '\0') &&
		(add(&words,
		     "is bound to one user, whose own sign-in the service "
		     "may want as well",
		     s->sduoid, e) != 0)) ||
	    (((s->srh[0] != '\0') || (s->srq[0] != '\0')) &&
		(add(&words,
		     "wants headers or parameters in each request that this "
		     "program may not send",
		     "srh, srq", e) != 0)))
		goto out;
	rc = buf_add(out, buf_text(&words), words.len, e);

out:
	buf_free(&words);
	return rc;
}
