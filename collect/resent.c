#include <stdlib.h>
#include <string.h>

#include "evidence/clock.h"

#include "collect/resent.h"

/* A line that was noted; the id in it by which it is known again. */
struct noted {
	const char * line;
	size_t len;
	const char * id;
	size_t id_len;
	const char * url;
	size_t url_len;
	bool is_recorded;
};

struct search {
	struct noted * list; /* Sorted. */
	size_t count;
};

/* Find the text of the member ${key} in the ${len} bytes of ${line}. */
static int
find_text(const char * line, size_t len, const char * key, const char ** text,
    size_t * text_len)
{
	size_t key_len = strlen(key);

	for (size_t at = 0; at + key_len < len; at++) {
		const char * end;

		if (memcmp(line + at, key, key_len) != 0)
			continue;
		*text = line + at + key_len;
		/* Neither holds a quote: ids are ours, URLs are encoded. */
		end = memchr(*text, '"', len - at - key_len);
		if (end == NULL)
			return -1;
		*text_len = (size_t)(end - *text);
		return 0;
	}
	return -1;
}

static int
read_noted(const char * line, size_t len, struct noted * n)
{
	memset(n, 0, sizeof(*n));
	n->line = line;
	n->len = len;
	if (find_text(
		line, len, "\"client_request_id\":\"", &n->id, &n->id_len) != 0)
		return -1;
	return find_text(line, len, "\"url\":\"", &n->url, &n->url_len);
}

static int
compare_bytes(const char * a, size_t a_len, const char * b, size_t b_len)
{
	size_t len = (a_len < b_len) ? a_len : b_len;
	int order = memcmp(a, b, len);

	if (order != 0)
		return order;
	return (a_len > b_len) - (a_len < b_len);
}

/* By id and URL: two accounts may have the same ids. */
static int
compare_noted(const void * a, const void * b)
{
	const struct noted * x = a;
	const struct noted * y = b;
	int order = compare_bytes(x->id, x->id_len, y->id, y->id_len);

	if (order != 0)
		return order;
	return compare_bytes(x->url, x->url_len, y->url, y->url_len);
}

/* A line of requests.jsonl as it was kept. */
static int
on_line(void * cookie, const char * bytes, size_t len, struct err * e)
{
	struct search * s = cookie;
	struct noted key;
	struct noted * found;

	(void)e;
	if (read_noted(bytes, len, &key) != 0)
		return 0;
	found =
	    bsearch(&key, s->list, s->count, sizeof(*s->list), compare_noted);
	if (found != NULL)
		found->is_recorded = true;
	return 0;
}

/* Take the lines of ${left} apart. */
static int
take_lines(struct search * s, const struct sent_left * left, struct err * e)
{
	const char * at = (const char *)left->lines.bytes;
	size_t rest = left->lines.len;
	size_t room = 0;

	for (size_t i = 0; i < rest; i++)
		room += (at[i] == '\n') ? 1 : 0;
	s->list = calloc(room + 1, sizeof(*s->list));
	if (s->list == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	while (rest > 0) {
		const char * end = memchr(at, '\n', rest);
		size_t len = (end == NULL) ? rest : (size_t)(end - at) + 1;

		if (read_noted(at, len, &s->list[s->count]) != 0) {
			err_set(
			    e, ERR_INPUT, NULL, "what was sent cannot be read");
			return -1;
		}
		s->count++;
		at += len;
		rest -= len;
	}
	qsort(s->list, s->count, sizeof(*s->list), compare_noted);
	return 0;
}

/* The line of a request whose answer nobody recorded. */
static int
record_one(struct record * r, const struct noted * n, struct err * e)
{
	struct request request;
	int rc;

	if (request_parse(n->line, n->len - 1, &request, e) != 0)
		return -1;
	request.done_at = clock_now();
	request.error = RESENT_ERROR;
	rc = record_request(r, &request, e);
	request_free(&request);
	return rc;
}

int
resent_record(struct record * r, struct package_write * w,
    const struct sent_left * left, int64_t * count, struct err * e)
{
	struct search s = { 0 };
	struct package_each each = { on_line, &s };
	int rc = -1;

	*count = 0;
	if (left->lines.len == 0)
		return 0;
	if ((take_lines(&s, left, e) != 0) ||
	    (package_each_line(w, PACKAGE_REQUESTS, &each, e) != 0))
		goto out;
	for (size_t i = 0; i < s.count; i++) {
		if (s.list[i].is_recorded)
			continue;
		if (record_one(r, &s.list[i], e) != 0)
			goto out;
		(*count)++;
	}
	rc = 0;

out:
	free(s.list);
	return rc;
}
