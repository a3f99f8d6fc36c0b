#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "evidence/check.h"
#include "evidence/text.h"

#define TEXT_MAX 1024

/* The table of checks. */
static const struct {
	enum package_question question;
	enum package_verdict weight;
	const char * code;
} checks[] = {
	[CHECK_STRUCTURE] = { PACKAGE_INTEGRITY, PACKAGE_FAIL, "structure" },
	[CHECK_NAME] = { PACKAGE_INTEGRITY, PACKAGE_FAIL, "name" },
	[CHECK_MISSING] = { PACKAGE_INTEGRITY, PACKAGE_FAIL, "missing" },
	[CHECK_EMPTY_PART] = { PACKAGE_INTEGRITY, PACKAGE_FAIL, "empty" },
	[CHECK_EXTRA] = { PACKAGE_INTEGRITY, PACKAGE_FAIL, "extra" },
	[CHECK_FOLDER] = { PACKAGE_INTEGRITY, PACKAGE_PASS, "folder" },
	[CHECK_BAGIT] = { PACKAGE_INTEGRITY, PACKAGE_FAIL, "bagit" },
	[CHECK_DOCUMENT] = { PACKAGE_INTEGRITY, PACKAGE_FAIL, "document" },
	[CHECK_UNKNOWN_MEMBER] = { PACKAGE_INTEGRITY, PACKAGE_PASS, "unknown" },
	[CHECK_MANIFEST] = { PACKAGE_INTEGRITY, PACKAGE_FAIL, "manifest" },
	[CHECK_TAGMANIFEST] = { PACKAGE_INTEGRITY, PACKAGE_FAIL,
	    "tagmanifest" },
	[CHECK_OXUM] = { PACKAGE_INTEGRITY, PACKAGE_FAIL, "oxum" },
	[CHECK_GROUP] = { PACKAGE_INTEGRITY, PACKAGE_FAIL, "group" },
	[CHECK_GROUP_OF] = { PACKAGE_COMPLETENESS, PACKAGE_PASS, "group-of" },
	[CHECK_CATALOGUE] = { PACKAGE_INTEGRITY, PACKAGE_FAIL, "catalogue" },
	[CHECK_MEMBER] = { PACKAGE_INTEGRITY, PACKAGE_FAIL, "member" },
	[CHECK_SOURCE] = { PACKAGE_INTEGRITY, PACKAGE_FAIL, "source" },
	[CHECK_MERKLE] = { PACKAGE_INTEGRITY, PACKAGE_FAIL, "merkle" },
	[CHECK_PAYLOAD] = { PACKAGE_INTEGRITY, PACKAGE_FAIL, "payload" },
	[CHECK_STREAM] = { PACKAGE_INTEGRITY, PACKAGE_FAIL, "stream" },
	[CHECK_SEAL] = { PACKAGE_INTEGRITY, PACKAGE_FAIL, "seal" },
	[CHECK_SEAL_TAGMANIFEST] = { PACKAGE_INTEGRITY, PACKAGE_FAIL,
	    "seal-tagmanifest" },
	[CHECK_SEAL_FILE] = { PACKAGE_INTEGRITY, PACKAGE_FAIL, "seal-file" },
	[CHECK_CASE] = { PACKAGE_INTEGRITY, PACKAGE_FAIL, "case" },
	[CHECK_CERTIFICATE] = { PACKAGE_INTEGRITY, PACKAGE_FAIL,
	    "certificate" },
	[CHECK_JOURNAL] = { PACKAGE_INTEGRITY, PACKAGE_FAIL, "journal" },
	[CHECK_JOURNAL_STORY] = { PACKAGE_INTEGRITY, PACKAGE_FAIL,
	    "journal-story" },
	[CHECK_ANSWER] = { PACKAGE_INTEGRITY, PACKAGE_FAIL, "answer" },
	[CHECK_REQUEST] = { PACKAGE_INTEGRITY, PACKAGE_FAIL, "request" },
	[CHECK_EXPECTED] = { PACKAGE_INTEGRITY, PACKAGE_FAIL, "expected" },
	[CHECK_CHECKSUM] = { PACKAGE_INTEGRITY, PACKAGE_FAIL, "checksum" },
	[CHECK_UNREAD] = { PACKAGE_INTEGRITY, PACKAGE_FAIL, "unread" },
	[CHECK_NO_SEAL] = { PACKAGE_AUTHENTICITY, PACKAGE_FAIL, "no-seal" },
	[CHECK_NO_SIGNER] = { PACKAGE_AUTHENTICITY, PACKAGE_FAIL, "unsigned" },
	[CHECK_SIGNATURE] = { PACKAGE_AUTHENTICITY, PACKAGE_FAIL, "signature" },
	[CHECK_SIGNATURE_MISSING] = { PACKAGE_AUTHENTICITY, PACKAGE_FAIL,
	    "signature-missing" },
	[CHECK_SIGNER] = { PACKAGE_AUTHENTICITY, PACKAGE_UNDECIDED, "signer" },
	[CHECK_UNTRUSTED] = { PACKAGE_AUTHENTICITY, PACKAGE_FAIL, "untrusted" },
	[CHECK_NO_TRUST] = { PACKAGE_AUTHENTICITY, PACKAGE_UNDECIDED,
	    "no-trust" },
	[CHECK_COUNT] = { PACKAGE_COMPLETENESS, PACKAGE_FAIL, "count" },
	[CHECK_LISTING] = { PACKAGE_COMPLETENESS, PACKAGE_FAIL, "listing" },
	[CHECK_LISTED] = { PACKAGE_COMPLETENESS, PACKAGE_FAIL, "listed" },
	[CHECK_NO_LISTING] = { PACKAGE_COMPLETENESS, PACKAGE_UNDECIDED,
	    "no-listing" },
	[CHECK_GAPS] = { PACKAGE_COMPLETENESS, PACKAGE_PASS, "gaps" },
	[CHECK_NOT_JUDGED] = { PACKAGE_COMPLETENESS, PACKAGE_UNDECIDED,
	    "not-judged" },
	[CHECK_NO_LEDGER] = { PACKAGE_CUSTODY, PACKAGE_UNDECIDED, "no-ledger" },
	[CHECK_LEDGER] = { PACKAGE_CUSTODY, PACKAGE_FAIL, "ledger" },
	[CHECK_LEDGER_TRUST] = { PACKAGE_CUSTODY, PACKAGE_UNDECIDED,
	    "ledger-trust" },
	[CHECK_LEDGER_OPEN] = { PACKAGE_CUSTODY, PACKAGE_UNDECIDED,
	    "ledger-open" },
	[CHECK_LEDGER_END] = { PACKAGE_CUSTODY, PACKAGE_PASS, "ledger-end" },
	[CHECK_NO_TOKEN] = { PACKAGE_TIME, PACKAGE_UNDECIDED, "no-token" },
	[CHECK_TOKEN_MISSING] = { PACKAGE_TIME, PACKAGE_FAIL, "token-missing" },
	[CHECK_TOKEN] = { PACKAGE_TIME, PACKAGE_FAIL, "token" },
	[CHECK_STAMP_UNTRUSTED] = { PACKAGE_TIME, PACKAGE_FAIL,
	    "stamp-untrusted" },
	[CHECK_NO_STAMP_TRUST] = { PACKAGE_TIME, PACKAGE_UNDECIDED,
	    "no-stamp-trust" },
	[CHECK_STAMP_OTHER] = { PACKAGE_TIME, PACKAGE_PASS, "stamp-other" },
	[CHECK_UNSTAMPED] = { PACKAGE_TIME, PACKAGE_UNDECIDED, "unstamped" },
	[CHECK_STAMPED] = { PACKAGE_TIME, PACKAGE_PASS, "stamped" },
	[CHECK_BEGUN] = { PACKAGE_TIME, PACKAGE_PASS, "begun" },
	[CHECK_SIGNED_BY] = { PACKAGE_AUTHENTICITY, PACKAGE_PASS, "signed-by" },
	[CHECK_EXPIRED] = { PACKAGE_AUTHENTICITY, PACKAGE_UNDECIDED,
	    "expired" },
	[CHECK_REVOCATION] = { PACKAGE_AUTHENTICITY, PACKAGE_PASS,
	    "revocation" },
	[CHECK_DEMAND] = { PACKAGE_AUTHENTICITY, PACKAGE_FAIL, "demand" },
	[CHECK_DEMAND_OPEN] = { PACKAGE_AUTHENTICITY, PACKAGE_UNDECIDED,
	    "demand-open" },
};
static_assert(sizeof(checks) / sizeof(checks[0]) == CHECK_IDS, "one each");

