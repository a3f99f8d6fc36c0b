#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "evidence/buf.h"
#include "evidence/text.h"
#include "timeline/rule.h"

#include "timeline/explain.h"

#define WIDTH 78
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

const char explain_usage[] =
    "  rules [ID...] [--rules DIR]\n"
    "      list the rules in the order they run and explain them: the\n"
    "      question, the parameters, what an answer rests on, what else could\n"
    "      explain it, and what would contradict it\n"
    "        --rules DIR            also the rules *.sql of DIR\n";

/* The entries of a head after the title, and what they are called here. */
static const struct {
	const char * key;
	const char * words;
} parts[] = {
	{ "question", "question" },
	{ "attack", "ATT&CK" },
	{ "ms-threat", "threat matrix" },
	{ "work", "work" },
	{ "param", "parameter" },
	{ "link", "link" },
	{ "rests-on", "rests on" },
	{ "alternative", "or else" },
	{ "contradiction", "against it" },
};

/* Append ${text} behind its ${label}, broken into lines of WIDTH. */
static int
add_folded(
    struct buf * out, const char * label, const char * text, struct err * e)
{
	size_t used = 17;

	if (buf_addf(out, e, "  %-14s", label) != 0)
		return -1;
	while (*text != '\0') {
		size_t len = strcspn(text, " ");

		if ((used + 1 + len > WIDTH) && (used > 17)) {
			if (buf_addf(out, e, "\n%16s", "") != 0)
				return -1;
			used = 17;
		}
		if ((buf_add_text(out, " ", e) != 0) ||
		    (text_escape(out, text, len, e) != 0))
			return -1;
		used += 1 + len;
		text += len + strspn(text + len, " ");
	}
	return buf_add_text(out, "\n", e);
}

static int
add_rule(struct buf * out, const struct rule * r, struct err * e)
{
	char sha256[2 * DIGEST_SHA256_LEN + 1];

	text_hex_encode(r->sha256, sizeof(r->sha256), sha256);
	if ((text_escape(out, rule_value(r, "id", 0),
		 strlen(rule_value(r, "id", 0)), e) != 0) ||
	    (buf_add_text(out, ": ", e) != 0) ||
	    (text_escape(out, rule_value(r, "title", 0),
		 strlen(rule_value(r, "title", 0)), e) != 0) ||
	    (buf_add_text(out, "\n", e) != 0) ||
	    (add_folded(out, "file", r->file, e) != 0) ||
	    (add_folded(out, "SHA-256", sha256, e) != 0))
		return -1;
	for (size_t i = 0; i < COUNT(parts); i++) {
		const char * value;

		for (size_t n = 0;
		     (value = rule_value(r, parts[i].key, n)) != NULL; n++) {
			if (add_folded(out, parts[i].words, value, e) != 0)
				return -1;
		}
	}
	return buf_add_text(out, "\n", e);
}

/* The rules of ${set}, or those with the ${ids}. */
static int
add_rules(struct buf * out, const struct rule_set * set, char ** ids, int count,
    struct err * e)
{
	const struct rule * r;

	if (count == 0) {
		for (size_t i = 0; i < set->count; i++) {
			if (add_rule(out, set->rules[i], e) != 0)
				return -1;
		}
		return 0;
	}
	for (int i = 0; i < count; i++) {
		r = rule_set_get(set, ids[i]);
		if (r == NULL) {
			err_set(e, ERR_USAGE, "rules without an ID lists all",
			    "there is no rule %s", ids[i]);
			return -1;
		}
		if (add_rule(out, r, e) != 0)
			return -1;
	}
	return 0;
}

static int
take_options(
    int argc, char ** argv, const char ** dir, bool * help, struct err * e)
{
	static const struct option known[] = { { "rules", required_argument,
						   NULL, 'r' },
		{ "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	int c;

	optind = 1;
	opterr = 0;
	for (;;) {
		c = getopt_long(argc, argv, "", known, NULL);
		if (c == -1)
			return 0;
		if (c == 'h') {
			*help = true;
		} else if ((c == 'r') && (*dir == NULL)) {
			*dir = optarg;
		} else {
			err_set(e, ERR_USAGE, "try --help",
			    "rules: %s is no option, lacks its value, or "
			    "stands twice",
			    argv[optind - 1]);
			return -1;
		}
	}
}

int
explain_run(int argc, char ** argv, int * exit_code, struct err * e)
{
	struct rule_set set = { { NULL }, 0 };
	struct buf out = { 0 };
	const char * dir = NULL;
	bool help = false;
	int rc = -1;

	*exit_code = 0;
	if (take_options(argc, argv, &dir, &help, e) != 0)
		return -1;
	if (help) {
		(void)fputs(explain_usage, stdout);
		return 0;
	}
	if ((rule_set_load(&set, dir, e) != 0) ||
	    (add_rules(&out, &set, argv + optind, argc - optind, e) != 0))
		goto out;
	(void)fwrite(out.bytes, 1, out.len, stdout); /* main looks at it. */
	rc = 0;

out:
	buf_free(&out);
	rule_set_free(&set);
	return rc;
}
