#include <stdlib.h>

#include "evidence/buf.h"
#include "evidence/listing.h"
#include "evidence/text.h"
#include "tests/unit/unit.h"

/* What the callback saw, as one line an entry. */
struct seen {
	struct buf text;
	int64_t entries;
	int stop_at; /* Entry at which the callback fails; 0: never. */
};

static const char *
or_dash(const char * text)
{
	return (text == NULL) ? "-" : text;
}

static int
note(void * cookie, const struct listing_entry * entry, struct err * e)
{
	struct seen * seen = cookie;

	seen->entries++;
	if (seen->entries == seen->stop_at) {
		err_set(e, ERR_STOPPED, NULL, "enough");
		return -1;
	}
	if (text_escape(&seen->text, entry->name, entry->name_len, e) != 0)
		return -1;
	return buf_addf(&seen->text, e, "|%d|%lld|%s|%s|%s|%s%s%s\n",
	    (int)entry->kind, (long long)entry->content_length,
	    or_dash(entry->etag), or_dash(entry->blob_type),
	    or_dash(entry->snapshot), or_dash(entry->version_id),
	    entry->is_deleted ? "|deleted" : "",
	    entry->is_current_version ? "|current" : "");
}

/* Read ${len} bytes of ${xml} in steps of ${step}; the error is in ${e}. */
static int
read_page(enum listing_kind kind, const char * xml, size_t len, size_t step,
    struct seen * seen, char * marker, struct err * e)
{
	struct listing * l = NULL;
	int rc = -1;

	err_init(e);
	l = listing_new(kind, note, seen, e);
	if (l == NULL)
		goto out;
	for (size_t at = 0; at < len; at += step) {
		size_t part = (len - at < step) ? len - at : step;

		if (listing_feed(l, xml + at, part, e) != 0)
			goto out;
	}
	if (listing_finish(l, e) != 0)
		goto out;
	if (marker != NULL)
		(void)snprintf(marker, 64, "%s", listing_page(l)->next_marker);
	rc = 0;

out:
	listing_free(l);
	return rc;
}

static const char page[] =
    "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?>"
    "<EnumerationResults ServiceEndpoint=\"https://a.blob.core.windows.net/\" "
    "ContainerName=\"logs\"><Prefix>y=</Prefix><Marker>m0</Marker>"
    "<MaxResults>5000</MaxResults><Blobs>"
    "<Blob><Name>a/b &amp; \xC3\xA9.json</Name><VersionId>v1</VersionId>"
    "<IsCurrentVersion>true</IsCurrentVersion><Properties>"
    "<Creation-Time>Sun, 01 Nov 2026 00:00:00 GMT</Creation-Time>"
    "<Last-Modified>Sun, 01 Nov 2026 01:00:00 GMT</Last-Modified>"
    "<Etag>0x8DA</Etag><Content-Length>12345678901</Content-Length>"
    "<Content-MD5 /><BlobType>BlockBlob</BlobType></Properties>"
    "<Metadata><Name>x</Name><a>1</a></Metadata><OrMetadata /></Blob>\r\n"
    "<Blob><Name Encoded=\"true\">n%EF%BF%BE%2541</Name>"
    "<Snapshot>2026-11-01T00:00:00.0000000Z</Snapshot><Deleted>true</Deleted>"
    "<Properties><Etag>\"q\"</Etag><Content-Length>0</Content-Length>"
    "<BlobType>AppendBlob</BlobType></Properties></Blob>"
    "<BlobPrefix><Name>dir/</Name></BlobPrefix>"
    "</Blobs><NextMarker>2!68!MDAw&amp;</NextMarker></EnumerationResults>";

static const char page_text[] =
    "a/b & \xC3\xA9.json|1|12345678901|0x8DA|BlockBlob|-|v1|current\n"
    "n\\u{fffe}%41|1|0|\"q\"|AppendBlob|2026-11-01T00:00:00.0000000Z|-|deleted\n"
    "dir/|2|-1|-|-|-|-\n";

