#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "timeline/event.h"

#include "timeline/address.h"

#define GROUPS 8

/* A decimal number up to ${max}, without leading zeros; or -1. */
static int
read_decimal(const char ** p, const char * end, int max)
{
	const char * begin = *p;
	int value = 0;

	while ((*p < end) && (**p >= '0') && (**p <= '9') && (*p - begin < 6)) {
		value = value * 10 + (**p - '0');
		(*p)++;
	}
	if ((*p == begin) || (value > max) ||
	    ((*begin == '0') && (*p - begin > 1)))
		return -1;
	return value;
}

static bool
read_ipv4(const char * p, const char * end, int bytes[4])
{
	for (int i = 0; i < 4; i++) {
		if (i > 0) {
			if ((p == end) || (*p != '.'))
				return false;
			p++;
		}
		bytes[i] = read_decimal(&p, end, 255);
		if (bytes[i] < 0)
			return false;
	}
	return p == end;
}

/* One to four hex digits, or -1. */
static int
read_group(const char ** p, const char * end)
{
	const char * begin = *p;
	int value = 0;

	for (; (*p < end) && (*p - begin < 4); (*p)++) {
		char c = **p;

		if ((c >= '0') && (c <= '9'))
			value = value * 16 + c - '0';
		else if ((c >= 'a') && (c <= 'f'))
			value = value * 16 + c - 'a' + 10;
		else if ((c >= 'A') && (c <= 'F'))
			value = value * 16 + c - 'A' + 10;
		else
			break;
	}
	return (*p == begin) ? -1 : value;
}

/* Move the groups behind a "::" to the end and fill the gap with zeros. */
static bool
spread(int groups[GROUPS], int count, int gap)
{
	int behind = count - gap;

	if (gap < 0)
		return count == GROUPS;
	if (count == GROUPS)
		return false; /* "::" stands for one group at least. */
	for (int i = 1; i <= behind; i++) {
		groups[GROUPS - i] = groups[count - i];
	}
	for (int i = gap; i < GROUPS - behind; i++)
		groups[i] = 0;
	return true;
}

static bool
read_ipv6(const char * p, const char * end, int groups[GROUPS])
{
	int bytes[4];
	int count = 0;
	int gap = -1;

	if ((end - p >= 2) && (p[0] == ':') && (p[1] == ':')) {
		gap = 0;
		p += 2;
	}
	while ((p < end) && (count < GROUPS)) {
		if ((count <= GROUPS - 2) && read_ipv4(p, end, bytes)) {
			groups[count++] = bytes[0] * 256 + bytes[1];
			groups[count++] = bytes[2] * 256 + bytes[3];
			p = end;
			break;
		}
		groups[count] = read_group(&p, end);
		if (groups[count] < 0)
			return false;
		count++;
		if (p == end)
			break;
		if ((*p != ':') || (p + 1 == end))
			return false;
		p++;
		if (*p == ':') {
			if (gap >= 0)
				return false;
			gap = count;
			p++;
		}
	}
	return (p == end) && spread(groups, count, gap);
}

/* RFC 5952: the longest run of two or more zero groups, the first of them. */
static void
find_run(const int groups[GROUPS], int * begin, int * len)
{
	*begin = -1;
	*len = 1;
	for (int i = 0; i < GROUPS; i++) {
		int n = 0;

		while ((i + n < GROUPS) && (groups[i + n] == 0))
			n++;
		if (n > *len) {
			*begin = i;
			*len = n;
		}
	}
}

static void
write_ipv6(const int groups[GROUPS], char ip[ADDRESS_SIZE])
{
	int begin, len;
	size_t at = 0;

	find_run(groups, &begin, &len);
	ip[0] = '\0';
	for (int i = 0; i < GROUPS; i++) {
		if (i == begin) {
			at +=
			    (size_t)snprintf(ip + at, ADDRESS_SIZE - at, "::");
			i += len - 1;
			continue;
		}
		at += (size_t)snprintf(ip + at, ADDRESS_SIZE - at, "%s%x",
		    ((i > 0) && (i != begin + len)) ? ":" : "",
		    (unsigned int)groups[i] & 0xffffu);
	}
}

static void
write_ipv4(const int bytes[4], char ip[ADDRESS_SIZE])
{
	char * p = ip;

	for (int i = 0; i < 4; i++) {
		int b = bytes[i];

		if (i > 0)
			*p++ = '.';
		if (b >= 100)
			*p++ = (char)('0' + b / 100);
		if (b >= 10)
			*p++ = (char)('0' + b / 10 % 10);
		*p++ = (char)('0' + b % 10);
	}
	*p = '\0';
}

static bool
is_mapped(const int groups[GROUPS])
{
	for (int i = 0; i < 5; i++) {
		if (groups[i] != 0)
			return false;
	}
	return groups[5] == 0xffff;
}

int
address_parse(const char * text, size_t len, char ip[ADDRESS_SIZE])
{
	const char * end = text + len;
	int groups[GROUPS];
	int bytes[4];

	if (read_ipv4(text, end, bytes)) {
		write_ipv4(bytes, ip);
		return 0;
	}
	if (!read_ipv6(text, end, groups))
		return -1;
	if (!is_mapped(groups)) {
		write_ipv6(groups, ip);
		return 0;
	}
	bytes[0] = groups[6] / 256;
	bytes[1] = groups[6] % 256;
	bytes[2] = groups[7] / 256;
	bytes[3] = groups[7] % 256;
	write_ipv4(bytes, ip);
	return 0;
}

int
address_parse_port(const char * text, char ip[ADDRESS_SIZE], int64_t * port)
{
	const char * begin = text;
	const char * end = text + strlen(text);
	const char * colon = NULL;
	int number;

	*port = EVENT_ABSENT;
	if (*text == '[') {
		begin = text + 1;
		end = strchr(begin, ']');
		if (end == NULL)
			return -1;
		if (end[1] != '\0')
			colon = end + 1;
		/* Brackets are for IPv6 only. */
		if (memchr(begin, ':', (size_t)(end - begin)) == NULL)
			return -1;
	} else if (strchr(text, '.') != NULL) {
		colon = strrchr(text, ':');
		/* Where there are more, it is IPv6 ("::ffff:1.2.3.4"). */
		if (colon != strchr(text, ':'))
			colon = NULL;
		if (colon != NULL)
			end = colon;
	}
	if (address_parse(begin, (size_t)(end - begin), ip) != 0)
		return -1;
	if (colon == NULL)
		return 0;
	if (*colon != ':')
		return -1;
	colon++;
	number = read_decimal(&colon, colon + strlen(colon), 65535);
	if ((number < 0) || (*colon != '\0'))
		return -1;
	*port = number;
	return 0;
}
