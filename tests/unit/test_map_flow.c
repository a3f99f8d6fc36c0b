/* Flow records to events: the shapes of tuples and what they must not become. */
#include "timeline/reader.h"

#include "tests/unit/events.h"

#define NSG(version, tuples)                                                   \
	"{\"records\":[{\"time\":\"2020-07-08T20:04:43.4178856Z\","            \
	"\"macAddress\":\"000D3AF8\",\"category\":"                            \
	"\"NetworkSecurityGroupFlowEvent\",\"resourceId\":\"/SUBSCRIPTIONS/"   \
	"AB-1/RESOURCEGROUPS/R/PROVIDERS/MICROSOFT.NETWORK/"                   \
	"NETWORKSECURITYGROUPS/N\",\"operationName\":"                         \
	"\"NetworkSecurityGroupFlowEvents\",\"properties\":{" version          \
	"\"flows\":[{\"rule\":\"UserRule_x\",\"flows\":[{\"mac\":\"000D3AF9\"" \
	",\"flowTuples\":[" tuples "]}]}]}}]}"
#define V1 "\"Version\":1,"
#define V2 "\"Version\":2,"

#define VNET(tuples)                                                        \
	"{\"category\":\"FlowLogFlowEvent\",\"flowLogVersion\":4,"          \
	"\"macAddress\":\"000D3A\",\"flowLogResourceID\":\"/SUBSCRIPTIONS/" \
	"AB-1/X\",\"targetResourceID\":\"/subscriptions/ab-1/y\","          \
	"\"flowRecords\":{\"flows\":[{\"aclID\":\"acl\",\"flowGroups\":[{"  \
	"\"rule\":\"PlatformRule\",\"flowTuples\":[" tuples "]}]}]},"       \
	"\"time\":\"2026-08-13T20:34:43.4178856Z\"}"

static void
map_nsg_reads_both_versions_by_their_number_of_fields(void)
{
	struct reader_counts c;

	c = events_read(NSG(V1,
			    "\"1493763938,185.170.185.105,10.2.0.4,35370,"
			    "23,T,I,A\""),
	    NULL);
	EXPECT((c.events == 1) && (c.quarantined == 0));
	EXPECT_GET(0, "source", "nsg-flow");
	EXPECT_GET(0, "action", "flow");
	EXPECT_GET(0, "version", "1");
	EXPECT_GET(0, "time", "2017-05-02T22:25:38.0000000Z");
	EXPECT_GET(0, "time_text", "1493763938");
	EXPECT_GET(0, "time_kind", "flow tuple");
	EXPECT_GET(0, "time_resolution", "10000000");
	EXPECT_GET(0, "logged_at", "2020-07-08T20:04:43.4178856Z");
	EXPECT_GET(0, "flow_state", "");
	EXPECT_GET(0, "packets_sd", "");
	EXPECT_GET(0, "mac", "000D3AF9");
	EXPECT_GET(0, "rule", "UserRule_x");
	EXPECT_GET(0, "subscription", "ab-1");
	/* No Version, an 8-field tuple next to a 13-field one. */
	c = events_read(NSG("",
			    "\"1493763938,1.2.3.4,10.2.0.4,1,23,T,I,A\","
			    "\"1493763938,1.2.3.4,10.2.0.4,1,23,U,O,A,E,"
			    "11,3981,0,7\""),
	    NULL);
	EXPECT(c.events == 2);
	EXPECT_GET(0, "flow_state", "");
	EXPECT_GET(1, "flow_state", "end");
	EXPECT_GET(1, "protocol", "UDP");
	EXPECT_GET(1, "protocol_number", "17");
	EXPECT_GET(1, "direction", "out");
	EXPECT_GET(1, "packets_sd", "11");
	EXPECT_GET(1, "bytes_sd", "3981");
	EXPECT_GET(1, "packets_ds", "0");
	EXPECT_GET(1, "bytes_ds", "7");
}

static void
map_nsg_takes_empty_counters_for_absent_and_a_denied_begin_for_denied(void)
{
	(void)events_read(
	    NSG(V2,
		"\"1724090369,35.203.211.209,10.1.0.4,55740,"
		"38405,T,I,D,B,,,,\","
		"\"1724090350,10.1.0.4,20.42.73.216,51236,443,T,O,A,B,,,,\","
		"\"1724090383,10.1.0.4,40.79.154.80,1,443,T,O,A,E,0,0,0,0\""),
	    NULL);
	EXPECT_GET(0, "decision", "deny");
	EXPECT_GET(0, "flow_state", "denied");
	EXPECT_GET(0, "bytes_sd", "");
	EXPECT_GET(1, "decision", "allow");
	EXPECT_GET(1, "flow_state", "begin");
	EXPECT_GET(1, "packets_ds", "");
	EXPECT_GET(2, "flow_state", "end");
	EXPECT_GET(2, "bytes_sd", "0");
}

