/* Names we give, kinds of logs, and the Merkle tree. */
#include "evidence/clock.h"
#include "evidence/kind.h"
#include "evidence/merkle.h"
#include "evidence/name.h"
#include "evidence/text.h"
#include "tests/unit/unit.h"

static const uint8_t four[4] = { 0xde, 0xad, 0xbe, 0xef };

static int64_t
at_of(const char * text)
{
	int64_t at = CLOCK_UNKNOWN;
	struct err e;

	err_init(&e);
	EXPECT(clock_parse(text, &at, &e) == 0);
	return at;
}

static void
a_package_name_is_made_of_case_time_and_chance(void)
{
	static const char * const table[][2] = {
		{ "CASE 42/2026", "case-42-2026" }, { "", "case" },
		{ "////", "case" }, { "\xc3\x85ngstr\xc3\xb6m", "ngstr-m" },
		{ "a  -- b", "a-b" }, { "-x-", "x" },
		{ "abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwx" },
		{ "abcdefghijklmnopqrstuvw-xyz", "abcdefghijklmnopqrstuvw" }
	};
	char name[NAME_SIZE];
	char want[NAME_SIZE];
	struct err e;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		name_make_package(
		    table[i][0], at_of("2026-11-23T23:16:13Z"), four, name);
		(void)snprintf(want, sizeof(want),
		    "%s-20261123t231613z-deadbeef", table[i][1]);
		EXPECT_TEXT(name, want);
		err_init(&e);
		EXPECT(name_check_package(name, &e) == 0);
	}
}

static void
what_is_no_package_name_is_refused(void)
{
	static const char * const bad[] = { "", "x",
		"20261123t231613z-deadbeef", "-20261123t231613z-deadbeef",
		"a-20261123t231613z-deadbee", "a-20261123t231613z-deadbeeF",
		"a-20261123T231613z-deadbeef", "a-20260230t231613z-deadbeef",
		"a-20261123t241613z-deadbeef", "a--20261123t231613z-deadbeef",
		"A-20261123t231613z-deadbeef", "a.-20261123t231613z-deadbeef",
		"a/b-20261123t231613z-deadbeef",
		"../-20261123t231613z-deadbeef", "a-20261123t231613z-deadbeef/",
		"abcdefghijklmnopqrstuvwxy-20261123t231613z-deadbeef" };
	struct err e;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err_init(&e);
		EXPECT(name_check_package(bad[i], &e) == -1);
		EXPECT(e.kind == ERR_INPUT);
	}
}

static void
a_source_name_fits_48_bytes(void)
{
	char name[NAME_SIZE];

	name_make_source(0, "stacct01", "nsg-flow", name);
	EXPECT_TEXT(name, "0001-stacct01-nsg-flow");
	name_make_source(9998, "a-very-long-folder-name-of-somebody-else",
	    "activity-legacy", name);
	EXPECT_TEXT(name, "9999-a-very-long-folder-name-of-activity-legacy");
	EXPECT(strlen(name) <= NAME_SOURCE_MAX);
	name_make_source(1, "___", "local", name);
	EXPECT_TEXT(name, "0002-x-local");
}

static void
an_object_name_helps_a_person(void)
{
	static const char * const table[][2] = {
		{ "resourceId=/SUBSCRIPTIONS/0/RESOURCEGROUPS/RG/PROVIDERS/"
		  "MICROSOFT.NETWORK/NETWORKSECURITYGROUPS/NSG1/y=2026/m=11/d=01/"
		  "h=22/m=00/macAddress=000D3A12AB9F/PT1H.json",
		    "000000007-nsg1_2026-11-01t22_12ab9f.json" },
		{ "resourceId=/subscriptions/0/resourceGroups/rg/providers/"
		  "Microsoft.Storage/storageAccounts/stacct/blobServices/default/"
		  "y=2026/m=11/d=01/h=22/m=00/PT1H.json",
		    "000000007-stacct_2026-11-01t22.json" },
		{ "blob/2026/11/01/2200/000003.log",
		    "000000007-blob_2026-11-01t22.log" },
		{ "x", "000000007-x" }, { "/", "000000007-object" },
		{ "../../../etc/passwd", "000000007-etc-passwd" },
		{ "CON", "000000007-con" },
		{ "a\n\x1b[31mb", "000000007-a-31mb" },
		{ "a/y=2026/m=13/d=01/h=22/m=00/PT1H.json",
		    "000000007-26-m-13-d-01-h-22-m-00-pt1h.json" },
		{ "a....b", "000000007-a.b" }
	};
	char name[NAME_SIZE];
	char path[2 * NAME_SIZE];
	struct err e;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		name_make_object(7, table[i][0], strlen(table[i][0]), name);
		EXPECT_TEXT(name, table[i][1]);
		EXPECT(strlen(name) <= 10 + NAME_SLUG_MAX);
		(void)snprintf(path, sizeof(path), "p/data/s/%s", name);
		err_init(&e);
		EXPECT(name_check_stored(path, &e) == 0);
	}
}

