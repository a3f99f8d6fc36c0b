#include <string.h>

#include "evidence/io.h"

#include "ledger/facts.h"

#define FILE_MAX ((size_t)256 << 10)

/* Where each fact stands in the file: a member, or a member of a member. */
static const struct {
	const char * outer; /* NULL: at the top. */
	const char * name;
	const char * option;
} places[FACTS] = {
	{ "by", "name", "--by-name" },
	{ "by", "title", "--by-title" },
	{ "by", "organisation", "--by-organisation" },
	{ "by", "contact", "--by-contact" },
	{ "from", "name", "--from-name" },
	{ "from", "title", "--from-title" },
	{ "from", "organisation", "--from-organisation" },
	{ "from", "contact", "--from-contact" },
	{ "to", "name", "--to-name" },
	{ "to", "title", "--to-title" },
	{ "to", "organisation", "--to-organisation" },
	{ "to", "contact", "--to-contact" },
	{ NULL, "purpose", "--purpose" },
	{ NULL, "authority", "--authority" },
	{ NULL, "place", "--place" },
	{ "medium", "kind", "--medium-kind" },
	{ "medium", "serial", "--medium-serial" },
	{ "medium", "seal", "--medium-seal" },
	{ NULL, "transport", "--transport" },
	{ NULL, "condition", "--condition" },
	{ NULL, "remarks", "--remarks" },
	{ NULL, NULL, "--facts" },
};

void
facts_take(struct facts * facts, enum fact fact, const char * value)
{
	facts->value[fact] = value;
}

static bool
is_same(const char * a, const char * b)
{
	return (a == b) || ((a != NULL) && (b != NULL) && (strcmp(a, b) == 0));
}

/* Take one text of the file. */
static int
take_text(struct facts * facts, const char * outer, const struct json * member,
    struct err * e)
{
	const char * text = json_text(member);

	for (int i = 0; i < FACT_FILE; i++) {
		if (!is_same(places[i].outer, outer) ||
		    !is_same(places[i].name, json_key(member)))
			continue;
		if (text == NULL)
			break;
		if (facts->value[i] == NULL)
			facts->value[i] = text;
		return 0;
	}
	err_set(e, ERR_INPUT, NULL, "%s%s%.60s: %s",
	    (outer == NULL) ? "" : outer, (outer == NULL) ? "" : ".",
	    json_key(member),
	    (text == NULL) ? "not a text" : "an entry has no such member");
	return -1;
}

/* Whether ${name} is a member that has members. */
static bool
is_outer(const char * name)
{
	for (int i = 0; i < FACT_FILE; i++)
		if (is_same(places[i].outer, name))
			return true;
	return false;
}

static int
take_all(struct facts * facts, struct err * e)
{
	const struct json * one = json_first(facts->json);

	if (!json_is_object(facts->json)) {
		err_set(e, ERR_INPUT, NULL, "not a JSON object");
		return -1;
	}
	for (; one != NULL; one = json_next(one)) {
		const struct json * inner = json_first(one);

		if (!json_is_object(one) || !is_outer(json_key(one))) {
			if (take_text(facts, NULL, one, e) != 0)
				return -1;
			continue;
		}
		for (; inner != NULL; inner = json_next(inner))
			if (take_text(facts, json_key(one), inner, e) != 0)
				return -1;
	}
	return 0;
}

int
facts_load(struct facts * facts, struct err * e)
{
	const char * path = facts->value[FACT_FILE];
	struct buf bytes = { 0 };
	int rc = -1;

	if (path == NULL)
		return 0;
	if (io_load(IO_PATH, path, FILE_MAX, &bytes, e) != 0)
		goto out;
	facts->json = json_parse(bytes.bytes, bytes.len, e);
	if ((facts->json == NULL) || (take_all(facts, e) != 0)) {
		err_in(e, "%s", path);
		goto out;
	}
	rc = 0;

out:
	buf_free(&bytes);
	return rc;
}

/* Read the four facts about a person from ${first} on. */
static int
fill_person(const struct facts * facts, enum fact first,
    struct custody_person * person, struct err * e)
{
	const char * const * value = &facts->value[first];

	person->name = value[0];
	person->title = value[1];
	person->organisation = value[2];
	person->contact = value[3];
	if ((value[0] == NULL) &&
	    ((value[1] != NULL) || (value[2] != NULL) || (value[3] != NULL))) {
		err_set(
		    e, ERR_USAGE, NULL, "%s is missing", places[first].option);
		return -1;
	}
	return 0;
}

int
facts_fill(
    const struct facts * facts, struct custody_entry * entry, struct err * e)
{
	const char * const * value = facts->value;

	for (int i = 0; i < FACTS; i++)
		if ((value[i] != NULL) && (value[i][0] == '\0')) {
			err_set(e, ERR_USAGE, "leave it out instead",
			    "%s is empty", places[i].option);
			return -1;
		}
	if (value[FACT_BY_NAME] == NULL) {
		err_set(e, ERR_USAGE, "an entry says who makes it",
		    "--by-name is missing");
		return -1;
	}
	if ((fill_person(facts, FACT_BY_NAME, &entry->by, e) != 0) ||
	    (fill_person(facts, FACT_FROM_NAME, &entry->from, e) != 0) ||
	    (fill_person(facts, FACT_TO_NAME, &entry->to, e) != 0))
		return -1;
	entry->purpose = value[FACT_PURPOSE];
	entry->authority = value[FACT_AUTHORITY];
	entry->place = value[FACT_PLACE];
	entry->medium.kind = value[FACT_MEDIUM_KIND];
	entry->medium.serial = value[FACT_MEDIUM_SERIAL];
	entry->medium.seal = value[FACT_MEDIUM_SEAL];
	entry->transport = value[FACT_TRANSPORT];
	entry->condition = value[FACT_CONDITION];
	entry->remarks = value[FACT_REMARKS];
	if ((entry->medium.kind == NULL) &&
	    ((entry->medium.serial != NULL) || (entry->medium.seal != NULL))) {
		err_set(e, ERR_USAGE, NULL, "--medium-kind is missing");
		return -1;
	}
	return 0;
}

void
facts_free(struct facts * facts)
{
	json_free(facts->json);
	memset(facts, 0, sizeof(*facts));
}