static void
map_nsg_keeps_identical_tuples_and_numbers_them(void)
{
	struct reader_counts c;
	char id[64];

	c = events_read(NSG(V2,
			    "\"1724090369,1.2.3.4,10.1.0.4,5,22,T,I,D,B,,,,\""
			    ",\"1724090369,1.2.3.4,10.1.0.4,5,22,T,I,D,B,,,,"
			    "\",\"1724090369,1.2.3.4,10.1.0.4,5,22,T,I,D,B,,,,"
			    "\""),
	    NULL);
	EXPECT(c.events == 3);
	EXPECT(c.records == 1);
	EXPECT_GET(0, "tuple_index", "0");
	EXPECT_GET(2, "tuple_index", "2");
	(void)snprintf(id, sizeof(id), "%s", events_get(0, "event_id"));
	EXPECT(strcmp(id, events_get(1, "event_id")) != 0);
	EXPECT(strncmp(id, events_get(1, "event_id"), 24) == 0);
	EXPECT_TEXT(events_get(1, "event_id") + 24, "00000001");
}

static void
map_nsg_quarantines_a_bad_tuple_and_keeps_its_neighbours(void)
{
	static const char * const bad[] = {
		"1724090369,1.2.3.4,10.1.0.4,5,22,T,I,D,B,,,",
		"1724090369,1.2.3.4,10.1.0.4,5,22,T,I,D,B,,,,,",
		"1724090369,1.2.3.4,10.1.0.4,5,22,T,I", "", "x",
		"x,1.2.3.4,10.1.0.4,5,22,T,I,A", ",1.2.3.4,10.1.0.4,5,22,T,I,A",
		"-1,1.2.3.4,10.1.0.4,5,22,T,I,A",
		"1724090369,1.2.3.400,10.1.0.4,5,22,T,I,A",
		"1724090369,1.2.3.4,10.1.0.4,65536,22,T,I,A",
		"1724090369,1.2.3.4,10.1.0.4,5,-1,T,I,A",
		"1724090369,1.2.3.4,10.1.0.4,5,22,X,I,A",
		"1724090369,1.2.3.4,10.1.0.4,5,22,T,X,A",
		"1724090369,1.2.3.4,10.1.0.4,5,22,T,I,B",
		"1724090369,1.2.3.4,10.1.0.4,5,22,T,I,A,D,,,,",
		"1724090369,1.2.3.4,10.1.0.4,5,22,T,I,A,E,1,2,3,x",
		"1724090369,1.2.3.4,10.1.0.4,5,22,T,I,A,E,1,2,3,1.5",
		"1724090369,1.2.3.4,10.1.0.4,5,22,T,I,A,E,1,2,3,"
		"99999999999999999999",
		"1724090369,1.2.3.4,10.1.0.4,5,22,T,I,A,E,-1,2,3,4",
		"1724090369,1.2.3.4,10.1.0.4, 5,22,T,I,A",
		"1724090369,1.2.3.4,10.1.0.4,5,22,t,I,A"
	};
	struct reader_counts c;
	char text[2048];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		(void)snprintf(text, sizeof(text),
		    NSG(V2,
			"\"1724090369,1.2.3.4,10.1.0.4,5,22,T,I,A,B,,,,\","
			"\"%s\",\"1724090369,1.2.3.4,10.1.0.4,5,22,T,I,A,"
			"E,1,2,3,4\""),
		    bad[i]);
		c = events_read(text, NULL);
		if ((c.events != 2) || (c.tuples_quarantined != 1))
			EXPECT_TEXT(bad[i], "refused");
		EXPECT(c.quarantined == 0);
		EXPECT_GET(1, "reason", "tuple");
		EXPECT_GET(1, "tuple_index", "1");
		EXPECT_GET(2, "tuple_index", "2");
	}
	c = events_read(NSG(V2, "17,null,{\"a\":1}"), NULL);
	EXPECT((c.events == 0) && (c.tuples_quarantined == 3));
	EXPECT(c.records == 1);
}

