#include <stddef.h>

#include "timeline/number.h"

#define DIGITS_MAX 400   /* A longer number is none that a log writes. */
#define EXPONENT_MAX 400 /* As far as a double reaches, and further. */

/* The parts of a number: its digits without the point, and where that is. */
struct parts {
	bool negative;
	char digits[DIGITS_MAX];
	int count;
	int point; /* So many digits stand before it; may be negative. */
};

static bool
is_digit(char c)
{
	return (c >= '0') && (c <= '9');
}

/* Take digits; return how many, or -1 if they are too many. */
static int
take_digits(const char ** p, struct parts * n)
{
	int taken = 0;

	for (; is_digit(**p); (*p)++, taken++) {
		if (n->count == DIGITS_MAX)
			return -1;
		n->digits[n->count++] = **p;
	}
	return taken;
}

static bool
take_exponent(const char ** p, struct parts * n)
{
	bool negative = false;
	int exponent = 0;

	if ((**p != 'e') && (**p != 'E'))
		return true;
	(*p)++;
	if ((**p == '+') || (**p == '-')) {
		negative = (**p == '-');
		(*p)++;
	}
	if (!is_digit(**p))
		return false;
	for (; is_digit(**p); (*p)++) {
		exponent = exponent * 10 + (**p - '0');
		if (exponent > EXPONENT_MAX)
			return false;
	}
	n->point += negative ? -exponent : exponent;
	return true;
}

static bool
take_all(const char * p, struct parts * n)
{
	if (*p == '-') {
		n->negative = true;
		p++;
	}
	n->point = take_digits(&p, n);
	if (n->point <= 0)
		return false;
	if (*p == '.') {
		p++;
		if (take_digits(&p, n) <= 0)
			return false;
	}
	return take_exponent(&p, n) && (*p == '\0');
}

int
number_parse(const char * text, int64_t * value, bool * is_whole)
{
	struct parts n = { .negative = false };
	int64_t v = 0;
	int digit;

	if (!take_all(text, &n))
		return -1;
	*is_whole = true;
	for (int i = 0; i < n.point; i++) {
		digit = (i < n.count) ? n.digits[i] - '0' : 0;
		if (v > (INT64_MAX - digit) / 10)
			return -1;
		v = v * 10 + digit;
	}
	for (int i = (n.point > 0) ? n.point : 0; i < n.count; i++) {
		if (n.digits[i] != '0')
			*is_whole = false;
	}
	*value = n.negative ? -v : v;
	return 0;
}
