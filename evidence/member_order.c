#include <assert.h>
#include <string.h>

#include "evidence/member_order.h"

/* What stands between a prefix and a suffix. */
enum middle {
	NOTHING, /* The prefix is the whole path. */
	DIGITS,  /* Six digits. */
	HEX,     /* 64 lower-case hex digits. */
	SIGNED,  /* ROLE.minisig or ROLE.p7s */
	STAMPED, /* That, "." and a digit from 1. */
	OBJECT   /* SOURCE/SEQ-SLUG */
};

/* In the order of enum member_kind, which is that of the package. */
static const struct {
	const char * prefix;
	enum middle middle;
	const char * suffix;
} forms[] = {
	{ "bagit.txt", NOTHING, "" },
	{ "meta/case.json", NOTHING, "" },
	{ "meta/tool.json", NOTHING, "" },
	{ "meta/start.tsr", NOTHING, "" },
	{ "meta/listing/", DIGITS, ".xml" },
	{ "data/", OBJECT, "" },
	{ "meta/relisting/", DIGITS, ".xml" },
	{ "meta/answer/", DIGITS, ".http" },
	{ "meta/sources.json", NOTHING, "" },
	{ "meta/objects.jsonl", NOTHING, "" },
	{ "meta/gaps.jsonl", NOTHING, "" },
	{ "meta/requests.jsonl", NOTHING, "" },
	{ "meta/clock.jsonl", NOTHING, "" },
	{ "meta/tls/", HEX, ".der" },
	{ "meta/footprint.json", NOTHING, "" },
	{ "meta/journal.jsonl", NOTHING, "" },
	{ "README-VERIFY.txt", NOTHING, "" },
	{ "bag-info.txt", NOTHING, "" },
	{ "manifest-sha256.txt", NOTHING, "" },
	{ "tagmanifest-sha256.txt", NOTHING, "" },
	{ "seal/seal.json", NOTHING, "" },
	{ "seal/", SIGNED, "" },
	{ "seal/", STAMPED, ".tsr" },
	{ "seal/certs.pem", NOTHING, "" },
};
static_assert(sizeof(forms) / sizeof(forms[0]) == MEMBER_KINDS, "one a kind");

#define SEQ_DIGITS 9

/* Are ${len} bytes all of ${set}? */
static bool
is_all_of(const char * text, size_t len, const char * set)
{
	return strspn(text, set) >= len;
}

/* Put the number of "SOURCE/SEQ-SLUG" into ${seq}. */
static int
parse_object(const char * text, int64_t * seq)
{
	const char * slash = strchr(text, '/');
	int64_t n = 0;

	if ((slash == NULL) || (slash == text))
		return -1;
	text = slash + 1;
	if (!is_all_of(text, SEQ_DIGITS, "0123456789") ||
	    (text[SEQ_DIGITS] != '-') || (text[SEQ_DIGITS + 1] == '\0') ||
	    (strchr(text, '/') != NULL))
		return -1;
	for (size_t i = 0; i < SEQ_DIGITS; i++)
		n = n * 10 + (text[i] - '0');
	*seq = n;
	return 0;
}

/* Are ${len} bytes a role, and the ending of a signature? */
static bool
is_signed(const char * text, size_t len)
{
	static const char * const endings[] = { ".minisig", ".p7s" };
	size_t role = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t n = strlen(endings[i]);

		if ((role > 0) && (len == role + n) &&
		    (strncmp(text + role, endings[i], n) == 0))
			return true;
	}
	return false;
}

/* Are ${len} bytes of ${text} what ${middle} may be? */
static bool
is_middle(enum middle middle, const char * text, size_t len)
{
	int64_t seq;

	switch (middle) {
	case NOTHING:
		return len == 0;
	case DIGITS:
		return (len == 6) && is_all_of(text, len, "0123456789");
	case HEX:
		return (len == 64) && is_all_of(text, len, "0123456789abcdef");
	case SIGNED:
		return is_signed(text, len);
	case STAMPED:
		return (len > 2) && (text[len - 2] == '.') &&
		    is_all_of(text + len - 1, 1, "123456789") &&
		    is_signed(text, len - 2);
	case OBJECT:
		return parse_object(text, &seq) == 0;
	}
	return false;
}

void
member_order_start(struct member_order * order)
{
	order->is_started = false;
	order->last[0] = '\0';
	order->next_seq = 1;
}

int
member_order_kind(const char * path, enum member_kind * kind)
{
	size_t len = strlen(path);

	for (size_t i = 0; i < MEMBER_KINDS; i++) {
		size_t prefix = strlen(forms[i].prefix);
		size_t suffix = strlen(forms[i].suffix);

		if ((len < prefix + suffix) ||
		    (strncmp(path, forms[i].prefix, prefix) != 0) ||
		    (strcmp(path + len - suffix, forms[i].suffix) != 0))
			continue;
		if (!is_middle(
			forms[i].middle, path + prefix, len - prefix - suffix))
			continue;
		*kind = (enum member_kind)i;
		return 0;
	}
	return -1;
}

/* May ${path} of ${kind} stand directly behind ${order}'s last? */
static bool
is_next(
    const struct member_order * order, const char * path, enum member_kind kind)
{
	enum member_kind last;
	int64_t seq;

	if (kind == MEMBER_PAYLOAD) {
		path += strlen(forms[MEMBER_PAYLOAD].prefix);
		if ((parse_object(path, &seq) != 0) || (seq != order->next_seq))
			return false;
	}
	if (!order->is_started)
		return true; /* One that is missing is found at the end. */
	if (member_order_kind(order->last, &last) != 0)
		return false;
	if (last != kind)
		return last < kind;
	if (kind == MEMBER_PAYLOAD)
		return true;
	return strcmp(order->last, path) < 0;
}

int
member_order_next(struct member_order * order, const char * path,
    enum member_kind * kind, struct err * e)
{
	enum member_kind found;

	if ((strlen(path) > TAR_PATH_MAX) ||
	    (member_order_kind(path, &found) != 0)) {
		err_set(e, ERR_INPUT, NULL, "%s: a package has no such member",
		    path);
		return -1;
	}
	if (!is_next(order, path, found)) {
		err_set(e, ERR_INPUT, NULL,
		    "%s: this member is not in its place", path);
		return -1;
	}
	order->is_started = true;
	memcpy(order->last, path, strlen(path) + 1);
	if (found == MEMBER_PAYLOAD)
		order->next_seq++;
	*kind = found;
	return 0;
}

const char *
member_order_path(enum member_kind kind)
{
	return (forms[kind].middle == NOTHING) ? forms[kind].prefix : NULL;
}

bool
member_is_tag(enum member_kind kind)
{
	return (kind != MEMBER_PAYLOAD) && (kind < MEMBER_TAGMANIFEST);
}
