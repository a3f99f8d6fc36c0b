#include <stdio.h>
#include <string.h>

#include "evidence/check.h"
#include "evidence/json.h"
#include "evidence/text.h"

/*
 * Answers about the accounts: each has the form of an HTTP answer, they are
 * numbered from 1 without a hole, and they are those that the journal's
 * "answered" lines name, in that order, by their status and SHA-256.
 */
#define HEAD_MAX ((size_t)128 << 10) /* Status line, headers, empty line. */
#define STATUS_LINE "HTTP/1.1 "
#define HEAD_END "\r\n\r\n"

/* Add an answer to the ${sum} of those before it. */
static void
add(struct check * c, uint8_t sum[DIGEST_SHA256_LEN], int64_t status,
    const uint8_t sha256[DIGEST_SHA256_LEN])
{
	digest_restart(c->scratch);
	digest_update(c->scratch, sum, DIGEST_SHA256_LEN);
	digest_update(c->scratch, &status, sizeof(status));
	digest_update(c->scratch, sha256, DIGEST_SHA256_LEN);
	digest_finish(c->scratch, sum);
}

/* Where the head ends, behind its empty line; 0 if that is not here. */
static size_t
head_length(const struct buf * head)
{
	const char * end =
	    (head->len == 0) ? NULL : strstr(buf_text(head), HEAD_END);

	if (end == NULL)
		return 0;
	return (size_t)(end - buf_text(head)) + strlen(HEAD_END);
}

/* The status of the line ${text}, or -1. */
static int64_t
status_of(const char * text)
{
	int64_t status = -1;
	size_t prefix = strlen(STATUS_LINE);

	if ((strncmp(text, STATUS_LINE, prefix) != 0) ||
	    (strspn(text + prefix, "0123456789") != 3) ||
	    (text_parse_integer(text + prefix, 3, &status) != 0) ||
	    ((text[prefix + 3] != ' ') && (text[prefix + 3] != '\r')))
		return -1;
	return (status < 200) ? -1 : status;
}

/* Is each line behind the first "NAME:VALUE", and ends as HTTP's do? */
static bool
has_lines(const char * text, size_t len)
{
	const char * end = text + len - strlen("\r\n");
	const char * line = strstr(text, "\r\n") + 2;

	while (line < end) {
		size_t name = strcspn(line, ":\r\n \t");
		size_t rest = strcspn(line, "\r\n");

		if ((name == 0) || (line[name] != ':') ||
		    (strncmp(line + rest, "\r\n", 2) != 0))
			return false;
		line += rest + 2;
	}
	return true;
}

void
check_answer_begin(struct check * c)
{
	buf_clear(&c->answers.head);
}

void
check_answer_data(struct check * c, const uint8_t * bytes, size_t len)
{
	size_t room = HEAD_MAX - c->answers.head.len;
	struct err why;

	if (head_length(&c->answers.head) > 0)
		return;
	err_init(&why);
	if (buf_add(&c->answers.head, bytes, (len < room) ? len : room, &why) !=
	    0)
		check_find_err(c, CHECK_ANSWER, c->item.path, &why);
}

void
check_answer_end(struct check * c)
{
	const char * text = buf_text(&c->answers.head);
	size_t len = head_length(&c->answers.head);
	int64_t status = status_of(text);
	char name[64];

	(void)snprintf(name, sizeof(name), "meta/answer/%06lld.http",
	    (long long)++c->answers.here);
	if (strcmp(c->item.name, name) != 0)
		check_find(c, CHECK_ANSWER, c->item.path,
		    "answer %lld is missing", (long long)c->answers.here);
	if ((status < 0) || (len == 0) || !has_lines(text, len))
		check_find(c, CHECK_ANSWER, c->item.path,
		    "it does not have the form of an answer");
	add(c, c->answers.here_sum, status, c->sha256);
}

void
check_answer_told(struct check * c, const struct journal_line * line)
{
	const char * member = json_text(json_get(line->facts, "member"));
	const char * hex = json_text(json_get(line->facts, "sha256"));
	uint8_t sha256[DIGEST_SHA256_LEN];
	int64_t status = 0;
	char name[64];

	if (member == NULL)
		return; /* Nothing came. */
	(void)snprintf(name, sizeof(name), "meta/answer/%06lld.http",
	    (long long)++c->answers.told);
	if ((strcmp(member, name) != 0) || (hex == NULL) ||
	    (text_hex_decode(hex, sha256, sizeof(sha256)) != 0) ||
	    (json_integer(json_get(line->facts, "status"), &status) != 0)) {
		check_find(c, CHECK_ANSWER, c->item.path,
		    "line %lld does not tell of answer %lld",
		    (long long)line->seq, (long long)c->answers.told);
		return;
	}
	add(c, c->answers.told_sum, status, sha256);
}

void
check_answers(struct check * c)
{
	if (c->answers.here != c->answers.told)
		check_find(c, CHECK_ANSWER, c->item.path,
		    "%lld answers are stored, the journal tells of %lld",
		    (long long)c->answers.here, (long long)c->answers.told);
	else if (memcmp(c->answers.here_sum, c->answers.told_sum,
		     sizeof(c->answers.here_sum)) != 0)
		check_find(c, CHECK_ANSWER, c->item.path,
		    "the answers are not those that the journal tells of");
}
