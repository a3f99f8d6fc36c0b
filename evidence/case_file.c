#include <stdlib.h>
#include <string.h>

#include "evidence/case_file.h"
#include "evidence/clock.h"
#include "evidence/kind.h"
#include "evidence/name.h"

static const struct document_member members[] = {
	{ "package", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "case", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "exhibit", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "examiner", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "organisation", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "authority", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "purpose", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "acquisition", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "previous", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "started_at", DOCUMENT_TIME, DOCUMENT_REQUIRED },
	{ "scope", DOCUMENT_OBJECT, DOCUMENT_REQUIRED },
	{ "algorithms", DOCUMENT_OBJECT, DOCUMENT_REQUIRED },
};

static const struct document_member scope_members[] = {
	{ "accounts", DOCUMENT_ARRAY, DOCUMENT_REQUIRED },
	{ "containers", DOCUMENT_ARRAY, DOCUMENT_REQUIRED },
	{ "logs", DOCUMENT_ARRAY, DOCUMENT_REQUIRED },
	{ "prefixes", DOCUMENT_ARRAY, DOCUMENT_OPTIONAL },
	{ "include", DOCUMENT_ARRAY, DOCUMENT_OPTIONAL },
	{ "from", DOCUMENT_TIME, DOCUMENT_NULLABLE },
	{ "to", DOCUMENT_TIME, DOCUMENT_NULLABLE },
};

