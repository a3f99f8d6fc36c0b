#include <stdlib.h>
#include <string.h>

#include "evidence/check.h"
#include "evidence/check_group.h"
#include "evidence/check_page.h"

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
 * Only pages of blobs count.
 */
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

void
check_listing_free(struct check * c)
{
	check_page_free(c->listing);
	c->listing = NULL;
}

/* Say once what is wrong with the page. */
static void
say_why(struct check * c)
{
	struct check_page * page = c->listing;

	if ((page->why.kind == ERR_NONE) || page->is_bad)
		return;
	check_find_err(c, CHECK_LISTING, c->item.path, &page->why);
	page->is_bad = true;
}

void
check_listing_begin(struct check * c)
{
	struct err why;

	err_init(&why);
	check_listing_free(c);
	c->listing = package_read_made(c->r);
	c->is_listing_made = (c->listing != NULL);
	if (c->listing == NULL)
		c->listing = check_page_new(&why);
	if (c->listing == NULL)
		check_find_err(c, CHECK_LISTING, c->item.path, &why);
}

void
check_listing_data(struct check * c, const uint8_t * bytes, size_t len)
{
	if (c->listing == NULL)
		return;
	if (!c->is_listing_made)
		check_page_feed(c->listing, bytes, len);
	say_why(c);
}

/* Add the digests ${list}, each bound to where ${page} is from, to ${set}. */
static void
add_all(
    struct check_page * page, const struct buf * list, struct package_set * set)
{
	const struct listing_page * p = listing_page(page->reader);
	uint8_t sha256[DIGEST_SHA256_LEN];

	for (size_t i = 0; i < list->len; i += sizeof(sha256)) {
		memcpy(sha256, list->bytes + i, sizeof(sha256));
		check_page_hash_place(
		    page->d, p->service_endpoint, p->container, "", sha256);
		add(set, sha256);
	}
}

/* The digest of the page of ${page}'s listing that begins at ${marker}. */
static void
hash_page(struct check_page * page, const char * marker,
    uint8_t sha256[DIGEST_SHA256_LEN])
{
	const struct listing_page * p = listing_page(page->reader);

	check_page_hash_name(page->d, p->prefix, p->prefix_len, sha256);
	check_page_hash_place(
	    page->d, p->service_endpoint, p->container, marker, sha256);
}

/*
 * The page is there; which pages does it call for?  (A service may leave out
 * the marker that it was asked for: then the page continues the one before it,
 * if that one was of the same listing and named a next one.)
 */
static void
follow_page(struct check * c)
{
	struct check_page * page = c->listing;
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
	struct check_page * page = c->listing;

	add_all(page, &page->entries, &c->in_listing);
	c->listed += (int64_t)(page->entries.len / DIGEST_SHA256_LEN);
	follow_page(c);
}

void
check_listing_end(struct check * c)
{
	struct check_page * page = c->listing;
	bool is_first = (c->item.kind == MEMBER_LISTING);

	if (is_first)
		c->pages++;
	else
		c->pages_again++;
	if (page == NULL)
		return;
	if (check_page_end(page) && is_first)
		count_page(c);
	say_why(c);
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
	check_page_hash_place(
	    c->scratch, from->listed_as, from->container, "", sha256);
	add(&c->in_package, sha256);
	if (holder == NULL)
		return;
	check_page_hash_place(c->scratch, holder, "", "", sha256);
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
	check_page_hash_name(c->scratch, name, len, sha256);
	check_page_hash_place(
	    c->scratch, from->listed_as, from->container, "", sha256);
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
