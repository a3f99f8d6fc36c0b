/* Names and lists in documents, read and written (document.h). */
#include <stdlib.h>
#include <string.h>

#include "evidence/document.h"
#include "evidence/text.h"

int
document_texts(const struct json * array, size_t max, const char *** texts,
    size_t * n, struct err * e)
{
	const struct json * value = json_first(array);
	size_t count = document_count(array);

	*texts = NULL;
	*n = 0;
	if (count > max) {
		err_set(e, ERR_LIMIT, NULL, "an array of more than %zu", max);
		return -1;
	}
	if (count == 0)
		return 0;
	*texts = calloc(count, sizeof(**texts));
	if (*texts == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	for (; value != NULL; value = json_next(value)) {
		(*texts)[*n] = json_text(value);
		if ((*texts)[*n] == NULL) {
			err_set(e, ERR_INPUT, NULL, "not an array of strings");
			free(*texts);
			*texts = NULL;
			return -1;
		}
		(*n)++;
	}
	return 0;
}

void
document_put_texts(
    struct json_out * j, const char * key, const char * const * texts, size_t n)
{
	json_open_array(j, key);
	for (size_t i = 0; i < n; i++)
		json_put_bytes(j, NULL, texts[i], strlen(texts[i]));
	json_close_array(j);
}

void
document_put_optional(struct json_out * j, const char * key, const char * text)
{
	if (text != NULL)
		json_put_bytes(j, key, text, strlen(text));
}

void
document_put_nullable(struct json_out * j, const char * key, const char * text)
{
	if (text == NULL)
		json_put_null(j, key);
	else
		json_put_bytes(j, key, text, strlen(text));
}

int
document_word(const char * word, const char * const * words, size_t n)
{
	for (size_t i = 0; (word != NULL) && (i < n); i++) {
		if (strcmp(words[i], word) == 0)
			return (int)i;
	}
	return -1;
}

void
document_put_interval(struct json_out * j, const char * key, bool is_known,
    int64_t lo, int64_t hi)
{
	if (!is_known) {
		json_put_null(j, key);
		return;
	}
	json_open_array(j, key);
	json_put_integer(j, NULL, lo);
	json_put_integer(j, NULL, hi);
	json_close_array(j);
}

int
document_parse_interval(const struct json * object, const char * name,
    bool * is_known, int64_t * lo, int64_t * hi, struct err * e)
{
	const struct json * array = json_get(object, name);
	const struct json * first = json_first(array);

	*is_known = false;
	*lo = 0;
	*hi = 0;
	if ((array == NULL) || json_is_null(array))
		return 0;
	if ((document_count(array) != 2) || (json_integer(first, lo) != 0) ||
	    (json_integer(json_next(first), hi) != 0) || (*lo > *hi)) {
		err_set(
		    e, ERR_INPUT, NULL, "\"%s\" is no interval [lo, hi]", name);
		return -1;
	}
	*is_known = true;
	return 0;
}

int
document_put_name(
    struct json_out * j, const void * name, size_t len, struct err * e)
{
	struct buf pct = { 0 };

	if (text_percent_encode(&pct, name, len, "/", e) != 0) {
		buf_free(&pct);
		return -1;
	}
	json_put_bytes(j, "name", name, len);
	json_put_text(j, "name_pct", buf_text(&pct));
	buf_free(&pct);
	return 0;
}

/* Whether ${text} is how json_put_bytes shows ${len} ${bytes}. */
static int
is_shown_as(const char * text, const void * bytes, size_t len, struct err * e)
{
	struct json_out j;
	struct buf shown = { 0 };
	struct json * value = NULL;
	int same = -1;

	json_begin(&j, &shown, e);
	json_put_bytes(&j, NULL, bytes, len);
	if (json_end(&j, false) != 0)
		goto out;
	value = json_parse(shown.bytes, shown.len, e);
	if (value != NULL)
		same = strcmp(json_text(value), text) == 0;

out:
	json_free(value);
	buf_free(&shown);
	return same;
}

int
document_parse_name(
    const struct json * object, struct buf * name, struct err * e)
{
	const char * text = document_text(object, "name");
	const char * pct = document_text(object, "name_pct");
	struct buf again = { 0 };
	int same = -1;
	int rc = -1;

	if ((text == NULL) || (pct == NULL)) {
		err_set(e, ERR_INPUT, NULL,
		    "\"name\" and \"name_pct\" belong together");
		return -1;
	}
	if (text_percent_decode(name, pct, strlen(pct), e) != 0)
		goto out;
	/* One name has one encoding, and is shown as what it is. */
	if (text_percent_encode(&again, name->bytes, name->len, "/", e) != 0)
		goto out;
	same = is_shown_as(text, name->bytes, name->len, e);
	if (same < 0)
		goto out;
	if ((same == 0) || (strcmp(buf_text(&again), pct) != 0)) {
		err_set(e, ERR_INPUT, NULL,
		    "\"name\" and \"name_pct\" are two names");
		goto out;
	}
	rc = 0;

out:
	buf_free(&again);
	if (rc != 0)
		buf_free(name);
	return rc;
}
