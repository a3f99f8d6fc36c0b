#ifndef TIMELINE_TUPLE_H
#define TIMELINE_TUPLE_H

#include <stdint.h>

#include "timeline/address.h"
#include "timeline/event.h"

/*
 * One flow tuple, as flow logs write it: fields between commas, no quoting.
 *
 *	     NSG v1    NSG v2             virtual network v4
 *	1    seconds   seconds            milliseconds
 *	2-5  source and destination address, source and destination port
 *	6    T or U    T or U             IANA protocol number
 *	7    I or O    I or O             I or O
 *	8    A or D    A or D             state B, C, E, or D for denied
 *	9              state B, C, E      encryption
 *	10-13          packets and bytes to the destination, and back
 *
 * Version 1 is told from 2 by the number of fields, not by what the record
 * says.  The unit of field 1 is told by its size, since Microsoft's own text
 * has both.  Empty counters are absent, not 0.
 *
 * A denied flow is "D,B" in version 2: no connection was begun, so its state
 * is EVENT_FLOW_STATE_DENIED, as that of "D" in version 4.
 */
enum tuple_kind {
	TUPLE_NSG,
	TUPLE_VNET
};

/* Where the texts of the event made from a tuple stand. */
struct tuple {
	char src_ip[ADDRESS_SIZE];
	char dst_ip[ADDRESS_SIZE];
	char protocol[8];
	char encryption[32];
	char time_text[24];
};

/**
 * tuple_parse(text, len, kind, t, ev):
 * Put the ${len} characters of tuple ${text} into ${ev}, whose texts point into
 * ${t}.  Return NULL, or why it cannot be read (a static text), with ${ev} in
 * any state.
 */
const char * tuple_parse(const char * text, size_t len, enum tuple_kind kind,
    struct tuple * t, struct event * ev);

#endif