static void
map_nsg_does_not_guess_at_other_versions_and_shapes(void)
{
	struct reader_counts c;

	c = events_read(
	    NSG("\"Version\":3,", "\"1724090369,1.2.3.4,10.1.0.4,5,22,T,I,A\""),
	    NULL);
	EXPECT((c.events == 0) && (c.quarantined == 1));
	EXPECT_GET(0, "reason", "shape");
	c = events_read(
	    "{\"category\":\"NetworkSecurityGroupFlowEvent\"}", NULL);
	EXPECT((c.events == 0) && (c.quarantined == 1));
	c = events_read("{\"category\":\"NetworkSecurityGroupFlowEvent\","
			"\"properties\":{\"flows\":{}}}",
	    NULL);
	EXPECT((c.events == 0) && (c.quarantined == 1));
	/* Flows of a rule may be empty; a rule without them is damage. */
	c = events_read("{\"category\":\"NetworkSecurityGroupFlowEvent\","
			"\"properties\":{\"Version\":2,\"flows\":[{\"rule\":"
			"\"a\",\"flows\":[]},{\"rule\":\"b\"},{\"flows\":[{}]"
			"}]}}",
	    NULL);
	EXPECT((c.records == 1) && (c.events == 0));
	EXPECT(c.tuples_quarantined == 2);
}

static void
map_nsg_reads_records_nested_in_records(void)
{
	struct reader_counts c;

	c = events_read("{\"records\":[" NSG(V1,
			    "\"1493763938,1.2.3.4,10.2.0.4,3,23,T,I,A\"") "]}",
	    NULL);
	EXPECT((c.events == 1) && (c.quarantined == 0));
	EXPECT_GET(0, "flags", "nested");
}

static void
map_vnet_reads_its_own_order_of_fields(void)
{
	struct reader_counts c;

	c = events_read(VNET("\"1733975972606,10.1.0.4,20.10.127.193,57892,443,"
			     "6,O,E,NX,10,5291,11,6911\""),
	    NULL);
	EXPECT(c.events == 1);
	EXPECT_GET(0, "source", "vnet-flow");
	EXPECT_GET(0, "time", "2024-12-12T03:59:32.6060000Z");
	EXPECT_GET(0, "time_resolution", "10000");
	EXPECT_GET(0, "protocol", "TCP");
	EXPECT_GET(0, "direction", "out");
	EXPECT_GET(0, "decision", "allow");
	EXPECT_GET(0, "flow_state", "end");
	EXPECT_GET(0, "encryption", "NX");
	EXPECT_GET(0, "packets_sd", "10");
	EXPECT_GET(0, "bytes_sd", "5291");
	EXPECT_GET(0, "packets_ds", "11");
	EXPECT_GET(0, "bytes_ds", "6911");
	EXPECT_GET(0, "acl", "acl");
	EXPECT_GET(0, "target", "/subscriptions/ab-1/y");
	EXPECT_GET(0, "subscription", "ab-1");
	EXPECT_GET(0, "flags", "");
}

static void
map_vnet_keeps_every_tuple_in_the_order_of_the_record(void)
{
	struct reader_counts c;

	/* E before B in one millisecond; B,E,B,E alike; three alike D. */
	c = events_read(
	    VNET("\"1733975972606,1.2.3.4,1.2.3.5,1,443,6,O,E,NX,1,2,3,4\","
		 "\"1733975972606,1.2.3.4,1.2.3.5,1,443,6,O,B,NX,0,0,0,0\","
		 "\"1733975972606,1.2.3.4,1.2.3.5,1,443,6,O,B,NX,0,0,0,0\","
		 "\"1733975972606,1.2.3.4,1.2.3.5,1,443,6,I,D,NX,0,0,0,0\","
		 "\"1733975972606,1.2.3.4,1.2.3.5,1,443,6,I,D,NX,0,0,0,0\","
		 "\"1733975972606,1.2.3.4,1.2.3.5,1,443,6,I,D,NX,0,0,0,0\""),
	    NULL);
	EXPECT(c.events == 6);
	EXPECT_GET(0, "flow_state", "end");
	EXPECT_GET(1, "flow_state", "begin");
	EXPECT_GET(5, "decision", "deny");
	EXPECT_GET(5, "flow_state", "denied");
	EXPECT_GET(5, "bytes_sd", "0");
}