static const struct document_member algorithm_members[] = {
	{ "manifests", DOCUMENT_ARRAY, DOCUMENT_REQUIRED },
	{ "catalogue", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "signature", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "container", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "compression", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Fixed by the format's number, and repeated for people. */
#define CATALOGUE "sha256, RFC 9162 Merkle tree"
#define SIGNATURE "Ed25519 of BLAKE2b-512 (minisign)"
#define CONTAINER "ustar, BagIt 1.0"

static const char * const acquisitions[] = { "acquired", "received" };
static const char * const compressions[] = { "zstd", "none" };

static void
put_scope(struct json_out * j, const struct case_scope * scope)
{
	json_open_object(j, "scope");
	document_put_texts(j, "accounts", scope->accounts, scope->n_accounts);
	document_put_texts(
	    j, "containers", scope->containers, scope->n_containers);
	document_put_texts(j, "logs", scope->logs, scope->n_logs);
	if (scope->n_prefixes > 0)
		document_put_texts(
		    j, "prefixes", scope->prefixes, scope->n_prefixes);
	if (scope->n_include > 0)
		document_put_texts(
		    j, "include", scope->include, scope->n_include);
	json_put_time(j, "from", scope->from);
	json_put_time(j, "to", scope->to);
	json_close_object(j);
}

static void
put_algorithms(struct json_out * j, const struct case_file * c)
{
	static const char * const manifests[] = { "sha256", "sha512" };

	json_open_object(j, "algorithms");
	document_put_texts(j, "manifests", manifests, c->sha512 ? 2 : 1);
	json_put_text(j, "catalogue", CATALOGUE);
	json_put_text(j, "signature", SIGNATURE);
	json_put_text(j, "container", CONTAINER);
	json_put_text(j, "compression", c->compression);
	json_close_object(j);
}

int
case_file_format(const struct case_file * c, struct buf * out, struct err * e)
{
	struct json_out j;

	json_begin_document(&j, out, "case", e);
	json_put_text(&j, "package", c->package);
	document_put_nullable(&j, "case", c->case_number);
	document_put_nullable(&j, "exhibit", c->exhibit);
	document_put_nullable(&j, "examiner", c->examiner);
	document_put_nullable(&j, "organisation", c->organisation);
	document_put_nullable(&j, "authority", c->authority);
	document_put_nullable(&j, "purpose", c->purpose);
	json_put_text(&j, "acquisition", c->acquisition);
	json_put_text(&j, "previous", c->previous);
	json_put_time(&j, "started_at", c->started_at);
	put_scope(&j, &c->scope);
	put_algorithms(&j, c);
	return json_end_document(&j);
}

/* Put the strings of ${name} in ${object} into list ${i} of ${c}. */
static int
parse_list(struct case_file * c, const struct json * object, const char * name,
    size_t i, const char * const ** texts, size_t * n, struct err * e)
{
	if (document_texts(json_get(object, name), CASE_FILE_MAX_LIST,
		&c->own_lists[i], n, e) != 0) {
		err_in(e, "\"%s\"", name);
		return -1;
	}
	*texts = c->own_lists[i];
	return 0;
}

static int
parse_scope(struct case_file * c, struct err * e)
{
	const struct json * scope = json_get(c->doc.root, "scope");
	struct case_scope * to = &c->scope;

	if (document_check(&c->doc, scope, "scope", scope_members,
		COUNT(scope_members), e) != 0)
		return -1;
	to->from = document_time(scope, "from");
	to->to = document_time(scope, "to");
	if ((parse_list(c, scope, "accounts", 0, &to->accounts, &to->n_accounts,
		 e) != 0) ||
	    (parse_list(c, scope, "containers", 1, &to->containers,
		 &to->n_containers, e) != 0) ||
	    (parse_list(c, scope, "logs", 2, &to->logs, &to->n_logs, e) != 0) ||
	    (parse_list(c, scope, "prefixes", 3, &to->prefixes, &to->n_prefixes,
		 e) != 0) ||
	    (parse_list(
		 c, scope, "include", 4, &to->include, &to->n_include, e) != 0))
		return -1;
	return 0;
}

/* Exactly the algorithms of format 1: they are not for a file to choose. */
static int
parse_algorithms(struct case_file * c, struct err * e)
{
	const struct json * a = json_get(c->doc.root, "algorithms");
	const struct json * manifest;
	const char * first;
	const char * second;

	if (document_check(&c->doc, a, "algorithms", algorithm_members,
		COUNT(algorithm_members), e) != 0)
		return -1;
	manifest = json_first(json_get(a, "manifests"));
	first = json_text(manifest);
	second = json_text(json_next(manifest));
	c->sha512 = (second != NULL);
	c->compression = document_text(a, "compression");
	if ((first == NULL) || (strcmp(first, "sha256") != 0) ||
	    (c->sha512 && (strcmp(second, "sha512") != 0)) ||
	    (document_count(json_get(a, "manifests")) !=
		(c->sha512 ? (size_t)2 : (size_t)1)) ||
	    (document_word(c->compression, compressions, COUNT(compressions)) <
		0) ||
	    (strcmp(document_text(a, "catalogue"), CATALOGUE) != 0) ||
	    (strcmp(document_text(a, "signature"), SIGNATURE) != 0) ||
	    (strcmp(document_text(a, "container"), CONTAINER) != 0)) {
		err_set(e, ERR_INPUT, NULL,
		    "\"algorithms\" are not those of format 1");
		return -1;
	}
	return 0;
}

static int
parse_members(struct case_file * c, struct err * e)
{
	const struct json * root = c->doc.root;

	c->package = document_text(root, "package");
	c->case_number = document_text(root, "case");
	c->exhibit = document_text(root, "exhibit");
	c->examiner = document_text(root, "examiner");
	c->organisation = document_text(root, "organisation");
	c->authority = document_text(root, "authority");
	c->purpose = document_text(root, "purpose");
	c->acquisition = document_text(root, "acquisition");
	c->previous = document_text(root, "previous");
	c->started_at = document_time(root, "started_at");
	if (document_word(c->acquisition, acquisitions, COUNT(acquisitions)) <
	    0) {
		err_set(e, ERR_INPUT, NULL, "an unknown \"acquisition\"");
		return -1;
	}
	if (name_check_package(c->package, e) != 0)
		return -1;
	if (c->previous == NULL)
		return 0;
	return name_check_package(c->previous, e);
}

int
case_file_parse(
    const void * bytes, size_t len, struct case_file * c, struct err * e)
{
	memset(c, 0, sizeof(*c));
	if (len > CASE_FILE_MAX) {
		err_set(e, ERR_LIMIT, NULL, "more than 1 MiB");
		return -1;
	}
	if (document_parse(
		&c->doc, bytes, len, "case", members, COUNT(members), e) != 0)
		return -1;
	if ((parse_members(c, e) != 0) || (parse_scope(c, e) != 0) ||
	    (parse_algorithms(c, e) != 0)) {
		case_file_free(c);
		return -1;
	}
	return 0;
}

/* Does [${from}, ${to}), widened by ${margin}, touch what is asked for? */
static bool
has_span(
    const struct case_scope * scope, int64_t margin, int64_t from, int64_t to)
{
	if ((scope->from != CLOCK_UNKNOWN) && (to + margin <= scope->from))
		return false;
	return (scope->to == CLOCK_UNKNOWN) || (from - margin < scope->to);
}

bool
case_file_has_blob(const struct case_file * c, const char * container,
    const void * name, size_t len)
{
	enum kind kind = kind_of_container(container);
	int64_t from, to;

	if (kind_time_of_blob(kind, name, len, &from, &to) != 0)
		return true;
	return has_span(&c->scope, kind_margin(kind), from, to);
}

bool
case_file_has_folder(const struct case_file * c, const char * container,
    const void * folder, size_t len)
{
	enum kind kind = kind_of_container(container);
	int64_t from, to;

	if (kind_time_of_folder(kind, folder, len, &from, &to) != 0)
		return true;
	return has_span(&c->scope, kind_margin(kind), from, to);
}

bool
case_file_is_root(const struct case_file * c, const void * prefix, size_t len)
{
	const struct case_scope * scope = &c->scope;

	if (scope->n_prefixes == 0)
		return len == 0;
	for (size_t i = 0; i < scope->n_prefixes; i++) {
		if ((strlen(scope->prefixes[i]) == len) &&
		    (memcmp(scope->prefixes[i], prefix, len) == 0))
			return true;
	}
	return false;
}

void
case_file_free(struct case_file * c)
{
	for (size_t i = 0; i < CASE_FILE_LISTS; i++)
		free(c->own_lists[i]);
	document_free(&c->doc);
	memset(c, 0, sizeof(*c));
}
