#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/bag.h"
#include "evidence/custody.h"
#include "evidence/footprint.h"
#include "evidence/kind.h"
#include "evidence/ledger_append.h"
#include "evidence/readme.h"
#include "evidence/seal.h"
#include "evidence/source.h"
#include "evidence/text.h"
#include "evidence/version.h"

#include "collect/credentials_used.h"
#include "collect/sealing.h"

static const char *
tool_text(char text[96])
{
	(void)snprintf(text, 96, "azcustody-collect %s (%s)", version_number(),
	    version_commit());
	return text;
}

void
sealing_source_name(const struct sealing * s,
    const struct state_target * target, char name[NAME_SIZE])
{
	name_make_source(target->source, s->services[target->service].account,
	    kind_text(kind_of_container(target->container)), name);
}

const char *
sealing_label(enum kind kind)
{
	return (kind == KIND_LOCAL) ? "attached" : "folder";
}

void
sealing_local_name(int index, enum kind kind, char name[NAME_SIZE])
{
	name_make_source(index, sealing_label(kind), kind_text(kind), name);
}

/* As fill_sources, for files of this machine. */
static void
fill_local_sources(
    const struct sealing * s, struct source * list, char (*names)[NAME_SIZE])
{
	for (int k = 0; k < KIND_COUNT; k++) {
		int index = s->state->local_sources[k];
		struct source * one;

		if (index < 0)
			continue;
		one = &list[index];
		sealing_local_name(index, (enum kind)k, names[index]);
		one->name = names[index];
		one->account = sealing_label((enum kind)k);
		one->service = "folder";
		one->kind = (enum kind)k;
	}
}

/* Fill ${list} and ${names}, by source index. */
static void
fill_sources(
    const struct sealing * s, struct source * list, char (*names)[NAME_SIZE])
{
	for (size_t i = 0; i < s->state->target_count; i++) {
		const struct state_target * t = &s->state->targets[i];
		struct source * one;

		if (t->source < 0)
			continue;
		one = &list[t->source];
		sealing_source_name(s, t, names[t->source]);
		one->name = names[t->source];
		one->account = s->services[t->service].account;
		one->service = "blob";
		one->endpoint = s->services[t->service].endpoint;
		one->container = t->container;
		one->listed_as = s->state->listed_as[t->service];
		one->replica = s->services[t->service].where.is_secondary
		    ? "secondary"
		    : NULL;
		one->kind = kind_of_container(t->container);
	}
}

static bool
is_credential_of(
    const struct source_credential * credential, const struct source * source)
{
	bool is_local = (credential->kind == SOURCE_FILES);

	if (is_local != (source->endpoint == NULL))
		return false;
	return (credential->account != NULL) && (source->account != NULL) &&
	    (strcmp(credential->account, source->account) == 0);
}

/* Each source names the first credential of its account. */
static int
fill_credentials(struct source * list, size_t count,
    const struct sources * used, struct err * e)
{
	for (size_t i = 0; i < count; i++) {
		size_t k = 0;

		while ((k < used->n_credentials) &&
		    !is_credential_of(&used->credentials[k], &list[i]))
			k++;
		if (k == used->n_credentials) {
			err_set(e, ERR_BUG, NULL,
			    "no credential of account %s is known",
			    list[i].account);
			return -1;
		}
		list[i].credential = (int64_t)k;
	}
	return 0;
}

/* meta/sources.json into ${out}. */
static int
format_sources(const struct sealing * s, struct buf * out, struct err * e)
{
	size_t count = (size_t)s->state->source_count;
	struct sources sources = { 0 };
	struct sources used = { 0 };
	struct source * list = calloc(count + 1, sizeof(*list));
	char(*names)[NAME_SIZE] = calloc(count + 1, sizeof(*names));
	int rc = -1;

	if ((list == NULL) || (names == NULL)) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		goto out;
	}
	fill_sources(s, list, names);
	fill_local_sources(s, list, names);
	if ((credentials_used_parse(s->state, &used, e) != 0) ||
	    (fill_credentials(list, count, &used, e) != 0))
		goto out;
	sources.list = list;
	sources.n = count;
	sources.credentials = used.credentials;
	sources.n_credentials = used.n_credentials;
	rc = source_format(&sources, out, e);