static void
map_vnet_takes_seconds_and_empty_counters_as_documented_elsewhere(void)
{
	(void)events_read(
	    VNET("\"1733975972,1.2.3.4,1.2.3.5,1,443,6,O,B,,,,,\","
		 "\"1733975972606,::1,2001:DB8::1,0,0,58,O,C,"
		 "NX_HW_NOT_SUPPORTED,1,2,3,4\","
		 "\"1733975972606,1.2.3.4,1.2.3.5,,,132,O,B,X,0,0,0,0\""),
	    NULL);
	EXPECT_GET(0, "time", "2024-12-12T03:59:32.0000000Z");
	EXPECT_GET(0, "time_resolution", "10000000");
	EXPECT_GET(0, "bytes_sd", "");
	EXPECT_GET(0, "encryption", "");
	EXPECT_GET(1, "dst_ip", "2001:db8::1");
	EXPECT_GET(1, "src_port", "0");
	EXPECT_GET(1, "protocol", "ICMPv6");
	EXPECT_GET(1, "encryption", "NX_HW_NOT_SUPPORTED");
	EXPECT_GET(2, "src_port", "");
	EXPECT_GET(2, "protocol", "132");
}

static void
map_vnet_does_not_guess_at_other_versions(void)
{
	struct reader_counts c;

	c = events_read(
	    "{\"category\":\"FlowLogFlowEvent\",\"flowLogVersion\":5"
	    ",\"flowRecords\":{\"flows\":[]}}",
	    NULL);
	EXPECT((c.events == 0) && (c.quarantined == 1));
	c = events_read("{\"category\":\"FlowLogFlowEvent\",\"flowRecords\":{"
			"\"flows\":[{\"flowGroups\":[{\"flowTuples\":["
			"\"1733975972606,1.2.3.4,1.2.3.5,1,443,6,O,B,NX,0,0,0,0"
			"\"]}]}]}}",
	    NULL);
	EXPECT(c.events == 1);
	EXPECT_GET(0, "flags", "version");
	c = events_read(VNET("\"1733975972606,1.2.3.4,1.2.3.5,1,443,6,O,A,NX,0,"
			     "0,0,0\",\"1733975972606,1.2.3.4,1.2.3.5,1,443,T,O"
			     ",B,NX,0,0,0,0\",\"1733975972606,1.2.3.4,1.2.3.5,1"
			     ",443,6,O,B,n x,0,0,0,0\",\"1724090369,1.2.3.4,"
			     "10.1.0.4,5,22,T,I,A\""),
	    NULL);
	EXPECT((c.events == 0) && (c.tuples_quarantined == 4));
}

static void
map_record_goes_by_the_record_and_not_by_its_place(void)
{
	struct reader_counts c;

	c = events_read(VNET("\"1733975972606,1.2.3.4,1.2.3.5,1,443,6,O,B,NX,0,"
			     "0,0,0\""),
	    "storage-read");
	EXPECT(c.events == 1);
	EXPECT_GET(0, "source", "vnet-flow");
	/* Members' names in any case, and out of order. */
	c = events_read("{\"FLOWRECORDS\":{\"Flows\":[{\"flowgroups\":[{"
			"\"FlowTuples\":[\"1733975972606,1.2.3.4,1.2.3.5,1,443,"
			"6,O,B,NX,0,0,0,0\"]}]}]},\"FlowLogVersion\":\"4\"}",
	    NULL);
	EXPECT(c.events == 1);
	EXPECT_GET(0, "version", "4");
}

int
main(void)
{
	RUN(map_nsg_reads_both_versions_by_their_number_of_fields);
	RUN(map_nsg_takes_empty_counters_for_absent_and_a_denied_begin_for_denied);
	RUN(map_nsg_keeps_identical_tuples_and_numbers_them);
	RUN(map_nsg_quarantines_a_bad_tuple_and_keeps_its_neighbours);
	RUN(map_nsg_does_not_guess_at_other_versions_and_shapes);
	RUN(map_nsg_reads_records_nested_in_records);
	RUN(map_vnet_reads_its_own_order_of_fields);
	RUN(map_vnet_keeps_every_tuple_in_the_order_of_the_record);
	RUN(map_vnet_takes_seconds_and_empty_counters_as_documented_elsewhere);
	RUN(map_vnet_does_not_guess_at_other_versions);
	RUN(map_record_goes_by_the_record_and_not_by_its_place);
	events_free();
	return unit_failed;
}
