#include "evidence/member_order.h"

#include "tests/unit/unit.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde"

/* A member of each kind, some twice, in the order of the package. */
static const char * const good[] = { "bagit.txt", "meta/case.json",
	"meta/tool.json", "meta/start.tsr", "meta/listing/000001.xml",
	"meta/listing/000007.xml", "data/0001-a-other/000000001-x",
	"data/0001-a-other/000000002-x", "data/0000-b/000000003-y.json",
	"meta/relisting/000001.xml", "meta/answer/000001.http",
	"meta/sources.json", "meta/objects.jsonl", "meta/gaps.jsonl",
	"meta/requests.jsonl", "meta/clock.jsonl", "meta/tls/" HEX "0.der",
	"meta/tls/" HEX "1.der", "meta/footprint.json", "meta/journal.jsonl",
	"README-VERIFY.txt", "bag-info.txt", "manifest-sha256.txt",
	"tagmanifest-sha256.txt", "seal/seal.json", "seal/examiner.minisig",
	"seal/witness-2.minisig" };
#define GOOD (sizeof(good) / sizeof(good[0]))

/* Can the members be read in the order of ${paths}, all ${n}? */
static int
read_all(const char * const * paths, size_t n)
{
	struct member_order order;
	enum member_kind kind;
	struct err e;

	err_init(&e);
	member_order_start(&order);
	for (size_t i = 0; i < n; i++)
		if (member_order_next(&order, paths[i], &kind, &e) != 0)
			return -1;
	return 0;
}

static void
member_order_takes_every_kind_in_its_place(void)
{
	EXPECT(read_all(good, GOOD) == 0);
}

static void
member_order_refuses_any_two_members_exchanged(void)
{
	const char * other[GOOD];

	for (size_t i = 0; i < GOOD; i++) {
		for (size_t k = i + 1; k < GOOD; k++) {
			memcpy(other, good, sizeof(good));
			other[i] = good[k];
			other[k] = good[i];
			EXPECT(read_all(other, GOOD) == -1);
		}
	}
}

static void
member_order_refuses_any_member_twice(void)
{
	const char * other[GOOD + 1];

	for (size_t i = 0; i < GOOD; i++) {
		memcpy(other, good, (i + 1) * sizeof(good[0]));
		memcpy(other + i + 1, good + i, (GOOD - i) * sizeof(good[0]));
		EXPECT(read_all(other, GOOD + 1) == -1);
	}
}

static void
member_order_refuses_payload_that_is_left_out(void)
{
	const char * other[GOOD];

	memcpy(other, good, 6 * sizeof(good[0]));
	memcpy(other + 6, good + 7, (GOOD - 7) * sizeof(good[0]));
	EXPECT(read_all(other, GOOD - 1) == -1);
}

static void
member_order_refuses_paths_of_no_kind(void)
{
	static const char * const bad[] = { "", "bagit.txt/", "Bagit.txt",
		"fetch.txt", "meta/case.jsonl", "meta/listing/00001.xml",
		"meta/listing/0000001.xml", "meta/listing/00000a.xml",
		"meta/listing/000001.XML", "meta/listing/../000001.xml",
		"data/000000001-x", "data//000000001-x", "data/a/00000001-x",
		"data/a/0000000001-x", "data/a/000000001", "data/a/000000001-",
		"data/a/b/000000001-x", "data/a/000000001-x/y",
		"data/a/00000000a-x", "meta/tls/" HEX ".der",
		"meta/tls/" HEX "00.der", "meta/tls/" HEX "G.der",
		"seal/.minisig", "seal/A.minisig", "seal/a/b.minisig",
		"seal/other.json", "manifest-md5.txt", "manifest-sha512.txt" };
	enum member_kind kind;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		EXPECT(member_order_kind(bad[i], &kind) == -1);
}

static void
member_order_refuses_a_path_that_is_too_long(void)
{
	struct member_order order;
	enum member_kind kind;
	struct err e;
	char path[200] = "data/a/000000001-";

	err_init(&e);
	member_order_start(&order);
	EXPECT(member_order_next(&order, "bagit.txt", &kind, &e) == 0);
	memset(path + 17, 'x', sizeof(path) - 18);
	path[TAR_PATH_MAX + 1] = '\0';
	EXPECT(member_order_next(&order, path, &kind, &e) == -1);
	EXPECT(order.next_seq == 1);
	EXPECT_TEXT(order.last, "bagit.txt");
	err_init(&e);
	path[TAR_PATH_MAX] = '\0';
	EXPECT(member_order_next(&order, path, &kind, &e) == 0);
	EXPECT(kind == MEMBER_PAYLOAD);
}

static void
member_is_tag_leaves_out_payload_tag_manifest_and_seal(void)
{
	int tags = 0;

	for (int i = 0; i < MEMBER_KINDS; i++)
		if (member_is_tag((enum member_kind)i))
			tags++;
	EXPECT(tags == MEMBER_KINDS - 6);
	EXPECT(!member_is_tag(MEMBER_PAYLOAD));
	EXPECT(!member_is_tag(MEMBER_TAGMANIFEST));
	EXPECT(!member_is_tag(MEMBER_SEAL));
	EXPECT(!member_is_tag(MEMBER_SIGNATURE));
	EXPECT(!member_is_tag(MEMBER_TOKEN));
	EXPECT(!member_is_tag(MEMBER_CERTS));
	EXPECT(member_is_tag(MEMBER_MANIFEST));
}

int
main(void)
{
	RUN(member_order_takes_every_kind_in_its_place);
	RUN(member_order_refuses_any_two_members_exchanged);
	RUN(member_order_refuses_any_member_twice);
	RUN(member_order_refuses_payload_that_is_left_out);
	RUN(member_order_refuses_paths_of_no_kind);
	RUN(member_order_refuses_a_path_that_is_too_long);
	RUN(member_is_tag_leaves_out_payload_tag_manifest_and_seal);
	return unit_failed;
}
