#include <string.h>

#include "timeline/address.h"
#include "timeline/fold.h"

#include "timeline/map.h"

/*
 * A row of Traffic Analytics: the flows of ten or sixty minutes between two
 * ends, added up and without the source port, so that no row is a flow tuple
 * and none may be added to tuples.  In AzureNetworkAnalytics_CL the names have
 * suffixes (_s, _d, _t), in NTANetAnalytics they have none.
 *
 * The address of the internet's end is blank where there were several; then
 * they stand packed in a text, and each is an event of its own:
 *
 *	packed = entry *( SP entry )
 *	entry  = IP "|" started "|" ended "|" packets "|" packets "|" bytes "|"
 *	         bytes, each pair from source to destination, then back
 */
#define BOTH(name, suffix) name "|" name suffix
#define ENTRY_NUMBERS 6

/* ---- The ends ------------------------------------------------------------ */

struct ends {
	const char * source;
	const char * destination;
	const char * packed; /* The addresses of the blank end, or NULL. */
	bool packed_is_source;
};

static const char *
text(const struct map * m, const char * names)
{
	return map_any(m->root, names);
}

static enum event_direction
find_direction(const char * word)
{
	if (fold_is(word, "I") || fold_begins(word, "In"))
		return EVENT_DIRECTION_IN;
	if (fold_is(word, "O") || fold_begins(word, "Out"))
		return EVENT_DIRECTION_OUT;
	return EVENT_DIRECTION_ABSENT;
}

static enum event_decision
find_decision(const char * word)
{
	if (fold_is(word, "A") || fold_begins(word, "Allow"))
		return EVENT_DECISION_ALLOW;
	if (fold_is(word, "D") || fold_begins(word, "Den"))
		return EVENT_DECISION_DENY;
	return EVENT_DECISION_ABSENT;
}

static struct ends
find_ends(const struct map * m, enum event_direction direction)
{
	bool in = (direction == EVENT_DIRECTION_IN);
	const char * vm = text(m, "VMIP_s");
	struct ends ends;

	ends.source = text(m, BOTH("SrcIP", "_s"));
	ends.destination = text(m, BOTH("DestIP", "_s"));
	ends.packed = NULL;
	ends.packed_is_source = (ends.source == NULL);
	if (ends.source == NULL)
		ends.packed = text(m, BOTH("SrcPublicIPs", "_s"));
	if ((ends.packed == NULL) && (ends.destination == NULL)) {
		ends.packed = text(m, BOTH("DestPublicIPs", "_s"));
		ends.packed_is_source = false;
	}
	/* Version 1 has the machine's own end and the others. */
	if ((vm == NULL) || (ends.source != NULL) ||
	    (ends.destination != NULL) || (ends.packed != NULL))
		return ends;
	ends.source = in ? NULL : vm;
	ends.destination = in ? vm : NULL;
	ends.packed = text(m, "PublicIPs_s");
	ends.packed_is_source = in;
	return ends;
}

/* ---- What all events of a row share -------------------------------------- */

/* Twelve hex digits in upper case, where the text is that with dashes. */
static int
set_mac(struct map * m, struct event * ev, const char * mac, struct err * e)
{
	char digits[13];
	size_t n = 0;

	ev->mac = mac;
	for (const char * p = mac; (p != NULL) && (*p != '\0'); p++) {
		if ((*p == '-') || (*p == ':'))
			continue;
		if ((n == 12) || (strchr("0123456789abcdefABCDEF", *p) == NULL))
			return 0;
		digits[n++] =
		    ((*p >= 'a') && (*p <= 'f')) ? (char)(*p - 32) : *p;
	}
	if (n != 12)
		return 0;
	ev->mac = arena_copy(&m->arena, digits, n, e);
	return (ev->mac == NULL) ? -1 : 0;
}

static void
set_protocol(struct event * ev, const char * word)
{
	ev->protocol = word;
	if (fold_is(word, "T") || fold_is(word, "TCP") || fold_is(word, "6")) {
		ev->protocol = "TCP";
		ev->protocol_number = 6;
	} else if (fold_is(word, "U") || fold_is(word, "UDP") ||
	    fold_is(word, "17")) {
		ev->protocol = "UDP";
		ev->protocol_number = 17;
	}
}

