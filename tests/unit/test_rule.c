#include <stdint.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "timeline/rule.h"

static const char good[] = "-- id: mine-1\n"
			   "-- title: Something\n"
			   "-- question: Who did\n"
			   "--   it?\n"
			   "-- param: many = -50: how many,\n"
			   "--   at least\n"
			   "-- rests-on: a\n"
			   "-- alternative: b\n"
			   "-- alternative: c\n"
			   "-- contradiction: d\n"
			   "\n"
			   "-- no head any more\n"
			   "SELECT 1 AS finding;\n";

/* Whether ${text} is refused as a rule. */
static int
is_refused(const char * text)
{
	struct err e;
	struct rule * r;

	err_init(&e);
	r = rule_parse("x.sql", text, strlen(text), &e);
	rule_free(r);
	return (r == NULL) && (e.kind != ERR_NONE);
}

/* ${good} with ${from} replaced by ${to}. */
static const char *
changed(char * out, const char * from, const char * to)
{
	const char * at = strstr(good, from);

	out[0] = '\0';
	if (at == NULL)
		return out;
	memcpy(out, good, (size_t)(at - good));
	strcpy(out + (at - good), to);
	strcat(out, at + strlen(from));
	return out;
}

static void
rule_parse_reads_a_head(void)
{
	struct err e;
	struct rule * r;
	char name[16];
	int64_t value = 0;
	const char * words = NULL;

	err_init(&e);
	r = rule_parse("x.sql", good, strlen(good), &e);
	EXPECT(r != NULL);
	if (r == NULL)
		return;
	EXPECT(strcmp(rule_value(r, "id", 0), "mine-1") == 0);
	EXPECT(strcmp(rule_value(r, "question", 0), "Who did it?") == 0);
	EXPECT(strcmp(rule_value(r, "alternative", 1), "c") == 0);
	EXPECT(rule_value(r, "alternative", 2) == NULL);
	EXPECT(rule_value(r, "link", 0) == NULL);
	EXPECT(rule_param(r, 0, name, sizeof(name), &value, &words) == 0);
	EXPECT(strcmp(name, "many") == 0);
	EXPECT(value == -50);
	EXPECT((words != NULL) && (strcmp(words, "how many, at least") == 0));
	EXPECT(rule_param(r, 1, name, sizeof(name), &value, &words) == -1);
	EXPECT(rule_param(r, 0, name, 3, &value, &words) == -1);
	rule_free(r);
}

static void
rule_parse_refuses_a_rule_that_keeps_something_back(void)
{
	char text[sizeof(good) + 100];

	EXPECT(!is_refused(good));
	EXPECT(is_refused(changed(text, "-- id: mine-1\n", "")));
	EXPECT(is_refused(changed(text, "-- title: Something\n", "")));
	EXPECT(is_refused(changed(text, "-- rests-on: a\n", "")));
	EXPECT(is_refused(changed(text, "-- contradiction: d\n", "")));
	EXPECT(is_refused(
	    changed(text, "-- alternative: b\n-- alternative: c\n", "")));
}

static void
rule_parse_refuses_what_it_does_not_know(void)
{
	char text[sizeof(good) + 100];

	EXPECT(is_refused(changed(text, "mine-1", "Mine 1")));
	EXPECT(is_refused(changed(text, "mine-1", "x'; DROP TABLE event; --")));
	EXPECT(is_refused(changed(text, "-- title", "-- tilte")));
	EXPECT(is_refused(changed(text, "-- id: mine-1", "-- id mine-1")));
	EXPECT(is_refused(changed(text, "-50", "fifty")));
	EXPECT(is_refused(changed(text, "-- rests-on: a", "-- id: other")));
	EXPECT(is_refused("--   more of nothing\n"));
	EXPECT(is_refused(""));
}

static void
rule_parse_refuses_text_that_is_none(void)
{
	struct err e;
	char text[sizeof(good)];

	memcpy(text, good, sizeof(good));
	text[20] = '\0';
	err_init(&e);
	EXPECT(rule_parse("x.sql", text, strlen(good), &e) == NULL);
	text[20] = (char)0xff;
	err_init(&e);
	EXPECT(rule_parse("x.sql", text, strlen(good), &e) == NULL);
}

static void
rule_parse_keeps_its_limits(void)
{
	static char text[RULE_FILE_MAX + 2];
	struct err e;
	struct rule * r;
	size_t len = strlen(good);

	memcpy(text, good, len);
	memset(text + len, '\n', sizeof(text) - len);
	err_init(&e);
	r = rule_parse("x.sql", text, RULE_FILE_MAX, &e);
	EXPECT(r != NULL);
	rule_free(r);
	EXPECT(rule_parse("x.sql", text, RULE_FILE_MAX + 1, &e) == NULL);
	EXPECT(e.kind == ERR_LIMIT);
	len = 0;
	for (int i = 0; i <= RULE_ENTRIES_MAX; i++) {
		memcpy(text + len, "-- attack: T1\n", 14);
		len += 14;
	}
	err_init(&e);
	EXPECT(rule_parse("x.sql", text, len, &e) == NULL);
	EXPECT(e.kind == ERR_LIMIT);
}

static void
every_rule_of_the_program_can_be_read(void)
{
	struct rule_set set;
	struct err e;

	err_init(&e);
	EXPECT(rule_set_load(&set, NULL, &e) == 0);
	EXPECT(set.count >= 6);
	EXPECT(rule_set_get(&set, "chain") != NULL);
	EXPECT(rule_set_get(&set, "key-enumeration") != NULL);
	EXPECT(rule_set_get(&set, "nothing") == NULL);
	for (size_t i = 1; i < set.count; i++)
		EXPECT(strcmp(set.rules[i - 1]->file, set.rules[i]->file) < 0);
	rule_set_free(&set);
}

int
main(void)
{
	RUN(rule_parse_reads_a_head);
	RUN(rule_parse_refuses_a_rule_that_keeps_something_back);
	RUN(rule_parse_refuses_what_it_does_not_know);
	RUN(rule_parse_refuses_text_that_is_none);
	RUN(rule_parse_keeps_its_limits);
	RUN(every_rule_of_the_program_can_be_read);
	return unit_failed;
}
