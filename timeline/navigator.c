#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/json.h"

#include "timeline/navigator.h"

#define ID_SIZE 16

struct technique {
	char id[ID_SIZE];
	int64_t score;
	struct buf comment; /* The rules that name it. */
};

struct layer {
	const struct rule_set * set;
	int64_t found[RULE_COUNT_MAX]; /* Findings of each rule. */
	struct technique techniques[NAVIGATOR_TECHNIQUES_MAX];
	size_t count;
};

static int
take_count(void * cookie, const struct store_row * got, struct err * e)
{
	struct layer * l = cookie;

	(void)e;
	for (size_t i = 0; i < l->set->count; i++) {
		if (strcmp(rule_value(l->set->rules[i], "id", 0),
			got->values[0].bytes) == 0)
			l->found[i] = got->values[1].integer;
	}
	return 0;
}

/* The technique ${id} of ${len} characters, made if it is new; or NULL. */
static struct technique *
technique_of(struct layer * l, const char * id, size_t len, struct err * e)
{
	struct technique * t;

	for (size_t i = 0; i < l->count; i++) {
		t = &l->techniques[i];
		if ((strlen(t->id) == len) && (memcmp(t->id, id, len) == 0))
			return t;
	}
	if ((len >= ID_SIZE) || (l->count == NAVIGATOR_TECHNIQUES_MAX)) {
		err_set(e, ERR_LIMIT, NULL,
		    "the rules name more than %d techniques, or one that is "
		    "none",
		    NAVIGATOR_TECHNIQUES_MAX);
		return NULL;
	}
	t = &l->techniques[l->count++];
	memcpy(t->id, id, len);
	t->id[len] = '\0';
	return t;
}

/* The techniques of rule number ${n}: "T1552, T1528". */
static int
add_rule(struct layer * l, size_t n, struct err * e)
{
	const struct rule * rule = l->set->rules[n];

	for (size_t i = 0; rule_value(rule, "attack", i) != NULL; i++) {
		const char * at = rule_value(rule, "attack", i);

		for (at += strspn(at, ", "); *at != '\0';
		     at += strspn(at, ", ")) {
			size_t len = strcspn(at, ", ");
			struct technique * t = technique_of(l, at, len, e);

			if (t == NULL)
				return -1;
			t->score += l->found[n];
			if (buf_addf(&t->comment, e,
				"%s%s: %" PRId64 " findings",
				(t->comment.len > 0) ? "; " : "",
				rule_value(rule, "id", 0), l->found[n]) != 0)
				return -1;
			at += len;
		}
	}
	return 0;
}

static int
compare_techniques(const void * a, const void * b)
{
	const struct technique * x = a;
	const struct technique * y = b;

	return strcmp(x->id, y->id);
}

static int
put_layer(struct layer * l, struct buf * out, struct err * e)
{
	size_t seen = 0;
	char words[256];
	struct json_out j;

	for (size_t i = 0; i < l->count; i++)
		seen += (l->techniques[i].score > 0) ? 1 : 0;
	(void)snprintf(words, sizeof(words),
	    "Findings of rules, not facts: %zu of %zu techniques that the "
	    "rules look for have findings. A score of 0: looked for and not "
	    "found in these logs, which does not say that it did not happen.",
	    seen, l->count);
	json_begin(&j, out, e);
	json_open_object(&j, NULL);
	json_put_text(&j, "name", "azcustody findings");
	json_open_object(&j, "versions");
	json_put_text(&j, "layer", "4.5");
	json_close_object(&j);
	json_put_text(&j, "domain", "enterprise-attack");
	json_put_text(&j, "description", words);
	json_open_array(&j, "techniques");
	for (size_t i = 0; i < l->count; i++) {
		const struct technique * t = &l->techniques[i];

		json_open_object(&j, NULL);
		json_put_text(&j, "techniqueID", t->id);
		json_put_integer(&j, "score", t->score);
		json_put_bytes(&j, "comment", t->comment.bytes, t->comment.len);
		json_put_bool(&j, "enabled", true);
		json_close_object(&j);
	}
	json_close_array(&j);
	json_close_object(&j);
	return json_end(&j, true);
}

int
navigator_export(struct store * s, const struct rule_set * set,
    struct output * o, struct err * e)
{
	struct output_file * f = NULL;
	struct layer * l = calloc(1, sizeof(*l));
	struct buf text = { 0 };
	int rc = -1;

	if (l == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	l->set = set;
	if (store_run(s,
		"SELECT f.rule AS rule, COUNT(DISTINCT f.finding) AS findings"
		" FROM (SELECT rule, finding FROM finding_fact"
		" UNION SELECT rule, finding FROM finding_row) AS f"
		" GROUP BY f.rule ORDER BY f.rule",
		take_count, l, e) != 0)
		goto out;
	for (size_t i = 0; i < set->count; i++) {
		if (add_rule(l, i, e) != 0)
			goto out;
	}
	qsort(l->techniques, l->count, sizeof(l->techniques[0]),
	    compare_techniques);
	if (put_layer(l, &text, e) != 0)
		goto out;
	f = output_open(o, "attack-layer.json", e);
	if (f != NULL)
		rc = output_put_buf(f, &text, e);
	if (output_close(f, e) != 0)
		rc = -1;

out:
	for (size_t i = 0; i < l->count; i++)
		buf_free(&l->techniques[i].comment);
	free(l);
	buf_free(&text);
	return rc;
}
