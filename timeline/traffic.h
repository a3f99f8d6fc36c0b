#ifndef TIMELINE_TRAFFIC_H
#define TIMELINE_TRAFFIC_H

#include "evidence/err.h"
#include "timeline/output.h"
#include "timeline/store.h"

/*
 * The traffic that flow logs show, added up, and how it agrees with the rows of
 * Traffic Analytics.
 *
 * The table traffic has a row for what one observation point saw between two
 * addresses: port, protocol, direction, decision, and the rule that let it
 * through or did not; tuples, packets and bytes both ways, of how many tuples the
 * counters are not logged, first and last.  One flow is logged at a network
 * card, a subnet, and a network, so rows of several points are never added up.
 * Views of it, each row with its point:
 *
 *	traffic_talkers	   host and far address: bytes both ways, and which side
 *			   sent more
 *	traffic_ports	   ports, what was allowed and what denied
 *	traffic_internal   pairs of private addresses, by when they were first seen
 *	traffic_exposure   what came in from the internet and was allowed, by rule
 *
 * The table agreement has a row for two addresses, port, protocol, direction,
 * decision, network card, and hour, where both sorts of logs are there:
 *
 *	agree		the same bytes both ways
 *	differ		by the bytes in difference_sd and difference_ds, which
 *			are those of Traffic Analytics less those of the flow log
 *	only in traffic analytics, only in flow log
 *			the other has rows of that card and hour, but not this
 *	no flow log	of that card and hour: nothing to compare
 *
 * Each side is taken at the one point that saw most.  Traffic Analytics adds up
 * by ten or sixty minutes, so that whole hours can be compared.
 */
#define TRAFFIC_AGREEMENT_MAX 60 /* Rows in the report. */

/**
 * traffic_make(s, e):
 * Fill the tables above.  Return 0, or -1 with ${e} set.
 */
int traffic_make(struct store * s, struct err * e);

/**
 * traffic_export(s, o, e):
 * Write traffic.csv, and agreement.csv if there are rows of Traffic Analytics,
 * into ${o}.  Return 0, or -1 with ${e} set.
 */
int traffic_export(struct store * s, struct output * o, struct err * e);

#endif
