#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "evidence/text.h"
#include "timeline/when.h"

#include "timeline/tuple.h"

#define FIELDS_V1 8
#define FIELDS_V2 13

struct field {
	const char * text;
	size_t len;
};

/* Cut at commas; return how many fields, or -1 if they are more than fit. */
static int
split(const char * text, size_t len, struct field fields[FIELDS_V2])
{
	size_t begin = 0;
	int n = 0;

	for (size_t i = 0; i <= len; i++) {
		if ((i < len) && (text[i] != ','))
			continue;
		if (n == FIELDS_V2)
			return -1;
		fields[n].text = text + begin;
		fields[n].len = i - begin;
		n++;
		begin = i + 1;
	}
	return n;
}

/* A number without sign, up to ${max}; empty is absent where ${empty}. */
static bool
read_number(const struct field * f, int64_t max, bool empty, int64_t * value)
{
	*value = EVENT_ABSENT;
	if (f->len == 0)
		return empty;
	return (text_parse_integer(f->text, f->len, value) == 0) &&
	    (*value >= 0) && (*value <= max);
}

static bool
is_letter(const struct field * f, char c)
{
	return (f->len == 1) && (f->text[0] == c);
}

static bool
read_time(const struct field * f, struct tuple * t, struct event * ev)
{
	struct when w;
	int64_t n;

	if ((f->len >= sizeof(t->time_text)) ||
	    !read_number(f, INT64_MAX, false, &n) ||
	    (when_from_epoch(n, &w) != 0))
		return false;
	memcpy(t->time_text, f->text, f->len);
	t->time_text[f->len] = '\0';
	ev->time_text = t->time_text;
	ev->time = w.at;
	ev->time_resolution = w.resolution;
	ev->time_kind = EVENT_TIME_FLOW_TUPLE;
	ev->flags |= w.flags;
	return true;
}

static bool
read_ends(const struct field * f, struct tuple * t, struct event * ev)
{
	if ((address_parse(f[1].text, f[1].len, t->src_ip) != 0) ||
	    (address_parse(f[2].text, f[2].len, t->dst_ip) != 0))
		return false;
	ev->src_ip = t->src_ip;
	ev->dst_ip = t->dst_ip;
	/* ICMP and the like have no ports: empty, or 0. */
	return read_number(&f[3], 65535, true, &ev->src_port) &&
	    read_number(&f[4], 65535, true, &ev->dst_port);
}

static void
name_protocol(struct tuple * t, struct event * ev, int64_t number)
{
	static const struct name {
		int64_t number;
		const char * text;
	} names[] = { { 6, "TCP" }, { 17, "UDP" }, { 1, "ICMP" },
		{ 58, "ICMPv6" }, { 47, "GRE" }, { 50, "ESP" } };

	ev->protocol_number = number;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].number == number) {
			ev->protocol = names[i].text;
			return;
		}
	}
	(void)snprintf(t->protocol, sizeof(t->protocol), "%d", (int)number);
	ev->protocol = t->protocol;
}

static bool
read_protocol(const struct field * f, enum tuple_kind kind, struct tuple * t,
    struct event * ev)
{
	int64_t number;

	if (kind == TUPLE_VNET) {
		if (!read_number(f, 255, false, &number))
			return false;
		name_protocol(t, ev, number);
		return true;
	}
	if (!is_letter(f, 'T') && !is_letter(f, 'U'))
		return false;
	name_protocol(t, ev, is_letter(f, 'T') ? 6 : 17);
	return true;
}

static bool
read_direction(const struct field * f, struct event * ev)
{
	if (!is_letter(f, 'I') && !is_letter(f, 'O'))
		return false;
	ev->direction =
	    is_letter(f, 'I') ? EVENT_DIRECTION_IN : EVENT_DIRECTION_OUT;
	return true;
}

