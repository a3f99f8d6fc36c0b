#include <string.h>

#include "evidence/prefix.h"

/* One of the two members as it is read. */
struct side {
	const struct prefix_member * member;
	struct package_read * r;
	struct digest * whole;
	const uint8_t * bytes; /* What is read and not compared yet. */
	int64_t len;
	int64_t at; /* Bytes read of the member. */
	bool is_end;
};

struct compare {
	struct side earlier, later;
	bool differs; /* A byte was not the same. */
	int64_t agreed;
	struct digest * front;                 /* Of the bytes that agreed. */
	uint8_t front_open[DIGEST_SHA256_LEN]; /* Without the closing. */
	uint8_t tail[PREFIX_CLOSING_LEN];      /* Of the earlier one. */
};

static int
side_open(struct side * s, const struct prefix_member * m, struct err * e)
{
	struct object object;
	struct package_item item;
	int rc;

	memset(&object, 0, sizeof(object));
	object.offset = m->offset;
	s->member = m;
	s->whole = digest_new(DIGEST_SHA256, e);
	if (s->whole == NULL)
		return -1;
	s->r = package_walk_open_member(m->walk, &object, e);
	if (s->r == NULL)
		return -1;
	rc = package_read_next(s->r, &item, e);
	if ((rc == 1) && (item.size == m->size))
		return 0;
	if (rc >= 0)
		err_set(e, ERR_FORGED, "verify the package",
		    "another member stands where one was expected");
	return -1;
}

static void
side_close(struct side * s)
{
	package_read_close(s->r);
	digest_free(s->whole);
}

/* Have something to compare, unless the member ends. */
static int
side_fill(struct side * s, struct err * e)
{
	if ((s->len > 0) || s->is_end)
		return 0;
	s->len = package_read_data(s->r, &s->bytes, e);
	if (s->len < 0)
		return -1;
	s->is_end = (s->len == 0);
	digest_update(s->whole, s->bytes, (size_t)s->len);
	return 0;
}

/* Keep the last bytes of the earlier member as its next ${n} pass. */
static void
note_tail(struct compare * c, int64_t n)
{
	const struct side * s = &c->earlier;

	for (int i = 0; i < PREFIX_CLOSING_LEN; i++) {
		int64_t place = s->member->size - PREFIX_CLOSING_LEN + i;

		if ((place >= s->at) && (place < s->at + n))
			c->tail[i] = s->bytes[place - s->at];
	}
}

static void
side_pass(struct side * s, int64_t n)
{
	s->bytes += n;
	s->len -= n;
	s->at += n;
}

/* The next ${n} bytes of both are the same. */
static void
agree(struct compare * c, const uint8_t * bytes, int64_t n)
{
	int64_t border = c->earlier.member->size - PREFIX_CLOSING_LEN;
	int64_t before = border - c->agreed;

	if ((before >= 0) && (before <= n)) {
		digest_update(c->front, bytes, (size_t)before);
		digest_peek(c->front, c->front_open);
		c->agreed += before;
		bytes += before;
		n -= before;
	}
	digest_update(c->front, bytes, (size_t)n);
	c->agreed += n;
}

/* Compare what both have at hand. */
static void
compare_bytes(struct compare * c)
{
	struct side * a = &c->earlier;
	struct side * b = &c->later;
	int64_t n = (a->len < b->len) ? a->len : b->len;
	int64_t same = 0;

	if (!c->differs && (memcmp(a->bytes, b->bytes, (size_t)n) == 0))
		same = n;
	while (!c->differs && (same < n) && (a->bytes[same] == b->bytes[same]))
		same++;
	if (!c->differs)
		agree(c, a->bytes, same);
	c->differs = c->differs || (same < n);
	note_tail(c, n);
	side_pass(a, n);
	side_pass(b, n);
}

/* Read what is left of the one, the other having ended. */
static void
pass_rest(struct compare * c)
{
	note_tail(c, c->earlier.len);
	side_pass(&c->earlier, c->earlier.len);
	side_pass(&c->later, c->later.len);
}

static int
read_both(struct compare * c, struct err * e)
{
	for (;;) {
		if ((side_fill(&c->earlier, e) != 0) ||
		    (side_fill(&c->later, e) != 0))
			return -1;
		if (c->earlier.is_end && c->later.is_end)
			return 0;
		if (c->earlier.is_end || c->later.is_end)
			pass_rest(c);
		else
			compare_bytes(c);
	}
}

/* Was it what its catalogue says? */
static int
side_check(struct side * s, struct err * e)
{
	uint8_t sha256[DIGEST_SHA256_LEN];

	digest_peek(s->whole, sha256);
	if ((s->at == s->member->size) &&
	    (memcmp(sha256, s->member->sha256, sizeof(sha256)) == 0))
		return 0;
	err_set(e, ERR_FORGED, "verify the package",
	    "SHA-256 differs from the sealed catalogue");
	return -1;
}

static void
conclude(const struct compare * c, struct prefix_result * r)
{
	const struct prefix_member * earlier = c->earlier.member;
	bool is_closed = !earlier->is_append &&
	    (earlier->size >= PREFIX_CLOSING_LEN) &&
	    (memcmp(c->tail, PREFIX_CLOSING, PREFIX_CLOSING_LEN) == 0);

	r->needed = earlier->size - (is_closed ? PREFIX_CLOSING_LEN : 0);
	r->is_prefix =
	    (c->agreed >= r->needed) && (c->later.member->size > earlier->size);
	if (r->is_prefix && is_closed) {
		r->compared = r->needed;
		memcpy(r->sha256, c->front_open, sizeof(r->sha256));
	} else {
		r->compared = c->agreed;
		digest_peek(c->front, r->sha256);
	}
}

int
prefix_compare(const struct prefix_member * earlier,
    const struct prefix_member * later, struct prefix_result * result,
    struct err * e)
{
	struct compare c;
	int rc = -1;

	memset(&c, 0, sizeof(c));
	c.front = digest_new(DIGEST_SHA256, e);
	if ((c.front == NULL) || (side_open(&c.earlier, earlier, e) != 0) ||
	    (side_open(&c.later, later, e) != 0) || (read_both(&c, e) != 0) ||
	    (side_check(&c.earlier, e) != 0) || (side_check(&c.later, e) != 0))
		goto out;
	conclude(&c, result);
	rc = 0;

out:
	side_close(&c.earlier);
	side_close(&c.later);
	digest_free(c.front);
	return rc;
}