out:
	source_free(&used);
	free(list);
	free(names);
	return rc;
}

/* meta/footprint.json into ${out}. */
static int
format_footprint(const struct sealing * s, struct buf * out, struct err * e)
{
	const char * accounts[OPTIONS_MAX_ACCOUNTS];
	const char * hashes[STATE_MAX_HASHES];
	const char * addresses[STATE_MAX_ADDRESSES];
	struct footprint f = {
		.user_agent = (s->service_count == 0)
		    ? NULL
		    : azure_user_agent(s->services[0].azure),
		.client_request_prefix =
		    (s->service_count == 0) ? NULL : s->client_request_prefix,
		.first_request_at = s->state->first_request_at,
		.last_request_at = s->state->last_request_at,
		.requests = s->state->requests,
		.bytes = s->state->received,
		.accounts = accounts,
		.n_accounts = s->service_count,
		.addresses = addresses,
		.n_addresses = s->state->address_count,
		.log_hashes = hashes,
		.n_log_hashes = s->state->hash_count,
	};

	for (size_t i = 0; i < s->service_count; i++)
		accounts[i] = s->services[i].account;
	for (size_t i = 0; i < s->state->address_count; i++)
		addresses[i] = s->state->addresses[i];
	for (size_t i = 0; i < s->state->hash_count; i++)
		hashes[i] = s->state->hashes[i];
	return footprint_format(&f, out, e);
}

size_t
sealing_signers(const struct signing * signing, const struct facts * facts,
    struct signer_key keys[SIGNER_MAX])
{
	size_t n = signing_keys(signing, keys);
	const struct signing_one * first = signing->list;

	while ((first < signing->list + n) && (first->kind != SIGNER_ED25519))
		first++;
	for (size_t i = 0; (first < signing->list + n) && (i < n); i++)
		if (keys[i].ed25519 == first->ed25519)
			keys[i].name = facts->examiner;
	return n;
}

static int
readme(void * cookie, const struct package_facts * facts, struct buf * out,
    struct err * e)
{
	const struct sealing * s = cookie;
	struct signer_key keys[SIGNER_MAX];
	char files[SIGNER_MAX][SIGNER_FILE_SIZE];
	struct signer signers[SIGNER_MAX];
	struct readme_facts r = {
		.package = facts->name,
		.is_compressed = s->facts->is_compressed,
		.case_number = s->facts->case_id,
		.signers = signers,
		.n_signers = sealing_signers(s->signing, s->facts, keys),
		.is_received = (s->facts->folder != NULL),
	};

	for (size_t i = 0; i < r.n_signers; i++)
		signer_describe(&keys[i], SEAL_STEM, files[i], &signers[i]);
	return readme_format(&r, out, e);
}

static int
bag_info(void * cookie, const struct package_facts * facts, struct buf * out,
    struct err * e)
{
	const struct sealing * s = cookie;
	char tool[96];
	struct bag_info info = {
		.package = facts->name,
		.organisation = s->facts->organisation,
		.examiner = s->facts->examiner,
		.case_number = s->facts->case_id,
		.exhibit = s->facts->exhibit,
		.tool = tool_text(tool),
		.at = s->sealed_at,
		.payload_bytes = facts->payload_bytes,
		.payload_objects = facts->objects,
	};
	struct group group;

	if (facts_group(s->facts, s->state->parts, &group))
		info.group = &group;
	return bag_format_info(&info, out, e);
}

/* Say in ${doc} which tokens there will be over ${file}; ${names} has room. */
static void
declare_tokens(const struct sealing * s, const char * file, struct seal * doc,
    char (*names)[SEAL_FILE_SIZE])
{
	for (size_t k = 0; k < stamping_count(s->stamping); k++) {
		char * name = names[doc->n_tokens];

		seal_token_file(file, k, name);
		doc->tokens[doc->n_tokens++] = (struct seal_token){
			.authority = stamping_url(s->stamping, k),
			.over = file,
			.file = name,
		};
	}
}

