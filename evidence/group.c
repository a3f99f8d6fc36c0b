#include <stdio.h>
#include <string.h>

#include "evidence/digest.h"
#include "evidence/text.h"

#include "evidence/group.h"

#define RANDOM_HEX 8 /* The last digits of a package's name. */

static const struct document_member members[] = {
	{ "id", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "number", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
	{ "count", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
};

void
group_name(const char * id, int64_t number, char name[NAME_SIZE])
{
	char text[NAME_SIZE + 64], hex[DIGEST_SHA256_HEX];
	uint8_t sha256[DIGEST_SHA256_LEN];
	size_t len = strlen(id);
	int n;

	(void)snprintf(name, NAME_SIZE, "%s", id);
	if ((number == 1) || (len < RANDOM_HEX) || (len >= NAME_SIZE))
		return;
	n = snprintf(text, sizeof(text), "azcustody/group/1 %s %lld", id,
	    (long long)number);
	digest_sha256(text, (size_t)n, sha256);
	text_hex_encode(sha256, sizeof(sha256), hex);
	memcpy(name + len - RANDOM_HEX, hex, RANDOM_HEX);
}

int
group_check(const struct group * group, const char * package, struct err * e)
{
	char name[NAME_SIZE];

	if (name_check_package(group->id, e) != 0)
		return -1;
	if ((group->number < 1) || (group->count < group->number) ||
	    (group->count > GROUP_MAX)) {
		err_set(e, ERR_INPUT, NULL,
		    "a group of which it cannot be package %lld of %lld",
		    (long long)group->number, (long long)group->count);
		return -1;
	}
	group_name(group->id, group->number, name);
	if (strcmp(name, package) == 0)
		return 0;
	err_set(e, ERR_INPUT, NULL,
	    "package %lld of the group %s is called otherwise",
	    (long long)group->number, group->id);
	return -1;
}

void
group_put(struct json_out * j, const struct group * group)
{
	json_open_object(j, "group");
	json_put_text(j, "id", group->id);
	json_put_integer(j, "number", group->number);
	json_put_integer(j, "count", group->count);
	json_close_object(j);
}

int
group_parse(struct document * doc, struct group * group, struct err * e)
{
	const struct json * one = json_get(doc->root, "group");

	if (document_check(doc, one, "group", members,
		sizeof(members) / sizeof(*members), e) != 0)
		return -1;
	group->number = document_integer(one, "number", 0);
	group->count = document_integer(one, "count", 0);
	if (name_check_package(document_text(one, "id"), e) != 0)
		return -1;
	(void)snprintf(
	    group->id, sizeof(group->id), "%s", document_text(one, "id"));
	return 0;
}
