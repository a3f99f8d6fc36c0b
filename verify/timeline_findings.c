#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/buf.h"
#include "evidence/io.h"
#include "evidence/json.h"
#include "evidence/lines.h"

#include "verify/timeline_findings.h"
#include "verify/timeline_rows.h"

#define BLOCK ((size_t)256 << 10)
#define KEY "event_id"

/* A row as a finding names it. */
struct named {
	int64_t row;
	int64_t offset; /* Of its object in findings.json. */
	uint64_t mark;  /* Of what it says. */
};

struct checking {
	int rows;
	timeline_findings_note * note;
	void * context;
	struct timeline_findings * result;
	struct named * list;
	size_t count;
	uint8_t * block;        /* For timeline.jsonl. */
	struct buf text;        /* What marks are made of, */
	struct digest * digest; /* and by. */

	/* The scan of findings.json. */
	int64_t at;      /* Offset of the byte in hand. */
	int64_t begin;   /* Of the last object that was opened, */
	bool is_leaf;    /* which holds no other one so far; */
	struct buf leaf; /* its text. */
	bool in_string;
	bool is_escaped; /* The byte before was a backslash. */
	bool had_escape; /* The last string had one. */
	size_t key_len;  /* Of the last string, as far as it is KEY; */
	bool is_key;     /* it was KEY and has ended. */
	bool is_in_leaf; /* KEY was a name in the object in hand. */
};

static void
tell(struct checking * c, int64_t offset, const char * text)
{
	c->note(c->context, offset, text);
}

/* ---- What a row says ------------------------------------------------------- */

static const char * const texts[] = { "event_id", "package", "member",
	"record_sha256" };
static const char * const numbers[] = { "offset", "length" };

/* A number that two rows share only if they say the same; 0: not a row. */
static int
mark(struct checking * c, const struct json * row, uint64_t * out,
    struct err * e)
{
	uint8_t sha256[DIGEST_SHA256_LEN];

	*out = 0;
	buf_clear(&c->text);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		const char * text = json_text(json_get(row, texts[i]));

		if (text == NULL)
			return 0;
		if (buf_addf(&c->text, e, "%zu:%s,", strlen(text), text) != 0)
			return -1;
	}
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		int64_t number;

		if (json_integer(json_get(row, numbers[i]), &number) != 0)
			return 0;
		if (buf_addf(&c->text, e, "%lld,", (long long)number) != 0)
			return -1;
	}
	digest_restart(c->digest);
	digest_update(c->digest, c->text.bytes, c->text.len);
	digest_finish(c->digest, sha256);
	memcpy(out, sha256, sizeof(*out));
	return 0;
}

/* ---- timeline.jsonl -------------------------------------------------------- */

static int
compare_named(const void * a, const void * b)
{
	const struct named * x = a;
	const struct named * y = b;

	if (x->row != y->row)
		return (x->row < y->row) ? -1 : 1;
	return (x->offset < y->offset) ? -1 : (x->offset > y->offset);
}

/* Compare the ${len} bytes of line ${number} with those from ${at} on. */
static int
meet(struct checking * c, const uint8_t * line, size_t len, int64_t number,
    size_t * at, struct err * e)
{
	uint64_t have = 0;
	struct err reason;
	struct json * row;
	int rc = 0;

	err_init(&reason);
	row = json_parse(line, len, &reason);
	if ((row == NULL) && (reason.kind == ERR_SYSTEM)) {
		*e = reason;
		return -1;
	}
	if (row != NULL)
		rc = mark(c, row, &have, e);
	json_free(row);
	if (rc != 0)
		return -1;
	for (; (*at < c->count) && (c->list[*at].row == number); (*at)++) {
		if ((have != 0) && (c->list[*at].mark == have))
			c->result->matched++;
		else
			tell(c, c->list[*at].offset,
			    "timeline.jsonl has another row of this number");
	}
	return 0;
}

/* The lines of a block that are asked about. */
static int
meet_block(struct checking * c, struct lines * lines, const uint8_t * bytes,
    size_t left, size_t * at, struct err * e)
{
	const uint8_t * line;
	size_t len;
	int rc;

	for (;;) {
		rc = lines_next(lines, &bytes, &left, &line, &len, e);
		if (rc != 1)
			return rc;
		if ((*at < c->count) && (c->list[*at].row == lines->count) &&
		    (meet(c, line, len, lines->count, at, e) != 0))
			return -1;
	}
}

/* Compare the portion in hand with timeline.jsonl and make room for the next. */
static int
settle(struct checking * c, struct err * e)
{
	struct lines lines;
	int64_t offset = 0;
	size_t at = 0;
	int rc = 0;

	if (c->count == 0)
		return 0;
	qsort(c->list, c->count, sizeof(*c->list), compare_named);
	lines_start(&lines, TIMELINE_ROWS_LINE_MAX);
	while ((rc == 0) && (at < c->count)) {
		ssize_t got = io_read_at(c->rows, c->block, BLOCK, offset, e);

		if (got <= 0) {
			rc = (got < 0) ? -1 : 0;
			break;
		}
		offset += got;
		rc = meet_block(c, &lines, c->block, (size_t)got, &at, e);
	}
	lines_free(&lines);
	for (; (rc == 0) && (at < c->count); at++)
		tell(c, c->list[at].offset,
		    "timeline.jsonl has no row of this number");
	c->count = 0;
	return rc;
}

/* ---- findings.json --------------------------------------------------------- */

