#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/buf.h"
#include "evidence/io.h"
#include "evidence/text.h"
#include "timeline/embedded.h"

#include "timeline/rule.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char * const known_keys[] = { "id", "title", "question", "attack",
	"ms-threat", "param", "link", "rests-on", "alternative",
	"contradiction", "work" };

static bool
is_known(const char * key)
{
	for (size_t i = 0; i < COUNT(known_keys); i++) {
		if (strcmp(known_keys[i], key) == 0)
			return true;
	}
	return false;
}

/* Make text of ${bytes}. */
static char *
cut(const char * bytes, size_t len, struct err * e)
{
	char * text = malloc(len + 1);

	if (text == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	memcpy(text, bytes, len);
	text[len] = '\0';
	return text;
}

/* Begin the entry of the head line "KEY: VALUE". */
static int
begin_entry(struct rule * r, const char * line, size_t len, struct err * e)
{
	const char * colon = memchr(line, ':', len);
	struct rule_entry * entry;
	const char * value;

	if (colon == NULL) {
		err_set(e, ERR_USAGE, NULL, "a head line without a colon");
		return -1;
	}
	if (r->count == RULE_ENTRIES_MAX) {
		err_set(e, ERR_LIMIT, NULL, "more than %d head entries",
		    RULE_ENTRIES_MAX);
		return -1;
	}
	entry = &r->entries[r->count];
	entry->key = cut(line, (size_t)(colon - line), e);
	if (entry->key == NULL)
		return -1;
	r->count++;
	value = colon + 1;
	while ((value < line + len) && (*value == ' '))
		value++;
	entry->value = cut(value, (size_t)(line + len - value), e);
	if (entry->value == NULL)
		return -1;
	if (!is_known(entry->key)) {
		err_set(
		    e, ERR_USAGE, NULL, "unknown head entry %s", entry->key);
		return -1;
	}
	return 0;
}

/* Go on with the last entry. */
static int
extend_entry(struct rule * r, const char * line, size_t len, struct err * e)
{
	struct rule_entry * entry;
	struct buf more = { 0 };
	int rc = -1;

	if (r->count == 0) {
		err_set(e, ERR_USAGE, NULL, "the head begins with no entry");
		return -1;
	}
	entry = &r->entries[r->count - 1];
	if (buf_addf(&more, e, "%s%s", entry->value,
		(entry->value[0] != '\0') ? " " : "") != 0)
		goto out;
	if (buf_add(&more, line, len, e) != 0)
		goto out;
	free(entry->value);
	entry->value = (char *)more.bytes; /* Ends in a NUL. */
	more.bytes = NULL;
	rc = 0;

out:
	buf_free(&more);
	return rc;
}

static int
parse_head(struct rule * r, struct err * e)
{
	const char * at = r->text;

	while (strncmp(at, "--", 2) == 0) {
		size_t len = strcspn(at, "\n");
		const char * line = at + 2;
		size_t line_len = len - 2;
		bool more = (line_len >= 3) && (strncmp(line, "   ", 3) == 0);

		at += len + ((at[len] == '\n') ? 1 : 0);
		while ((line_len > 0) && (*line == ' ')) {
			line++;
			line_len--;
		}
		if (line_len == 0)
			continue;
		if (more) {
			if (extend_entry(r, line, line_len, e) != 0)
				return -1;
		} else if (begin_entry(r, line, line_len, e) != 0) {
			return -1;
		}
	}
	return 0;
}

static int
check_id(const char * id, struct err * e)
{
	size_t good = strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-");

	if ((id[0] == '\0') || (id[good] != '\0') || (good > 40)) {
		err_set(e, ERR_USAGE, NULL,
		    "a rule's id is letters, digits, "
		    "and hyphens: %s",
		    id);
		return -1;
	}
	return 0;
}

/* A rule that says nothing of other explanations is not run. */
static int
check_rule(const struct rule * r, struct err * e)
{
	static const char * const once[] = { "id", "title", "question" };
	static const char * const needed[] = { "rests-on", "alternative",
		"contradiction" };
	char name[64];
	int64_t value;
	const char * words;

	for (size_t i = 0; i < COUNT(once); i++) {
		if ((rule_value(r, once[i], 0) == NULL) ||
		    (rule_value(r, once[i], 1) != NULL)) {
			err_set(e, ERR_USAGE, NULL,
			    "the head must have %s once", once[i]);
			return -1;
		}
	}
	for (size_t i = 0; i < COUNT(needed); i++) {
		if ((rule_value(r, "work", 0) == NULL) &&
		    (rule_value(r, needed[i], 0) == NULL)) {
			err_set(
			    e, ERR_USAGE, NULL, "the head lacks %s", needed[i]);
			return -1;
		}
	}
	for (size_t i = 0; rule_value(r, "param", i) != NULL; i++) {
		if (rule_param(r, i, name, sizeof(name), &value, &words) != 0) {
			err_set(e, ERR_USAGE, NULL, "unreadable param: %s",
			    rule_value(r, "param", i));
			return -1;
		}
	}
	return check_id(rule_value(r, "id", 0), e);
}

struct rule *
rule_parse(const char * file, const char * text, size_t len, struct err * e)
{
	struct rule * r;
	int rc = -1;

	r = calloc(1, sizeof(*r));
	if (r == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	if (len > RULE_FILE_MAX) {
		err_set(e, ERR_LIMIT, NULL, "a rule of more than %zu bytes",
		    RULE_FILE_MAX);
		goto out;
	}
	if ((memchr(text, '\0', len) != NULL) || !text_is_utf8(text, len)) {
		err_set(e, ERR_USAGE, NULL, "a rule is UTF-8 text");
		goto out;
	}
	r->file = text_copy(file, e);
	r->text = cut(text, len, e);
	if ((r->file == NULL) || (r->text == NULL))
		goto out;
	r->len = len;
	digest_sha256(text, len, r->sha256);
	if ((parse_head(r, e) != 0) || (check_rule(r, e) != 0))
		goto out;
	rc = 0;

out:
	if (rc != 0) {
		err_in(e, "rule %s", file);
		rule_free(r);
		r = NULL;
	}
	return r;
}

void
rule_free(struct rule * r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->count; i++) {
		free(r->entries[i].key);
		free(r->entries[i].value);
	}
	free(r->file);
	free(r->text);
	free(r);
}

const char *
rule_value(const struct rule * r, const char * key, size_t n)
{
	for (size_t i = 0; i < r->count; i++) {
		if (strcmp(r->entries[i].key, key) != 0)
			continue;
		if (n == 0)
			return r->entries[i].value;
		n--;
	}
	return NULL;
}

int
rule_param(const struct rule * r, size_t n, char * name, size_t name_size,
    int64_t * value, const char ** words)
{
	const char * text = rule_value(r, "param", n);
	const char * number;
	size_t name_len;
	size_t len;

	if (text == NULL)
		return -1;
	name_len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_");
	if ((name_len == 0) || (name_len >= name_size) ||
	    (strncmp(text + name_len, " = ", 3) != 0))
		return -1;
	number = text + name_len + 3;
	len = strcspn(number, ":");
	if ((number[len] != ':') ||
	    (text_parse_integer(number, len, value) != 0))
		return -1;
	memcpy(name, text, name_len);
	name[name_len] = '\0';
	*words = number + len + 1 + strspn(number + len + 1, " ");
	return 0;
}

/* Put ${r} into ${set}, which owns it then, at its place by file name. */
static int
insert(struct rule_set * set, struct rule * r, struct err * e)
{
	size_t at = set->count;

	if (set->count == RULE_COUNT_MAX) {
		err_set(
		    e, ERR_LIMIT, NULL, "more than %d rules", RULE_COUNT_MAX);
		return -1;
	}
	if (rule_set_get(set, rule_value(r, "id", 0)) != NULL) {
		err_set(e, ERR_USAGE, NULL, "two rules have the id %s",
		    rule_value(r, "id", 0));
		return -1;
	}
	while ((at > 0) && (strcmp(set->rules[at - 1]->file, r->file) > 0)) {
		set->rules[at] = set->rules[at - 1];
		at--;
	}
	set->rules[at] = r;
	set->count++;
	return 0;
}

static int
add_rule(struct rule_set * set, const char * file, const void * text,
    size_t len, struct err * e)
{
	struct rule * r = rule_parse(file, text, len, e);

	if (r == NULL)
		return -1;
	if (insert(set, r, e) != 0) {
		rule_free(r);
		return -1;
	}
	return 0;
}

static bool
is_rule_name(const char * name)
{
	size_t len = strlen(name);

	return (len > 4) && (name[0] != '.') &&
	    (strcmp(name + len - 4, ".sql") == 0);
}

/* Load every *.sql of the open folder ${dir}. */
static int
load_dir(struct rule_set * set, DIR * dir, struct err * e)
{
	struct buf text = { 0 };
	struct dirent * entry;
	int rc = 0;

	for (;;) {
		errno = 0;
		entry = readdir(dir);
		if (entry == NULL)
			break;
		if (!is_rule_name(entry->d_name))
			continue;
		buf_clear(&text);
		if ((io_load(dirfd(dir), entry->d_name, RULE_FILE_MAX, &text,
			 e) != 0) ||
		    (add_rule(set, entry->d_name, buf_text(&text), text.len,
			 e) != 0)) {
			rc = -1;
			break;
		}
	}
	buf_free(&text);
	return rc;
}

int
rule_set_load(struct rule_set * set, const char * dir_path, struct err * e)
{
	size_t count;
	const struct embedded * files = embedded_files(&count);
	DIR * dir;
	int rc;

	set->count = 0;
	for (size_t i = 0; i < count; i++) {
		if (!is_rule_name(files[i].name))
			continue;
		if (add_rule(set, files[i].name, files[i].bytes, files[i].len,
			e) != 0)
			return -1;
	}
	if (dir_path == NULL)
		return 0;
	dir = opendir(dir_path);
	if (dir == NULL) {
		err_set_errno(e, errno, "%s", dir_path);
		return -1;
	}
	rc = load_dir(set, dir, e);
	(void)closedir(dir);
	return rc;
}

void
rule_set_free(struct rule_set * set)
{
	for (size_t i = 0; i < set->count; i++)
		rule_free(set->rules[i]);
	set->count = 0;
}

const struct rule *
rule_set_get(const struct rule_set * set, const char * id)
{
	for (size_t i = 0; i < set->count; i++) {
		if (strcmp(rule_value(set->rules[i], "id", 0), id) == 0)
			return set->rules[i];
	}
	return NULL;
}
