/* Writing an entry of the ledger, and the names around it (custody.h). */
#include <stdio.h>
#include <string.h>

#include "evidence/custody.h"

/* In the order of enum custody_event. */
static const char * const events[CUSTODY_EVENT_COUNT] = { "sealed", "released",
	"received", "accessed", "verified", "copied", "derived", "encrypted",
	"disclosed", "stored", "returned", "destroyed", "corrected",
	"timestamped", "noted" };

const char *
custody_event_text(enum custody_event event)
{
	return events[event];
}

int
custody_event_parse(const char * text, enum custody_event * event)
{
	int which = document_word(text, events, CUSTODY_EVENT_COUNT);

	if (which < 0)
		return -1;
	*event = (enum custody_event)which;
	return 0;
}

void
custody_put_person(
    struct json_out * j, const char * key, const struct custody_person * person)
{
	if (person->name == NULL)
		return;
	json_open_object(j, key);
	document_put_nullable(j, "name", person->name);
	document_put_optional(j, "title", person->title);
	document_put_optional(j, "organisation", person->organisation);
	document_put_optional(j, "contact", person->contact);
	json_close_object(j);
}

static void
put_chain(struct json_out * j, const struct custody_entry * entry)
{
	json_put_hex(j, "seal_sha256", entry->seal_sha256, DIGEST_SHA256_LEN);
	json_put_hex(j, "prev", entry->prev, DIGEST_SHA256_LEN);
	json_open_array(j, "prev_sigs");
	for (size_t i = 0; i < entry->n_prev_sigs; i++) {
		json_open_object(j, NULL);
		json_put_text(j, "file", entry->prev_sigs[i].file);
		json_put_hex(
		    j, "sha256", entry->prev_sigs[i].sha256, DIGEST_SHA256_LEN);
		json_close_object(j);
	}
	json_close_array(j);
}

static void
put_medium(struct json_out * j, const struct custody_medium * medium)
{
	if (medium->kind == NULL)
		return;
	json_open_object(j, "medium");
	document_put_nullable(j, "kind", medium->kind);
	document_put_optional(j, "serial", medium->serial);
	document_put_optional(j, "seal", medium->seal);
	json_close_object(j);
}

static void
put_archive(struct json_out * j, const struct custody_entry * entry)
{
	if (!entry->has_archive)
		return;
	json_open_object(j, "archive");
	json_put_hex(j, "sha256", entry->archive_sha256, DIGEST_SHA256_LEN);
	if (entry->has_archive_sha512)
		json_put_hex(
		    j, "sha512", entry->archive_sha512, DIGEST_MAX_LEN);
	json_put_integer(j, "size", entry->archive_size);
	json_close_object(j);
}

static void
put_release(struct json_out * j, const struct custody_release * release)
{
	if (release->seq == 0)
		return;
	json_open_object(j, "release");
	json_put_integer(j, "seq", release->seq);
	json_put_hex(j, "sha256", release->sha256, DIGEST_SHA256_LEN);
	json_close_object(j);
}

static void
put_product(struct json_out * j, const struct custody_product * product)
{
	if (product->what == NULL)
		return;
	json_open_object(j, "product");
	document_put_nullable(j, "what", product->what);
	json_put_hex(j, "sha256", product->sha256, DIGEST_SHA256_LEN);
	if (product->size >= 0)
		json_put_integer(j, "size", product->size);
	json_close_object(j);
}

static void
put_token(struct json_out * j, const struct custody_token * token)
{
	if (token->file == NULL)
		return;
	json_open_object(j, "token");
	json_put_text(j, "file", token->file);
	json_put_hex(j, "sha256", token->sha256, DIGEST_SHA256_LEN);
	json_close_object(j);
}

int
custody_format(
    const struct custody_entry * entry, struct buf * out, struct err * e)
{
	struct json_out j;

	json_begin_document(&j, out, "custody", e);
	json_put_integer(&j, "seq", entry->seq);
	json_put_text(&j, "package", entry->package);
	put_chain(&j, entry);
	json_put_text(&j, "event", events[entry->event]);
	json_put_time(&j, "at", entry->at);
	document_put_nullable(&j, "clock", entry->clock);
	document_put_optional(&j, "tool", entry->tool);
	custody_put_person(&j, "by", &entry->by);
	signer_put(&j, entry->signers, entry->n_signers);
	custody_put_person(&j, "from", &entry->from);
	custody_put_person(&j, "to", &entry->to);
	document_put_optional(&j, "purpose", entry->purpose);
	document_put_optional(&j, "authority", entry->authority);
	document_put_optional(&j, "place", entry->place);
	put_medium(&j, &entry->medium);
	document_put_optional(&j, "transport", entry->transport);
	document_put_optional(&j, "condition", entry->condition);
	put_archive(&j, entry);
	put_release(&j, &entry->release);
	put_product(&j, &entry->product);
	if (entry->corrects > 0)
		json_put_integer(&j, "corrects", entry->corrects);
	if (entry->about > 0)
		json_put_integer(&j, "about", entry->about);
	put_token(&j, &entry->token);
	document_put_optional(&j, "remarks", entry->remarks);
	return json_end_document(&j);
}

void
custody_entry_name(
    int64_t seq, enum custody_event event, char name[CUSTODY_NAME_SIZE])
{
	(void)snprintf(name, CUSTODY_NAME_SIZE, "%06lld-%s.json",
	    (long long)seq, events[event]);
}

void
custody_stem(
    int64_t seq, enum custody_event event, char stem[CUSTODY_NAME_SIZE])
{
	(void)snprintf(stem, CUSTODY_NAME_SIZE, "%06lld-%s.", (long long)seq,
	    events[event]);
}

void
custody_token_name(int64_t seq, char name[CUSTODY_NAME_SIZE])
{
	(void)snprintf(name, CUSTODY_NAME_SIZE, "%06lld-%s.tsr", (long long)seq,
	    events[CUSTODY_TIMESTAMPED]);
}

void
custody_comment(const char * package, int64_t seq, const char * role,
    char comment[CUSTODY_COMMENT_SIZE])
{
	(void)snprintf(comment, CUSTODY_COMMENT_SIZE,
	    "azcustody/custody/1 %s %06lld %s", package, (long long)seq, role);
}

void
custody_free(struct custody_entry * entry)
{
	document_free(&entry->doc);
	memset(entry, 0, sizeof(*entry));
}
