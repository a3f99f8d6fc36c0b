#include <stdlib.h>
#include <string.h>

#include "evidence/check.h"
#include "evidence/listing.h"

/*
 * Completeness against the raw listings: every entry of every page of the first
 * listing must be an object of the catalogue that says it was listed, or a
 * declared gap, and the other way round.  Both sides are multisets of container,
 * name and snapshot, kept as a count and sums of digests, so that memory stays
 * flat; they are equal or they are not.
 *
 * A page says what it lists by its first elements; only pages of blobs count.
 */
#define SNIFF_MAX ((size_t)64 << 10)

struct check_listing {
	struct listing * reader; /* NULL until the kind is known. */
	enum listing_kind kind;
	struct buf head;    /* What came before that. */
	struct buf entries; /* A digest for each. */
	struct digest * d;
	bool is_other; /* No listing: service properties. */
	bool is_bad;
};

static void
add(struct check_set * set, const uint8_t sha256[DIGEST_SHA256_LEN])
{
	set->count++;
	for (size_t i = 0; i < 4; i++) {
		uint64_t lane;

		memcpy(&lane, sha256 + 8 * i, sizeof(lane));
		set->sum[i] += lane;
	}
}

/* The digest of a name and snapshot, the container left for later. */
static void
hash_name(struct digest * d, const void * name, size_t len,
    const char * snapshot, uint8_t sha256[DIGEST_SHA256_LEN])
{
	uint64_t n = len;

	digest_restart(d);
	digest_update(d, &n, sizeof(n));
	digest_update(d, name, len);
	if (snapshot != NULL)
		digest_update(d, snapshot, strlen(snapshot));
	digest_finish(d, sha256);
}

/* Bind the digest of a name to its container. */
static void
hash_container(struct digest * d, const char * container,
    uint8_t sha256[DIGEST_SHA256_LEN])
{
	digest_restart(d);
	digest_update(d, sha256, DIGEST_SHA256_LEN);
	digest_update(d, container, strlen(container));
	digest_finish(d, sha256);
}

static int
take_entry(void * cookie, const struct listing_entry * entry, struct err * e)
{
	struct check_listing * page = cookie;
	uint8_t sha256[DIGEST_SHA256_LEN];
	const char * snapshot = entry->snapshot;

	if (entry->kind != LISTING_BLOB)
		return 0;
	if ((snapshot != NULL) && (snapshot[0] == '\0'))
		snapshot = NULL;
	hash_name(page->d, entry->name, entry->name_len, snapshot, sha256);
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

/* Add what the page listed to the set of the first listing. */
static void
count_page(struct check * c)
{
	struct check_listing * page = c->listing;
	const char * container = listing_page(page->reader)->container;
	uint8_t sha256[DIGEST_SHA256_LEN];

	for (size_t i = 0; i < page->entries.len; i += sizeof(sha256)) {
		memcpy(sha256, page->entries.bytes + i, sizeof(sha256));
		hash_container(page->d, container, sha256);
		add(&c->in_listing, sha256);
		c->listed++;
	}
}

/* The digest of where a page of ${page}'s listing begins at ${marker}. */
static void
hash_marker(struct digest * d, const struct listing_page * page,
    const char * marker, uint8_t sha256[DIGEST_SHA256_LEN])
{
	digest_restart(d);
	digest_update(
	    d, page->service_endpoint, strlen(page->service_endpoint) + 1);
	digest_update(d, page->container, strlen(page->container) + 1);
	digest_update(d, marker, strlen(marker));
	digest_finish(d, sha256);
}

/* Is ${here} where the page before it ends? */
static bool
is_next(const struct check * c, const uint8_t here[DIGEST_SHA256_LEN])
{
	return (memcmp(here, c->next, DIGEST_SHA256_LEN) == 0) ||
	    (memcmp(here, c->same, DIGEST_SHA256_LEN) == 0);
}

/*
 * Does the page follow the one before it?  A page that names a next one is
 * followed by it, or the listing was cut short, which must be a gap.  (A
 * service may leave out the marker that it was asked for; then the container
 * must be the same.)
 */
static void
follow_page(struct check * c)
{
	struct check_listing * page = c->listing;
	const struct listing_page * p = listing_page(page->reader);
	uint8_t here[DIGEST_SHA256_LEN];

	hash_marker(page->d, p, p->marker, here);
	if (c->has_next ? !is_next(c, here) : (p->marker[0] != '\0'))
		c->cuts++;
	c->has_next =
	    (page->kind == LISTING_BLOBS) && (p->next_marker[0] != '\0');
	hash_marker(page->d, p, p->next_marker, c->next);
	hash_marker(page->d, p, "", c->same);
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
		if (is_first && !page->is_bad &&
		    ((page->kind == LISTING_BLOBS) || c->has_next))
			follow_page(c);
	}
	c->result->listing_pages++;
	check_listing_free(c);
}

void
check_listing_add(struct check * c, const char * container, const void * name,
    size_t len, const char * snapshot)
{
	uint8_t sha256[DIGEST_SHA256_LEN];

	hash_name(c->scratch, name, len, snapshot, sha256);
	hash_container(c->scratch, container, sha256);
	add(&c->in_package, sha256);
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
	/* Gaps that are no objects: each can stand for one listing. */
	if (c->cuts + (c->has_next ? 1 : 0) > c->result->gaps_unlisted)
		check_find(c, CHECK_LISTED, "meta/listing",
		    "%lld listings lack a page, and %lld gaps say so",
		    (long long)c->cuts + (c->has_next ? 1 : 0),
		    (long long)c->result->gaps_unlisted);
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
