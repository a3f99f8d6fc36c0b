#include <stdlib.h>

#include "evidence/secret_scan.h"
#include "tests/unit/unit.h"

/* Made for this test: they open nothing. */
#define KEY                                                                    \
	"q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4mrze8BI0VniavN7wEjRWeJPT6t" \
	"LnrTOQIQm/+xsoMGQw"
#define SIG "p9Xf3Zt0aLq7Vb1NcE5/wK2h+YdRj8sUgI6oMxTzF4Q"
#define SIG_PCT "p9Xf3Zt0aLq7Vb1NcE5%2FwK2h%2BYdRj8sUgI6oMxTzF4Q"
#define JWT_HEAD "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9"
#define JWT_BODY "eyJhdWQiOiJodHRwczovL3N0b3JhZ2UuYXp1cmUuY29tIn0"
#define JWT_SIGN "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZg"
#define BQ "\\\""

/* One text, and how many of which sort it holds. */
struct row {
	const char * text;
	int64_t n;
	enum secret_sort sort;
};

static const struct row rows[] = {
	/* Signatures of shared accesses, in every coat that logs give them. */
	{ "https://a.blob.core.windows.net/c/b?sv=2021-08-06&sig=" SIG "=", 1,
	    SECRET_SIGNATURE },
	{ "?sig=" SIG_PCT "%3D&se=2026", 1, SECRET_SIGNATURE },
	{ "?sig=" SIG_PCT "%3d&se=2026", 1, SECRET_SIGNATURE },
	{ "{\"uri\":\"https://a/c?sv=1\\u0026sig=" SIG_PCT "%3D\"}", 1,
	    SECRET_SIGNATURE },
	{ "sig\\u003d" SIG "\\u003d", 1, SECRET_SIGNATURE },
	{ "x%3Fsv%3D1%26sig%3Dp9Xf3Zt0aLq7Vb1NcE5%252FwK2h%252BYdRj8sUgI6oMx"
	  "TzF4Q%253D%26se%3D1",
	    1, SECRET_SIGNATURE },
	{ "url=https%3A%2F%2Fa%3Fsig%3D" SIG_PCT "%3D", 1, SECRET_SIGNATURE },
	{ "%253Fsv%253D1%2526sig%253D" SIG "%253D", 1, SECRET_SIGNATURE },
	{ "&amp;sig=" SIG "=\"", 1, SECRET_SIGNATURE },
	{ "&SIG=" SIG "=", 1, SECRET_SIGNATURE },
	{ "{\"u\":\"a?sig=p9Xf3Zt0aLq7Vb1NcE5\\/wK2h+YdRj8sUgI6oMxTzF4Q=\"}", 1,
	    SECRET_SIGNATURE },
	{ "sig=" SIG " cut off behind it", 1, SECRET_SIGNATURE },
	{ "SharedAccessSignature=sv=2021&sig=" SIG_PCT "%3D;Blob", 1,
	    SECRET_SIGNATURE },
	{ "?sig=" SIG "=\n?sig=" SIG "=\n", 2, SECRET_SIGNATURE },
	{ "x\\nsig=" SIG "=", 1, SECRET_SIGNATURE },
	/* Keys of accounts. */
	{ "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=" KEY "==;",
	    1, SECRET_ACCOUNT_KEY },
	{ "accountkey%3D" KEY "%3D%3D", 1, SECRET_ACCOUNT_KEY },
	{ "AccountKey=" KEY "\\u003d\\u003d", 1, SECRET_ACCOUNT_KEY },
	{ "{\"keys\":[{\"keyName\":\"key1\",\"value\":\"" KEY
	  "==\",\"permissions\":\"Full\"}]}",
	    1, SECRET_ACCOUNT_KEY },
	{ "{\"body\":\"{" BQ "value" BQ ":" BQ KEY "==" BQ "}\"}", 1,
	    SECRET_ACCOUNT_KEY },
	{ "{\"accountKey\" : \"" KEY "==\"}", 1, SECRET_ACCOUNT_KEY },
	{ "{\"primaryMasterKey\":\"" KEY "==\",\"secondaryMasterKey\":\"" KEY
	  "==\"}",
	    2, SECRET_ACCOUNT_KEY },
	{ "{\"key2\":\"" KEY "==\"}", 1, SECRET_ACCOUNT_KEY },
	/* Keys of policies. */
	{ "Endpoint=sb://x/;SharedAccessKeyName=R;SharedAccessKey=" SIG
	  "=;EntityPath=q",
	    1, SECRET_ACCESS_KEY },
	{ "{\"primaryKey\":\"" SIG "=\"}", 1, SECRET_ACCESS_KEY },
	/* Tokens. */
	{ "Authorization: Bearer " JWT_HEAD "." JWT_BODY "." JWT_SIGN, 1,
	    SECRET_TOKEN },
	{ "Bearer%20" JWT_HEAD "." JWT_BODY "." JWT_SIGN, 1, SECRET_TOKEN },
	{ "{\"access_token\":\"" JWT_HEAD "." JWT_BODY "." JWT_SIGN "\"}", 1,
	    SECRET_TOKEN },
	{ "id_token=" JWT_HEAD "." JWT_BODY "." JWT_SIGN "&state=1", 1,
	    SECRET_TOKEN },
	/* What is none. */
	{ "?sv=2021&sig=XXXXX&se=1", 0, 0 },
	{ "?sig=REDACTED", 0, 0 },
	{ "?sig=***", 0, 0 },
	{ "?sig=", 0, 0 },
	{ "?sig=XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX=", 0, 0 },
	{ "?sig=-REDACTED-&x", 0, 0 },
	{ "?sig=3a54e6f4a1b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6"
	  "f7",
	    0, 0 },
	{ "?design=" SIG "=", 0, 0 },
	{ "?x_sig=" SIG "=", 0, 0 },
	{ "?sig=p9Xf3Zt0aLq7Vb1NcE5/wK2h+YdRj8sUgI6oMxTzF4R=", 0, 0 },
	{ "?sig=" SIG "Q=", 0, 0 },
	{ "SasSignature(3A54E6F4A1B7C8D9E0F1A2B3C4D5E6F708192A3B4C5D6E7F8091A2"
	  "B3C4D5E6F7)",
	    0, 0 },
	{ "\"tokenHash\":\"key1(3A54E6F4A1B7C8D9E0F1A2B3C4D5E6F708192A3B4C5D6E7"
	  "F8091A2B3C4D5E6F7)\"",
	    0, 0 },
	{ "\"correlationId\":\"0a1b2c3d-0000-1111-2222-333344445555\"", 0, 0 },
	{ "\"etag\":\"\\\"0x8DBFF00112233AA\\\"\"", 0, 0 },
	{ "\"contentMd5\":\"1B2M2Y8AsgTpgAmY7PhCfg==\"", 0, 0 },
	{ "\"value\":\"1B2M2Y8AsgTpgAmY7PhCfg==\"", 0, 0 },
	{ "\"sha512\":\"" KEY "==\"", 0, 0 },
	{ "\"sha256\":\"" SIG "=\"", 0, 0 },
	{ "\"value\":\"" SIG "=\"", 0, 0 },
	{ "AccountKey=<your key>;", 0, 0 },
	{ "AccountKey=;", 0, 0 },
	{ "AccountKey=" SIG "=;", 0, 0 },
	{ "SharedAccessKeyName=RootManageSharedAccessKey;", 0, 0 },
	{ "keyName=key1&value=" SIG, 0, 0 },
	{ JWT_HEAD "." JWT_BODY "."
		   "[removed]",
	    0, 0 },
	{ JWT_HEAD "." JWT_BODY, 0, 0 },
	{ "{\"x\":\"eyJ\"}", 0, 0 },
	{ "x" JWT_HEAD "." JWT_BODY "." JWT_SIGN, 0, 0 },
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static struct secret_scan scan;

/* Scan ${text} in two pieces, the first of ${cut} bytes. */
static const struct secret_counts *
in_two(const char * text, size_t cut)
{
	size_t len = strlen(text);

	secret_scan_begin(&scan);
	secret_scan_add(&scan, (const uint8_t *)text, cut);
	secret_scan_add(&scan, (const uint8_t *)text + cut, len - cut);
	return secret_scan_end(&scan);
}

static bool
is_right(const struct row * row, const struct secret_counts * c)
{
	if ((c->all == row->n) &&
	    ((row->n == 0) || (c->of[row->sort] == row->n)))
		return true;
	(void)printf("# %lld found in: %s\n", (long long)c->all, row->text);
	return false;
}

static void
each_row_of_the_table_is_judged_as_it_says(void)
{
	for (size_t i = 0; i < ROWS; i++)
		EXPECT(is_right(&rows[i], in_two(rows[i].text, 0)));
}

static void
wherever_it_is_cut_in_two_the_same_is_found(void)
{
	for (size_t i = 0; i < ROWS; i++)
		for (size_t cut = 1; cut < strlen(rows[i].text); cut++)
			EXPECT(is_right(&rows[i], in_two(rows[i].text, cut)));
}

/* ${text} behind ${before} bytes of filling, in pieces of ${piece}. */
static const struct secret_counts *
far_in(const char * text, size_t before, size_t piece)
{
	const size_t len = before + strlen(text) + 30000;
	uint8_t * all = malloc(len);

	if (all == NULL)
		exit(1);
	memset(all, ' ', len);
	memcpy(all + before, text, strlen(text));
	secret_scan_begin(&scan);
	for (size_t at = 0; at < len; at += piece) {
		size_t n = (len - at < piece) ? len - at : piece;
		uint8_t * part = malloc(n); /* Its ends are watched. */

		if (part == NULL)
			exit(1);
		memcpy(part, all + at, n);
		secret_scan_add(&scan, part, n);
		free(part);
	}
	free(all);
	return secret_scan_end(&scan);
}

static void
wherever_pieces_end_the_same_is_found_at_its_place(void)
{
	static const size_t pieces[] = { 1, 7, 1024, 8192, 9215, 9216, 9217,
		10240, 20000, 65536 };
	static const size_t befores[] = { 0, 1, 1000, 8191, 9200, 9216, 18400,
		20480, 65500 };

	for (size_t i = 0; i < ROWS; i += 5)
		for (size_t k = 0; k < 10; k++)
			for (size_t b = 0; b < 9; b++)
				EXPECT(is_right(&rows[i],
				    far_in(
					rows[i].text, befores[b], pieces[k])));
	EXPECT(far_in("?sig=" SIG "=", 40000, 9217)->places[0] == 40005);
	EXPECT(far_in("Bearer " JWT_HEAD "." JWT_BODY "." JWT_SIGN, 70000, 4096)
		   ->places[0] == 70007);
}

static void
lines_are_counted_once_however_much_they_hold(void)
{
	const char text[] = "\n?sig=" SIG "= ?sig=" SIG "=\n\nx\n"
			    "?sig=" SIG "= AccountKey=" KEY "==\n"
			    "?sig=" SIG "=";

	for (size_t cut = 0; cut < sizeof(text) - 1; cut++) {
		const struct secret_counts * c = in_two(text, cut);

		EXPECT((c->all == 5) && (c->records == 3));
		EXPECT(c->of[SECRET_SIGNATURE] == 4);
	}
}

static void
more_places_than_are_kept_are_counted(void)
{
	secret_scan_begin(&scan);
	for (int i = 0; i < 100; i++)
		secret_scan_add(&scan, (const uint8_t *)"?sig=" SIG "=\n",
		    strlen("?sig=" SIG "=\n"));
	EXPECT(secret_scan_end(&scan)->all == 100);
	EXPECT(secret_scan_end(&scan)->records == 100);
	EXPECT(scan.counts.places[SECRET_SCAN_PLACES - 1] == 5 + 15 * 50);
}

static void
a_token_longer_than_what_is_looked_at_is_one(void)
{
	const size_t len = 40000;
	char * text = malloc(len + 1);

	if (text == NULL)
		exit(1);
	memset(text, 'a', len);
	memcpy(text, JWT_HEAD ".eyJ", strlen(JWT_HEAD) + 4);
	text[len] = '\0';
	EXPECT(in_two(text, 10)->all == 1);
	EXPECT(in_two(text, 30000)->all == 1);
	free(text);
}

static void
what_cannot_be_looked_into_is_closed(void)
{
	static const struct {
		const char * bytes;
		size_t len;
		bool is_closed;
	} all[] = {
		{ "\x1f\x8b\x08", 3, true },
		{ "\x28\xb5\x2f\xfd\x04", 5, true },
		{ "PK\x03\x04", 4, true },
		{ "Obj\x01", 4, true },
		{ "\xff\xfe{", 3, true },
		{ "{\0\"\0", 4, true },
		{ "PK\x03", 3, false },
		{ "\x1f", 1, false },
		{ "", 0, false },
		{ "{\"a\":1}\n", 8, false },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		secret_scan_begin(&scan);
		for (size_t k = 0; k < all[i].len; k++)
			secret_scan_add(
			    &scan, (const uint8_t *)all[i].bytes + k, 1);
		EXPECT(secret_scan_end(&scan)->is_closed == all[i].is_closed);
	}
}

/* A NUL tells as far as the head goes, and no further. */
static void
a_nul_far_behind_the_beginning_is_content(void)
{
	uint8_t text[SECRET_SCAN_HEAD + 1];

	for (size_t at = SECRET_SCAN_HEAD - 1; at <= SECRET_SCAN_HEAD; at++) {
		memset(text, 'a', sizeof(text));
		text[at] = 0;
		secret_scan_begin(&scan);
		secret_scan_add(&scan, text, 7);
		secret_scan_add(&scan, text + 7, sizeof(text) - 7);
		EXPECT(secret_scan_end(&scan)->is_closed ==
		    (at < SECRET_SCAN_HEAD));
	}
}

int
main(void)
{
	RUN(each_row_of_the_table_is_judged_as_it_says);
	RUN(wherever_it_is_cut_in_two_the_same_is_found);
	RUN(wherever_pieces_end_the_same_is_found_at_its_place);
	RUN(lines_are_counted_once_however_much_they_hold);
	RUN(more_places_than_are_kept_are_counted);
	RUN(a_token_longer_than_what_is_looked_at_is_one);
	RUN(what_cannot_be_looked_into_is_closed);
	RUN(a_nul_far_behind_the_beginning_is_content);
	return unit_failed;
}
