#include <stdlib.h>
#include <string.h>

#include "evidence/tool_info.h"

static const struct document_member members[] = {
	{ "program", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "version", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "commit", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "build_sha256", DOCUMENT_SHA256, DOCUMENT_NULLABLE },
	{ "libraries", DOCUMENT_ARRAY, DOCUMENT_REQUIRED },
	{ "host", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "system", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "user", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "options", DOCUMENT_ARRAY, DOCUMENT_REQUIRED },
};

static const struct document_member library_members[] = {
	{ "name", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "version", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
};

static const struct document_member option_members[] = {
	{ "name", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "value", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Put ${n} ${pairs} as objects of "name" and ${second}. */
static void
put_pairs(struct json_out * j, const char * key, const char * second,
    const struct tool_info_pair * pairs, size_t n)
{
	json_open_array(j, key);
	for (size_t i = 0; i < n; i++) {
		json_open_object(j, NULL);
		document_put_nullable(j, "name", pairs[i].name);
		document_put_nullable(j, second, pairs[i].value);
		json_close_object(j);
	}
	json_close_array(j);
}

int
tool_info_format(
    const struct tool_info * tool, struct buf * out, struct err * e)
{
	struct json_out j;

	json_begin_document(&j, out, "tool", e);
	json_put_text(&j, "program", tool->program);
	json_put_text(&j, "version", tool->version);
	json_put_text(&j, "commit", tool->commit);
	json_put_text(&j, "build_sha256", tool->build_sha256);
	put_pairs(
	    &j, "libraries", "version", tool->libraries, tool->n_libraries);
	document_put_nullable(&j, "host", tool->host);
	document_put_nullable(&j, "system", tool->system);
	document_put_nullable(&j, "user", tool->user);
	put_pairs(&j, "options", "value", tool->options, tool->n_options);
	return json_end_document(&j);
}

/* Read the pairs of the array ${name} into the room at ${to}. */
static int
parse_pairs(struct tool_info * tool, const char * name,
    const struct document_member * table, size_t max,
    struct tool_info_pair * to, size_t * n, struct err * e)
{
	const struct json * array = json_get(tool->doc.root, name);
	const struct json * pair = json_first(array);

	*n = 0;
	for (; pair != NULL; pair = json_next(pair)) {
		if (*n == max) {
			err_set(e, ERR_LIMIT, NULL, "more than %zu in \"%s\"",
			    max, name);
			return -1;
		}
		if (document_check(&tool->doc, pair, name, table, 2, e) != 0)
			return -1;
		to[*n].name = document_text(pair, table[0].name);
		to[*n].value = document_text(pair, table[1].name);
		(*n)++;
	}
	return 0;
}

int
tool_info_parse(
    const void * bytes, size_t len, struct tool_info * tool, struct err * e)
{
	const struct json * root;

	memset(tool, 0, sizeof(*tool));
	if (len > TOOL_INFO_MAX) {
		err_set(e, ERR_LIMIT, NULL, "more than 1 MiB");
		return -1;
	}
	if (document_parse_file(&tool->doc, bytes, len, "tool", members,
		COUNT(members), e) != 0)
		return -1;
	root = tool->doc.root;
	tool->program = document_text(root, "program");
	tool->version = document_text(root, "version");
	tool->commit = document_text(root, "commit");
	tool->build_sha256 = document_text(root, "build_sha256");
	tool->host = document_text(root, "host");
	tool->system = document_text(root, "system");
	tool->user = document_text(root, "user");
	tool->own_pairs =
	    calloc(2 * TOOL_INFO_MAX_LIST, sizeof(*tool->own_pairs));
	if (tool->own_pairs == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		goto fail;
	}
	tool->libraries = tool->own_pairs;
	tool->options = tool->own_pairs + TOOL_INFO_MAX_LIST;
	if ((parse_pairs(tool, "libraries", library_members, TOOL_INFO_MAX_LIST,
		 tool->own_pairs, &tool->n_libraries, e) != 0) ||
	    (parse_pairs(tool, "options", option_members, TOOL_INFO_MAX_LIST,
		 tool->own_pairs + TOOL_INFO_MAX_LIST, &tool->n_options,
		 e) != 0))
		goto fail;
	return 0;

fail:
	tool_info_free(tool);
	return -1;
}

void
tool_info_free(struct tool_info * tool)
{
	free(tool->own_pairs);
	document_free(&tool->doc);
	memset(tool, 0, sizeof(*tool));
}
