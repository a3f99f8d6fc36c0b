#include <stdlib.h>
#include <string.h>

#include "evidence/check.h"
#include "evidence/check_group.h"
#include "evidence/listing.h"

/*
 * Completeness against the raw listings, the first time: two pairs of multisets,
 * kept as a count and sums of digests so that memory stays flat; the two of a
 * pair are equal or they are not.
 *
 *  1. What the pages list, against what catalogue and gaps say was listed: by
 *     endpoint, container, name, snapshot, version, ETag and size.
 *  2. The pages that must be there, because another page names their marker or
 *     lists a folder, against those that are, and the folders left out by a gap
 *     that the rule of scope bears out.  A page that begins a listing as the
 *     scope allows is named by none.
 *
 * A page says what it lists by its first elements; only pages of blobs count.
 */
#define SNIFF_MAX ((size_t)64 << 10)

struct check_listing {
	struct listing * reader; /* NULL until the kind is known. */
	enum listing_kind kind;
	struct buf head;    /* What came before that. */
	struct buf entries; /* A digest for each blob. */
	struct buf folders; /* And for each folder. */
	struct digest * d;
	bool is_other; /* No listing: service properties. */
	bool is_bad;
};

static void
add(struct package_set * set, const uint8_t sha256[DIGEST_SHA256_LEN])
{
	set->count++;
	for (size_t i = 0; i < 4; i++) {
		uint64_t lane;

		memcpy(&lane, sha256 + 8 * i, sizeof(lane));
		set->sum[i] += lane;
	}
}

/* Feed ${text} with its NUL; absent and empty are the same. */
static void
feed_text(struct digest * d, const char * text)
{
	digest_update(d, (text == NULL) ? "" : text,
	    (text == NULL) ? 1 : strlen(text) + 1);
}

/* The digest of a name, where it is left for later. */
static void
hash_name(struct digest * d, const void * name, size_t len,
    uint8_t sha256[DIGEST_SHA256_LEN])
{
	uint64_t n = len;

	digest_restart(d);
	digest_update(d, &n, sizeof(n));
	digest_update(d, name, len);
	digest_finish(d, sha256);
}

void
check_listed_hash(struct digest * d, const struct check_listed * listed,
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

/* Bind such a digest to its place, and to a marker there. */
static void
hash_place(struct digest * d, const char * endpoint, const char * container,
    const char * marker, uint8_t sha256[DIGEST_SHA256_LEN])
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
	struct check_listing * page = cookie;
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
		hash_name(page->d, entry->name, entry->name_len, sha256);
		return buf_add(&page->folders, sha256, sizeof(sha256), e);
	}
	if (entry->kind != LISTING_BLOB)
		return 0;
	check_listed_hash(page->d, &listed, sha256);
	return buf_add(&page->entries, sha256, sizeof(sha256), e);
}

void
check_listing_free(struct check * c)
{
	struct check_listing * page = c->listing;

	if (page == NULL)
		return;
	listing_free(page->reader);
	buf_free(&page->head);
	buf_free(&page->entries);
	buf_free(&page->folders);
	digest_free(page->d);
	free(page);
	c->listing = NULL;
}

void
check_listing_begin(struct check * c)
{
	struct err why;

	err_init(&why);
	check_listing_free(c);
	c->listing = calloc(1, sizeof(*c->listing));
	if (c->listing != NULL)
		c->listing->d = digest_new(DIGEST_SHA256, &why);
	if ((c->listing == NULL) || (c->listing->d == NULL)) {
		err_set(&why, ERR_SYSTEM, NULL, "out of memory");
		check_find_err(c, CHECK_LISTING, c->item.path, &why);
		check_listing_free(c);
	}
}

