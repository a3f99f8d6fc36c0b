/*
 * {"format":"azcustody/journal/1","seq":N,"at":TIME,"event":WORD,
 *  "facts":{...},"prev":SHA256}
 */
#include <string.h>

#include "evidence/journal.h"

/* In the order of enum journal_event. */
static const char * const events[JOURNAL_EVENT_COUNT] = { "started",
	"credential_described", "clock_sampled", "listed", "objects_committed",
	"retry", "gap", "interrupted", "resumed", "credential_renewed",
	"answered", "stamped", "sealing" };

static const struct document_member members[] = {
	{ "seq", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
	{ "at", DOCUMENT_TIME, DOCUMENT_REQUIRED },
	{ "event", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "facts", DOCUMENT_OBJECT, DOCUMENT_REQUIRED },
	{ "prev", DOCUMENT_SHA256, DOCUMENT_REQUIRED },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

void
journal_start(
    struct journal * journal, const uint8_t case_sha256[DIGEST_SHA256_LEN])
{
	journal->seq = 0;
	memcpy(journal->last, case_sha256, DIGEST_SHA256_LEN);
}

const char *
journal_event_text(enum journal_event event)
{
	return events[event];
}

void
journal_begin(const struct journal * journal, struct json_out * j,
    struct buf * out, enum journal_event event, int64_t at, struct err * e)
{
	buf_clear(out);
	json_begin_document(j, out, "journal", e);
	json_put_integer(j, "seq", journal->seq + 1);
	json_put_time(j, "at", at);
	json_put_text(j, "event", events[event]);
	json_open_object(j, "facts");
}

int
journal_end(struct journal * journal, struct json_out * j, struct err * e)
{
	json_close_object(j);
	json_put_hex(j, "prev", journal->last, DIGEST_SHA256_LEN);
	if (json_end_document(j) != 0)
		return -1;
	if (j->out->len > JOURNAL_LINE_MAX) {
		err_set(e, ERR_BUG, NULL, "a journal line of more than 64 KiB");
		return -1;
	}
	digest_sha256(j->out->bytes, j->out->len, journal->last);
	journal->seq++;
	return 0;
}

/* The digest of a line and its LF. */
static int
hash_line(const void * bytes, size_t len, uint8_t out[DIGEST_SHA256_LEN],
    struct err * e)
{
	struct digest * d = digest_new(DIGEST_SHA256, e);

	if (d == NULL)
		return -1;
	digest_update(d, bytes, len);
	digest_update(d, "\n", 1);
	digest_finish(d, out);
	digest_free(d);
	return 0;
}

static int
parse(
    const void * bytes, size_t len, struct journal_line * line, struct err * e)
{
	int which;

	if (len > JOURNAL_LINE_MAX) {
		err_set(e, ERR_LIMIT, NULL, "a line of more than 64 KiB");
		return -1;
	}
	if (document_parse(&line->doc, bytes, len, "journal", members,
		COUNT(members), e) != 0)
		return -1;
	which = document_word(
	    document_text(line->doc.root, "event"), events, COUNT(events));
	if (which < 0) {
		err_set(e, ERR_INPUT, NULL, "an unknown event");
		return -1;
	}
	line->event = (enum journal_event)which;
	line->seq = document_integer(line->doc.root, "seq", 0);
	line->at = document_time(line->doc.root, "at");
	line->facts = json_get(line->doc.root, "facts");
	(void)document_digest(
	    line->doc.root, "prev", line->prev, DIGEST_SHA256_LEN);
	return 0;
}

int
journal_check(struct journal * journal, const void * bytes, size_t len,
    struct journal_line * line, struct err * e)
{
	uint8_t last[DIGEST_SHA256_LEN];
	int64_t want = journal->seq + 1;
	int rc = -1;

	memset(line, 0, sizeof(*line));
	memcpy(last, journal->last, sizeof(last));
	if (hash_line(bytes, len, journal->last, e) != 0)
		return -1;
	journal->seq = want;
	if (parse(bytes, len, line, e) != 0)
		goto out;
	if (memcmp(line->prev, last, sizeof(last)) != 0) {
		err_set(e, ERR_FORGED, NULL, "its prev is not the digest of %s",
		    (want == 1) ? "meta/case.json" : "the line before it");
		goto out;
	}
	if (line->seq != want) {
		err_set(e, ERR_FORGED, NULL, "its seq is %lld",
		    (long long)line->seq);
		goto out;
	}
	rc = 0;

out:
	if (rc != 0) {
		err_in(e, "line %lld", (long long)want);
		journal_free_line(line);
	}
	return rc;
}

void
journal_free_line(struct journal_line * line)
{
	document_free(&line->doc);
	memset(line, 0, sizeof(*line));
}
