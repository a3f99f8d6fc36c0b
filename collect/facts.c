#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/clock.h"

#include "collect/facts.h"

#define TYPE "collect-facts"

/* The texts of a case and where they stand. */
static const struct {
	const char * name;
	size_t offset;
	bool is_needed;
} texts[] = {
	{ "case", offsetof(struct facts, case_id), true },
	{ "exhibit", offsetof(struct facts, exhibit), true },
	{ "examiner", offsetof(struct facts, examiner), true },
	{ "organisation", offsetof(struct facts, organisation), false },
	{ "authority", offsetof(struct facts, authority), false },
	{ "purpose", offsetof(struct facts, purpose), false },
	{ "previous", offsetof(struct facts, previous), false },
	{ "previous_seal", offsetof(struct facts, previous_seal), false },
	{ "revisit", offsetof(struct facts, revisit), false },
	{ "folder", offsetof(struct facts, folder), false },
	{ "group", offsetof(struct facts, group), false },
	{ "cwd", offsetof(struct facts, cwd), false },
};

#define TEXT_COUNT (sizeof(texts) / sizeof(*texts))

int
facts_take_asked(struct facts * f, const struct options * o, struct err * e)
{
	asked_take(&f->asked, o, NULL);
	for (size_t i = 0; i < o->account_count; i++) {
		const struct options * own = o->accounts[i].own;

		if (!asked_has_scope(own))
			continue;
		f->own[i] = calloc(1, sizeof(*f->own[i]));
		if (f->own[i] == NULL) {
			err_set(e, ERR_SYSTEM, NULL, "out of memory");
			return -1;
		}
		asked_take(f->own[i], o, own);
	}
	return 0;
}

const struct asked *
facts_asked(const struct facts * f, size_t account)
{
	return (f->own[account] != NULL) ? f->own[account] : &f->asked;
}

int
facts_format(const struct facts * f, struct buf * out, struct err * e)
{
	struct json_out j;

	json_begin_document(&j, out, TYPE, e);
	for (size_t i = 0; i < TEXT_COUNT; i++) {
		const char * at = (const char *)f + texts[i].offset;

		json_put_text(
		    &j, texts[i].name, *(const char * const *)(const void *)at);
	}
	json_open_array(&j, "accounts");
	for (size_t i = 0; i < f->account_count; i++) {
		json_open_object(&j, NULL);
		json_put_text(&j, "name", f->accounts[i]);
		json_put_text(&j, "endpoint", f->endpoints[i]);
		if (f->own[i] != NULL) {
			json_open_object(&j, "own");
			asked_put(f->own[i], &j);
			json_close_object(&j);
		}
		json_close_object(&j);
	}
	json_close_array(&j);
	asked_put(&f->asked, &j);
	promised_put(&f->promised, &j);
	json_put_integer(&j, "part", f->part);
	json_put_integer(&j, "max_package", f->max_package);
	json_open_array(&j, "attach");
	for (size_t i = 0; i < f->attach_count; i++)
		json_put_text(&j, NULL, f->attach[i]);
	json_close_array(&j);
	json_put_time(&j, "started_at", f->started_at);
	json_put_bool(&j, "compressed", f->is_compressed);
	json_put_bool(&j, "accept_excess", f->accept_excess);
	json_put_bool(&j, "prove_ranges", f->prove_ranges);
	return json_end_document(&j);
}

/* What is asked for of account ${i} alone, if anything is. */
static int
get_own(struct facts * f, size_t i, const struct json * own, struct err * e)
{
	if (own == NULL)
		return 0;
	f->own[i] = calloc(1, sizeof(*f->own[i]));
	if (f->own[i] == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	return asked_get(f->own[i], own, e);
}

static int
get_lists(struct facts * f, struct err * e)
{
	const struct json * one = json_first(json_get(f->root, "accounts"));

	for (; one != NULL; one = json_next(one)) {
		const char * name = json_text(json_get(one, "name"));
		const char * endpoint = json_text(json_get(one, "endpoint"));

		if ((name == NULL) || (endpoint == NULL) ||
		    (f->account_count == OPTIONS_MAX_ACCOUNTS))
			return -1;
		f->accounts[f->account_count] = name;
		f->endpoints[f->account_count] = endpoint;
		if (get_own(f, f->account_count++, json_get(one, "own"), e) !=
		    0)
			return -1;
	}
	one = json_first(json_get(f->root, "attach"));
	for (; one != NULL; one = json_next(one)) {
		if ((json_text(one) == NULL) ||
		    (f->attach_count == OPTIONS_MAX_ATTACH))
			return -1;
		f->attach[f->attach_count++] = json_text(one);
	}
	if (((f->attach_count > 0) || (f->folder != NULL)) && (f->cwd == NULL))
		return -1;
	return ((f->account_count > 0) || (f->folder != NULL)) ? 0 : -1;
}

static int
get_all(struct facts * f, struct err * e)
{
	const char * started = json_text(json_get(f->root, "started_at"));

	for (size_t i = 0; i < TEXT_COUNT; i++) {
		char * at = (char *)f + texts[i].offset;
		const char * text = json_text(json_get(f->root, texts[i].name));

		if ((text == NULL) && texts[i].is_needed)
			return -1;
		*(const char **)(void *)at = text;
	}
	if ((json_integer(json_get(f->root, "part"), &f->part) != 0) ||
	    (json_integer(json_get(f->root, "max_package"), &f->max_package) !=
		0) ||
	    ((f->group != NULL) && (f->part < 1)) || (f->max_package < 0))
		return -1;
	f->is_compressed = json_is_true(json_get(f->root, "compressed"));
	f->accept_excess = json_is_true(json_get(f->root, "accept_excess"));
	f->prove_ranges = json_is_true(json_get(f->root, "prove_ranges"));
	if ((asked_get(&f->asked, f->root, e) != 0) ||
	    (promised_get(&f->promised, f->root) != 0) || (started == NULL) ||
	    (clock_parse(started, &f->started_at, e) != 0))
		return -1;
	return get_lists(f, e);
}

int
facts_parse(const void * bytes, size_t len, struct facts * f, struct err * e)
{
	memset(f, 0, sizeof(*f));
	f->root = json_parse_document(bytes, len, TYPE, e);
	if (f->root == NULL)
		return -1;
	if (get_all(f, e) != 0) {
		if (e->kind != ERR_SYSTEM)
			err_set(e, ERR_INPUT, NULL,
			    "the checkpoint does not say what was asked for");
		facts_free(f);
		return -1;
	}
	return 0;
}

bool
facts_group(const struct facts * f, int64_t count, struct group * group)
{
	if (f->group == NULL)
		return false;
	(void)snprintf(group->id, sizeof(group->id), "%s", f->group);
	group->number = f->part;
	group->count = count;
	return true;
}

void
facts_free(struct facts * f)
{
	for (size_t i = 0; i < OPTIONS_MAX_ACCOUNTS; i++)
		free(f->own[i]);
	json_free(f->root);
	memset(f, 0, sizeof(*f));
}
