#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "timeline/address.h"

#include "timeline/network.h"

#define MAPPED 96 /* Bits of ::ffff:0:0, in which IPv4 stands. */
#define BITS_FOUR 32
#define BITS_SIX 128

struct entry {
	struct network network;
	size_t value;
};

struct network_table {
	struct entry * entries;
	size_t count;
	size_t room;
	bool sorted;
	bool has[2][BITS_SIX + 1]; /* By family: which widths there are. */
};

static int
max_bits(const struct network * n)
{
	return n->is_six ? BITS_SIX : BITS_FOUR;
}

/* Keep the first ${bits} of ${bytes} only. */
static void
mask(uint8_t bytes[NETWORK_BYTES], int bits)
{
	for (int i = 0; i < NETWORK_BYTES; i++) {
		int kept = bits - 8 * i;

		if (kept <= 0)
			bytes[i] = 0;
		else if (kept < 8)
			bytes[i] &= (uint8_t)(0xff << (8 - kept));
	}
}

/* Read the one form of an address.  Return whether it is one. */
static bool
read_address(const char * text, struct network * n)
{
	n->is_six = (strchr(text, ':') != NULL);
	memset(n->bytes, 0, sizeof(n->bytes));
	n->bits = max_bits(n);
	return inet_pton(n->is_six ? AF_INET6 : AF_INET, text, n->bytes) == 1;
}

/* One to three digits, and nothing behind; or -1. */
static int
read_bits(const char * text)
{
	int value = 0;
	size_t len = strlen(text);

	if ((len == 0) || (len > 3) || ((text[0] == '0') && (len > 1)))
		return -1;
	for (; *text != '\0'; text++) {
		if ((*text < '0') || (*text > '9'))
			return -1;
		value = 10 * value + (*text - '0');
	}
	return value;
}

const char *
network_parse(const char * text, struct network * n)
{
	const char * slash = strchr(text, '/');
	size_t len = (slash != NULL) ? (size_t)(slash - text) : strlen(text);
	uint8_t masked[NETWORK_BYTES];
	char ip[ADDRESS_SIZE];
	int bits;

	if ((address_parse(text, len, ip) != 0) || !read_address(ip, n))
		return "not an address";
	if (slash == NULL)
		return NULL;
	bits = read_bits(slash + 1);
	/* Written as IPv6, and an IPv4 network all the same. */
	if (!n->is_six && (memchr(text, ':', len) != NULL))
		bits -= MAPPED;
	if ((bits < 0) || (bits > max_bits(n)))
		return "a network with bits that cannot be";
	memcpy(masked, n->bytes, sizeof(masked));
	mask(masked, bits);
	if (memcmp(masked, n->bytes, sizeof(masked)) != 0)
		return "a network whose address goes beyond its bits";
	n->bits = bits;
	return NULL;
}

void
network_format(const struct network * n, char text[NETWORK_TEXT_SIZE])
{
	char raw[ADDRESS_SIZE] = "";
	char ip[ADDRESS_SIZE] = "";

	if (inet_ntop(n->is_six ? AF_INET6 : AF_INET, n->bytes, raw,
		sizeof(raw)) == NULL)
		raw[0] = '\0';
	/* The library writes some IPv6 addresses in another form than ours. */
	if (address_parse(raw, strlen(raw), ip) != 0)
		ip[0] = '\0';
	(void)snprintf(text, NETWORK_TEXT_SIZE, "%s/%d", ip, n->bits);
}

struct network_table *
network_table_new(struct err * e)
{
	struct network_table * t = calloc(1, sizeof(*t));

	if (t == NULL)
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
	return t;
}

void
network_table_free(struct network_table * t)
{
	if (t == NULL)
		return;
	free(t->entries);
	free(t);
}

int
network_table_add(struct network_table * t, const struct network * n,
    size_t value, struct err * e)
{
	struct entry * entries;
	size_t room;

	if (t->count == NETWORKS_MAX) {
		err_set(
		    e, ERR_LIMIT, NULL, "more than %zu networks", NETWORKS_MAX);
		return -1;
	}
	if (t->count == t->room) {
		room = (t->room == 0) ? 64 : 2 * t->room;
		entries = realloc(t->entries, room * sizeof(*entries));
		if (entries == NULL) {
			err_set(e, ERR_SYSTEM, NULL, "out of memory");
			return -1;
		}
		t->entries = entries;
		t->room = room;
	}
	t->entries[t->count].network = *n;
	t->entries[t->count].value = value;
	t->count++;
	t->has[n->is_six ? 1 : 0][n->bits] = true;
	t->sorted = false;
	return 0;
}

static int
compare_networks(const struct network * a, const struct network * b)
{
	if (a->is_six != b->is_six)
		return a->is_six ? 1 : -1;
	if (a->bits != b->bits)
		return (a->bits > b->bits) ? 1 : -1;
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

static int
compare_entries(const void * a, const void * b)
{
	const struct entry * x = a;
	const struct entry * y = b;
	int order = compare_networks(&x->network, &y->network);

	if (order == 0)
		order = (x->value > y->value) - (x->value < y->value);
	return order;
}

/* The first entry that is not before ${wanted}. */
static size_t
find_first(const struct network_table * t, const struct network * wanted)
{
	size_t low = 0;
	size_t high = t->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_networks(&t->entries[middle].network, wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t
network_table_find(struct network_table * t, const char * address,
    struct network_hit hits[NETWORK_HITS_MAX])
{
	struct network wanted;
	size_t found = 0;

	if ((t->count == 0) || !read_address(address, &wanted))
		return 0;
	if (!t->sorted)
		qsort(t->entries, t->count, sizeof(t->entries[0]),
		    compare_entries);
	t->sorted = true;
	for (int bits = max_bits(&wanted); bits >= 0; bits--) {
		if (!t->has[wanted.is_six ? 1 : 0][bits])
			continue;
		wanted.bits = bits;
		mask(wanted.bytes, bits);
		for (size_t i = find_first(t, &wanted); (i < t->count) &&
		     (compare_networks(&t->entries[i].network, &wanted) == 0);
		     i++) {
			if (found < NETWORK_HITS_MAX) {
				hits[found].network = wanted;
				hits[found].value = t->entries[i].value;
			}
			found++;
		}
	}
	return found;
}
