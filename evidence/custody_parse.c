/* Reading an entry of the ledger, strictly (custody.h). */
#include <stdio.h>
#include <string.h>

#include "evidence/custody.h"

static const struct document_member members[] = {
	{ "seq", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
	{ "package", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "seal_sha256", DOCUMENT_SHA256, DOCUMENT_REQUIRED },
	{ "prev", DOCUMENT_SHA256, DOCUMENT_REQUIRED },
	{ "prev_sigs", DOCUMENT_ARRAY, DOCUMENT_REQUIRED },
	{ "event", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "at", DOCUMENT_TIME, DOCUMENT_REQUIRED },
	{ "clock", DOCUMENT_TEXT, DOCUMENT_NULLABLE },
	{ "tool", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
	{ "by", DOCUMENT_OBJECT, DOCUMENT_REQUIRED },
	{ "signers", DOCUMENT_ARRAY, DOCUMENT_REQUIRED },
	{ "from", DOCUMENT_OBJECT, DOCUMENT_OPTIONAL },
	{ "to", DOCUMENT_OBJECT, DOCUMENT_OPTIONAL },
	{ "purpose", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
	{ "authority", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
	{ "place", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
	{ "medium", DOCUMENT_OBJECT, DOCUMENT_OPTIONAL },
	{ "transport", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
	{ "condition", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
	{ "archive", DOCUMENT_OBJECT, DOCUMENT_OPTIONAL },
	{ "release", DOCUMENT_OBJECT, DOCUMENT_OPTIONAL },
	{ "product", DOCUMENT_OBJECT, DOCUMENT_OPTIONAL },
	{ "corrects", DOCUMENT_INTEGER, DOCUMENT_OPTIONAL },
	{ "about", DOCUMENT_INTEGER, DOCUMENT_OPTIONAL },
	{ "token", DOCUMENT_OBJECT, DOCUMENT_OPTIONAL },
	{ "remarks", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
};

static const struct document_member person_members[] = {
	{ "name", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "title", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
	{ "organisation", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
	{ "contact", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
};

static const struct document_member signature_members[] = {
	{ "file", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "sha256", DOCUMENT_SHA256, DOCUMENT_REQUIRED },
};

static const struct document_member medium_members[] = {
	{ "kind", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "serial", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
	{ "seal", DOCUMENT_TEXT, DOCUMENT_OPTIONAL },
};

static const struct document_member archive_members[] = {
	{ "sha256", DOCUMENT_SHA256, DOCUMENT_REQUIRED },
	{ "sha512", DOCUMENT_SHA512, DOCUMENT_OPTIONAL },
	{ "size", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
};

static const struct document_member release_members[] = {
	{ "seq", DOCUMENT_INTEGER, DOCUMENT_REQUIRED },
	{ "sha256", DOCUMENT_SHA256, DOCUMENT_REQUIRED },
};

static const struct document_member product_members[] = {
	{ "what", DOCUMENT_TEXT, DOCUMENT_REQUIRED },
	{ "sha256", DOCUMENT_SHA256, DOCUMENT_REQUIRED },
	{ "size", DOCUMENT_INTEGER, DOCUMENT_OPTIONAL },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

int
custody_parse_person(struct document * doc, const char * key,
    struct custody_person * person, struct err * e)
{
	const struct json * found = json_get(doc->root, key);

	if (found == NULL)
		return 0;
	if (document_check(
		doc, found, key, person_members, COUNT(person_members), e) != 0)
		return -1;
	person->name = document_text(found, "name");
	person->title = document_text(found, "title");
	person->organisation = document_text(found, "organisation");
	person->contact = document_text(found, "contact");
	return 0;
}

static int
parse_prev_sigs(struct custody_entry * entry, struct err * e)
{
	const struct json * array = json_get(entry->doc.root, "prev_sigs");
	const struct json * one = json_first(array);

	if (document_count(array) > SIGNER_MAX) {
		err_set(e, ERR_LIMIT, NULL, "more than %d in \"prev_sigs\"",
		    SIGNER_MAX);
		return -1;
	}
	for (; one != NULL; one = json_next(one)) {
		struct custody_signature * s =
		    &entry->prev_sigs[entry->n_prev_sigs++];

		if (document_check(&entry->doc, one, "prev_sigs",
			signature_members, COUNT(signature_members), e) != 0)
			return -1;
		s->file = document_text(one, "file");
		(void)document_digest(
		    one, "sha256", s->sha256, DIGEST_SHA256_LEN);
	}
	return 0;
}

static int
parse_signers(struct custody_entry * entry, struct err * e)
{
	char stem[CUSTODY_NAME_SIZE];

	custody_stem(entry->seq, entry->event, stem);
	return signer_parse(
	    &entry->doc, stem, entry->signers, &entry->n_signers, e);
}

static int
parse_things(struct custody_entry * entry, struct err * e)
{
	const struct json * medium = json_get(entry->doc.root, "medium");
	const struct json * archive = json_get(entry->doc.root, "archive");

	if (medium != NULL) {
		if (document_check(&entry->doc, medium, "medium",
			medium_members, COUNT(medium_members), e) != 0)
			return -1;
		entry->medium.kind = document_text(medium, "kind");
		entry->medium.serial = document_text(medium, "serial");
		entry->medium.seal = document_text(medium, "seal");
	}
	if (archive != NULL) {
		if (document_check(&entry->doc, archive, "archive",
			archive_members, COUNT(archive_members), e) != 0)
			return -1;
		entry->has_archive = document_digest(archive, "sha256",
		    entry->archive_sha256, DIGEST_SHA256_LEN);
		entry->has_archive_sha512 = document_digest(
		    archive, "sha512", entry->archive_sha512, DIGEST_MAX_LEN);
		entry->archive_size = document_integer(archive, "size", 0);
	}
	return 0;
}

/* What an entry says about another one, and about what was made. */
static int
parse_links(struct custody_entry * entry, struct err * e)
{
	const struct json * release = json_get(entry->doc.root, "release");
	const struct json * product = json_get(entry->doc.root, "product");

	if (release != NULL) {
		if (document_check(&entry->doc, release, "release",
			release_members, COUNT(release_members), e) != 0)
			return -1;
		entry->release.seq = document_integer(release, "seq", 0);
		(void)document_digest(release, "sha256", entry->release.sha256,
		    DIGEST_SHA256_LEN);
		if (entry->release.seq < 2) {
			err_set(e, ERR_INPUT, NULL, "a release that cannot be");
			return -1;
		}
	}
	if (product != NULL) {
		if (document_check(&entry->doc, product, "product",
			product_members, COUNT(product_members), e) != 0)
			return -1;
		entry->product.what = document_text(product, "what");
		(void)document_digest(product, "sha256", entry->product.sha256,
		    DIGEST_SHA256_LEN);
		entry->product.size = document_integer(product, "size", -1);
	}
	return 0;
}

/* The token that an entry brings has the entry's number in its name. */
static int
parse_token(struct custody_entry * entry, struct err * e)
{
	const struct json * token = json_get(entry->doc.root, "token");
	char name[CUSTODY_NAME_SIZE];

	if (token == NULL)
		return 0;
	if (document_check(&entry->doc, token, "token", signature_members,
		COUNT(signature_members), e) != 0)
		return -1;
	entry->token.file = document_text(token, "file");
	(void)document_digest(
	    token, "sha256", entry->token.sha256, DIGEST_SHA256_LEN);
	custody_token_name(entry->seq, name);
	if (strcmp(name, entry->token.file) == 0)
		return 0;
	err_set(e, ERR_INPUT, NULL, "a token of another name");
	return -1;
}

static int
parse_members(struct custody_entry * entry, struct err * e)
{
	const struct json * root = entry->doc.root;

	entry->seq = document_integer(root, "seq", 0);
	entry->package = document_text(root, "package");
	(void)document_digest(
	    root, "seal_sha256", entry->seal_sha256, DIGEST_SHA256_LEN);
	(void)document_digest(root, "prev", entry->prev, DIGEST_SHA256_LEN);
	entry->at = document_time(root, "at");
	entry->clock = document_text(root, "clock");
	entry->tool = document_text(root, "tool");
	entry->purpose = document_text(root, "purpose");
	entry->authority = document_text(root, "authority");
	entry->place = document_text(root, "place");
	entry->transport = document_text(root, "transport");
	entry->condition = document_text(root, "condition");
	entry->corrects = document_integer(root, "corrects", 0);
	entry->about = document_integer(root, "about", 0);
	entry->remarks = document_text(root, "remarks");
	if (name_check_package(entry->package, e) != 0)
		return -1;
	if (custody_event_parse(document_text(root, "event"), &entry->event) !=
	    0) {
		err_set(e, ERR_INPUT, NULL, "an unknown event");
		return -1;
	}
	if ((entry->seq < 1) || (entry->seq > CUSTODY_MAX_SEQ)) {
		err_set(e, ERR_INPUT, NULL, "a seq that cannot be");
		return -1;
	}
	return 0;
}

/* The rules of entry 1, which no other is like. */
static const char *
check_first(const struct custody_entry * entry)
{
	bool is_sealed = entry->event == CUSTODY_SEALED;

	if (is_sealed != (entry->seq == 1))
		return "entry 1, and no other, is \"sealed\"";
	if (is_sealed && !entry->has_archive)
		return "entry 1 does not pin the archive";
	if (is_sealed && (entry->n_prev_sigs != 0))
		return "entry 1 has \"prev_sigs\"";
	if (is_sealed &&
	    (memcmp(entry->prev, entry->seal_sha256, DIGEST_SHA256_LEN) != 0))
		return "entry 1's prev is not its seal";
	return NULL;
}

/* Whether ${event} makes something of the package that has a digest. */
static bool
is_making(enum custody_event event)
{
	return (event == CUSTODY_DERIVED) || (event == CUSTODY_ENCRYPTED) ||
	    (event == CUSTODY_DISCLOSED);
}

/* The rules of what belongs to which event. */
static const char *
check_event(const struct custody_entry * entry)
{
	enum custody_event event = entry->event;
	bool has_product = entry->product.what != NULL;

	if (((event == CUSTODY_RELEASED) || (event == CUSTODY_RETURNED)) &&
	    (entry->to.name == NULL))
		return "it is given away, and does not say to whom";
	if (((event == CUSTODY_RECEIVED) || (event == CUSTODY_DESTROYED)) &&
	    !entry->has_archive)
		return "it does not say what digest the archive had";
	if ((entry->release.seq > 0) && (event != CUSTODY_RECEIVED))
		return "\"release\" for who received it, and only so";
	if (entry->release.seq >= entry->seq)
		return "a release that is not before it";
	if (is_making(event) && !has_product)
		return "it does not say what was made";
	if (has_product && !is_making(event) && (event != CUSTODY_COPIED))
		return "\"product\" for what makes something, and only so";
	if ((event == CUSTODY_CORRECTED) != (entry->corrects > 0))
		return "\"corrects\" for a correction, and only so";
	if (entry->corrects >= entry->seq)
		return "a correction of what is not before it";
	if ((event == CUSTODY_TIMESTAMPED) != (entry->token.file != NULL))
		return "\"token\" for what is timestamped, and only so";
	if ((event == CUSTODY_TIMESTAMPED)
		? (entry->about < 1)
		: (entry->about > 0) && (event != CUSTODY_NOTED))
		return "\"about\" for a note or a token, and only so";
	if (entry->about >= entry->seq)
		return "it is about what is not before it";
	return NULL;
}

/* The rules that tie members together. */
static int
check_rules(const struct custody_entry * entry, struct err * e)
{
	const char * why = check_first(entry);

	if (why == NULL)
		why = check_event(entry);
	if (why == NULL)
		return 0;
	err_set(e, ERR_INPUT, NULL, "%s", why);
	return -1;
}

int
custody_parse(const void * bytes, size_t len, struct custody_entry * entry,
    struct err * e)
{
	memset(entry, 0, sizeof(*entry));
	if (len > CUSTODY_MAX) {
		err_set(e, ERR_LIMIT, NULL, "an entry of more than 256 KiB");
		return -1;
	}
	if (document_parse_file(&entry->doc, bytes, len, "custody", members,
		COUNT(members), e) != 0)
		return -1;
	if ((parse_members(entry, e) != 0) ||
	    (parse_prev_sigs(entry, e) != 0) ||
	    (custody_parse_person(&entry->doc, "by", &entry->by, e) != 0) ||
	    (custody_parse_person(&entry->doc, "from", &entry->from, e) != 0) ||
	    (custody_parse_person(&entry->doc, "to", &entry->to, e) != 0) ||
	    (parse_signers(entry, e) != 0) || (parse_things(entry, e) != 0) ||
	    (parse_links(entry, e) != 0) || (parse_token(entry, e) != 0) ||
	    (check_rules(entry, e) != 0)) {
		custody_free(entry);
		return -1;
	}
	return 0;
}