/* "index|rule|direction|status|count" of version 1: the rule. */
static int
set_rule(struct map * m, struct event * ev, struct err * e)
{
	const char * packed = text(m, "NSGRules_s");
	const char * begin;

	ev->rule = text(m, BOTH("NSGRule", "_s") "|AclRule");
	if ((ev->rule != NULL) || (packed == NULL))
		return 0;
	begin = strchr(packed, '|');
	if (begin == NULL)
		return 0;
	begin++;
	ev->rule = arena_copy(&m->arena, begin, strcspn(begin, "|"), e);
	return (ev->rule == NULL) ? -1 : 0;
}

/* The sum of the numbers that are there; absent if none is. */
static int64_t
sum(struct event * ev, const struct map * m, const char * const * names)
{
	int64_t total = EVENT_ABSENT;
	int64_t n;

	for (; *names != NULL; names++) {
		n = map_number(ev, text(m, *names));
		if ((n == EVENT_ABSENT) || (n < 0))
			continue;
		if (total == EVENT_ABSENT)
			total = 0;
		total = (n > INT64_MAX - total) ? INT64_MAX : total + n;
	}
	return total;
}

static void
set_counters(const struct map * m, struct event * ev)
{
	static const char * const flows[] = { BOTH("AllowedInFlows", "_d"),
		BOTH("DeniedInFlows", "_d"), BOTH("AllowedOutFlows", "_d"),
		BOTH("DeniedOutFlows", "_d"), NULL };

	ev->packets_sd = map_number(
	    ev, text(m, BOTH("PacketsSrcToDest", "_d") "|OutboundPackets_d"));
	ev->packets_ds = map_number(
	    ev, text(m, BOTH("PacketsDestToSrc", "_d") "|InboundPackets_d"));
	ev->bytes_sd = map_number(
	    ev, text(m, BOTH("BytesSrcToDest", "_d") "|OutboundBytes_d"));
	ev->bytes_ds = map_number(
	    ev, text(m, BOTH("BytesDestToSrc", "_d") "|InboundBytes_d"));
	ev->flow_count = sum(ev, m, flows);
	if (ev->flow_count == EVENT_ABSENT)
		ev->flow_count = map_number(ev, text(m, "FlowCount_d"));
}

static void
set_times(const struct map * m, struct event * ev)
{
	map_set_time_of(ev, m->root,
	    BOTH("FlowStartTime", "_t") "|" BOTH("FlowIntervalStartTime", "_t"),
	    EVENT_TIME_INTERVAL);
	ev->time_end = map_moment(m->root,
	    BOTH("FlowEndTime", "_t") "|" BOTH("FlowIntervalEndTime", "_t"));
	ev->logged_at =
	    map_moment(m->root, BOTH("TimeProcessed", "_t") "|TimeGenerated");
}

static int
set_base(struct map * m, struct err * e)
{
	struct event * ev = &m->base;

	ev->action = EVENT_ACTION_FLOW;
	ev->version = text(m, BOTH("FASchemaVersion", "_s"));
	ev->category = text(m, BOTH("FlowType", "_s"));
	ev->operation = text(m, BOTH("SubType", "_s"));
	ev->direction = find_direction(text(m, BOTH("FlowDirection", "_s")));
	ev->decision = find_decision(text(m, BOTH("FlowStatus", "_s")));
	ev->dst_port = map_number(ev, text(m, BOTH("DestPort", "_d")));
	ev->encryption = text(m, BOTH("FlowEncryption", "_s"));
	ev->acl = text(m, BOTH("NSGList", "_s") "|AclGroup");
	ev->target = text(m, BOTH("TargetResourceId", "_s"));
	ev->location =
	    text(m, BOTH("AzureRegion", "_s") "|" BOTH("Region", "_s"));
	set_protocol(ev, text(m, BOTH("L4Protocol", "_s")));
	set_times(m, ev);
	set_counters(m, ev);
	if ((set_mac(m, ev, text(m, BOTH("MACAddress", "_s")), e) != 0) ||
	    (set_rule(m, ev, e) != 0))
		return -1;
	return map_set_resource(
	    m, ev, text(m, BOTH("FlowLogResourceId", "_s") "|_ResourceId"), e);
}

/* ---- Handing out --------------------------------------------------------- */

