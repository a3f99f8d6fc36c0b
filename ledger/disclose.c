/*
 * The verb disclose: some objects of a package, with what proves them under its
 * seal, in a folder of their own (FORMAT.md, "Disclosure").
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/bag.h"
#include "evidence/disclosure.h"
#include "evidence/io.h"
#include "evidence/package_check.h"
#include "evidence/package_lines.h"
#include "evidence/signing.h"
#include "evidence/text.h"
#include "evidence/version.h"
#include "evidence/words.h"

#include "ledger/choice.h"
#include "ledger/facts.h"
#include "ledger/folder.h"
#include "ledger/place.h"
#include "ledger/verb.h"

enum disclose_word {
	WORD_TRUST = FACTS + SIGNING_WORDS_COUNT,
	WORD_LEDGER = WORD_TRUST + TRUST_WORDS,
	WORD_OBJECTS,
	WORD_EXCLUDE,
	WORD_EXCLUDE_SECRETS,
	WORD_OUT
};

static const struct word words[] = {
	FACT_WORDS,
	SIGNING_WORDS,
	TRUST_WORD_LIST,
	{ "ledger", true, false },
	{ "objects", true, false },
	{ "exclude", true, false },
	{ "exclude-secrets", true, false },
	{ "out", true, false },
	{ NULL, false, false },
};

struct disclosing {
	struct facts facts;
	struct signing signing;
	struct signer_key keys[SIGNER_MAX];
	size_t n_keys;
	struct trust * trust;
	const char * package;
	const char * ledger;
	const char * objects;
	const char * exclude;
	const char * secrets; /* As exclude, if it is whole. */
	const char * out;

	struct choice choice;
	struct place place;
	struct package_result result;
	struct folder folder;
	struct merkle_nodes * nodes;
	int spool; /* Of the hashes of the tree. */
	int64_t count, bytes;
	struct buf manifest;
};

static int
take(void * context, int word, const char * value, struct err * e)
{
	struct disclosing * x = context;

	if (word == WORDS_OPERAND) {
		if (x->package != NULL)
			return words_refuse(e, "one package, not also ", value);
		x->package = value;
		return 0;
	}
	if (word < FACTS) {
		facts_take(&x->facts, (enum fact)word, value);
		return 0;
	}
	if (word < FACTS + SIGNING_WORDS_COUNT)
		return signing_take(
		    &x->signing, (enum signing_word)(word - FACTS), value, e);
	if (word < WORD_LEDGER)
		return trust_take(x->trust, word - WORD_TRUST, value, e);
	switch ((enum disclose_word)word) {
	case WORD_TRUST: /* And those behind it: taken. */
		break;
	case WORD_LEDGER:
		x->ledger = value;
		return 0;
	case WORD_OBJECTS:
		x->objects = value;
		return 0;
	case WORD_EXCLUDE:
		x->exclude = value;
		return 0;
	case WORD_EXCLUDE_SECRETS:
		x->secrets = value;
		return 0;
	case WORD_OUT:
		x->out = value;
		return 0;
	}
	return -1;
}

/* Only what is intact, and not forged as far as that can be judged. */
static int
check_package(struct disclosing * x, struct err * e)
{
	struct package_check_options o = { .trust = x->trust };

	if (package_check(x->place.fd, &o, &x->result, e) != 0)
		return -1;
	if (x->result.has_index &&
	    (x->result.verdict[PACKAGE_AUTHENTICITY] != PACKAGE_FAIL))
		return 0;
	err_set(e, ERR_INPUT, "see azcustody-verify",
	    "%s: integrity %s, authenticity %s", x->package,
	    package_verdict_text(x->result.verdict[PACKAGE_INTEGRITY]),
	    package_verdict_text(x->result.verdict[PACKAGE_AUTHENTICITY]));
	return -1;
}

