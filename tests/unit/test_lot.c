/* What a lot keeps is what its sink was given, when memory lasts. */
#include "evidence/buf.h"
#include "timeline/event_json.h"
#include "timeline/lot.h"
#include "timeline/reader.h"

#include "tests/unit/memory.h"

/* Records of several kinds, tuples of two lists and a bad one, and no record. */
static const char text[] =
    "{\"time\":\"2024-05-01T10:00:00Z\",\"category\":\"StorageRead\","
    "\"operationName\":\"GetBlob\",\"uri\":\"https://a.blob.core.windows.net/"
    "c/o?sv=1&sig=S3CRET\",\"identity\":{\"type\":\"SAS\"}}\n"
    "no record\n"
    "{\"time\":\"2024-05-01T10:01:00Z\",\"systemId\":\"s\",\"macAddress\":"
    "\"000D3AF8B9D1\",\"category\":\"NetworkSecurityGroupFlowEvent\","
    "\"resourceId\":\"/SUBSCRIPTIONS/S/RESOURCEGROUPS/R/PROVIDERS/"
    "MICROSOFT.NETWORK/NETWORKSECURITYGROUPS/N\",\"operationName\":"
    "\"NetworkSecurityGroupFlowEvents\",\"properties\":{\"Version\":2,"
    "\"flows\":[{\"rule\":\"UserRule_a\",\"flows\":[{\"mac\":\"000D3AF8B9D1\","
    "\"flowTuples\":[\"1714557600,10.0.0.4,52.1.2.3,4001,443,T,O,A,B,,,,\","
    "\"1714557601,10.0.0.4,52.1.2.4,4002,53,U,O,A,E,1,2,3,4\",\"bad\"]}]},"
    "{\"rule\":\"UserRule_b\",\"flows\":[{\"mac\":\"000D3AF8B9D1\","
    "\"flowTuples\":[\"1714557602,10.0.0.9,10.0.0.4,1,22,T,I,D,B,,,,\"]}]}]}}\n";

/* What came, in words. */
struct words {
	struct buf text;
	int records;
};

static int
on_record(void * cookie, const struct event_record * r, struct err * e)
{
	struct words * w = cookie;

	w->records++;
	return buf_addf(&w->text, e, "record %lld %02x\n",
	    (long long)r->origin.offset, (unsigned int)r->origin.sha256[0]);
}

static int
on_event(void * cookie, const struct event * ev, struct err * e)
{
	struct words * w = cookie;
	struct event_json alone = { 0 };
	struct json_out j;
	int rc;

	json_begin(&j, &w->text, e);
	json_open_object(&j, NULL);
	event_json_put(&alone, &j, ev);
	json_close_object(&j);
	rc = json_end(&j, true);
	event_json_free(&alone);
	return rc;
}

static int
on_quarantine(void * cookie, const struct event_quarantine * q, struct err * e)
{
	struct words * w = cookie;
	struct json_out j;

	json_begin(&j, &w->text, e);
	json_open_object(&j, NULL);
	event_json_put_quarantine(&j, q);
	json_close_object(&j);
	return json_end(&j, true);
}

static struct event_sink
sink_of(struct words * w)
{
	struct event_sink sink = { w, on_record, on_event, on_quarantine,
		NULL };

	return sink;
}

static int
read_into(const struct event_sink * sink, struct err * e)
{
	struct event_origin origin = { .package = "p", .member = "m" };
	struct reader * r = reader_new(sink, e);
	int rc = -1;

	if (r == NULL)
		return -1;
	reader_begin(r, &origin, NULL);
	if ((reader_feed(r, text, strlen(text), e) == 0) &&
	    (reader_end(r, e) == 0))
		rc = 0;
	reader_free(r);
	return rc;
}

/* Read it by way of a lot that held something else before. */
static int
read_by_lot(struct words * w, struct err * e)
{
	struct event_sink to = sink_of(w);
	struct lot * lot = lot_new(e);
	struct event_sink sink;
	int rc = -1;

	if (lot == NULL)
		return -1;
	sink = lot_sink(lot);
	if (read_into(&sink, e) == 0) {
		lot_clear(lot);
		rc = read_into(&sink, e);
	}
	if (rc == 0)
		rc = lot_replay(lot, &to, e);
	lot_free(lot);
	return rc;
}

static void
lot_replays_what_it_was_given(void)
{
	struct words direct = { 0 };
	struct words kept = { 0 };
	struct event_sink sink = sink_of(&direct);
	struct err e;

	err_init(&e);
	EXPECT(read_into(&sink, &e) == 0);
	EXPECT(read_by_lot(&kept, &e) == 0);
	EXPECT(direct.records == 2);
	EXPECT(strstr(buf_text(&direct.text), "52.1.2.4") != NULL);
	EXPECT(strstr(buf_text(&direct.text), "UserRule_b") != NULL);
	EXPECT_TEXT(buf_text(&kept.text), buf_text(&direct.text));
	buf_free(&direct.text);
	buf_free(&kept.text);
}

/* One of each, by hand: libcrypto ends the program when memory runs out. */
static int
keep_each(struct err * e)
{
	static const uint8_t digest[DIGEST_SHA256_LEN];
	struct lot * lot = lot_new(e);
	struct event_sink sink;
	struct event_record record = { { "p", NULL, "m", 0, 1, digest },
		EVENT_SOURCE_STORAGE };
	struct event_quarantine q = { record.origin, EVENT_ABSENT,
		EVENT_REASON_SYNTAX, "no record" };
	struct event ev;
	int rc = -1;

	if (lot == NULL)
		return -1;
	sink = lot_sink(lot);
	event_init(&ev);
	ev.origin = record.origin;
	ev.rule = "a";
	ev.group = 1;
	if ((sink.record(lot, &record, e) == 0) &&
	    (sink.event(lot, &ev, e) == 0) && (sink.event(lot, &ev, e) == 0) &&
	    (sink.quarantine(lot, &q, e) == 0))
		rc = 0;
	lot_free(lot);
	return rc;
}

static void
lot_says_when_memory_runs_out(void)
{
	run_out(keep_each);
}

int
main(void)
{
	RUN(lot_replays_what_it_was_given);
	RUN(lot_says_when_memory_runs_out);
	lot_free(NULL);
	return unit_failed;
}