static void
every_object_name_of_one_or_two_bytes_can_be_stored(void)
{
	char name[NAME_SIZE];
	struct err e;
	size_t bad = 0;

	for (int i = 0; i < 65536; i++) {
		uint8_t blob[2] = { (uint8_t)(i >> 8), (uint8_t)i };

		name_make_object(1, blob, (i < 256) ? 1 : 2, name);
		err_init(&e);
		bad += name_check_stored(name, &e) != 0;
	}
	EXPECT(bad == 0);
}

static void
a_stored_name_that_could_do_harm_is_refused(void)
{
	static const char * const bad[] = { "", "/", "/a", "a/", "a//b", ".",
		"..", "a/../b", "a/./b", "a/.b", "a/b.", "A", "a b", "a%41",
		"a\\b", "a:b", "~a", "-rf", "a/-b", "con", "a/nul.txt", "com1",
		"a/lpt9.json", "a/aux", "prn.x.y", "\xc3\xa9",
		"README-VERIFY.txt", "p/a/README-VERIFY.txt",
		"p/README-VERIFY.txt/a", "a\nb" };
	static const char * const good[] = { "a", "a/b", "p/README-VERIFY.txt",
		"console", "a/com", "a/com10", "a/0001-x/000000001-con",
		"p/seal/seal.json", "p/meta/tls/00ff.der", "a_b", "a-" };
	char longest[NAME_STORED_MAX + 2];
	struct err e;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err_init(&e);
		EXPECT(name_check_stored(bad[i], &e) == -1);
		if (e.kind != ERR_INPUT)
			(void)printf("# accepted: %s\n", bad[i]);
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		err_init(&e);
		EXPECT(name_check_stored(good[i], &e) == 0);
		if (e.kind != ERR_NONE)
			(void)printf("# refused: %s\n", good[i]);
	}
	memset(longest, 'a', NAME_STORED_MAX + 1);
	longest[NAME_STORED_MAX + 1] = '\0';
	err_init(&e);
	EXPECT(name_check_stored(longest, &e) == -1);
	longest[NAME_STORED_MAX] = '\0';
	err_init(&e);
	EXPECT(name_check_stored(longest, &e) == 0);
}

static void
a_role_is_a_short_word(void)
{
	struct err e;

	err_init(&e);
	EXPECT(name_check_role("examiner", &e) == 0);
	EXPECT(name_check_role("a23456789012345678901234", &e) == 0);
	EXPECT(name_check_role("a234567890123456789012345", &e) == -1);
	err_init(&e);
	EXPECT(name_check_role("", &e) == -1);
	EXPECT(name_check_role("1a", &e) == -1);
	EXPECT(name_check_role("a b", &e) == -1);
	EXPECT(name_check_role("../x", &e) == -1);
	EXPECT(name_check_role("a.b", &e) == -1);
}

static void
a_container_says_its_kind(void)
{
	static const struct {
		const char * container;
		const char * kind;
	} table[] = { { "insights-logs-networksecuritygroupflowevent",
			  "nsg-flow" },
		{ "insights-logs-flowlogflowevent", "vnet-flow" },
		{ "insights-logs-storageread", "storage-read" },
		{ "insights-logs-storagewrite", "storage-write" },
		{ "insights-logs-storagedelete", "storage-delete" },
		{ "$logs", "classic" },
		{ "insights-activity-logs", "activity" },
		{ "insights-operational-logs", "activity-legacy" },
		{ "am-storagebloblogs", "la-export" }, { "am-", "other" },
		{ "AM-X", "la-export" },
		{ "insights-logs-storagereader", "other" },
		{ "INSIGHTS-LOGS-STORAGEREAD", "storage-read" },
		{ "", "other" }, { "a", "other" } };
	enum kind kind;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		EXPECT_TEXT(kind_text(kind_of_container(table[i].container)),
		    table[i].kind);
		EXPECT(kind_parse(table[i].kind, &kind) == 0);
		EXPECT_TEXT(kind_text(kind), table[i].kind);
	}
	EXPECT(kind_parse("no-such", &kind) == -1);
}

/* Whether the name ${blob} spans [${from}, ${to}). */
static bool
spans(enum kind kind, const char * blob, const char * from, const char * to)
{
	int64_t a, b;

	if (kind_time_of_blob(kind, blob, strlen(blob), &a, &b) != 0)
		return from == NULL;
	return (from != NULL) && (a == at_of(from)) && (b == at_of(to));
}

