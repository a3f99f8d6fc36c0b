/*
 * value  = tag length content
 * tag    = one byte: class (2 bits), constructed (1), number (5), not 31
 * length = 00..7F, or 81..84 and as many bytes as needed, none of them spare
 */
#include <stdbool.h>
#include <stdint.h>

#include "evidence/der.h"

#define TAG_CLASS 0xc0
#define TAG_CONSTRUCTED 0x20
#define TAG_NUMBER 0x1f
#define NUMBER_BOOLEAN 1
#define NUMBER_INTEGER 2
#define NUMBER_ENUMERATED 10
#define NUMBER_SEQUENCE 16
#define NUMBER_SET 17

/* Take a tag and a length from ${p}, which ends at ${end}. */
static const uint8_t *
take_header(const uint8_t * p, const uint8_t * end, uint8_t * tag, size_t * len)
{
	size_t n = 0;
	unsigned count;

	if (end - p < 2)
		return NULL;
	*tag = *p++;
	if ((*tag & TAG_NUMBER) == TAG_NUMBER)
		return NULL; /* Nothing of ours has a number over 30. */
	if (*p < 0x80) {
		*len = *p++;
		return ((size_t)(end - p) < *len) ? NULL : p;
	}
	count = *p++ & 0x7fU;
	if ((count < 1) || (count > 4) || ((size_t)(end - p) < count) ||
	    (*p == 0))
		return NULL;
	for (unsigned i = 0; i < count; i++)
		n = (n << 8) | *p++;
	if ((n < 0x80) || ((size_t)(end - p) < n))
		return NULL;
	*len = n;
	return p;
}

/* Is a value of the universal ${tag} in its one form? */
static bool
is_canonical(uint8_t tag, const uint8_t * p, size_t len)
{
	unsigned number = tag & TAG_NUMBER;
	bool is_constructed = (tag & TAG_CONSTRUCTED) != 0;

	if ((tag & TAG_CLASS) != 0)
		return true;
	if (is_constructed !=
	    ((number == NUMBER_SEQUENCE) || (number == NUMBER_SET)))
		return false;
	switch (number) {
	case 0: /* End of contents. */
		return false;
	case NUMBER_BOOLEAN:
		return (len == 1) && ((p[0] == 0) || (p[0] == 0xff));
	case NUMBER_INTEGER:
	case NUMBER_ENUMERATED:
		if (len < 2)
			return len == 1;
		return !((p[0] == 0) && (p[1] < 0x80)) &&
		    !((p[0] == 0xff) && (p[1] >= 0x80));
	default:
		return true;
	}
}

int
der_check(const void * bytes, size_t len, struct err * e)
{
	const uint8_t * ends[DER_MAX_DEPTH];
	const uint8_t * p = bytes;
	size_t depth = 1;
	size_t n;
	uint8_t tag;

	if (len > DER_MAX) {
		err_set(e, ERR_LIMIT, NULL, "more than %zu bytes", DER_MAX);
		return -1;
	}
	ends[0] = p + len;
	do {
		p = take_header(p, ends[depth - 1], &tag, &n);
		if ((p == NULL) || !is_canonical(tag, p, n) ||
		    (depth == DER_MAX_DEPTH)) {
			err_set(e, ERR_FORGED, NULL, "it is not DER");
			return -1;
		}
		if ((tag & TAG_CONSTRUCTED) != 0)
			ends[depth++] = p + n;
		else
			p += n;
		while ((depth > 1) && (p == ends[depth - 1]))
			depth--;
	} while (depth > 1);
	if (p == ends[0])
		return 0;
	err_set(e, ERR_FORGED, NULL, "bytes stand behind its end");
	return -1;
}