/* Say once that the page is no listing. */
static void
bad(struct check * c, const struct err * why)
{
	check_find_err(c, CHECK_LISTING, c->item.path, why);
	c->listing->is_bad = true;
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
sniff(struct check * c, bool is_all)
{
	struct check_listing * page = c->listing;
	struct err why;

	err_init(&why);
	if (holds(&page->head, "<Blobs"))
		page->kind = LISTING_BLOBS;
	else if (holds(&page->head, "<Containers"))
		page->kind = LISTING_CONTAINERS;
	else if (holds(&page->head, "<StorageServiceProperties"))
		page->is_other = true;
	else if (!is_all && (page->head.len < SNIFF_MAX))
		return;
	else
		err_set(&why, ERR_INPUT, NULL, "it is no page of a listing");
	if (page->is_other)
		return;
	if (why.kind == ERR_NONE)
		page->reader = listing_new(page->kind, take_entry, page, &why);
	if ((page->reader == NULL) ||
	    (listing_feed(
		 page->reader, page->head.bytes, page->head.len, &why) != 0))
		bad(c, &why);
}

void
check_listing_data(struct check * c, const uint8_t * bytes, size_t len)
{
	struct check_listing * page = c->listing;
	struct err why;

	if ((page == NULL) || page->is_bad || page->is_other)
		return;
	err_init(&why);
	if (page->reader != NULL) {
		if (listing_feed(page->reader, bytes, len, &why) != 0)
			bad(c, &why);
		return;
	}
	if (buf_add(&page->head, bytes, len, &why) != 0)
		bad(c, &why);
	else
		sniff(c, false);
}

/* Add the digests ${list}, each bound to where ${page} is from, to ${set}. */
static void
add_all(struct check_listing * page, const struct buf * list,
    struct package_set * set)
{
	const struct listing_page * p = listing_page(page->reader);
	uint8_t sha256[DIGEST_SHA256_LEN];

	for (size_t i = 0; i < list->len; i += sizeof(sha256)) {
		memcpy(sha256, list->bytes + i, sizeof(sha256));
		hash_place(
		    page->d, p->service_endpoint, p->container, "", sha256);
		add(set, sha256);
	}
}

/* The digest of the page of ${page}'s listing that begins at ${marker}. */
static void
hash_page(struct check_listing * page, const char * marker,
    uint8_t sha256[DIGEST_SHA256_LEN])
{
	const struct listing_page * p = listing_page(page->reader);

	hash_name(page->d, p->prefix, p->prefix_len, sha256);
	hash_place(page->d, p->service_endpoint, p->container, marker, sha256);
}

/*
 * The page is there; which pages does it call for?  (A service may leave out
 * the marker that it was asked for: then the page continues the one before it,
 * if that one was of the same listing and named a next one.)
 */
static void
follow_page(struct check * c)
{
	struct check_listing * page = c->listing;
	const struct listing_page * p = listing_page(page->reader);
	uint8_t here[DIGEST_SHA256_LEN];
	bool is_first = (p->marker[0] == '\0');

	hash_page(page, p->marker, here);
	if (is_first && c->has_next &&
	    (memcmp(here, c->same, sizeof(here)) == 0)) {
		memcpy(here, c->next, sizeof(here));
		is_first = false;
	}
	if (!is_first ||
	    (c->has_case &&
		!case_file_is_root(&c->case_file, p->prefix, p->prefix_len)))
		add(&c->pages_have, here);
	add_all(page, &page->folders, &c->pages_want);
	c->has_next = (p->next_marker[0] != '\0');
	if (!c->has_next)
		return;
	hash_page(page, p->next_marker, c->next);
	hash_page(page, "", c->same);
	add(&c->pages_want, c->next);
}

/* Add what the page lists to the sets of the first listing. */
static void
count_page(struct check * c)
{
	struct check_listing * page = c->listing;

	add_all(page, &page->entries, &c->in_listing);
	c->listed += (int64_t)(page->entries.len / DIGEST_SHA256_LEN);
	follow_page(c);
}

void
check_listing_end(struct check * c)
{
	struct check_listing * page = c->listing;
	bool is_first = (c->item.kind == MEMBER_LISTING);
	struct err why;

	err_init(&why);
	if (is_first)
		c->pages++;
	else
		c->pages_again++;
	if (page == NULL)
		return;
	if ((page->reader == NULL) && !page->is_bad && !page->is_other)
		sniff(c, true);
	if ((page->reader != NULL) && !page->is_bad) {
		if (listing_finish(page->reader, &why) != 0)
			bad(c, &why);
		else if (is_first && (page->kind == LISTING_BLOBS))
			count_page(c);
	}
	c->result->listing_pages++;
	check_listing_free(c);
}

/* The source ${index} if its objects were listed by a service, else NULL. */
static const struct source *
listed_source(const struct check * c, int64_t index)
{
	const struct source * source;

	if (!c->has_sources || (index < 0) || (index >= (int64_t)c->sources.n))
		return NULL;
	source = &c->sources.list[index];
	return (source->container == NULL) ? NULL : source;
}

void
check_listing_add(struct check * c, int64_t source,
    const uint8_t listed[DIGEST_SHA256_LEN], const char * holder)
{
	const struct source * from = listed_source(c, source);
	uint8_t sha256[DIGEST_SHA256_LEN];

	if (from == NULL)
		return;
	memcpy(sha256, listed, sizeof(sha256));
	hash_place(c->scratch, from->listed_as, from->container, "", sha256);
	add(&c->in_package, sha256);
	if (holder == NULL)
		return;
	hash_place(c->scratch, holder, "", "", sha256);
	add(&c->result->group_whole, sha256);
	if (strcmp(holder, check_own_name(c)) == 0)
		add(&c->result->group_own, sha256);
}

void
check_listing_add_folder(
    struct check * c, int64_t source, const void * name, size_t len)
{
	const struct source * from = listed_source(c, source);
	uint8_t sha256[DIGEST_SHA256_LEN];

	if (from == NULL)
		return;
	hash_name(c->scratch, name, len, sha256);
	hash_place(c->scratch, from->listed_as, from->container, "", sha256);
	add(&c->pages_have, sha256);
}

/* The seal's own sum, and its numbers against what is here. */
static void
check_counts(struct check * c)
{
	const struct seal * s = &c->seal;

	if (s->taken != c->taken)
		check_find(c, CHECK_COUNT, "seal/seal.json",
		    "it says %lld objects were listed and taken, the "
		    "catalogue has %lld",
		    (long long)s->taken, (long long)c->taken);
	if (s->listed != c->taken + c->gaps_object)
		check_find(c, CHECK_COUNT, "seal/seal.json",
		    "listed %lld is not taken %lld and declared gaps %lld",
		    (long long)s->listed, (long long)c->taken,
		    (long long)c->gaps_object);
	for (int i = 0; i < GAP_REASON_COUNT; i++)
		if (s->gaps[i] != c->gaps[i])
			check_find(c, CHECK_COUNT, "seal/seal.json",
			    "it says %lld gaps of reason %s, gaps.jsonl has "
			    "%lld",
			    (long long)s->gaps[i],
			    gap_reason_code((enum gap_reason)i),
			    (long long)c->gaps[i]);
}

/* Is each page here that another one names, and no other? */
static void
check_pages_named(struct check * c)
{
	int64_t missing = c->pages_want.count - c->pages_have.count;

	/* Gaps about a container: each can stand for one page. */
	if ((missing < 0) || (missing > c->result->gaps_unlisted))
		check_find(c, CHECK_LISTED, "meta/listing",
		    "%lld pages and folders are named, %lld are here or left "
		    "out, and %lld gaps say so",
		    (long long)c->pages_want.count,
		    (long long)c->pages_have.count,
		    (long long)c->result->gaps_unlisted);
	else if ((missing == 0) &&
	    (memcmp(c->pages_want.sum, c->pages_have.sum,
		 sizeof(c->pages_want.sum)) != 0))
		check_find(c, CHECK_LISTED, "meta/listing",
		    "the pages that are here are not those that are named");
}

/* The raw pages against catalogue and gaps. */
static void
check_pages(struct check * c)
{
	if ((c->found[CHECK_JOURNAL] == 0) &&
	    ((c->journal_pages != c->pages) ||
		(c->journal_again != c->pages_again)))
		check_find(c, CHECK_LISTED, "meta/listing",
		    "%lld and %lld pages are stored, the journal tells of "
		    "%lld and %lld",
		    (long long)c->pages, (long long)c->pages_again,
		    (long long)c->journal_pages, (long long)c->journal_again);
	if (c->found[CHECK_LISTING] > 0)
		return;
	check_pages_named(c);
	if (c->in_listing.count != c->in_package.count)
		check_find(c, CHECK_LISTED, "meta/listing",
		    "the raw pages list %lld blobs, taken and declared are "
		    "%lld",
		    (long long)c->in_listing.count,
		    (long long)c->in_package.count);
	else if (memcmp(c->in_listing.sum, c->in_package.sum,
		     sizeof(c->in_listing.sum)) != 0)
		check_find(c, CHECK_LISTED, "meta/listing",
		    "what the raw pages list is not what was taken or "
		    "declared a gap");
}

void
check_completeness(struct check * c)
{
	if (c->is_damaged || !c->result->is_sealed ||
	    !c->seen[MEMBER_OBJECTS] || !c->seen[MEMBER_GAPS]) {
		check_find(c, CHECK_NOT_JUDGED, "",
		    "it cannot be judged: the package could not be read "
		    "through");
		return;
	}
	check_counts(c);
	if (c->gap_lines > 0)
		check_find(c, CHECK_GAPS, "meta/gaps.jsonl",
		    "%lld declared gaps, %lld of them something that was "
		    "asked for",
		    (long long)c->gap_lines, (long long)c->result->gaps_lost);
	if (c->has_case && (strcmp(c->case_file.acquisition, "received") == 0))
		check_find(c, CHECK_NO_LISTING, "",
		    "the files were received, not acquired: there is no "
		    "listing to compare them with");
	else if (c->pages == 0)
		check_find(c, CHECK_NO_LISTING, "",
		    "there is no listing to compare with");
	else
		check_pages(c);
}
