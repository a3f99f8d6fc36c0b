#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/text.h"
#include "timeline/arena.h"
#include "timeline/row_query.h"
#include "timeline/schema.h"

#include "timeline/row_batch.h"

/* One place of the batch; its values are in the batch, from first on. */
struct slot {
	bool is_there;
	bool is_flow;
	size_t first;
	size_t head; /* Where the values of its flow_head begin. */
};

struct head {
	int64_t id;
	size_t first;
};

struct row_batch {
	int64_t first; /* The place of the first slot. */
	size_t count;
	struct slot slots[ROW_BATCH_ROWS];
	struct head heads[ROW_BATCH_ROWS];
	size_t heads_count;
	struct store_value * values;
	size_t values_count;
	size_t values_room;
	struct arena texts;
	size_t text_bytes;
	bool is_over; /* More bytes than a batch may have. */
	struct buf sql;
	size_t places[ROW_FIELDS];
	bool is_own[STORE_COLUMNS_MAX]; /* A field of the flow's own. */
	size_t at_time;
	size_t at_resolution;
	size_t at_lo;
	size_t at_hi;
};

/* Where the field ${name} stands among those of an event. */
static size_t
place_of(const char * name)
{
	size_t count;
	const struct event_field * fields = event_fields(&count);
	size_t at = 0;

	while ((at < count) && (strcmp(fields[at].name, name) != 0))
		at++;
	assert(at < count);
	return at;
}