/* The catalogue: every line into the tree, the chosen ones into the folder. */
static int
write_lines(struct disclosing * x, struct err * e)
{
	struct package_lines * l = NULL;
	const uint8_t * line;
	size_t len;
	int64_t seq = 0;
	int rc = -1;
	int more;

	l = package_lines_open(
	    x->place.fd, &x->result.index.objects, OBJECT_LINE_MAX, e);
	if ((l == NULL) ||
	    (folder_open(&x->folder, "meta/objects.jsonl", e) != 0))
		goto out;
	for (;;) {
		more = package_lines_next(l, &line, &len, e);
		if (more != 1)
			break;
		seq++;
		/* The LF stands behind the line. */
		if (merkle_nodes_add(x->nodes, line, len + 1, e) != 0)
			goto out;
		if (!choice_has(&x->choice, seq))
			continue;
		x->count++;
		if (folder_write(&x->folder, line, len + 1, e) != 0)
			goto out;
	}
	if (more != 0)
		goto out;
	rc = folder_close(&x->folder, true, e);

out:
	package_lines_close(l);
	return rc;
}

/* The audit path of each chosen line. */
static int
write_paths(struct disclosing * x, struct err * e)
{
	struct merkle_path path;
	struct buf line = { 0 };
	int rc = -1;

	if (folder_open(&x->folder, "meta/paths.jsonl", e) != 0)
		return -1;
	for (int64_t seq = 1; seq <= x->result.objects; seq++) {
		if (!choice_has(&x->choice, seq))
			continue;
		buf_clear(&line);
		if ((merkle_nodes_path(x->nodes, (uint64_t)seq - 1, &path, e) !=
			0) ||
		    (disclosure_put_path(seq, &path, &line, e) != 0) ||
		    (folder_write(&x->folder, line.bytes, line.len, e) != 0))
			goto out;
	}
	rc = folder_close(&x->folder, true, e);

out:
	buf_free(&line);
	return rc;
}

/* The member at hand into the file ${path}. */
static int
copy_member(struct disclosing * x, struct package_read * r, const char * path,
    bool is_tag, struct err * e)
{
	const uint8_t * bytes;
	int64_t n;

	if (folder_open(&x->folder, path, e) != 0)
		return -1;
	for (;;) {
		n = package_read_data(r, &bytes, e);
		if (n <= 0)
			break;
		if (folder_write(&x->folder, bytes, (size_t)n, e) != 0)
			return -1;
	}
	return (n < 0) ? -1 : folder_close(&x->folder, is_tag, e);
}

/* The chosen objects, and their manifest. */
static int
write_objects(struct disclosing * x, struct err * e)
{
	struct package_read * r =
	    package_read_open_index(x->place.fd, &x->result.index, e);
	struct package_item item;
	char hex[DIGEST_SHA256_HEX];
	int rc = -1;
	int more;

	if (r == NULL)
		return -1;
	for (;;) {
		more = package_read_next(r, &item, e);
		if (more != 1)
			break;
		if (!choice_has(&x->choice, item.object->seq))
			continue;
		if (copy_member(x, r, item.name, false, e) != 0)
			goto out;
		x->bytes += x->folder.size;
		text_hex_encode(x->folder.sha256, DIGEST_SHA256_LEN, hex);
		if (buf_addf(&x->manifest, e, "%s  %s\n", hex, item.name) != 0)
			goto out;
	}
	if (more != 0)
		goto out;
	rc = folder_put(&x->folder, "manifest-sha256.txt",
	    buf_text(&x->manifest), x->manifest.len, true, e);

out:
	package_read_close(r);
	return rc;
}

/* What proves them, as it stands in the package. */
static int
write_original(struct disclosing * x, struct package_read * r, int64_t stop,
    struct err * e)
{
	struct package_item item;
	int more;

	for (int64_t i = 0; i < stop; i++) {
		const char * base;
		char path[TAR_PATH_MAX + 16];

		more = package_read_next(r, &item, e);
		if (more != 1)
			return more;
		base = strrchr(item.name, '/');
		base = (base == NULL) ? item.name : base + 1;
		if ((strcmp(item.name, "meta/case.json") != 0) &&
		    (strcmp(item.name, "meta/sources.json") != 0) &&
		    (strcmp(item.name, "tagmanifest-sha256.txt") != 0) &&
		    !text_has_prefix(item.name, "seal/"))
			continue;
		(void)snprintf(path, sizeof(path), "original/%s", base);
		if (copy_member(x, r, path, true, e) != 0)
			return -1;
	}
	return 0;
}