static int
seal(void * cookie, const struct package_facts * facts, struct buf * out,
    struct err * e)
{
	const struct sealing * s = cookie;
	const struct state * state = s->state;
	struct signer_key keys[SIGNER_MAX];
	char files[SIGNER_MAX][SIGNER_FILE_SIZE];
	char names[SEAL_MAX_TOKENS][SEAL_FILE_SIZE];
	struct seal doc;
	char tool[96];

	memset(&doc, 0, sizeof(doc));
	doc.package = facts->name;
	doc.previous = s->facts->previous;
	if ((doc.previous != NULL) &&
	    ((s->facts->previous_seal == NULL) ||
		(text_hex_decode(s->facts->previous_seal, doc.previous_seal,
		     DIGEST_SHA256_LEN) != 0))) {
		err_set(e, ERR_INPUT, NULL,
		    "the checkpoint does not say what is continued");
		return -1;
	}
	doc.case_number = s->facts->case_id;
	doc.exhibit = s->facts->exhibit;
	doc.sealed_at = s->sealed_at;
	doc.has_skew = state->has_skew;
	doc.skew_lo_ms = state->skew_lo_ms;
	doc.skew_hi_ms = state->skew_hi_ms;
	doc.objects = facts->objects;
	doc.bytes = facts->payload_bytes;
	doc.listed = state->listed;
	doc.taken = state->objects;
	memcpy(doc.gaps, state->gaps, sizeof(doc.gaps));
	doc.stream_bytes = facts->stream_bytes;
	memcpy(
	    doc.stream_sha256, facts->stream_sha256, sizeof(doc.stream_sha256));
	doc.tagmanifests[0].file = "tagmanifest-sha256.txt";
	memcpy(doc.tagmanifests[0].sha256, facts->tagmanifest_sha256,
	    DIGEST_SHA256_LEN);
	doc.n_tagmanifests = 1;
	memcpy(doc.merkle_root, facts->merkle_root, sizeof(doc.merkle_root));
	doc.n_signers = sealing_signers(s->signing, s->facts, keys);
	for (size_t i = 0; i < doc.n_signers; i++)
		signer_describe(&keys[i], SEAL_STEM, files[i], &doc.signers[i]);
	for (size_t i = 0; i < doc.n_signers; i++)
		declare_tokens(s, files[i], &doc, names);
	doc.has_certificates = (s->carried->len > 0);
	if (doc.has_certificates)
		digest_sha256(s->carried->bytes, s->carried->len,
		    doc.certificates_sha256);
	doc.tool = tool_text(tool);
	doc.has_group = facts_group(s->facts, state->parts, &doc.group);
	return seal_format(&doc, out, e);
}

static int
sign_seal(void * cookie, size_t which, const void * bytes, size_t len,
    struct buf * out, struct err * e)
{
	const struct sealing * s = cookie;
	struct signer_key keys[SIGNER_MAX];
	char comment[SEAL_COMMENT_SIZE];

	(void)sealing_signers(s->signing, s->facts, keys);
	seal_comment(s->package, keys[which].role, s->facts->case_id, comment);
	return signer_sign(&keys[which], comment, bytes, len, out, e);
}

static size_t
tokens(void * cookie)
{
	const struct sealing * s = cookie;

	return stamping_count(s->stamping);
}

static int
stamp(void * cookie, size_t nth, const void * bytes, size_t len,
    struct buf * out, struct err * e)
{
	const struct sealing * s = cookie;

	return stamping_ask(s->stamping, nth, bytes, len, out, e);
}

