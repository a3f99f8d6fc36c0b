#include <stdlib.h>
#include <string.h>

#include "evidence/derived.h"

static const struct document_member members[] = {
	{ "program", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "version", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "commit", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "packages", DOCUMENT_ARRAY, DOCUMENT_REQUIRED },
	{ "rules", DOCUMENT_ARRAY, DOCUMENT_REQUIRED },
	{ "options", DOCUMENT_ARRAY, DOCUMENT_REQUIRED },
};

static const struct document_member package_members[] = {
	{ "package", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "seal_sha256", DOCUMENT_SHA256, DOCUMENT_NULLABLE },
	{ "verdict", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
};

static const struct document_member rule_members[] = {
	{ "id", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "file", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "sha256", DOCUMENT_SHA256, DOCUMENT_REQUIRED },
};

static const struct document_member option_members[] = {
	{ "name", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "value", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
};

static const char * const verdicts[] = { "intact", "undecided", "altered" };

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

int
derived_format(const struct derived * derived, struct buf * out, struct err * e)
{
	struct json_out j;

	json_begin_document(&j, out, "derived", e);
	json_put_text(&j, "program", derived->program);
	json_put_text(&j, "version", derived->version);
	json_put_text(&j, "commit", derived->commit);
	json_open_array(&j, "packages");
	for (size_t i = 0; i < derived->n_packages; i++) {
		const struct derived_package * p = &derived->packages[i];

		json_open_object(&j, NULL);
		document_put_nullable(&j, "package", p->package);
		if (p->is_sealed)
			json_put_hex(&j, "seal_sha256", p->seal_sha256,
			    sizeof(p->seal_sha256));
		else
			json_put_null(&j, "seal_sha256");
		json_put_text(&j, "verdict", p->verdict);
		json_close_object(&j);
	}
	json_close_array(&j);
	json_open_array(&j, "rules");
	for (size_t i = 0; i < derived->n_rules; i++) {
		const struct derived_rule * r = &derived->rules[i];

		json_open_object(&j, NULL);
		document_put_nullable(&j, "id", r->id);
		document_put_nullable(&j, "file", r->file);
		json_put_hex(&j, "sha256", r->sha256, sizeof(r->sha256));
		json_close_object(&j);
	}
	json_close_array(&j);
	json_open_array(&j, "options");
	for (size_t i = 0; i < derived->n_options; i++) {
		json_open_object(&j, NULL);
		document_put_nullable(&j, "name", derived->options[i].name);
		document_put_nullable(&j, "value", derived->options[i].value);
		json_close_object(&j);
	}
	json_close_array(&j);
	return json_end_document(&j);
}

/*
 * Find the array ${name} and make room for what it has, each ${size} bytes, in
 * ${list}.  Return its first element, or NULL if there is none or ${e} is set.
 */
static const struct json *
begin_list(const struct derived * derived, const char * name, size_t size,
    void ** list, struct err * e)
{
	const struct json * array = json_get(derived->doc.root, name);
	size_t n = document_count(array);

	if (n > DERIVED_LIST_MAX) {
		err_set(e, ERR_LIMIT, NULL, "more than %d in \"%s\"",
		    DERIVED_LIST_MAX, name);
		return NULL;
	}
	if (n == 0)
		return NULL;
	*list = calloc(n, size);
	if (*list == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	return json_first(array);
}

static int
parse_packages(struct derived * derived, struct err * e)
{
	void * list = NULL;
	const struct json * at = begin_list(
	    derived, "packages", sizeof(*derived->packages), &list, e);

	derived->packages = list;
	for (; at != NULL; at = json_next(at)) {
		struct derived_package * p =
		    &derived->packages[derived->n_packages++];

		if (document_check(&derived->doc, at, "packages",
			package_members, COUNT(package_members), e) != 0)
			return -1;
		p->package = document_text(at, "package");
		p->is_sealed = document_digest(
		    at, "seal_sha256", p->seal_sha256, sizeof(p->seal_sha256));
		p->verdict = document_text(at, "verdict");
		if (document_word(p->verdict, verdicts, COUNT(verdicts)) < 0) {
			err_set(
			    e, ERR_INPUT, NULL, "\"verdict\" is no verdict");
			return -1;
		}
	}
	return (e->kind == ERR_NONE) ? 0 : -1;
}

static int
parse_rules(struct derived * derived, struct err * e)
{
	void * list = NULL;
	const struct json * at =
	    begin_list(derived, "rules", sizeof(*derived->rules), &list, e);

	derived->rules = list;
	for (; at != NULL; at = json_next(at)) {
		struct derived_rule * r = &derived->rules[derived->n_rules++];

		if (document_check(&derived->doc, at, "rules", rule_members,
			COUNT(rule_members), e) != 0)
			return -1;
		r->id = document_text(at, "id");
		r->file = document_text(at, "file");
		(void)document_digest(
		    at, "sha256", r->sha256, sizeof(r->sha256));
	}
	return (e->kind == ERR_NONE) ? 0 : -1;
}

static int
parse_options(struct derived * derived, struct err * e)
{
	void * list = NULL;
	const struct json * at =
	    begin_list(derived, "options", sizeof(*derived->options), &list, e);

	derived->options = list;
	for (; at != NULL; at = json_next(at)) {
		struct derived_option * o =
		    &derived->options[derived->n_options++];

		if (document_check(&derived->doc, at, "options", option_members,
			COUNT(option_members), e) != 0)
			return -1;
		o->name = document_text(at, "name");
		o->value = document_text(at, "value");
	}
	return (e->kind == ERR_NONE) ? 0 : -1;
}

int
derived_parse(
    const void * bytes, size_t len, struct derived * derived, struct err * e)
{
	memset(derived, 0, sizeof(*derived));
	if (len > DERIVED_MAX) {
		err_set(e, ERR_LIMIT, NULL, "more than 1 MiB");
		return -1;
	}
	if (document_parse_file(&derived->doc, bytes, len, "derived", members,
		COUNT(members), e) != 0)
		return -1;
	derived->program = document_text(derived->doc.root, "program");
	derived->version = document_text(derived->doc.root, "version");
	derived->commit = document_text(derived->doc.root, "commit");
	if ((parse_packages(derived, e) != 0) ||
	    (parse_rules(derived, e) != 0) ||
	    (parse_options(derived, e) != 0)) {
		derived_free(derived);
		return -1;
	}
	return 0;
}

void
derived_free(struct derived * derived)
{
	free(derived->packages);
	free(derived->rules);
	free(derived->options);
	document_free(&derived->doc);
	memset(derived, 0, sizeof(*derived));
}
