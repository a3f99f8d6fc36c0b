#include <string.h>

#include "evidence/check.h"
#include "evidence/json.h"
#include "evidence/text.h"

/*
 * The journal: an unbroken chain from case.json on, and a story that agrees
 * with what is here: it begins, it ends with the sealing, it committed as many
 * objects as there are, the last running digest is that of the catalogue, and
 * the pages it listed are the pages that are stored.
 */

/* Read a digest out of the facts; false if there is none. */
static bool
get_sha256(const struct json * facts, const char * key, uint8_t * sha256)
{
	const char * hex = json_text(json_get(facts, key));

	return (hex != NULL) &&
	    (text_hex_decode(hex, sha256, DIGEST_SHA256_LEN) == 0);
}

/* A batch of objects continues where the last one ended. */
static void
take_batch(struct check * c, const struct journal_line * line)
{
	int64_t first = 0, last = 0;

	if ((json_integer(json_get(line->facts, "first"), &first) != 0) ||
	    (json_integer(json_get(line->facts, "last"), &last) != 0) ||
	    (first != c->journal_objects + 1) || (last < first) ||
	    !get_sha256(line->facts, "running_sha256", c->journal_running)) {
		check_find(c, CHECK_JOURNAL_STORY, c->item.path,
		    "line %lld: the objects it commits do not follow the "
		    "ones before",
		    (long long)line->seq);
		return;
	}
	c->journal_objects = last;
}

/* A listing that was made. */
static void
take_listed(struct check * c, const struct journal_line * line)
{
	const char * pass = json_text(json_get(line->facts, "pass"));
	int64_t pages = 0;

	if ((pass == NULL) ||
	    (json_integer(json_get(line->facts, "pages"), &pages) != 0))
		return;
	if (strcmp(pass, "again") == 0)
		c->journal_again += pages;
	else
		c->journal_pages += pages;
}

void
check_journal_line(struct check * c, const uint8_t * line, size_t len)
{
	struct journal_line parsed;
	struct err why;
	int64_t n = c->lines.count;

	memset(&parsed, 0, sizeof(parsed));
	err_init(&why);
	if (journal_check(&c->journal, line, len, &parsed, &why) != 0) {
		check_find_err(c, CHECK_JOURNAL, c->item.path, &why);
		return;
	}
	if ((n == 1) != (parsed.event == JOURNAL_STARTED))
		check_find(c, CHECK_JOURNAL_STORY, c->item.path,
		    "line %lld: the collection starts in line 1 and only there",
		    (long long)n);
	if (parsed.event == JOURNAL_OBJECTS_COMMITTED)
		take_batch(c, &parsed);
	if (parsed.event == JOURNAL_LISTED)
		take_listed(c, &parsed);
	if (parsed.event == JOURNAL_ANSWERED)
		check_answer_told(c, &parsed);
	check_start_told(c, &parsed);
	c->last_event = parsed.event;
	journal_free_line(&parsed);
}

void
check_journal_end(struct check * c)
{
	check_start_end(c);
	if (c->found[CHECK_JOURNAL] > 0)
		return; /* A broken chain tells nothing. */
	if ((c->lines.count == 0) || (c->last_event != JOURNAL_SEALING))
		check_find(c, CHECK_JOURNAL_STORY, c->item.path,
		    "it does not end with the sealing");
	if (c->is_damaged || (c->found[CHECK_JOURNAL_STORY] > 0))
		return;
	check_answers(c);
	if (c->journal_objects != c->lines_objects)
		check_find(c, CHECK_JOURNAL_STORY, c->item.path,
		    "it commits %lld objects, the catalogue has %lld",
		    (long long)c->journal_objects, (long long)c->lines_objects);
	else if (memcmp(c->journal_running, c->running, sizeof(c->running)) !=
	    0)
		check_find(c, CHECK_JOURNAL_STORY, c->item.path,
		    "its running digest is not that of the catalogue");
}