/* Entry 1 of the ledger: who sealed what, and the whole file's digest. */
static int
custody(
    void * cookie, const struct package_facts * facts, int dir, struct err * e)
{
	const struct sealing * s = cookie;
	struct signer_key keys[SIGNER_MAX];
	size_t n = sealing_signers(s->signing, s->facts, keys);
	struct custody_entry entry;
	struct buf remarks = { 0 };
	char clock[128], tool[96];
	int rc = -1;

	memset(&entry, 0, sizeof(entry));
	entry.seq = 1;
	entry.package = facts->name;
	memcpy(entry.seal_sha256, facts->seal_sha256, DIGEST_SHA256_LEN);
	memcpy(entry.prev, facts->seal_sha256, DIGEST_SHA256_LEN);
	entry.event = CUSTODY_SEALED;
	entry.at = s->sealed_at;
	(void)snprintf(clock, sizeof(clock), "this machine's clock");
	if (s->state->has_skew)
		(void)snprintf(clock, sizeof(clock),
		    "this machine's clock, %lld to %lld ms ahead of the "
		    "storage service",
		    (long long)s->state->skew_lo_ms,
		    (long long)s->state->skew_hi_ms);
	entry.clock = clock;
	entry.tool = tool_text(tool);
	entry.by.name = s->facts->examiner;
	entry.by.organisation = s->facts->organisation;
	entry.purpose = s->facts->purpose;
	entry.authority = s->facts->authority;
	entry.has_archive = true;
	memcpy(entry.archive_sha256, facts->file_sha256, DIGEST_SHA256_LEN);
	entry.archive_size = facts->file_bytes;
	if (s->stamping != NULL) {
		if (stamping_describe(s->stamping, &remarks, e) != 0)
			goto out;
		entry.remarks = buf_text(&remarks);
	}
	rc = ledger_append(dir, &entry, keys, n, e);

out:
	buf_free(&remarks);
	return rc;
}

/* All certificates, as package_seal wants them; the caller frees them. */
static struct package_certificate *
copy_certificates(const struct certificates * c, struct err * e)
{
	size_t count = certificates_count(c);
	struct package_certificate * list = calloc(count + 1, sizeof(*list));

	if (list == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		const struct certificates_one * one = certificates_get(c, i);

		memcpy(list[i].sha256, one->sha256, DIGEST_SHA256_LEN);
		list[i].bytes = one->bytes;
		list[i].len = one->len;
	}
	return list;
}

int
sealing_run(const struct sealing * s, struct package_write * w,
    struct package_facts * facts, struct err * e)
{
	const char * roles[SIGNER_MAX];
	enum signer_kind kinds[SIGNER_MAX];
	struct signer_key keys[SIGNER_MAX];
	struct package_certificate * certificates = NULL;
	struct sealing copy = *s;
	struct buf sources = { 0 }, footprint = { 0 };
	struct package_seal doc = {
		.cookie = &copy,
		.readme = readme,
		.bag_info = bag_info,
		.seal = seal,
		.signers_count = sealing_signers(s->signing, s->facts, keys),
		.roles = roles,
		.kinds = kinds,
		.sign_seal = sign_seal,
		.tokens = tokens,
		.stamp = stamp,
		.custody = custody,
	};
	int rc = -1;

	for (size_t k = 0; k < doc.signers_count; k++) {
		roles[k] = keys[k].role;
		kinds[k] = (keys[k].cms != NULL) ? SIGNER_CMS : SIGNER_ED25519;
	}
	certificates = copy_certificates(s->certificates, e);
	if ((certificates == NULL) || (format_sources(s, &sources, e) != 0) ||
	    (format_footprint(s, &footprint, e) != 0))
		goto out;
	doc.sources = buf_text(&sources);
	doc.sources_len = sources.len;
	doc.footprint = buf_text(&footprint);
	doc.footprint_len = footprint.len;
	doc.certificates = certificates;
	doc.certificates_count = certificates_count(s->certificates);
	if (s->carried->len > 0)
		doc.carried = s->carried->bytes;
	doc.carried_len = s->carried->len;
	if (package_seal(w, &doc, facts, e) != 0)
		goto out;
	rc = 0;

out:
	if (rc != 0)
		err_in(e, "sealing");
	free(certificates);
	buf_free(&sources);
	buf_free(&footprint);
	return rc;
}