static int
write_originals(struct disclosing * x, struct err * e)
{
	const struct package_index * index = &x->result.index;
	const struct package_place * places[] = { NULL, &index->sources,
		&index->tagmanifest };
	static const int64_t members[] = { 2, 1, INT64_MAX };
	int rc = 0;

	for (size_t i = 0; (i < 3) && (rc == 0); i++) {
		struct package_read * r = (places[i] == NULL)
		    ? package_read_open(x->place.fd, 0, e)
		    : package_read_open_place(x->place.fd, places[i], e);

		rc = (r == NULL) ? -1 : write_original(x, r, members[i], e);
		package_read_close(r);
	}
	return rc;
}

/* disclosure.json and its signatures; put its digest into ${sha256}. */
static int
write_statement(struct disclosing * x, const struct custody_entry * entry,
    uint8_t sha256[DIGEST_SHA256_LEN], struct err * e)
{
	char files[SIGNER_MAX][SIGNER_FILE_SIZE];
	struct disclosure d = { .package = x->result.package,
		.objects = x->count,
		.bytes = x->bytes,
		.withheld_objects = x->result.objects - x->count,
		.withheld_bytes = x->result.object_bytes - x->bytes,
		.at = entry->at,
		.clock = entry->clock,
		.by = entry->by,
		.to = entry->to,
		.purpose = entry->purpose,
		.authority = entry->authority,
		.remarks = entry->remarks,
		.n_signers = x->n_keys };
	struct buf bytes = { 0 }, sig = { 0 };
	char tool[96];
	int rc = -1;

	(void)snprintf(tool, sizeof(tool), "azcustody-ledger %s (%s)",
	    version_number(), version_commit());
	d.tool = tool;
	memcpy(d.seal_sha256, x->result.seal_sha256, DIGEST_SHA256_LEN);
	memcpy(d.tagmanifest_sha256, x->folder.sha256, DIGEST_SHA256_LEN);
	for (size_t i = 0; i < x->n_keys; i++)
		signer_describe(
		    &x->keys[i], DISCLOSURE_STEM, files[i], &d.signers[i]);
	if ((disclosure_format(&d, &bytes, e) != 0) ||
	    (folder_put(&x->folder, "disclosure.json", bytes.bytes, bytes.len,
		 false, e) != 0))
		goto out;
	memcpy(sha256, x->folder.sha256, DIGEST_SHA256_LEN);
	for (size_t i = 0; i < x->n_keys; i++) {
		char comment[DISCLOSURE_COMMENT_SIZE];

		buf_clear(&sig);
		disclosure_comment(
		    x->result.package, d.signers[i].role, comment);
		if ((signer_sign(&x->keys[i], comment, bytes.bytes, bytes.len,
			 &sig, e) != 0) ||
		    (folder_put(&x->folder, files[i], sig.bytes, sig.len, false,
			 e) != 0))
			goto out;
	}
	rc = 0;

out:
	buf_free(&bytes);
	buf_free(&sig);
	return rc;
}

/* All of the folder but the statement. */
static int
write_folder(struct disclosing * x, struct err * e)
{
	struct buf bagit = { 0 };
	int rc = -1;

	x->spool = io_create(x->folder.dir, "tree", 0600, e);
	if ((x->spool < 0) || (unlinkat(x->folder.dir, "tree", 0) != 0))
		goto out;
	x->nodes = merkle_nodes_new(x->spool, e);
	if ((x->nodes == NULL) || (bag_format_declaration(&bagit, e) != 0) ||
	    (folder_put(&x->folder, "bagit.txt", bagit.bytes, bagit.len, true,
		 e) != 0) ||
	    (write_lines(x, e) != 0) || (write_paths(x, e) != 0) ||
	    (write_objects(x, e) != 0) || (write_originals(x, e) != 0))
		goto out;
	rc = folder_put(&x->folder, "tagmanifest-sha256.txt",
	    buf_text(&x->folder.tags), x->folder.tags.len, false, e);

out:
	buf_free(&bagit);
	return rc;
}