static void
listing_reads_a_page_whole_and_in_pieces_of_every_size(void)
{
	struct err e;

	for (size_t step = 1; step <= sizeof(page); step++) {
		struct seen seen = { 0 };
		char marker[64] = "";

		EXPECT(read_page(LISTING_BLOBS, page, sizeof(page) - 1, step,
			   &seen, marker, &e) == 0);
		EXPECT_TEXT(buf_text(&seen.text), page_text);
		EXPECT_TEXT(marker, "2!68!MDAw&");
		buf_free(&seen.text);
	}
}

static void
listing_refuses_a_page_cut_at_every_length(void)
{
	struct err e;

	for (size_t len = 0; len < sizeof(page) - 1; len++) {
		struct seen seen = { 0 };

		EXPECT(read_page(
			   LISTING_BLOBS, page, len, 7, &seen, NULL, &e) == -1);
		EXPECT(e.kind == ERR_INPUT);
		buf_free(&seen.text);
	}
}

static void
listing_says_what_the_page_says_of_itself(void)
{
	struct seen seen = { 0 };
	struct listing * l = NULL;
	struct err e;

	err_init(&e);
	l = listing_new(LISTING_BLOBS, note, &seen, &e);
	EXPECT(listing_feed(l, page, sizeof(page) - 1, &e) == 0);
	EXPECT(listing_finish(l, &e) == 0);
	EXPECT_TEXT(listing_page(l)->container, "logs");
	EXPECT_TEXT(listing_page(l)->service_endpoint,
	    "https://a.blob.core.windows.net/");
	EXPECT_TEXT(listing_page(l)->prefix, "y=");
	EXPECT_TEXT(listing_page(l)->marker, "m0");
	EXPECT(listing_page(l)->entries == 3);
	EXPECT(listing_page(l)->bytes == (int64_t)sizeof(page) - 1);
	listing_free(l);
	buf_free(&seen.text);
}

#define HEAD "<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults>"
#define TAIL "<NextMarker/></EnumerationResults>"
#define BLOBS(x) HEAD "<Blobs>" x "</Blobs>" TAIL
#define BLOB(x) BLOBS("<Blob><Name>n</Name>" x "</Blob>")

static const char * const good_pages[] = {
	BLOBS(""),
	HEAD "<Blobs/><NextMarker></NextMarker></EnumerationResults>",
	"\r\n<EnumerationResults><Blobs />" TAIL,
	BLOBS("<!-- c --><Blob><Name>n</Name></Blob>"),
	BLOBS("<Blob><Name><![CDATA[a<b]]></Name></Blob>"),
	BLOBS("<Blob><Name>&#x1F600;&#65;</Name></Blob>"),
	BLOBS("<Blob><Name Encoded=\"false\">%41</Name></Blob>"),
	BLOB("<New><Thing>1</Thing></New>"),
	BLOB("<Properties><New>1</New></Properties>"),
	BLOB("<Metadata><a><b>t</b></a><a/></Metadata>"),
	HEAD "<Blobs/><More/>" TAIL,
	"<?xml version=\"1.0\" standalone=\"yes\"?><EnumerationResults><Blobs/>" TAIL,
};

