/* Reading our own documents: the one door to cJSON. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "evidence/json.h"
#include "evidence/text.h"

/* A struct json is a cJSON; only this file knows. */
static const cJSON *
inside(const struct json * value)
{
	return (const cJSON *)(const void *)value;
}

static const struct json *
outside(const cJSON * item)
{
	return (const struct json *)(const void *)item;
}

struct json *
json_parse(const void * bytes, size_t len, struct err * e)
{
	cJSON * root;

	if (json_check(bytes, len, e) != 0)
		return NULL;
	root = cJSON_ParseWithLength(bytes, len);
	if (root == NULL)
		err_set(e, ERR_SYSTEM, NULL, "cJSON refuses checked JSON");
	return (struct json *)(void *)root;
}

struct json *
json_parse_document(
    const void * bytes, size_t len, const char * type, struct err * e)
{
	char head[96];
	int n = snprintf(
	    head, sizeof(head), "{\"format\":\"azcustody/%s/1\",", type);

	if ((n < 0) || ((size_t)n >= sizeof(head)) || (len < (size_t)n) ||
	    (memcmp(bytes, head, (size_t)n) != 0)) {
		err_set(
		    e, ERR_INPUT, NULL, "not an azcustody/%s/1 document", type);
		return NULL;
	}
	return json_parse(bytes, len, e);
}

void
json_free(struct json * root)
{
	cJSON_Delete((cJSON *)(void *)root);
}

const struct json *
json_get(const struct json * object, const char * key)
{
	const cJSON * item = NULL;

	if (!cJSON_IsObject(inside(object)))
		return NULL;
	/* cJSON's own search calls a function for each member it passes. */
	cJSON_ArrayForEach(item, inside(object))
	{
		if ((item->string[0] == key[0]) &&
		    (strcmp(item->string, key) == 0))
			break;
	}
	return outside(item);
}

const char *
json_text(const struct json * value)
{
	return cJSON_IsString(inside(value)) ? inside(value)->valuestring
					     : NULL;
}

int
json_integer(const struct json * value, int64_t * n)
{
	/* json_check let only integers up to 2^53 pass: exact in a double. */
	if (!cJSON_IsNumber(inside(value)))
		return -1;
	*n = (int64_t)inside(value)->valuedouble;
	return 0;
}

bool
json_is_true(const struct json * value)
{
	return cJSON_IsTrue(inside(value)) != 0;
}

bool
json_is_null(const struct json * value)
{
	return cJSON_IsNull(inside(value)) != 0;
}

bool
json_is_object(const struct json * value)
{
	return cJSON_IsObject(inside(value)) != 0;
}

bool
json_is_array(const struct json * value)
{
	return cJSON_IsArray(inside(value)) != 0;
}

const struct json *
json_first(const struct json * value)
{
	return (value == NULL) ? NULL : outside(inside(value)->child);
}

const struct json *
json_next(const struct json * value)
{
	return (value == NULL) ? NULL : outside(inside(value)->next);
}

const char *
json_key(const struct json * value)
{
	return (value == NULL) ? NULL : inside(value)->string;
}
