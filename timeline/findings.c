#include <stdbool.h>
#include <string.h>

#include "evidence/clock.h"

#include "timeline/findings.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char * const param_columns[] = { "rule", "name", "value" };
static const char * const responder_columns[] = { "name" };
static const char * const rule_columns[] = { "id", "title", "text", "sha256",
	"bit" };
static const char * const fact_columns[] = { "rule", "finding", "link", "line",
	"seq", "name", "number", "text" };
static const char * const row_columns[] = { "rule", "finding", "link", "role",
	"event" };

struct run {
	const struct rule * rule;
	struct store_bulk * facts;
	struct store_bulk * rows;
	int64_t line; /* Of a result: its facts belong together. */
	int64_t seq;
};

static int
put_param(struct store_bulk * b, const char * rule, const char * name,
    int64_t value, struct err * e)
{
	struct store_value row[COUNT(param_columns)];

	row[0] = store_text(rule);
	row[1] = store_text(name);
	row[2] = store_integer(value);
	return store_bulk_row(b, row, e);
}

/* The parameters of all rules, and those of the case. */
static int
put_params(struct store * s, const struct rule_set * set,
    const struct findings_wishes * wishes, struct err * e)
{
	bool given = (wishes->baseline_from != CLOCK_UNKNOWN);
	struct store_bulk * b;
	char name[64];
	int64_t value;
	const char * words;
	int rc = -1;

	b = store_bulk_begin(
	    s, "param", param_columns, COUNT(param_columns), e);
	if (b == NULL)
		return -1;
	if ((put_param(b, "case", "baseline_explicit", given ? 1 : 0, e) !=
		0) ||
	    (put_param(b, "case", "baseline_from",
		 given ? wishes->baseline_from : 0, e) != 0) ||
	    (put_param(b, "case", "baseline_to",
		 given ? wishes->baseline_to : 0, e) != 0))
		goto out;
	for (size_t i = 0; i < set->count; i++) {
		const struct rule * r = set->rules[i];

		for (size_t n = 0;
		     rule_param(r, n, name, sizeof(name), &value, &words) == 0;
		     n++) {
			if (put_param(
				b, rule_value(r, "id", 0), name, value, e) != 0)
				goto out;
		}
	}
	rc = 0;

out:
	if (store_bulk_end(b, e) != 0)
		rc = -1;
	return rc;
}

static int
put_responders(
    struct store * s, const struct findings_wishes * wishes, struct err * e)
{
	struct store_bulk * b;
	struct store_value row[COUNT(responder_columns)];
	int rc = 0;

	b = store_bulk_begin(
	    s, "responder", responder_columns, COUNT(responder_columns), e);
	if (b == NULL)
		return -1;
	for (size_t i = 0; (rc == 0) && (i < wishes->responder_count); i++) {
		row[0] = store_text(wishes->responders[i]);
		rc = store_bulk_row(b, row, e);
	}
	if (store_bulk_end(b, e) != 0)
		rc = -1;
	return rc;
}

/* The texts of the rules that were run belong to the case. */
static int
put_rules(struct store * s, const struct rule_set * set, struct err * e)
{
	struct store_bulk * b;
	struct store_value row[COUNT(rule_columns)];
	int rc = 0;

	b = store_bulk_begin(s, "rule", rule_columns, COUNT(rule_columns), e);
	if (b == NULL)
		return -1;
	for (size_t i = 0; (rc == 0) && (i < set->count); i++) {
		const struct rule * r = set->rules[i];

		row[0] = store_text(rule_value(r, "id", 0));
		row[1] = store_text(rule_value(r, "title", 0));
		row[2] = store_text(r->text);
		row[3] = store_bytes(r->sha256, sizeof(r->sha256));
		row[4] = store_integer((i < 62) ? ((int64_t)1 << i) : 0);
		rc = store_bulk_row(b, row, e);
	}
	if (store_bulk_end(b, e) != 0)
		rc = -1;
	return rc;
}

static bool
is_text_or_absent(const struct store_value * value)
{
	return (value == NULL) || (value->kind == STORE_TEXT);
}

static bool
is_integer(const struct store_value * value)
{
	return (value != NULL) && (value->kind == STORE_INTEGER);
}