/* None of these may look like a listing, least of all like a short one. */
static const char * const bad_pages[] = {
	"",
	" ",
	"x",
	"{}",
	"<Error><Code>ServerBusy</Code></Error>",
	"<html><body>sign in</body></html>",
	"<enumerationresults><Blobs/>" TAIL,
	"<EnumerationResults/>",
	HEAD "<Blobs/></EnumerationResults>",
	HEAD TAIL,
	HEAD "<Containers/>" TAIL,
	HEAD "<Blobs/><Blobs/>" TAIL,
	HEAD "<Blobs/><NextMarker/>" TAIL,
	HEAD "<Prefix>a</Prefix><Prefix>b</Prefix><Blobs/>" TAIL,
	BLOBS("") "<EnumerationResults/>",
	BLOBS("") "trailing",
	BLOBS("stray"),
	BLOBS("<Blob>stray<Name>n</Name></Blob>"),
	BLOBS("<Blob/>"),
	BLOBS("<Blob><Name/></Blob>"),
	BLOBS("<Blob><Name></Name></Blob>"),
	BLOBS("<Blob><Name>a</Name><Name>b</Name></Blob>"),
	BLOBS("<Blob><Name>a<x/>b</Name></Blob>"),
	BLOBS("<Blob><Name Encoded=\"yes\">a</Name></Blob>"),
	BLOBS("<Blob><Name Encoded=\"true\">a%4</Name></Blob>"),
	BLOBS("<Blob><Name Encoded=\"true\">a%zz</Name></Blob>"),
	BLOBS("<Blob><Name Encoded=\"true\" Encoded=\"false\">a</Name></Blob>"),
	BLOBS("<Container><Name>a</Name></Container>"),
	BLOBS("<Directory><Name>a</Name></Directory>"),
	BLOB("<Deleted>maybe</Deleted>"),
	BLOB("<Deleted/>"),
	BLOB("<Deleted>true</Deleted><Deleted>false</Deleted>"),
	BLOB("<Snapshot>1</Snapshot><Snapshot>2</Snapshot>"),
	BLOB("<VersionId/><VersionId/>"),
	BLOB("<IsCurrentVersion>1</IsCurrentVersion>"),
	BLOB("<Properties/><Properties/>"),
	BLOB("<Properties><Etag>1</Etag><Etag>1</Etag></Properties>"),
	BLOB("<Properties><Etag><b>1</b></Etag></Properties>"),
	BLOB("<Properties>text</Properties>"),
	BLOB("<Properties><Content-Length/></Properties>"),
	BLOB("<Properties><Content-Length>-1</Content-Length></Properties>"),
	BLOB("<Properties><Content-Length>1e3</Content-Length></Properties>"),
	BLOB("<Properties><Content-Length> 1</Content-Length></Properties>"),
	BLOB("<Properties><Content-Length>01</Content-Length></Properties>"),
	BLOB("<Properties><Content-Length>0x1</Content-Length></Properties>"),
	BLOB("<Properties><Content-Length>9223372036854775808"
	     "</Content-Length></Properties>"),
	BLOBS("<Blob><Name>&#0;</Name></Blob>"),
	BLOBS("<Blob><Name>&#xD800;</Name></Blob>"),
	BLOBS("<Blob><Name>&#xFFFE;</Name></Blob>"),
	BLOBS("<Blob><Name>&#x110000;</Name></Blob>"),
	BLOBS("<Blob><Name>&nbsp;</Name></Blob>"),
	BLOBS("<Blob><Name>\x80</Name></Blob>"),
	BLOBS("<Blob><Name>\xC0\xAF</Name></Blob>"),
	BLOBS("<Blob><Name>\xED\xA0\x80</Name></Blob>"),
	BLOBS("<Blob><Name>\x01</Name></Blob>"),
	BLOBS("<Blob><Name>n</Blob></Name>"),
	"<!DOCTYPE EnumerationResults><EnumerationResults><Blobs/>" TAIL,
	"<!DOCTYPE r [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>"
	"<EnumerationResults><Prefix>&b;</Prefix><Blobs/>" TAIL,
	"<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>"
	"<EnumerationResults><Prefix>&x;</Prefix><Blobs/>" TAIL,
	"<!DOCTYPE r SYSTEM \"http://169.254.169.254/\"><EnumerationResults>"
	"<Blobs/>" TAIL,
	"<?xml version=\"1.0\" encoding=\"utf-16\"?><EnumerationResults><Blobs/>" TAIL,
	"<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><EnumerationResults>"
	"<Blobs/>" TAIL,
	"<?xml version=\"2.0\"?><EnumerationResults><Blobs/>" TAIL,
	"\xEF\xBB\xBF\xEF\xBB\xBF" BLOBS(""),
};

static void
listing_reads_what_is_odd_but_right(void)
{
	struct err e;

	for (size_t i = 0; i < sizeof(good_pages) / sizeof(good_pages[0]);
	     i++) {
		struct seen seen = { 0 };
		const char * xml = good_pages[i];

		if (read_page(LISTING_BLOBS, xml, strlen(xml), 11, &seen, NULL,
			&e) != 0) {
			unit_bad = 1;
			(void)printf("# %s: %s\n", e.text, xml);
		}
		buf_free(&seen.text);
	}
}

