#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/json.h"
#include "evidence/text.h"
#include "timeline/event.h"

#include "timeline/findings_json.h"

/* The columns of the query below. */
enum column {
	AT_RULE,
	AT_FINDING,
	AT_LINK,
	AT_KIND, /* enum part */
	AT_NAME, /* of the fact, or the role of the row */
	AT_NUMBER,
	AT_TEXT,
	AT_ROW,
	AT_EVENT_NUMBER,
	AT_PACKAGE,
	AT_MEMBER,
	AT_OFFSET,
	AT_LENGTH,
	AT_SHA256,
	AT_TUPLE,
	AT_LINE
};

/* What a link holds, in this order. */
enum part {
	PART_FACTS,
	PART_ROWS,
	PART_AGAINST,
	PART_BESIDE,
	PART_MORE /* Facts of further lines, before the rows. */
};

static const char * const part_names[] = { "facts", "rows", "against", "beside",
	"more_facts" };

static const char query[] =
    "SELECT r.id AS rule, l.finding AS finding, l.link AS link, 0 AS kind,"
    " f.name AS name, f.number AS number, f.text AS text, 0 AS row_number,"
    " 0 AS event_number, NULL AS package, NULL AS member, 0 AS first_byte,"
    " 0 AS length, NULL AS sha256, NULL AS tuple_index, f.line AS line,"
    " r.bit AS bit, l.place AS place, f.seq AS seq"
    " FROM finding_fact f JOIN rule r ON r.id = f.rule"
    " JOIN finding_link l ON l.rule = f.rule AND l.finding = f.finding"
    " AND l.link = f.link"
    " UNION ALL"
    " SELECT r.id, l.finding, l.link,"
    " CASE w.role WHEN 'basis' THEN 1 WHEN 'counter' THEN 2 ELSE 3 END,"
    " w.role, NULL, NULL, p.id, v.number,"
    " k.name, m.path, c.first_byte, c.length, c.sha256, v.tuple_index, 0,"
    " r.bit, l.place, p.id"
    " FROM finding_row w JOIN rule r ON r.id = w.rule"
    " JOIN finding_link l ON l.rule = w.rule AND l.finding = w.finding"
    " AND l.link = w.link"
    " JOIN place p ON p.event = w.event"
    " JOIN (SELECT id, record, number, tuple_index FROM event"
    " UNION ALL SELECT id, record, number, tuple_index FROM flow) AS v"
    " ON v.id = w.event"
    " JOIN record c ON c.id = v.record JOIN member m ON m.id = c.member"
    " JOIN package k ON k.id = m.package"
    " ORDER BY bit, finding, place, kind, seq, name";

struct writer {
	const struct rule_set * set;
	struct output_file * out;
	struct buf text;
	struct json_out j;
	bool in_finding;
	bool in_link;
	enum part part; /* What is open in the link. */
	int64_t line;   /* The line of the result the facts are of. */
	char * rule;
	char * link;
	int64_t finding;
};

static void
put_list(struct json_out * j, const struct rule * r, const char * key,
    const char * name)
{
	json_open_array(j, name);
	for (size_t n = 0; rule_value(r, key, n) != NULL; n++)
		json_put_text(j, NULL, rule_value(r, key, n));
	json_close_array(j);
}

/* A list of ids in one value, "T1552, T1528", one by one. */
static void
put_ids(struct json_out * j, const struct rule * r, const char * key,
    const char * name)
{
	json_open_array(j, name);
	for (size_t n = 0; rule_value(r, key, n) != NULL; n++) {
		const char * at = rule_value(r, key, n);

		for (at += strspn(at, ", "); *at != '\0';
		     at += strspn(at, ", ")) {
			size_t len = strcspn(at, ", ");

			json_put_bytes(j, NULL, at, len);
			at += len;
		}
	}
	json_close_array(j);
}

static void
put_params(struct json_out * j, const struct rule * r)
{
	char name[64];
	int64_t value;
	const char * words;

	json_open_array(j, "params");
	for (size_t n = 0;
	     rule_param(r, n, name, sizeof(name), &value, &words) == 0; n++) {
		json_open_object(j, NULL);
		json_put_text(j, "name", name);
		json_put_integer(j, "value", value);
		json_put_text(j, "is", words);
		json_close_object(j);
	}
	json_close_array(j);
}

