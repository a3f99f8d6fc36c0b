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
	{ "own", DOCUMENT_ARRAY, DOCUMENT_OPTIONAL },
};

/* Of one of "own". */
static const struct document_member own_members[] = {
	{ "account", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
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

/* What stands in every scope. */
static void
put_asked(struct json_out * j, const struct case_scope * scope)
{
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
}

static void
put_scope(struct json_out * j, const struct case_file * c)
{
	json_open_object(j, "scope");
	document_put_texts(
	    j, "accounts", c->scope.accounts, c->scope.n_accounts);
	put_asked(j, &c->scope);
	if (c->n_own > 0) {
		json_open_array(j, "own");
		for (size_t i = 0; i < c->n_own; i++) {
			json_open_object(j, NULL);
			json_put_text(j, "account", c->own[i].account);
			put_asked(j, &c->own[i].scope);
			json_close_object(j);
		}
		json_close_array(j);
	}
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
	put_scope(&j, c);
	put_algorithms(&j, c);
	return json_end_document(&j);
}

/* Put the strings of ${name} in ${object} into list ${i} of ${scope}. */
static int
parse_list(struct case_scope * scope, const struct json * object,
    const char * name, size_t i, size_t * n, struct err * e)
{
	const char ** list = NULL;

	if (document_texts(
		json_get(object, name), CASE_FILE_MAX_LIST, &list, n, e) != 0) {
		err_in(e, "\"%s\"", name);
		return -1;
	}
	scope->owned[i] = list;
	return 0;
}

/* What stands in every scope; "accounts" are none where they are not there. */
static int
parse_asked(struct case_scope * to, const struct json * object, struct err * e)
{
	to->from = document_time(object, "from");
	to->to = document_time(object, "to");
	if ((parse_list(to, object, "accounts", 0, &to->n_accounts, e) != 0) ||
	    (parse_list(to, object, "containers", 1, &to->n_containers, e) !=
		0) ||
	    (parse_list(to, object, "logs", 2, &to->n_logs, e) != 0) ||
	    (parse_list(to, object, "prefixes", 3, &to->n_prefixes, e) != 0) ||
	    (parse_list(to, object, "include", 4, &to->n_include, e) != 0))
		return -1;
	to->accounts = to->owned[0];
	to->containers = to->owned[1];
	to->logs = to->owned[2];
	to->prefixes = to->owned[3];
	to->include = to->owned[4];
	return 0;
}

/* An account has one scope of its own at most, and is one of "accounts". */
static int
check_own(const struct case_file * c, const char * account, struct err * e)
{
	bool is_known = false;

	for (size_t i = 0; i < c->scope.n_accounts; i++)
		is_known =
		    is_known || (strcmp(c->scope.accounts[i], account) == 0);
	for (size_t i = 0; i < c->n_own; i++)
		is_known =
		    is_known && (strcmp(c->own[i].account, account) != 0);
	if (is_known)
		return 0;
	err_set(e, ERR_INPUT, NULL,
	    "\"own\" names an account twice, or one that is none");
	return -1;
}

static int
parse_own(struct case_file * c, const struct json * list, struct err * e)
{
	const struct json * one;
	size_t count = document_count(list);

	if (count > CASE_FILE_MAX_LIST) {
		err_set(e, ERR_LIMIT, NULL, "more than %d scopes",
		    CASE_FILE_MAX_LIST);
		return -1;
	}
	if (count == 0)
		return 0;
	c->own_scopes = calloc(count, sizeof(*c->own_scopes));
	if (c->own_scopes == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	c->own = c->own_scopes;
	for (one = json_first(list); one != NULL; one = json_next(one)) {
		struct case_own * own = &c->own_scopes[c->n_own];

		if (document_check(&c->doc, one, "scope.own", own_members,
			COUNT(own_members), e) != 0)
			return -1;
		own->account = document_text(one, "account");
		if (check_own(c, own->account, e) != 0)
			return -1;
		c->n_own++; /* Its lists are released with it. */
		if (parse_asked(&own->scope, one, e) != 0)
			return -1;
	}
	return 0;
}

static int
parse_scope(struct case_file * c, struct err * e)
{
	const struct json * scope = json_get(c->doc.root, "scope");

	if (document_check(&c->doc, scope, "scope", scope_members,
		COUNT(scope_members), e) != 0)
		return -1;
	if (parse_asked(&c->scope, scope, e) != 0)
		return -1;
	return parse_own(c, json_get(scope, "own"), e);
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
	if (document_parse_file(
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

const struct case_scope *
case_file_scope(const struct case_file * c, const char * account)
{
	for (size_t i = 0; i < c->n_own; i++) {
		if ((account != NULL) &&
		    (strcmp(c->own[i].account, account) == 0))
			return &c->own[i].scope;
	}
	return &c->scope;
}

bool
case_scope_has_blob(const struct case_scope * scope, const char * container,
    const void * name, size_t len)
{
	enum kind kind = kind_of_container(container);
	int64_t from, to;

	if (kind_time_of_blob(kind, name, len, &from, &to) != 0)
		return true;
	return has_span(scope, kind_margin(kind), from, to);
}

bool
case_scope_has_folder(const struct case_scope * scope, const char * container,
    const void * folder, size_t len)
{
	enum kind kind = kind_of_container(container);
	int64_t from, to;

	if (kind_time_of_folder(kind, folder, len, &from, &to) != 0)
		return true;
	return has_span(scope, kind_margin(kind), from, to);
}

static bool
is_root(const struct case_scope * scope, const void * prefix, size_t len)
{
	if (scope->n_prefixes == 0)
		return len == 0;
	for (size_t i = 0; i < scope->n_prefixes; i++) {
		if ((strlen(scope->prefixes[i]) == len) &&
		    (memcmp(scope->prefixes[i], prefix, len) == 0))
			return true;
	}
	return false;
}

bool
case_file_is_root(const struct case_file * c, const void * prefix, size_t len)
{
	/* A page does not say of which account it is, only of which endpoint. */
	for (size_t i = 0; i < c->n_own; i++) {
		if (is_root(&c->own[i].scope, prefix, len))
			return true;
	}
	return is_root(&c->scope, prefix, len);
}

static void
free_lists(struct case_scope * scope)
{
	for (size_t i = 0; i < CASE_FILE_LISTS; i++)
		free((void *)(uintptr_t)scope->owned[i]);
}

void
case_file_free(struct case_file * c)
{
	free_lists(&c->scope);
	for (size_t i = 0; (c->own_scopes != NULL) && (i < c->n_own); i++)
		free_lists(&c->own_scopes[i].scope);
	free(c->own_scopes);
	document_free(&c->doc);
	memset(c, 0, sizeof(*c));
}