/* An object with KEY in it has ended. */
static int
take_row(struct checking * c, struct err * e)
{
	struct named * to = &c->list[c->count];
	struct err reason;
	struct json * row;
	int rc = 0;

	c->result->rows++;
	memset(to, 0, sizeof(*to));
	to->offset = c->begin;
	err_init(&reason);
	row = json_parse(c->leaf.bytes, c->leaf.len, &reason);
	if ((row == NULL) && (reason.kind == ERR_SYSTEM)) {
		*e = reason;
		return -1;
	}
	if ((row != NULL) &&
	    (json_integer(json_get(row, "row"), &to->row) == 0))
		rc = mark(c, row, &to->mark, e);
	json_free(row);
	if (rc != 0)
		return -1;
	if ((to->mark == 0) || (to->row < 1)) {
		tell(c, c->begin, "it does not say which row it is");
		return 0;
	}
	c->count++;
	return (c->count == TIMELINE_FINDINGS_PORTION) ? settle(c, e) : 0;
}

/* One byte of a string. */
static void
step_string(struct checking * c, uint8_t byte)
{
	if (c->is_escaped) {
		c->is_escaped = false;
		return;
	}
	if (byte == '\\') {
		c->is_escaped = c->had_escape = true;
		return;
	}
	if (byte == '"') {
		c->in_string = false;
		c->is_key = (c->key_len == sizeof(KEY) - 1);
		return;
	}
	/* Too long, or other than KEY: a length that KEY cannot have. */
	if ((c->key_len < sizeof(KEY) - 1) &&
	    ((uint8_t)KEY[c->key_len] == byte))
		c->key_len++;
	else
		c->key_len = sizeof(KEY);
}

/* A name has ended: the string before the colon. */
static void
take_name(struct checking * c)
{
	if (c->had_escape)
		tell(c, c->at, "a name is written with escapes");
	if (!c->is_key)
		return;
	if (c->is_leaf)
		c->is_in_leaf = true;
	else
		tell(c, c->at, "a row is named in another form than rows are");
}

/*
 * One byte outside of strings.  Return 1 if the object in hand ends with it, 0
 * if not.
 */
static int
step(struct checking * c, uint8_t byte)
{
	switch (byte) {
	case '"':
		c->in_string = true;
		c->had_escape = c->is_key = false;
		c->key_len = 0;
		return 0;
	case ':':
		take_name(c);
		return 0;
	case '{':
		if (c->is_in_leaf)
			tell(c, c->begin, "a row holds something else");
		c->begin = c->at;
		c->is_leaf = true;
		c->is_in_leaf = false;
		buf_clear(&c->leaf);
		return 0;
	case '}':
		return c->is_leaf ? 1 : 0;
	default:
		return 0;
	}
}

/* The object in hand has ended, and its text is whole. */
static int
end_leaf(struct checking * c, struct err * e)
{
	bool is_row = c->is_in_leaf;

	c->is_leaf = c->is_in_leaf = false;
	return is_row ? take_row(c, e) : 0;
}

/* What is left of an object that is too long to be a row. */
static void
give_up_leaf(struct checking * c)
{
	if (c->is_in_leaf)
		tell(c, c->begin, "a row is longer than rows are");
	c->is_leaf = c->is_in_leaf = false;
}

/* Keep the bytes of the object in hand. */
static int
keep(struct checking * c, const uint8_t * bytes, size_t len, struct err * e)
{
	if (!c->is_leaf)
		return 0;
	if (c->leaf.len + len > TIMELINE_FINDINGS_ROW_MAX) {
		give_up_leaf(c);
		return 0;
	}
	return buf_add(&c->leaf, bytes, len, e);
}

static int
scan(struct checking * c, const uint8_t * bytes, size_t len, struct err * e)
{
	size_t from = 0; /* Where what is not kept yet begins. */

	for (size_t i = 0; i < len; i++, c->at++) {
		if (c->in_string) {
			step_string(c, bytes[i]);
			continue;
		}
		if (bytes[i] == '{')
			from = i;
		if (step(c, bytes[i]) == 0)
			continue;
		if ((keep(c, bytes + from, i + 1 - from, e) != 0) ||
		    (end_leaf(c, e) != 0))
			return -1;
	}
	return keep(c, bytes + from, len - from, e);
}

static int
scan_file(struct checking * c, int fd, uint8_t * block, struct err * e)
{
	struct digest * whole = digest_new(DIGEST_SHA256, e);
	ssize_t got = -1;
	int rc = -1;

	if (whole == NULL)
		return -1;
	for (;;) {
		got = io_read_at(fd, block, BLOCK, c->at, e);
		if (got <= 0)
			break;
		digest_update(whole, block, (size_t)got);
		if (scan(c, block, (size_t)got, e) != 0)
			goto out;
	}
	if (got < 0)
		goto out;
	if (c->in_string || c->is_leaf)
		tell(c, c->at, "it ends in the middle");
	digest_finish(whole, c->result->sha256);
	rc = settle(c, e);

out:
	digest_free(whole);
	return rc;
}

int
timeline_findings_check(int findings, int rows, timeline_findings_note * note,
    void * context, struct timeline_findings * result, struct err * e)
{
	struct checking c = {
		.rows = rows, .note = note, .context = context, .result = result
	};
	uint8_t * block = malloc(BLOCK);
	int rc = -1;

	memset(result, 0, sizeof(*result));
	c.block = malloc(BLOCK);
	c.list = calloc(TIMELINE_FINDINGS_PORTION, sizeof(*c.list));
	c.digest = digest_new(DIGEST_SHA256, e);
	if ((block == NULL) || (c.block == NULL) || (c.list == NULL))
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
	else if (c.digest != NULL)
		rc = scan_file(&c, findings, block, e);
	digest_free(c.digest);
	free(block);
	free(c.block);
	free(c.list);
	buf_free(&c.text);
	buf_free(&c.leaf);
	return rc;
}