/* The address ${from} in its one form, or as it is and flagged. */
static int
put_address(struct map * m, struct event * ev, const char ** to,
    const char * from, size_t len, struct err * e)
{
	char ip[ADDRESS_SIZE];

	if ((from == NULL) || (len == 0))
		return 0;
	if (address_parse(from, len, ip) == 0) {
		*to = arena_copy(&m->arena, ip, strlen(ip), e);
	} else {
		ev->flags |= EVENT_FLAG_ADDRESS_BAD;
		*to = arena_copy(&m->arena, from, len, e);
	}
	return (*to == NULL) ? -1 : 0;
}

/* The numbers of ${entry}, behind the address; false if they are not six. */
static bool
read_numbers(struct map * m, const char * entry, size_t len,
    int64_t numbers[ENTRY_NUMBERS], struct err * e)
{
	const char * copy = arena_copy(&m->arena, entry, len, e);
	struct event scratch = { .flags = 0 };
	char digits[32];
	size_t n;

	if (copy == NULL)
		return false;
	for (int i = 0; i < ENTRY_NUMBERS; i++) {
		copy = strchr(copy, '|');
		if (copy == NULL)
			return false;
		copy++;
		n = strcspn(copy, "|");
		if ((n == 0) || (n >= sizeof(digits)))
			return false;
		memcpy(digits, copy, n);
		digits[n] = '\0';
		numbers[i] = map_number(&scratch, digits);
		if (numbers[i] < 0)
			return false;
	}
	return strchr(copy, '|') == NULL;
}

static int
put_entry(struct map * m, const char * entry, size_t len, bool is_source,
    struct err * e)
{
	int64_t n[ENTRY_NUMBERS];
	struct event ev = m->base;
	const char * bar = memchr(entry, '|', len);
	size_t ip_len = (bar == NULL) ? len : (size_t)(bar - entry);

	if (put_address(m, &ev, is_source ? &ev.src_ip : &ev.dst_ip, entry,
		ip_len, e) != 0)
		return -1;
	if (((ev.flags & EVENT_FLAG_ADDRESS_BAD) != 0) ||
	    ((bar != NULL) && !read_numbers(m, entry, len, n, e)))
		return (e->kind != ERR_NONE)
		    ? -1
		    : map_refuse_tuple(
			  m, "a packed address without its numbers", e);
	ev.flow_count = EVENT_ABSENT;
	ev.packets_sd = EVENT_ABSENT;
	ev.packets_ds = EVENT_ABSENT;
	ev.bytes_sd = EVENT_ABSENT;
	ev.bytes_ds = EVENT_ABSENT;
	if (bar != NULL) {
		ev.flow_count = n[0];
		ev.packets_sd = n[2];
		ev.packets_ds = n[3];
		ev.bytes_sd = n[4];
		ev.bytes_ds = n[5];
	}
	return map_emit_flow(m, &ev, e);
}

static int
put_packed(struct map * m, const struct ends * ends, struct err * e)
{
	const char * p = ends->packed;
	size_t len;

	for (;;) {
		p += strspn(p, " ");
		len = strcspn(p, " ");
		if (len == 0)
			return 0;
		if (put_entry(m, p, len, ends->packed_is_source, e) != 0)
			return -1;
		p += len;
	}
}

enum map_result
map_traffic(struct map * m, struct err * e)
{
	const char * kind = text(m, BOTH("SubType", "_s"));
	struct event * ev = &m->base;
	struct ends ends;

	if ((kind != NULL) && !fold_is(kind, "FlowLog"))
		return map_refuse(m, EVENT_REASON_NOT_READ,
		    "a row of Traffic Analytics of the sort \"%.60s\", which "
		    "is no flow",
		    kind);
	if ((map_begin(m, EVENT_SOURCE_TRAFFIC_ANALYTICS, e) != 0) ||
	    (set_base(m, e) != 0))
		return MAP_FAILED;
	ends = find_ends(m, ev->direction);
	if ((put_address(m, ev, &ev->src_ip, ends.source,
		 (ends.source == NULL) ? 0 : strlen(ends.source), e) != 0) ||
	    (put_address(m, ev, &ev->dst_ip, ends.destination,
		 (ends.destination == NULL) ? 0 : strlen(ends.destination),
		 e) != 0) ||
	    (map_clean(m, ev, e) != 0))
		return MAP_FAILED;
	if ((ends.packed == NULL) ||
	    (ends.packed[strspn(ends.packed, " ")] == '\0'))
		return (map_emit(m, ev, e) == 0) ? MAP_DONE : MAP_FAILED;
	if (put_packed(m, &ends, e) != 0)
		return MAP_FAILED;
	return MAP_DONE;
}
