#include <string.h>

#include "evidence/digest.h"
#include "evidence/text.h"

#include "verify/fold.h"
#include "verify/fold_table.h"

/* Of a path, decomposed; what is longer is compared up to there. */
#define NAME_CHARACTERS 4200

#define MARKS_MAX 32

/* Hangul syllables, as the Unicode standard computes them. */
#define HANGUL_FIRST 0xac00
#define HANGUL_LAST 0xd7a3
#define HANGUL_L 0x1100
#define HANGUL_V 0x1161
#define HANGUL_T 0x11a7
#define HANGUL_VT (21 * 28)

struct folded {
	uint32_t code[NAME_CHARACTERS];
	size_t n;
};

/* Read one character of well-formed UTF-8. */
static uint32_t
next_code(const uint8_t ** p)
{
	uint32_t code = *(*p)++;
	int more = (code < 0x80) ? 0
	    : (code < 0xe0)      ? 1
	    : (code < 0xf0)      ? 2
				 : 3;

	if (more > 0)
		code &= 0x3fU >> more;
	for (; more > 0; more--)
		code = (code << 6) | (*(*p)++ & 0x3f);
	return code;
}

/* The row of the table for ${code}, or NULL. */
static const uint16_t *
find_row(uint32_t code)
{
	size_t low = 0, high = FOLD_TABLE_LEN;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (fold_table[middle][0] == code)
			return fold_table[middle];
		if (fold_table[middle][0] < code)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static uint32_t
lower(uint32_t c)
{
	if (((c >= 'A') && (c <= 'Z')) || ((c >= 0x391) && (c <= 0x3a9)) ||
	    ((c >= 0x410) && (c <= 0x42f)) || ((c >= 0xc0) && (c <= 0xde)))
		return c + 0x20;
	if ((c >= 0x400) && (c <= 0x40f))
		return c + 0x50;
	return (c == 0x3c2) ? 0x3c3 : c; /* The sigma at the end of words. */
}

static void
put(struct folded * f, uint32_t code, bool is_cased)
{
	if (f->n < NAME_CHARACTERS)
		f->code[f->n++] = is_cased ? code : lower(code);
}

/* Append what ${code} stands for; the first of a pair may go on. */
static void
decompose(struct folded * f, uint32_t code, bool is_cased)
{
	uint32_t tail[8];
	size_t n = 0;
	const uint16_t * row = find_row(code);

	if ((code >= HANGUL_FIRST) && (code <= HANGUL_LAST)) {
		uint32_t s = code - HANGUL_FIRST;

		put(f, HANGUL_L + s / HANGUL_VT, is_cased);
		put(f, HANGUL_V + s % HANGUL_VT / 28, is_cased);
		if (s % 28 != 0)
			put(f, HANGUL_T + s % 28, is_cased);
		return;
	}
	while ((row != NULL) && (n < sizeof(tail) / sizeof(tail[0]))) {
		if (row[2] != 0)
			tail[n++] = row[2];
		code = row[1];
		row = find_row(code);
	}
	put(f, code, is_cased);
	while (n > 0)
		put(f, tail[--n], is_cased);
}

/* Bring runs of at most MARKS_MAX marks into one order, whatever it was. */
static void
sort_marks(struct folded * f)
{
	for (size_t i = 1; i < f->n; i++)
		for (size_t k = i;
		     (k > 0) && (k + MARKS_MAX > i) && (f->code[k] >= 0x300) &&
		     (f->code[k] <= 0x36f) && (f->code[k - 1] >= 0x300) &&
		     (f->code[k - 1] > f->code[k]) && (f->code[k - 1] <= 0x36f);
		     k--) {
			uint32_t code = f->code[k];

			f->code[k] = f->code[k - 1];
			f->code[k - 1] = code;
		}
}

void
fold_key(
    const char * name, size_t len, bool is_cased, uint8_t key[FOLD_KEY_LEN])
{
	uint8_t sha256[DIGEST_SHA256_LEN];
	const uint8_t * p = (const uint8_t *)name;
	const uint8_t * end = p + len;
	struct folded f;

	if (!text_is_utf8(name, len)) {
		digest_sha256(name, len, sha256);
	} else {
		f.n = 0;
		while (p < end)
			decompose(&f, next_code(&p), is_cased);
		sort_marks(&f);
		digest_sha256(f.code, f.n * sizeof(f.code[0]), sha256);
	}
	memcpy(key, sha256, FOLD_KEY_LEN);
}