static void
listing_refuses_what_is_no_listing(void)
{
	struct err e;

	for (size_t i = 0; i < sizeof(bad_pages) / sizeof(bad_pages[0]); i++) {
		struct seen seen = { 0 };
		const char * xml = bad_pages[i];

		if (read_page(LISTING_BLOBS, xml, strlen(xml), 11, &seen, NULL,
			&e) == 0) {
			unit_bad = 1;
			(void)printf("# accepted: %s\n", xml);
		} else
			EXPECT(e.kind == ERR_INPUT);
		buf_free(&seen.text);
	}
}

static void
listing_refuses_utf_16(void)
{
	struct seen seen = { 0 };
	struct err e;
	char wide[2 * sizeof(page)];

	for (size_t big = 0; big < 2; big++) {
		wide[0] = big ? '\xFE' : '\xFF';
		wide[1] = big ? '\xFF' : '\xFE';
		for (size_t i = 3; i < sizeof(page) - 1; i++) {
			wide[2 * i - 4 + big] = page[i];
			wide[2 * i - 4 + !big] = '\0';
		}
		for (size_t skip = 0; skip <= 2; skip += 2)
			EXPECT(read_page(LISTING_BLOBS, wide + skip,
				   2 * sizeof(page) - 8 - skip, 64, &seen, NULL,
				   &e) == -1);
	}
	EXPECT(seen.entries == 0);
}

static void
listing_hands_a_containers_page_out(void)
{
	static const char xml[] = HEAD
	    "<Containers><Container><Name>$logs</Name><Properties>"
	    "<Etag>\"e\"</Etag><PublicAccess>blob</PublicAccess></Properties>"
	    "</Container><Container><Name>insights-activity-logs</Name>"
	    "</Container></Containers>" TAIL;
	struct seen seen = { 0 };
	struct err e;

	EXPECT(read_page(LISTING_CONTAINERS, xml, sizeof(xml) - 1, 5, &seen,
		   NULL, &e) == 0);
	EXPECT_TEXT(buf_text(&seen.text),
	    "$logs|0|-1|\"e\"|-|-|-\ninsights-activity-logs|0|-1|-|-|-|-\n");
	buf_free(&seen.text);
	EXPECT(read_page(LISTING_BLOBS, xml, sizeof(xml) - 1, 5, &seen, NULL,
		   &e) == -1);
}

/* HEAD, ${before}, ${n} times ${unit}, ${after}. */
static int
read_repeated(const char * before, const char * unit, size_t n,
    const char * after, struct err * e)
{
	struct seen seen = { 0 };
	struct buf xml = { 0 };
	int rc = -1;

	err_init(e);
	if ((buf_add_text(&xml, HEAD, e) != 0) ||
	    (buf_add_text(&xml, before, e) != 0))
		goto out;
	for (size_t i = 0; i < n; i++) {
		if (buf_add_text(&xml, unit, e) != 0)
			goto out;
	}
	if (buf_add_text(&xml, after, e) != 0)
		goto out;
	rc = read_page(
	    LISTING_BLOBS, buf_text(&xml), xml.len, 65536, &seen, NULL, e);

out:
	buf_free(&xml);
	buf_free(&seen.text);
	return rc;
}