/* One fact a column that is not the finding or its link. */
static int
put_facts(struct run * run, const struct store_row * row,
    const struct store_value * link, struct err * e)
{
	struct store_value fact[COUNT(fact_columns)];

	run->line++;
	for (size_t i = 0; i < row->count; i++) {
		const struct store_value * value = &row->values[i];

		if ((strcmp(row->names[i], "finding") == 0) ||
		    (strcmp(row->names[i], "link") == 0) ||
		    (value->kind == STORE_NULL))
			continue;
		fact[0] = store_text(rule_value(run->rule, "id", 0));
		fact[1] = *store_column(row, "finding");
		fact[2] = (link != NULL) ? *link : store_text("");
		fact[3] = store_integer(run->line);
		fact[4] = store_integer(++run->seq);
		fact[5] = store_text(row->names[i]);
		fact[6] = store_integer(CLOCK_UNKNOWN);
		fact[7] = store_text(NULL);
		fact[(value->kind == STORE_INTEGER) ? 6 : 7] = *value;
		if (store_bulk_row(run->facts, fact, e) != 0)
			return -1;
	}
	return 0;
}

/* A row of a rule's result. */
static int
take_row(void * cookie, const struct store_row * row, struct err * e)
{
	struct run * run = cookie;
	const struct store_value * finding = store_column(row, "finding");
	const struct store_value * link = store_column(row, "link");
	const struct store_value * role = store_column(row, "role");
	const struct store_value * event = store_column(row, "event");
	struct store_value named[COUNT(row_columns)];

	if (!is_integer(finding) || !is_text_or_absent(link) ||
	    !is_text_or_absent(role) ||
	    ((event != NULL) && !is_integer(event))) {
		err_set(e, ERR_USAGE, NULL,
		    "a result needs the integer finding, and texts as link and "
		    "role");
		return -1;
	}
	if (event == NULL)
		return put_facts(run, row, link, e);
	named[0] = store_text(rule_value(run->rule, "id", 0));
	named[1] = *finding;
	named[2] = (link != NULL) ? *link : store_text("");
	named[3] = (role != NULL) ? *role : store_text("basis");
	named[4] = *event;
	return store_bulk_row(run->rows, named, e);
}

static int
run_rules(struct store * s, const struct rule_set * set, struct run * run,
    struct err * e)
{
	for (size_t i = 0; i < set->count; i++) {
		run->rule = set->rules[i];
		if (store_run(s, run->rule->text, take_row, run, e) != 0) {
			err_in(e, "rule %s", run->rule->file);
			return -1;
		}
	}
	return 0;
}

int
findings_make(struct store * s, const struct rule_set * set,
    const struct findings_wishes * wishes, struct err * e)
{
	struct run run = { NULL, NULL, NULL, 0, 0 };
	int rc = -1;

	if ((put_params(s, set, wishes, e) != 0) ||
	    (put_responders(s, wishes, e) != 0) ||
	    (known_secrets_put(wishes->known, s, e) != 0) ||
	    (put_rules(s, set, e) != 0))
		return -1;
	run.facts = store_bulk_begin(
	    s, "finding_fact", fact_columns, COUNT(fact_columns), e);
	run.rows = store_bulk_begin(
	    s, "finding_row", row_columns, COUNT(row_columns), e);
	if ((run.facts == NULL) || (run.rows == NULL))
		goto out;
	if (run_rules(s, set, &run, e) != 0)
		goto out;
	rc = 0;

out:
	if (store_bulk_end(run.facts, e) != 0)
		rc = -1;
	if (store_bulk_end(run.rows, e) != 0)
		rc = -1;
	if (rc != 0)
		return -1;
	return store_run(s,
	    "CREATE INDEX finding_row_event ON finding_row (event);"
	    "CREATE TABLE finding_tag AS SELECT t.event AS event,"
	    " SUM(t.bit) AS rules FROM (SELECT DISTINCT f.event AS event,"
	    " r.bit AS bit FROM finding_row f JOIN rule r ON r.id = f.rule"
	    " WHERE f.role = 'basis') AS t GROUP BY t.event;"
	    "CREATE INDEX finding_tag_event ON finding_tag (event);"
	    "CREATE TABLE finding_link AS SELECT t.rule AS rule,"
	    " t.finding AS finding, t.link AS link, MIN(t.place) AS place"
	    " FROM (SELECT rule, finding, link, seq AS place FROM finding_fact"
	    " UNION ALL SELECT rule, finding, link,"
	    " 1000000000000000 + event FROM finding_row) AS t"
	    " GROUP BY t.rule, t.finding, t.link;"
	    "CREATE INDEX finding_link_key ON finding_link"
	    " (rule, finding, link);",
	    NULL, NULL, e);
}
