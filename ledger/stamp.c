#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "evidence/clock.h"
#include "evidence/io.h"
#include "evidence/text.h"
#include "evidence/timestamp_verify.h"
#include "evidence/words.h"

#include "ledger/place.h"
#include "ledger/stamp.h"
#include "ledger/verb.h"

/* ---- stamp-import --------------------------------------------------------- */

/* Read the query, if there is one. */
static int
load_query(const char * path, struct timestamp_query * query, struct err * e)
{
	struct buf bytes = { 0 };
	int rc = io_load(IO_PATH, path, TIMESTAMP_QUERY_MAX, &bytes, e);

	if (rc == 0)
		rc = timestamp_parse_query(bytes.bytes, bytes.len, query, e);
	buf_free(&bytes);
	if (rc != 0)
		err_in(e, "%s", path);
	return rc;
}

/* The entry that ${token} is over, the last first; what it came to. */
static enum proof
find_entry(const struct ledger * ledger, const struct timestamp_rules * rules,
    const struct buf * token, int64_t * about, struct err * why)
{
	struct timestamp_facts facts;
	enum proof proof = PROOF_IMPRINT;

	err_set(why, ERR_INPUT, NULL, "the ledger has no entry");
	for (size_t i = ledger->n_entries; (i > 0) && (proof == PROOF_IMPRINT);
	     i--) {
		const struct ledger_entry * one = &ledger->entries[i - 1];

		err_init(why);
		proof = timestamp_verify(rules, buf_text(token), token->len,
		    one->file->bytes, one->file->len, &facts, why);
		*about = one->entry.seq;
	}
	return proof;
}

int
stamp_load(const struct stamp_import * import, const struct ledger * ledger,
    const struct trust * trust, struct buf * token, int64_t * about,
    struct err * e)
{
	struct timestamp_query query;
	struct timestamp_rules rules = {
		.roots = trust_set(trust, TRUST_STAMP_ROOTS),
		.at = CLOCK_UNKNOWN,
		.now = clock_now(),
	};
	enum proof proof;
	struct err why;

	if (import->query != NULL) {
		if (load_query(import->query, &query, e) != 0)
			return -1;
		rules.query = &query;
	}
	if (io_load(IO_PATH, import->token, TIMESTAMP_MAX, token, e) != 0)
		return -1;
	err_init(&why);
	proof = find_entry(ledger, &rules, token, about, &why);
	if ((proof == PROOF_GOOD) ||
	    ((proof == PROOF_UNTRUSTED) && (rules.roots == NULL)))
		return 0;
	if (proof == PROOF_IMPRINT)
		err_set(e, ERR_INPUT, "stamp what stamp-query wrote",
		    "it is over no entry of this ledger");
	else
		err_set(
		    e, ERR_INPUT, NULL, "%s: %s", proof_code(proof), why.text);
	err_in(e, "%s", import->token);
	return -1;
}

/* ---- stamp-query ---------------------------------------------------------- */

enum {
	WORD_OUT,
	WORD_ENTRY,
	WORD_LEDGER
};

static const struct word words[] = {
	[WORD_OUT] = { "out", true, false },
	[WORD_ENTRY] = { "entry", true, false },
	[WORD_LEDGER] = { "ledger", true, false },
	{ NULL, false, false },
};

struct asking {
	const char * path;
	const char * ledger;
	const char * out;
	int64_t seq; /* 0: the last entry. */
};

static int
take(void * context, int word, const char * value, struct err * e)
{
	struct asking * x = context;

	switch (word) {
	case WORD_OUT:
		x->out = value;
		return 0;
	case WORD_LEDGER:
		x->ledger = value;
		return 0;
	case WORD_ENTRY:
		if ((text_parse_integer(value, strlen(value), &x->seq) != 0) ||
		    (x->seq < 1))
			return words_refuse(
			    e, "no number of an entry: ", value);
		return 0;
	default:
		if (x->path != NULL)
			return words_refuse(e, "one package, not also ", value);
		x->path = value;
		return 0;
	}
}

/* The entry that is asked about: the one of that number, or the head. */
static const struct ledger_entry *
choose(const struct asking * x, const struct place * place, struct err * e)
{
	if (x->seq == 0)
		return place->head;
	for (size_t i = 0; i < place->ledger->n_entries; i++) {
		if (place->ledger->entries[i].entry.seq == x->seq)
			return &place->ledger->entries[i];
	}
	err_set(e, ERR_USAGE, NULL, "the ledger has no entry %06lld",
	    (long long)x->seq);
	return NULL;
}

/* Write the new file ${path}. */
static int
save(const char * path, const struct buf * bytes, struct err * e)
{
	const char * slash = strrchr(path, '/');
	struct buf folder = { 0 };
	int rc = -1;
	int dir = -1;

	if (slash == NULL)
		rc = buf_add_text(&folder, ".", e);
	else
		rc = buf_add(&folder, path, (size_t)(slash - path) + 1, e);
	if (rc == 0)
		dir = io_open_dir(buf_text(&folder), e);
	if (dir >= 0) {
		rc = io_save_new(dir, (slash == NULL) ? path : slash + 1,
		    bytes->bytes, bytes->len, 0644, e);
		(void)close(dir);
	}
	buf_free(&folder);
	return (dir < 0) ? -1 : rc;
}

/* Write the query over ${one}. */
static int
write_query(
    const struct asking * x, const struct ledger_entry * one, struct err * e)
{
	struct timestamp_query query;
	struct buf bytes = { 0 };
	int rc = timestamp_make_query(
	    one->file->bytes, one->file->len, NULL, &query, &bytes, e);

	if (rc == 0)
		rc = save(x->out, &bytes, e);
	if (rc == 0)
		(void)printf("over:   %s\n", one->file->name);
	buf_free(&bytes);
	return rc;
}

static int
run_query(int argc, char ** argv, struct err * e)
{
	struct asking x = { 0 };
	const struct ledger_entry * one = NULL;
	struct place place;
	int rc = -1;

	if (words_parse(argc, argv, words, take, &x, e) != 0)
		return -1;
	if (x.path == NULL)
		return words_refuse(e, "no package was named", "");
	if (x.out == NULL)
		return words_refuse(e, "--out is missing", "");
	if ((place_is_ledger(x.path)
		    ? place_open_ledger(&place, x.path, e)
		    : place_open(&place, x.path, x.ledger, e)) == 0)
		one = choose(&x, &place, e);
	if (one != NULL)
		rc = write_query(&x, one, e);
	place_close(&place);
	return rc;
}

const struct verb verb_stamp_query = { "stamp-query", run_query,
	"  stamp-query PACKAGE|LEDGER   write what a time-stamping authority is\n"
	"                        to stamp (RFC 3161), to be carried there\n"
	"    --out FILE          the request, a new file\n"
	"    --entry N           the entry to be stamped (default: the last)\n",
	false };