static void
listing_keeps_its_limits_to_the_byte(void)
{
	static const char end[] = "</Name></Blob></Blobs>" TAIL;
	struct err e;

	EXPECT(read_repeated(
		   "<Blobs><Blob><Name>", "n", LISTING_NAME_MAX, end, &e) == 0);
	EXPECT(read_repeated("<Blobs><Blob><Name>", "n", LISTING_NAME_MAX + 1,
		   end, &e) == -1);
	EXPECT(e.kind == ERR_LIMIT);
	EXPECT(read_repeated("<Blobs><Blob><Name Encoded=\"true\">", "%41",
		   LISTING_NAME_MAX, end, &e) == 0);
	EXPECT(read_repeated("<Blobs><Blob><Name Encoded=\"true\">", "%41",
		   LISTING_NAME_MAX + 1, end, &e) == -1);
	EXPECT(e.kind == ERR_LIMIT);
	EXPECT(read_repeated("<Blobs><Blob><Name Encoded=\"true\">", "n",
		   LISTING_NAME_MAX + 1, end, &e) == -1);
	EXPECT(e.kind == ERR_LIMIT);
	EXPECT(
	    read_repeated("<Blobs><Blob><Name>n</Name><Snapshot>", "s",
		LISTING_VALUE_MAX, "</Snapshot></Blob></Blobs>" TAIL, &e) == 0);
	EXPECT(read_repeated("<Blobs><Blob><Name>n</Name><Snapshot>", "s",
		   LISTING_VALUE_MAX + 1, "</Snapshot></Blob></Blobs>" TAIL,
		   &e) == -1);
	EXPECT(e.kind == ERR_LIMIT);
	EXPECT(read_repeated("<Blobs/><NextMarker>", "m", LISTING_MARKER_MAX,
		   "</NextMarker></EnumerationResults>", &e) == 0);
	EXPECT(
	    read_repeated("<Blobs/><NextMarker>", "m", LISTING_MARKER_MAX + 1,
		"</NextMarker></EnumerationResults>", &e) == -1);
	EXPECT(e.kind == ERR_LIMIT);
	EXPECT(read_repeated("<Blobs>", "<Blob><Name>n</Name></Blob>",
		   LISTING_ENTRIES_MAX, "</Blobs>" TAIL, &e) == 0);
	EXPECT(read_repeated("<Blobs>", "<Blob><Name>n</Name></Blob>",
		   LISTING_ENTRIES_MAX + 1, "</Blobs>" TAIL, &e) == -1);
	EXPECT(e.kind == ERR_LIMIT);
}

static void
listing_nests_sixteen_deep_and_no_deeper(void)
{
	struct err e;

	/* EnumerationResults is the first of the sixteen. */
	EXPECT(read_repeated("<More>", "<a>", LISTING_DEPTH_MAX - 2, "", &e) ==
	    -1);
	EXPECT(e.kind == ERR_INPUT); /* Cut, but not too deep. */
	EXPECT(read_repeated("<More>", "<a>", LISTING_DEPTH_MAX - 1, "", &e) ==
	    -1);
	EXPECT(e.kind == ERR_LIMIT);
	EXPECT(read_repeated("", "<a>", 1000000, "", &e) == -1);
	EXPECT(e.kind == ERR_LIMIT);
}

static void
listing_does_not_hoard_one_endless_tag(void)
{
	struct err e;

	EXPECT(
	    read_repeated("<Blobs ", "a=\"1\" ", 1000000, "/>" TAIL, &e) == -1);
	EXPECT(e.kind == ERR_LIMIT);
	EXPECT(read_repeated("<!--", "-x", 1000000, "-->" TAIL, &e) == -1);
	EXPECT(e.kind == ERR_LIMIT);
}

static void
listing_stops_where_the_callback_stops(void)
{
	struct seen seen = { .stop_at = 2 };
	struct err e;

	EXPECT(read_page(LISTING_BLOBS, page, sizeof(page) - 1, sizeof(page),
		   &seen, NULL, &e) == -1);
	EXPECT(e.kind == ERR_STOPPED);
	EXPECT(seen.entries == 2);
	buf_free(&seen.text);
}

int
main(void)
{
	RUN(listing_reads_a_page_whole_and_in_pieces_of_every_size);
	RUN(listing_refuses_a_page_cut_at_every_length);
	RUN(listing_says_what_the_page_says_of_itself);
	RUN(listing_reads_what_is_odd_but_right);
	RUN(listing_refuses_what_is_no_listing);
	RUN(listing_refuses_utf_16);
	RUN(listing_hands_a_containers_page_out);
	RUN(listing_keeps_its_limits_to_the_byte);
	RUN(listing_nests_sixteen_deep_and_no_deeper);
	RUN(listing_does_not_hoard_one_endless_tag);
	RUN(listing_stops_where_the_callback_stops);
	return unit_failed;
}