static void
the_hour_of_a_blob_is_read_by_position(void)
{
	EXPECT(spans(KIND_NSG_FLOW,
	    "r=/N/y=2024/m=08/d=19/h=18/m=00/macAddress=6045BDEC2532/PT1H.json",
	    "2024-08-19T18:00:00Z", "2024-08-19T19:00:00Z"));
	EXPECT(
	    spans(KIND_STORAGE_READ, "r=/y=2021/m=03/d=19/h=23/m=12/PT1H.json",
		"2021-03-19T23:00:00Z", "2021-03-20T00:00:00Z"));
	EXPECT(spans(KIND_LA_EXPORT, "W=/y=2026/m=07/d=30/h=16/m=25/PT05M.json",
	    "2026-07-30T16:25:00Z", "2026-07-30T16:30:00Z"));
	EXPECT(
	    spans(KIND_LA_EXPORT, "W=/y=2026/m=07/d=30/h=16/m=25/PT5M_2.json",
		"2026-07-30T16:25:00Z", "2026-07-30T16:30:00Z"));
	/* A resource group may be called anything; the last run counts. */
	EXPECT(spans(KIND_ACTIVITY,
	    "y=2001/m=01/d=01/h=01/m=00/x/y=2020/m=06/d=08/h=18/m=00/PT1H.json",
	    "2020-06-08T18:00:00Z", "2020-06-08T19:00:00Z"));
	EXPECT(spans(KIND_CLASSIC, "blob/2026/11/01/2200/000000.log",
	    "2026-11-01T22:00:00Z", "2026-11-01T23:00:00Z"));
}

static void
a_blob_that_names_no_hour_has_none(void)
{
	static const char * const none[] = { "", "x", "y=2024", "y=2024/m=08/",
		"y=2024/m=08/d=19/h=18/PT1H.json",
		"y=2024/m=13/d=19/h=18/m=00/x", "y=2024/m=02/d=30/h=18/m=00/x",
		"y=2024/m=08/d=19/h=24/m=00/x", "y=24/m=08/d=19/h=18/m=00/x",
		"xy=2024/m=08/d=19/h=18/m=00/x", "y=2024/m=08/d=19/h=18/m=00" };

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		EXPECT(spans(KIND_NSG_FLOW, none[i], NULL, NULL));
	EXPECT(spans(KIND_NSG_FLOW, "blob/2026/11/01/2200/0.log", NULL, NULL));
	EXPECT(spans(KIND_CLASSIC, "blob/2026/11/01/9900/0.log", NULL, NULL));
}

/* The tree hash straight from RFC 9162, 2.1.1, for leaves "0", "1", ... */
static void
tree_hash(int first, int n, uint8_t out[DIGEST_SHA256_LEN])
{
	uint8_t bytes[1 + 2 * DIGEST_SHA256_LEN];
	int k = 1;

	if (n == 1) {
		bytes[0] = 0;
		bytes[1] = (uint8_t)('0' + first);
		digest_sha256(bytes, 2, out);
		return;
	}
	while (k * 2 < n)
		k *= 2;
	bytes[0] = 1;
	tree_hash(first, k, bytes + 1);
	tree_hash(first + k, n - k, bytes + 1 + DIGEST_SHA256_LEN);
	digest_sha256(bytes, sizeof(bytes), out);
}

static void
the_merkle_root_is_that_of_the_rfc_for_each_size(void)
{
	struct merkle m;
	struct digest * d;
	uint8_t have[DIGEST_SHA256_LEN];
	uint8_t want[DIGEST_SHA256_LEN];
	char hex[DIGEST_SHA256_HEX];
	struct err e;

	err_init(&e);
	d = digest_new(DIGEST_SHA256, &e);
	merkle_start(&m);
	merkle_root(&m, d, have);
	text_hex_encode(have, sizeof(have), hex);
	EXPECT_TEXT(hex,
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495"
	    "991b7852b855");
	for (int n = 1; n <= 70; n++) {
		char leaf = (char)('0' + n - 1);

		merkle_add(&m, d, &leaf, 1);
		merkle_root(&m, d, have);
		tree_hash(0, n, want);
		EXPECT(memcmp(have, want, sizeof(have)) == 0);
	}
	digest_free(d);
}

int
main(void)
{
	RUN(a_package_name_is_made_of_case_time_and_chance);
	RUN(what_is_no_package_name_is_refused);
	RUN(a_source_name_fits_48_bytes);
	RUN(an_object_name_helps_a_person);
	RUN(every_object_name_of_one_or_two_bytes_can_be_stored);
	RUN(a_stored_name_that_could_do_harm_is_refused);
	RUN(a_role_is_a_short_word);
	RUN(a_container_says_its_kind);
	RUN(the_hour_of_a_blob_is_read_by_position);
	RUN(a_blob_that_names_no_hour_has_none);
	RUN(the_merkle_root_is_that_of_the_rfc_for_each_size);
	return unit_failed;
}