/* Append foreign text so that it may be shown; without memory, nothing. */
static void
escape(struct buf * out, const char * text)
{
	struct err ignored;

	err_init(&ignored);
	(void)text_escape(out, text, strlen(text), &ignored);
}

/* Hand the finding to whoever listens. */
static void
report(
    struct check * c, enum check_id id, const char * member, const char * text)
{
	struct package_finding finding = { .question = checks[id].question,
		.weight = checks[id].weight,
		.code = checks[id].code };
	struct buf member_shown = { 0 }, text_shown = { 0 };

	escape(&member_shown, member);
	escape(&text_shown, text);
	finding.member = buf_text(&member_shown);
	finding.text = buf_text(&text_shown);
	c->options->report(c->options->context, &finding);
	buf_free(&member_shown);
	buf_free(&text_shown);
}

void
check_find(struct check * c, enum check_id id, const char * member,
    const char * fmt, ...)
{
	struct package_result * result = c->result;
	enum package_question question = checks[id].question;
	char text[TEXT_MAX];
	va_list ap;

	if (c->is_failed)
		return; /* No verdict will be given. */
	if (checks[id].weight > result->verdict[question])
		result->verdict[question] = checks[id].weight;
	if (checks[id].weight != PACKAGE_PASS)
		result->findings[question]++;
	c->found[id]++;
	if ((c->options->report == NULL) || (c->found[id] > CHECK_REPORT_MAX))
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	report(c, id, member, text);
	if (c->found[id] == CHECK_REPORT_MAX)
		report(c, id, "",
		    "further findings of this sort are counted, not shown");
}

bool
check_is_damage(const struct err * why)
{
	switch (why->kind) {
	case ERR_INPUT:
	case ERR_FORGED:
	case ERR_LIMIT:
		return true;
	case ERR_NONE:
	case ERR_USAGE:
	case ERR_NOINPUT:
	case ERR_DENIED:
	case ERR_REMOTE:
	case ERR_AGAIN:
	case ERR_DISK:
	case ERR_STOPPED:
	case ERR_SYSTEM:
	case ERR_BUG:
		break;
	}
	return false;
}

void
check_find_err(struct check * c, enum check_id id, const char * member,
    const struct err * why)
{
	if (check_is_damage(why)) {
		check_find(c, id, member, "%s", why->text);
		return;
	}
	c->is_failed = true;
	err_set(c->e, why->kind, why->advice, "%s", why->text);
}
