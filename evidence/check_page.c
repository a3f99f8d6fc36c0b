#include <stdlib.h>
#include <string.h>

#include "evidence/check_page.h"
#include "evidence/member_order.h"

/* A page says what it lists by its first elements. */
#define SNIFF_MAX ((size_t)64 << 10)

/* Feed ${text} with its NUL; absent and empty are the same. */
static void
feed_text(struct digest * d, const char * text)
{
	digest_update(d, (text == NULL) ? "" : text,
	    (text == NULL) ? 1 : strlen(text) + 1);
}

void
check_page_hash_name(struct digest * d, const void * name, size_t len,
    uint8_t sha256[DIGEST_SHA256_LEN])
{
	uint64_t n = len;

	digest_restart(d);
	digest_update(d, &n, sizeof(n));
	digest_update(d, name, len);
	digest_finish(d, sha256);
}

void
check_page_hash_listed(struct digest * d, const struct check_listed * listed,
    uint8_t sha256[DIGEST_SHA256_LEN])
{
	uint64_t n = listed->name_len;

	digest_restart(d);
	digest_update(d, &n, sizeof(n));
	digest_update(d, listed->name, listed->name_len);
	feed_text(d, listed->snapshot);
	feed_text(d, listed->version_id);
	feed_text(d, listed->etag);
	digest_update(d, &listed->size, sizeof(listed->size));
	digest_finish(d, sha256);
}

void
check_page_hash_place(struct digest * d, const char * endpoint,
    const char * container, const char * marker,
    uint8_t sha256[DIGEST_SHA256_LEN])
{
	digest_restart(d);
	digest_update(d, sha256, DIGEST_SHA256_LEN);
	feed_text(d, endpoint);
	feed_text(d, container);
	feed_text(d, marker);
	digest_finish(d, sha256);
}

static int
take_entry(void * cookie, const struct listing_entry * entry, struct err * e)
{
	struct check_page * page = cookie;
	uint8_t sha256[DIGEST_SHA256_LEN];
	struct check_listed listed = {
		.name = entry->name,
		.name_len = entry->name_len,
		.snapshot = entry->snapshot,
		.version_id = entry->version_id,
		.etag = entry->etag,
		.size = entry->content_length,
	};

	if (entry->kind == LISTING_PREFIX) {
		check_page_hash_name(
		    page->d, entry->name, entry->name_len, sha256);
		return buf_add(&page->folders, sha256, sizeof(sha256), e);
	}
	if (entry->kind != LISTING_BLOB)
		return 0;
	check_page_hash_listed(page->d, &listed, sha256);
	return buf_add(&page->entries, sha256, sizeof(sha256), e);
}

struct check_page *
check_page_new(struct err * e)
{
	struct check_page * page = calloc(1, sizeof(*page));

	if (page != NULL) {
		err_init(&page->why);
		page->d = digest_new(DIGEST_SHA256, e);
	}
	if ((page == NULL) || (page->d == NULL)) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		check_page_free(page);
		page = NULL;
	}
	return page;
}

/* Does ${b} hold ${text}?  Its bytes are followed by a NUL, may hold others. */
static bool
holds(const struct buf * b, const char * text)
{
	size_t n = strlen(text);

	for (size_t i = 0; i + n <= b->len; i++)
		if (memcmp(b->bytes + i, text, n) == 0)
			return true;
	return false;
}

/* Find out what the page lists; ${is_all}: nothing more will come. */
static void
sniff(struct check_page * page, bool is_all)
{
	struct err * why = &page->why;

	if (holds(&page->head, "<Blobs"))
		page->kind = LISTING_BLOBS;
	else if (holds(&page->head, "<Containers"))
		page->kind = LISTING_CONTAINERS;
	else if (holds(&page->head, "<StorageServiceProperties"))
		page->is_other = true;
	else if (!is_all && (page->head.len < SNIFF_MAX))
		return;
	else
		err_set(why, ERR_INPUT, NULL, "it is no page of a listing");
	if (page->is_other || (why->kind != ERR_NONE))
		return;
	page->reader = listing_new(page->kind, take_entry, page, why);
	if (page->reader != NULL)
		(void)listing_feed(
		    page->reader, page->head.bytes, page->head.len, why);
}

void
check_page_feed(struct check_page * page, const uint8_t * bytes, size_t len)
{
	if ((page->why.kind != ERR_NONE) || page->is_other)
		return;
	if (page->reader != NULL)
		(void)listing_feed(page->reader, bytes, len, &page->why);
	else if (buf_add(&page->head, bytes, len, &page->why) == 0)
		sniff(page, false);
}

bool
check_page_end(struct check_page * page)
{
	if ((page->reader == NULL) && !page->is_other &&
	    (page->why.kind == ERR_NONE))
		sniff(page, true);
	return (page->reader != NULL) && (page->why.kind == ERR_NONE) &&
	    (listing_finish(page->reader, &page->why) == 0) &&
	    (page->kind == LISTING_BLOBS);
}

void
check_page_free(struct check_page * page)
{
	if (page == NULL)
		return;
	listing_free(page->reader);
	buf_free(&page->head);
	buf_free(&page->entries);
	buf_free(&page->folders);
	digest_free(page->d);
	free(page);
}

/* Is it a page of a listing, below the top folder? */
static bool
is_page(const char * path)
{
	const char * name = strchr(path, '/');
	enum member_kind kind;

	return (name != NULL) && (member_order_kind(name + 1, &kind) == 0) &&
	    ((kind == MEMBER_LISTING) || (kind == MEMBER_RELISTING));
}

/* Read a page that is in one frame, in the thread that decompressed it. */
static void *
make_page(const char * path, const uint8_t * bytes, size_t len)
{
	struct check_page * page = NULL;
	struct err ignored;

	err_init(&ignored);
	if ((len > 0) && is_page(path))
		page = check_page_new(&ignored);
	if (page != NULL)
		check_page_feed(page, bytes, len);
	return page;
}

static void
drop_page(void * made)
{
	check_page_free(made);
}

const struct frames_noting check_page_noting = { make_page, drop_page };