static void
put_rule(struct json_out * j, const struct rule * r)
{
	json_open_object(j, NULL);
	json_put_text(j, "id", rule_value(r, "id", 0));
	json_put_text(j, "title", rule_value(r, "title", 0));
	json_put_text(j, "question", rule_value(r, "question", 0));
	json_put_text(j, "file", r->file);
	json_put_hex(j, "sha256", r->sha256, sizeof(r->sha256));
	put_ids(j, r, "attack", "attack");
	put_ids(j, r, "ms-threat", "ms_threat");
	put_params(j, r);
	put_list(j, r, "link", "links");
	put_list(j, r, "rests-on", "rests_on");
	put_list(j, r, "alternative", "alternatives");
	put_list(j, r, "contradiction", "contradictions");
	json_close_object(j);
}

static void
open_part(struct writer * w, enum part part)
{
	if (part == PART_FACTS)
		json_open_object(&w->j, part_names[part]);
	else
		json_open_array(&w->j, part_names[part]);
	w->part = part;
}

static void
close_part(struct writer * w)
{
	if ((w->part == PART_FACTS) || (w->part == PART_MORE))
		json_close_object(&w->j);
	if (w->part != PART_FACTS)
		json_close_array(&w->j);
}

/* The facts of a result's first line are an object, of more lines an array. */
static void
turn_line(struct writer * w, int64_t line)
{
	if (line == w->line)
		return;
	w->line = line;
	json_close_object(&w->j);
	if (w->part == PART_FACTS)
		open_part(w, PART_MORE);
	json_open_object(&w->j, NULL);
}

static void
close_link(struct writer * w)
{
	if (!w->in_link)
		return;
	close_part(w);
	json_close_object(&w->j);
	w->in_link = false;
}

static void
close_finding(struct writer * w)
{
	const struct rule * r;

	if (!w->in_finding)
		return;
	close_link(w);
	json_close_array(&w->j);
	r = rule_set_get(w->set, w->rule);
	if (r != NULL) {
		put_list(&w->j, r, "rests-on", "rests_on");
		put_list(&w->j, r, "alternative", "alternatives");
		put_list(&w->j, r, "contradiction", "contradictions");
	}
	json_put_text(&w->j, "baseline",
	    "see baseline above; compared_with_baseline in the links says what "
	    "came of it");
	json_close_object(&w->j);
	w->in_finding = false;
}

/* Keep a copy of the text of ${value} in ${to}. */
static int
keep(char ** to, const struct store_value * value, struct err * e)
{
	free(*to);
	*to = text_copy((value->bytes != NULL) ? value->bytes : "", e);
	return (*to != NULL) ? 0 : -1;
}

static int
open_finding(struct writer * w, const struct store_value * v, struct err * e)
{
	close_finding(w);
	if (output_put_buf(w->out, &w->text, e) != 0)
		return -1;
	if (keep(&w->rule, &v[AT_RULE], e) != 0)
		return -1;
	w->finding = v[AT_FINDING].integer;
	json_open_object(&w->j, NULL);
	json_put_text(&w->j, "rule", w->rule);
	json_put_integer(&w->j, "finding", w->finding);
	json_open_array(&w->j, "links");
	w->in_finding = true;
	return 0;
}

static int
open_link(struct writer * w, const struct store_value * v, struct err * e)
{
	close_link(w);
	if (keep(&w->link, &v[AT_LINK], e) != 0)
		return -1;
	json_open_object(&w->j, NULL);
	json_put_bytes(&w->j, "link", w->link, strlen(w->link));
	open_part(w, PART_FACTS);
	w->line = v[AT_LINE].integer;
	w->in_link = true;
	return 0;
}

static bool
is_moment(const char * name)
{
	size_t len = strlen(name);

	return (len > 5) && (strcmp(name + len - 5, "_time") == 0);
}

static void
put_fact(struct json_out * j, const struct store_value * v)
{
	const char * name = v[AT_NAME].bytes;

	if (v[AT_TEXT].kind == STORE_TEXT)
		json_put_bytes(j, name, v[AT_TEXT].bytes, v[AT_TEXT].len);
	else if (is_moment(name))
		json_put_time(j, name, v[AT_NUMBER].integer);
	else
		json_put_integer(j, name, v[AT_NUMBER].integer);
}

