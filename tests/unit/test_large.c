/* Lengths around 2^31, 2^32 and 2^33, where narrower variables break. */
#include <assert.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

#include "collect/exchange.h"
#include "collect/job.h"
#include "collect/local.h"
#include "collect/parts.h"
#include "collect/plan.h"
#include "collect/response_headers.h"
#include "collect/state.h"
#include "collect/stream_inside.h"
#include "evidence/gap.h"
#include "evidence/io.h"
#include "evidence/listing.h"
#include "evidence/object.h"
#include "evidence/package_read.h"
#include "evidence/package_write.h"
#include "evidence/seal.h"
#include "evidence/tar.h"
#include "tests/unit/unit.h"

/* Every length, offset and count of bytes on the way of a blob. */
#define WIDE(type, member) \
	static_assert(sizeof(((struct type *)0)->member) == 8, #member)
static_assert(sizeof(off_t) == 8, "files are as long as they are");
WIDE(listing_entry, content_length);
WIDE(plan_entry, size);
WIDE(response_headers, content_length);
WIDE(response_headers, range_first);
WIDE(response_headers, range_last);
WIDE(response_headers, range_total);
WIDE(response_headers, blob_length);
WIDE(response_asked, first);
WIDE(response_asked, last);
WIDE(response_asked, total);
WIDE(response_came, body_len);
WIDE(http_result, body_len);
WIDE(exchange, received);
WIDE(exchange, weight);
WIDE(job_pin, length);
WIDE(stream, base);
WIDE(stream, parts);
WIDE(stream, next_start);
WIDE(stream, next_out);
WIDE(state_open, size);
WIDE(state, bytes);
WIDE(state, received);
WIDE(local_stamp, size);
WIDE(parts, room);
WIDE(tar_header, size);
WIDE(package_member, offset);
WIDE(package_member, size);
WIDE(package_resumed, done);
WIDE(package_item, offset);
WIDE(package_item, size);
WIDE(object, size);
WIDE(object, offset);
WIDE(gap, size);
WIDE(seal, bytes);
WIDE(seal, stream_bytes);

#define SIZES 9
static int64_t sizes[SIZES];

static void
fill_sizes(void)
{
	for (int i = 0; i < SIZES; i++)
		sizes[i] = (INT64_C(1) << (31 + i / 3)) + i % 3 - 1;
}

static void
a_tar_header_gives_its_size_back_and_is_three_blocks_from_2_33_on(void)
{
	struct tar_header back, header = { .path = "a/b" };
	uint8_t bytes[TAR_HEADER_MAX];
	struct err e;
	size_t len;

	for (int i = 0; i < SIZES; i++) {
		err_init(&e);
		header.size = sizes[i];
		EXPECT(tar_header_format(&header, bytes, &len, &e) == 0);
		EXPECT(len == ((sizes[i] < TAR_SIZE_PAX) ? 512 : 1536));
		EXPECT(tar_header_parse(bytes, len, &back, &e) == 0);
		EXPECT(back.size == sizes[i]);
		EXPECT((tar_member_len(len, sizes[i]) >= sizes[i] + 512) &&
		    (tar_member_len(len, sizes[i]) % 512 == 0));
	}
}

static void
the_headers_of_an_answer_are_read_whole(void)
{
	struct response_headers h;
	struct err e;
	char raw[256];
	int len;

	for (int i = 0; i < SIZES; i++) {
		err_init(&e);
		len = snprintf(raw, sizeof(raw),
		    "HTTP/1.1 206 X\r\nContent-Length: %lld\r\n"
		    "Content-Range: bytes %lld-%lld/%lld\r\n\r\n",
		    (long long)sizes[i], (long long)sizes[i] - 2,
		    (long long)sizes[i] - 1, (long long)sizes[i]);
		EXPECT(response_headers_parse(raw, (size_t)len, &h, &e) == 0);
		EXPECT(h.content_length == sizes[i]);
		EXPECT(h.is_range_good && (h.range_first == sizes[i] - 2) &&
		    (h.range_last == sizes[i] - 1) &&
		    (h.range_total == sizes[i]));
		response_headers_free(&h);
	}
}

static int
take_entry(void * cookie, const struct listing_entry * entry, struct err * e)
{
	(void)e;
	*(int64_t *)cookie = entry->content_length;
	return 0;
}

static void
a_listing_says_the_size_and_a_plan_keeps_it(void)
{
	char path[] = "/tmp/azcustody-large.XXXXXX";
	struct plan_entry entry = { .name = "n", .name_len = 1 };
	struct plan_entry * back = NULL;
	struct plan * plan = NULL;
	struct err e;
	char xml[512];
	int dir = -1;

	err_init(&e);
	EXPECT(mkdtemp(path) != NULL);
	dir = io_open_dir(path, &e);
	plan = plan_create(dir, PLAN_FILE, &e);
	EXPECT(plan != NULL);
	for (int i = 0; i < SIZES; i++) {
		struct listing * l =
		    listing_new(LISTING_BLOBS, take_entry, &entry.size, &e);
		int len = snprintf(xml, sizeof(xml),
		    "<?xml version=\"1.0\"?><EnumerationResults ServiceEndpoint=\"http://h/\" "
		    "ContainerName=\"c\"><Blobs><Blob><Name>n</Name>"
		    "<Properties><Content-Length>%lld</Content-Length>"
		    "</Properties></Blob></Blobs><NextMarker/>"
		    "</EnumerationResults>",
		    (long long)sizes[i]);

		entry.size = 0;
		EXPECT(listing_feed(l, xml, (size_t)len, &e) == 0);
		EXPECT(listing_finish(l, &e) == 0);
		listing_free(l);
		EXPECT(entry.size == sizes[i]);
		EXPECT(plan_add(plan, &entry, &e) == 0);
	}
	EXPECT(plan_sync(plan, &e) == 0);
	plan_free(plan);
	plan = plan_open(dir, PLAN_FILE, &e);
	for (int i = 0; i < SIZES; i++) {
		EXPECT(plan_next(plan, &back, &e) == 1);
		EXPECT(back->size == sizes[i]);
		plan_entry_free(back);
	}
	plan_free(plan);
	(void)unlinkat(dir, PLAN_FILE, 0);
	(void)close(dir);
	(void)rmdir(path);
}

int
main(void)
{
	fill_sizes();
	RUN(a_tar_header_gives_its_size_back_and_is_three_blocks_from_2_33_on);
	RUN(the_headers_of_an_answer_are_read_whole);
	RUN(a_listing_says_the_size_and_a_plan_keeps_it);
	return unit_failed;
}