static bool
read_decision(const struct field * f, struct event * ev)
{
	if (!is_letter(f, 'A') && !is_letter(f, 'D'))
		return false;
	ev->decision =
	    is_letter(f, 'A') ? EVENT_DECISION_ALLOW : EVENT_DECISION_DENY;
	return true;
}

static bool
read_state(const struct field * f, struct event * ev)
{
	static const struct state {
		char letter;
		enum event_flow_state state;
	} states[] = { { 'B', EVENT_FLOW_STATE_BEGIN },
		{ 'C', EVENT_FLOW_STATE_CONTINUE },
		{ 'E', EVENT_FLOW_STATE_END } };

	for (size_t i = 0; i < 3; i++) {
		if (is_letter(f, states[i].letter)) {
			ev->flow_state = states[i].state;
			return true;
		}
	}
	return false;
}

static bool
read_encryption(const struct field * f, struct tuple * t, struct event * ev)
{
	if (f->len >= sizeof(t->encryption))
		return false;
	for (size_t i = 0; i < f->len; i++) {
		char c = f->text[i];

		if (!(((c >= 'A') && (c <= 'Z')) || (c == '_')))
			return false;
	}
	memcpy(t->encryption, f->text, f->len);
	t->encryption[f->len] = '\0';
	ev->encryption = (f->len == 0) ? NULL : t->encryption;
	return true;
}

static bool
read_counters(const struct field * f, struct event * ev)
{
	return read_number(&f[9], INT64_MAX, true, &ev->packets_sd) &&
	    read_number(&f[10], INT64_MAX, true, &ev->bytes_sd) &&
	    read_number(&f[11], INT64_MAX, true, &ev->packets_ds) &&
	    read_number(&f[12], INT64_MAX, true, &ev->bytes_ds);
}

/* Fields 8 and 9 of a virtual network flow: state, or denied; encryption. */
static const char *
parse_vnet(const struct field * f, struct tuple * t, struct event * ev)
{
	ev->decision = EVENT_DECISION_ALLOW;
	if (is_letter(&f[7], 'D')) {
		ev->decision = EVENT_DECISION_DENY;
		ev->flow_state = EVENT_FLOW_STATE_DENIED;
	} else if (!read_state(&f[7], ev)) {
		return "its state is none of B, C, E and D";
	}
	if (!read_encryption(&f[8], t, ev))
		return "its encryption is no such word";
	return NULL;
}

/* Fields 8 and, in version 2, 9 of an NSG flow: decision and state. */
static const char *
parse_nsg(const struct field * f, int count, struct event * ev)
{
	if (!read_decision(&f[7], ev))
		return "its decision is neither A nor D";
	if (count == FIELDS_V1)
		return NULL;
	if (!read_state(&f[8], ev))
		return "its state is none of B, C and E";
	if ((ev->decision == EVENT_DECISION_DENY) &&
	    (ev->flow_state == EVENT_FLOW_STATE_BEGIN))
		ev->flow_state = EVENT_FLOW_STATE_DENIED;
	return NULL;
}

const char *
tuple_parse(const char * text, size_t len, enum tuple_kind kind,
    struct tuple * t, struct event * ev)
{
	struct field f[FIELDS_V2];
	int count = split(text, len, f);
	const char * why;

	if ((count != FIELDS_V2) &&
	    ((kind != TUPLE_NSG) || (count != FIELDS_V1)))
		return "not a flow tuple's number of fields";
	if (!read_time(&f[0], t, ev))
		return "its time cannot be read";
	if (!read_ends(f, t, ev))
		return "an address or port cannot be read";
	if (!read_protocol(&f[5], kind, t, ev))
		return "its protocol cannot be read";
	if (!read_direction(&f[6], ev))
		return "its direction is neither I nor O";
	why = (kind == TUPLE_VNET) ? parse_vnet(f, t, ev)
				   : parse_nsg(f, count, ev);
	if (why != NULL)
		return why;
	if ((count == FIELDS_V2) && !read_counters(f, ev))
		return "a counter is no number";
	return NULL;
}