static void
put_row(struct json_out * j, const struct store_value * v)
{
	struct event_origin origin = { v[AT_PACKAGE].bytes, NULL,
		v[AT_MEMBER].bytes, v[AT_OFFSET].integer, v[AT_LENGTH].integer,
		NULL };
	uint8_t id[EVENT_ID_LEN];

	event_id_of_record(&origin, id);
	event_id_set_index(id, (uint32_t)v[AT_EVENT_NUMBER].integer);
	json_open_object(j, NULL);
	json_put_integer(j, "row", v[AT_ROW].integer);
	json_put_hex(j, "event_id", id, sizeof(id));
	json_put_bytes(j, "package", v[AT_PACKAGE].bytes, v[AT_PACKAGE].len);
	json_put_bytes(j, "member", v[AT_MEMBER].bytes, v[AT_MEMBER].len);
	json_put_integer(j, "offset", v[AT_OFFSET].integer);
	json_put_integer(j, "length", v[AT_LENGTH].integer);
	json_put_hex(j, "record_sha256", v[AT_SHA256].bytes, v[AT_SHA256].len);
	if (v[AT_TUPLE].kind == STORE_INTEGER)
		json_put_integer(j, "tuple_index", v[AT_TUPLE].integer);
	json_close_object(j);
}

static int
take(void * cookie, const struct store_row * got, struct err * e)
{
	struct writer * w = cookie;
	const struct store_value * v = got->values;
	enum part part;
	bool other = !w->in_finding || (w->finding != v[AT_FINDING].integer) ||
	    (strcmp(w->rule, v[AT_RULE].bytes) != 0);

	if (other && (open_finding(w, v, e) != 0))
		return -1;
	if (!w->in_link || (strcmp(w->link, v[AT_LINK].bytes) != 0)) {
		if (open_link(w, v, e) != 0)
			return -1;
	}
	part = (enum part)v[AT_KIND].integer;
	if (part == PART_FACTS) {
		turn_line(w, v[AT_LINE].integer);
		put_fact(&w->j, v);
		return 0;
	}
	if (part != w->part) {
		close_part(w);
		open_part(w, part);
	}
	put_row(&w->j, v);
	return (w->text.len < 65536) ? 0 : output_put_buf(w->out, &w->text, e);
}

static int
put_baseline(void * cookie, const struct store_row * got, struct err * e)
{
	struct json_out * j = cookie;
	bool given = (got->values[2].integer != 0);

	(void)e;
	json_open_object(j, "baseline");
	json_put_text(j, "is",
	    given
		? "the span that was given"
		: "everything before the first event of each finding; the first "
		  "24 hours of the records are taken as known");
	json_put_time(j, "from", got->values[0].integer);
	json_put_time(j, "to", got->values[1].integer);
	json_close_object(j);
	return 0;
}

static int
put_package(void * cookie, const struct store_row * got, struct err * e)
{
	struct json_out * j = cookie;

	(void)e;
	json_open_object(j, NULL);
	json_put_bytes(j, "package", got->values[0].bytes, got->values[0].len);
	if (got->values[1].kind == STORE_BYTES)
		json_put_hex(
		    j, "seal", got->values[1].bytes, got->values[1].len);
	json_put_bytes(j, "verdict", got->values[2].bytes, got->values[2].len);
	json_close_object(j);
	return 0;
}

static int
put_head(struct writer * w, struct store * s, const struct findings_head * head,
    struct err * e)
{
	struct json_out * j = &w->j;

	json_begin_document(j, &w->text, "findings", e);
	json_put_text(j, "program", head->program);
	json_put_text(j, "warning", head->warning);
	json_put_text(j, "note",
	    "A finding says what records show together.  It is an inference "
	    "by the rule named, not an observation, and names its "
	    "alternatives.");
	json_open_array(j, "packages");
	if (store_run(s, "SELECT name, seal, verdict FROM package ORDER BY id",
		put_package, j, e) != 0)
		return -1;
	json_close_array(j);
	if (store_run(s, "SELECT from_time, to_time, explicit FROM w_base",
		put_baseline, j, e) != 0)
		return -1;
	json_open_array(j, "rules");
	for (size_t i = 0; i < w->set->count; i++)
		put_rule(j, w->set->rules[i]);
	json_close_array(j);
	json_open_array(j, "findings");
	return 0;
}

int
findings_export(struct store * s, const struct rule_set * set,
    const struct findings_head * head, struct output * o, struct err * e)
{
	struct writer w = { .set = set };
	int rc = -1;

	w.out = output_open(o, "findings.json", e);
	if (w.out == NULL)
		return -1;
	if (put_head(&w, s, head, e) != 0)
		goto out;
	if (store_run(s, query, take, &w, e) != 0)
		goto out;
	close_finding(&w);
	json_close_array(&w.j);
	if (json_end_document(&w.j) != 0)
		goto out;
	rc = output_put_buf(w.out, &w.text, e);

out:
	if (output_close(w.out, e) != 0)
		rc = -1;
	buf_free(&w.text);
	free(w.rule);
	free(w.link);
	return rc;
}
