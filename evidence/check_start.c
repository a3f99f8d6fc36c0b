#include <string.h>

#include "evidence/check.h"
#include "evidence/check_start.h"
#include "evidence/clock.h"
#include "evidence/json.h"
#include "evidence/text.h"
#include "evidence/timestamp_verify.h"

#define MEMBER "meta/start.tsr"

void
check_start_token(struct check * c, const uint8_t * bytes, size_t len)
{
	struct err why;

	err_init(&why);
	memcpy(c->start.sha256, c->sha256, sizeof(c->start.sha256));
	if (len == 0)
		check_find(c, CHECK_TOKEN, c->item.path, "it is empty");
	else if (buf_add(&c->start.token, bytes, len, &why) != 0)
		check_find_err(c, CHECK_TOKEN, c->item.path, &why);
}

/* Does ${line} tell of something that was asked for or taken? */
static bool
is_taking(enum journal_event event)
{
	return (event == JOURNAL_LISTED) ||
	    (event == JOURNAL_OBJECTS_COMMITTED) || (event == JOURNAL_GAP) ||
	    (event == JOURNAL_ANSWERED);
}

void
check_start_told(struct check * c, const struct journal_line * line)
{
	const char * member = json_text(json_get(line->facts, "member"));
	const char * hex = json_text(json_get(line->facts, "sha256"));
	uint8_t sha256[DIGEST_SHA256_LEN];

	if (is_taking(line->event))
		c->start.is_under_way = true;
	if ((line->event != JOURNAL_STAMPED) || (member == NULL))
		return; /* No authority was reached: that is told, too. */
	if (c->start.is_under_way || c->start.is_told ||
	    (strcmp(member, MEMBER) != 0) || (hex == NULL) ||
	    (c->start.token.len == 0) ||
	    (text_hex_decode(hex, sha256, sizeof(sha256)) != 0) ||
	    (memcmp(sha256, c->start.sha256, sizeof(sha256)) != 0)) {
		check_find(c, CHECK_JOURNAL_STORY, c->item.path,
		    "line %lld does not tell of the time stamp that is here, "
		    "before anything was taken",
		    (long long)line->seq);
		return;
	}
	c->start.is_told = true;
}

void
check_start_end(struct check * c)
{
	if ((c->start.token.len > 0) && !c->start.is_told)
		check_find(c, CHECK_JOURNAL_STORY, c->item.path,
		    "no line tells of " MEMBER);
}

/* A trusted one must be from before the signatures that were stamped. */
static void
judge_order(struct check * c, const struct timestamp_facts * facts)
{
	char at[CLOCK_TEXT_SIZE];

	for (size_t k = 0; k < c->seal.n_signers; k++) {
		if ((c->stamped_at[k] == CLOCK_UNKNOWN) ||
		    (facts->at - ((facts->accuracy < 0) ? 0 : facts->accuracy) -
			    2 * CLOCK_TICKS_PER_SECOND <=
			c->stamped_at[k]))
			continue;
		check_find(c, CHECK_TOKEN, MEMBER,
		    "time: it is from after the seal was stamped");
		return;
	}
	clock_format(facts->at, at);
	check_find(c, CHECK_BEGUN, MEMBER,
	    "what the journal tells was done after %s, by %s under %s, policy "
	    "%s, serial %s%s",
	    at, facts->subject, facts->anchor, facts->policy, facts->serial,
	    (facts->accuracy < 0) ? ", accuracy not said" : "");
}

struct timestamp_rules
check_stamp_rules(const struct check * c)
{
	const struct trust * trust = c->options->trust;

	return (struct timestamp_rules){ .roots = trust_set(
					     trust, TRUST_STAMP_ROOTS),
		.revocations = trust_set(trust, TRUST_REVOCATIONS),
		.carried = c->carried,
		.at = CLOCK_UNKNOWN,
		.proved_at = (c->file_proved_at != CLOCK_UNKNOWN)
		    ? &c->file_proved_at
		    : NULL,
		.now = (c->options->now != 0) ? c->options->now : clock_now(),
		.need_revocation = c->options->need_revocation };
}

void
check_start_time(struct check * c, size_t * untrusted)
{
	struct timestamp_rules rules = check_stamp_rules(c);
	struct timestamp_facts facts;
	enum proof proof;
	struct err why;

	if (c->start.token.len == 0)
		return;
	err_init(&why);
	proof = timestamp_verify(&rules, buf_text(&c->start.token),
	    c->start.token.len, buf_text(&c->start.case_bytes),
	    c->start.case_bytes.len, &facts, &why);
	if (proof == PROOF_GOOD)
		judge_order(c, &facts);
	else if (proof == PROOF_UNTRUSTED)
		(*untrusted)++;
	else if (proof == PROOF_UNKNOWN)
		check_find_err(c, CHECK_TOKEN, MEMBER, &why);
	else
		check_find(c, CHECK_TOKEN, MEMBER, "%s: %s", proof_code(proof),
		    why.text);
}