struct row_batch *
row_batch_new(struct err * e)
{
	struct row_batch * b = calloc(1, sizeof(*b));
	size_t count;
	const struct event_field * fields = event_fields(&count);

	if (b == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	assert(count + ROW_LEAD_COUNT <= STORE_COLUMNS_MAX);
	for (size_t i = 0; i < ROW_FIELDS; i++)
		b->places[i] = place_of(row_field_name((enum row_field)i));
	for (size_t i = 0; i < count; i++)
		b->is_own[i] = schema_is_flow_column(fields[i].name);
	b->at_time = place_of("time");
	b->at_resolution = place_of("time_resolution");
	b->at_lo = place_of("clock_lo");
	b->at_hi = place_of("clock_hi");
	return b;
}

void
row_batch_free(struct row_batch * b)
{
	if (b == NULL)
		return;
	arena_free(&b->texts);
	buf_free(&b->sql);
	free(b->values);
	free(b);
}

static void
clear(struct row_batch * b)
{
	arena_clear(&b->texts);
	b->text_bytes = 0;
	b->values_count = 0;
	b->heads_count = 0;
	b->is_over = false;
	memset(b->slots, 0, sizeof(b->slots));
}

/* ---- What comes ---------------------------------------------------------- */

/* Copy ${n} ${values} to the end of those of ${b}. */
static int
keep(struct row_batch * b, const struct store_value * values, size_t n,
    struct err * e)
{
	struct store_value * more;
	size_t room = b->values_room;

	while (room < b->values_count + n)
		room = (room == 0) ? 4096 : 2 * room;
	if (room > b->values_room) {
		more = realloc(b->values, room * sizeof(*more));
		if (more == NULL) {
			err_set(e, ERR_SYSTEM, NULL, "out of memory");
			return -1;
		}
		b->values = more;
		b->values_room = room;
	}
	for (size_t i = 0; i < n; i++) {
		struct store_value * v = &b->values[b->values_count + i];

		*v = values[i];
		if ((v->kind != STORE_TEXT) && (v->kind != STORE_BYTES))
			continue;
		b->text_bytes += v->len;
		v->bytes = arena_copy(&b->texts, values[i].bytes, v->len, e);
		if (v->bytes == NULL)
			return -1;
	}
	b->values_count += n;
	return 0;
}

static int
take_head(struct row_batch * b, const struct store_row * got, struct err * e)
{
	struct head * head;

	assert(b->heads_count < ROW_BATCH_ROWS);
	head = &b->heads[b->heads_count++];
	head->id = got->values[ROW_HEAD_ID].integer;
	head->first = b->values_count;
	return keep(b, got->values, got->count, e);
}

static int
compare_heads(const void * key, const void * element)
{
	int64_t id = *(const int64_t *)key;
	const struct head * head = element;

	return (id > head->id) - (id < head->id);
}

static int
take_row(struct row_batch * b, const struct store_row * got, bool is_flow,
    struct err * e)
{
	int64_t at = got->values[ROW_LEAD_PLACE].integer - b->first;
	int64_t id = got->values[ROW_LEAD_HEAD].integer;
	const struct head * head;
	struct slot * slot;

	assert((at >= 0) && (at < ROW_BATCH_ROWS));
	slot = &b->slots[at];
	slot->is_there = true;
	slot->is_flow = is_flow;
	slot->first = b->values_count;
	if (is_flow) {
		head = bsearch(&id, b->heads, b->heads_count, sizeof(*head),
		    compare_heads);
		if (head == NULL) {
			err_set(e, ERR_BUG, NULL, "a flow without its head");
			return -1;
		}
		slot->head = head->first;
	}
	return keep(b, got->values, got->count, e);
}

/* The statements come in the order of row_query.h. */
static int
take(void * cookie, const struct store_row * got, struct err * e)
{
	struct row_batch * b = cookie;

	/* Where there is too much, fewer will be asked for. */
	if ((b->count > 1) && (b->text_bytes > ROW_BATCH_BYTES)) {
		b->is_over = true;
		return 0;
	}
	if (got->statement == ROW_QUERY_HEADS)
		return take_head(b, got, e);
	return take_row(b, got,
	    (got->statement == ROW_QUERY_FLOWS) ||
		(got->statement == ROW_QUERY_FLOWS_AGAIN),
	    e);
}

/* Ask for the places of the batch. */
static int
ask(struct row_batch * b, struct store * s, const char * where, struct err * e)
{
	struct row_query query = { b->first, b->first + (int64_t)b->count - 1,
		where };

	clear(b);
	buf_clear(&b->sql);
	if (row_query_text(&query, &b->sql, e) != 0)
		return -1;
	return store_run(s, buf_text(&b->sql), take, b, e);
}

int
row_batch_load(struct row_batch * b, struct store * s, const char * where,
    int64_t * next, int64_t last, struct err * e)
{
	b->first = *next;
	/* As many as fitted the last time, or twice as many. */
	b->count = (b->count == 0) ? ROW_BATCH_ROWS : 2 * b->count;
	if (b->count > ROW_BATCH_ROWS)
		b->count = ROW_BATCH_ROWS;
	if (last - *next + 1 < (int64_t)b->count)
		b->count = (size_t)(last - *next + 1);
	for (;;) {
		if (ask(b, s, where, e) != 0)
			return -1;
		if (!b->is_over)
			break;
		b->count = (b->count + 3) / 4;
	}
	*next += (int64_t)b->count;
	return 0;
}

/* ---- What is handed out -------------------------------------------------- */

/* The id of event ${number} of the record at ${offset} of ${member}. */
static void
make_id(const char * package, const char * member, int64_t offset,
    int64_t number, char text[EVENT_ID_HEX])
{
	struct event_origin origin = { package, NULL, member, offset, 0, NULL };
	uint8_t id[EVENT_ID_LEN];

	event_id_of_record(&origin, id);
	event_id_set_index(id, (uint32_t)number);
	text_hex_encode(id, sizeof(id), text);
}

static const char *
text_of(const struct store_value * v)
{
	return (v->kind == STORE_TEXT) ? v->bytes : NULL;
}

/* What is known of a row by its package alone (timeline/skew.h). */
static void
put_clock(const struct row_batch * b, const struct store_value * lead,
    struct store_value * values)
{
	const struct store_value * resolution = &values[b->at_resolution];
	int64_t at = values[b->at_time].integer;
	int64_t lo = lead[ROW_LEAD_SKEW_LO].integer;
	int64_t hi = lead[ROW_LEAD_SKEW_HI].integer;

	values[b->at_lo] = store_integer(EVENT_ABSENT);
	values[b->at_hi] = store_integer(EVENT_ABSENT);
	if ((lead[ROW_LEAD_SKEW_LO].kind == STORE_INTEGER) &&
	    !__builtin_mul_overflow(lo, 10000, &lo) &&
	    !__builtin_add_overflow(lo, at, &lo))
		values[b->at_lo] = store_integer(lo);
	if ((lead[ROW_LEAD_SKEW_HI].kind == STORE_INTEGER) &&
	    !__builtin_mul_overflow(hi, 10000, &hi) &&
	    !__builtin_add_overflow(hi,
		(resolution->kind == STORE_INTEGER) ? resolution->integer : 1,
		&hi) &&
	    !__builtin_add_overflow(hi, at, &hi))
		values[b->at_hi] = store_integer(hi);
}

/* All fields of ${slot}, a flow's its own and those of its head. */
static void
put_values(const struct row_batch * b, const struct slot * slot,
    struct store_value values[STORE_COLUMNS_MAX])
{
	const struct store_value * own =
	    b->values + slot->first + ROW_LEAD_COUNT;
	const struct store_value * head =
	    b->values + slot->head + ROW_HEAD_LEAD_COUNT;
	size_t count;

	(void)event_fields(&count);
	for (size_t i = 0; i < count; i++)
		values[i] = (!slot->is_flow || b->is_own[i]) ? *own++ : *head++;
	put_clock(b, b->values + slot->first, values);
}

/* The lead of ${slot}, as the row says it. */
static int
put_lead(const struct row_batch * b, const struct slot * slot, struct row * row,
    char seal[DIGEST_SHA256_HEX], struct err * e)
{
	const struct store_value * v = b->values + slot->first;
	int64_t number = v[ROW_LEAD_NUMBER].integer;

	row->number = v[ROW_LEAD_PLACE].integer;
	row->is_tied = (v[ROW_LEAD_TIE].integer != 0);
	row->event = v[ROW_LEAD_EVENT].integer;
	row->flags = v[ROW_LEAD_FLAGS].integer;
	row->rules = v[ROW_LEAD_RULES].integer;
	row->package = v[ROW_LEAD_PACKAGE].bytes;
	row->verdict = v[ROW_LEAD_VERDICT].bytes;
	row->member = v[ROW_LEAD_MEMBER].bytes;
	row->offset = v[ROW_LEAD_OFFSET].integer;
	row->length = v[ROW_LEAD_LENGTH].integer;
	if ((v[ROW_LEAD_SHA256].kind != STORE_BYTES) ||
	    (v[ROW_LEAD_SHA256].len != DIGEST_SHA256_LEN)) {
		err_set(e, ERR_BUG, NULL, "a record without its digest");
		return -1;
	}
	text_hex_encode(
	    v[ROW_LEAD_SHA256].bytes, DIGEST_SHA256_LEN, row->sha256);
	seal[0] = '\0';
	if ((v[ROW_LEAD_SEAL].kind == STORE_BYTES) &&
	    (v[ROW_LEAD_SEAL].len == DIGEST_SHA256_LEN))
		text_hex_encode(
		    v[ROW_LEAD_SEAL].bytes, DIGEST_SHA256_LEN, seal);
	row->seal = seal;
	make_id(row->package, row->member, row->offset, number, row->id);
	row->duplicate_of[0] = '\0';
	if (v[ROW_LEAD_U_PACKAGE].kind == STORE_TEXT)
		make_id(v[ROW_LEAD_U_PACKAGE].bytes, v[ROW_LEAD_U_MEMBER].bytes,
		    v[ROW_LEAD_U_OFFSET].integer, number, row->duplicate_of);
	row->marks[ROW_MARK_SRC] = text_of(&v[ROW_LEAD_MARK_SRC]);
	row->marks[ROW_MARK_DST] = text_of(&v[ROW_LEAD_MARK_DST]);
	row->marks[ROW_MARK_CARD] =
	    text_of(slot->is_flow ? &b->values[slot->head + ROW_HEAD_MARK]
				  : &v[ROW_LEAD_HEAD]);
	return 0;
}

int
row_batch_each(
    const struct row_batch * b, row_fn * fn, void * cookie, struct err * e)
{
	struct store_value values[STORE_COLUMNS_MAX];
	char seal[DIGEST_SHA256_HEX];
	struct row row;

	for (size_t i = 0; i < b->count; i++) {
		const struct slot * slot = &b->slots[i];

		if (!slot->is_there)
			continue;
		if (put_lead(b, slot, &row, seal, e) != 0)
			return -1;
		put_values(b, slot, values);
		row.places = b->places;
		row.values = values;
		if (fn(cookie, &row, e) != 0)
			return -1;
	}
	return 0;
}