static int
disclose(struct disclosing * x, struct err * e)
{
	struct signing_defaults defaults = { .role = "discloser" };
	struct custody_entry entry;
	const char * list = (x->objects != NULL) ? x->objects
	    : (x->exclude != NULL)               ? x->exclude
						 : x->secrets;

	memset(&entry, 0, sizeof(entry));
	x->choice.is_exclusion = x->objects == NULL;
	if ((choice_load(&x->choice, list, e) != 0) ||
	    (place_open(&x->place, x->package, x->ledger, e) != 0) ||
	    (place_hash(&x->place, e) != 0) ||
	    (place_judge(&x->place, x->trust, false, e) != 0) ||
	    (check_package(x, e) != 0) ||
	    ((list == x->secrets) &&
		(choice_check_whole(&x->choice, &x->result, list, e) != 0)))
		return -1;
	if ((x->choice.n > 0) &&
	    (x->choice.seq[x->choice.n - 1] > x->result.objects)) {
		err_set(e, ERR_INPUT, NULL,
		    "%s: the package has no object %lld", list,
		    (long long)x->choice.seq[x->choice.n - 1]);
		return -1;
	}
	if (facts_fill(&x->facts, &entry, e) != 0)
		return -1;
	defaults.name = entry.by.name;
	if (signing_load(&x->signing, x->place.around, &defaults, e) != 0)
		return -1;
	x->n_keys = signing_keys(&x->signing, x->keys);
	if ((folder_begin(&x->folder, x->out, e) != 0) ||
	    (write_folder(x, e) != 0) ||
	    (place_follow(&x->place, &entry, e) != 0) ||
	    (write_statement(x, &entry, entry.product.sha256, e) != 0))
		return -1;
	entry.event = CUSTODY_DISCLOSED;
	entry.product.what = "disclosure.json";
	entry.product.size = -1;
	place_pin(&x->place, &entry);
	if (place_append(&x->place, &entry, x->keys, x->n_keys, e) != 0 ||
	    (folder_publish(&x->folder, e) != 0))
		return -1;
	(void)printf("%lld of %lld objects disclosed\n", (long long)x->count,
	    (long long)x->result.objects);
	return 0;
}

static int
check_words(const struct disclosing * x, struct err * e)
{
	if (x->package == NULL)
		return words_refuse(e, "no package was named", "");
	if ((x->objects != NULL) + (x->exclude != NULL) +
		(x->secrets != NULL) !=
	    1)
		return words_refuse(e,
		    "one of --objects, --exclude, and --exclude-secrets is "
		    "needed",
		    "");
	if (x->out == NULL)
		return words_refuse(e, "--out is missing", "");
	return 0;
}

static int
run(int argc, char ** argv, struct err * e)
{
	struct disclosing * x = calloc(1, sizeof(*x));
	int rc = -1;

	if (x == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	x->spool = x->folder.fd = x->folder.dir = x->folder.around = -1;
	x->place.fd = x->place.dir = x->place.around = -1;
	x->trust = trust_new(e);
	if ((x->trust != NULL) &&
	    (words_parse(argc, argv, words, take, x, e) == 0) &&
	    (facts_load(&x->facts, e) == 0) && (check_words(x, e) == 0))
		rc = disclose(x, e);
	place_close(&x->place);
	folder_end(&x->folder);
	merkle_nodes_free(x->nodes);
	choice_free(&x->choice);
	buf_free(&x->manifest);
	signing_free(&x->signing);
	facts_free(&x->facts);
	trust_free(x->trust);
	if (x->spool >= 0)
		(void)close(x->spool);
	free(x);
	return rc;
}

const struct verb verb_disclose = { "disclose", run,
	"  disclose PACKAGE      some objects in a folder that proves them under "
	"the\n"
	"                        package's own seal\n"
	"    --objects LIST      these: a line each, its number or stored path\n"
	"    --exclude LIST      all but these\n"
	"    --exclude-secrets LIST   all but these, as azcustody-verify "
	"--secrets\n"
	"                        lists them: a list that was cut, or is another\n"
	"                        package's, is refused\n"
	"    --out DIR           the new folder\n",
	true };
