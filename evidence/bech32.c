#include <stdbool.h>
#include <string.h>

#include "evidence/bech32.h"

#define CHECKSUM_LEN 6

static const char letters[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

static char
lower(char c)
{
	return ((c >= 'A') && (c <= 'Z')) ? (char)(c - 'A' + 'a') : c;
}

/* Take the five bits ${value} into the checksum ${sum}. */
static uint32_t
step(uint32_t sum, uint32_t value)
{
	static const uint32_t generator[] = { 0x3b6a57b2, 0x26508e6d,
		0x1ea119fa, 0x3d4233dd, 0x2a1462b3 };
	uint32_t top = sum >> 25;

	sum = ((sum & 0x1ffffff) << 5) ^ value;
	for (size_t i = 0; i < 5; i++)
		if (((top >> i) & 1) != 0)
			sum ^= generator[i];
	return sum;
}

static uint32_t
sum_prefix(const char * prefix)
{
	uint32_t sum = 1;

	for (const char * p = prefix; *p != '\0'; p++)
		sum = step(sum, (uint32_t)(uint8_t)lower(*p) >> 5);
	sum = step(sum, 0);
	for (const char * p = prefix; *p != '\0'; p++)
		sum = step(sum, (uint32_t)(uint8_t)lower(*p) & 31);
	return sum;
}

/* Upper and lower case may not be mixed. */
static bool
has_one_case(const char * text, size_t len)
{
	bool upper = false, small = false;

	for (size_t i = 0; i < len; i++) {
		upper |= (text[i] >= 'A') && (text[i] <= 'Z');
		small |= (text[i] >= 'a') && (text[i] <= 'z');
	}
	return !(upper && small);
}

static int
refuse(struct err * e)
{
	err_set(e, ERR_INPUT, NULL, "not a well-formed key of age");
	return -1;
}

int
bech32_decode(const char * text, size_t len, const char * prefix,
    uint8_t * bytes, size_t want, struct err * e)
{
	size_t prefix_len = strlen(prefix);
	size_t groups = (want * 8 + 4) / 5;
	uint32_t sum = sum_prefix(prefix);
	uint32_t bits = 0;
	int have = 0;
	size_t done = 0;

	if ((want > BECH32_BYTES_MAX) ||
	    (len != prefix_len + 1 + groups + CHECKSUM_LEN) ||
	    !has_one_case(text, len) || (text[prefix_len] != '1'))
		return refuse(e);
	for (size_t i = 0; i < prefix_len; i++)
		if (lower(text[i]) != lower(prefix[i]))
			return refuse(e);
	for (size_t i = prefix_len + 1; i < len; i++) {
		char c = lower(text[i]);
		const char * at = (c != '\0') ? strchr(letters, c) : NULL;
		uint32_t value;

		if (at == NULL)
			return refuse(e);
		value = (uint32_t)(at - letters);
		sum = step(sum, value);
		if (i >= len - CHECKSUM_LEN)
			continue;
		bits = (bits << 5) | value;
		have += 5;
		if (have >= 8) {
			have -= 8;
			bytes[done++] = (uint8_t)(bits >> have);
			bits &= (1U << have) - 1;
		}
	}
	/* What is left over of the last group is zero. */
	if ((sum != 1) || (bits != 0) || (done != want))
		return refuse(e);
	return 0;
}
