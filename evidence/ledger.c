/* Reading a ledger's directory (ledger.h). */
#include <stdlib.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/io.h"
#include "evidence/ledger.h"
#include "evidence/text.h"

static int
compare_files(const void * a, const void * b)
{
	const struct ledger_file * x = a;
	const struct ledger_file * y = b;

	return strcmp(x->name, y->name);
}

/* Read the file ${name} and append it to ${ledger}. */
static int
load_file(struct ledger * ledger, int dir, const char * name, size_t * total,
    struct err * e)
{
	struct buf bytes = { 0 };
	struct ledger_file * file;

	if (ledger->n_files == LEDGER_MAX_FILES) {
		err_set(
		    e, ERR_LIMIT, NULL, "more than %d files", LEDGER_MAX_FILES);
		return -1;
	}
	if ((ledger->n_files & (ledger->n_files + 1)) == 0) {
		struct ledger_file * more = realloc(
		    ledger->files, (2 * ledger->n_files + 2) * sizeof(*more));

		if (more == NULL) {
			err_set(e, ERR_SYSTEM, NULL, "out of memory");
			return -1;
		}
		ledger->files = more;
	}
	if (io_load(dir, name, LEDGER_MAX_BYTES - *total, &bytes, e) != 0)
		return -1;
	file = &ledger->files[ledger->n_files];
	memset(file, 0, sizeof(*file));
	file->name = text_copy(name, e);
	if (file->name == NULL) {
		buf_free(&bytes);
		return -1;
	}
	*total += bytes.len;
	digest_sha256(bytes.bytes, bytes.len, file->sha256);
	file->len = bytes.len;
	file->bytes = bytes.bytes; /* Now the ledger's. */
	ledger->n_files++;
	return 0;
}

static int
load_files(struct ledger * ledger, int dir, struct err * e)
{
	size_t total = 0;
	int rc = -1;
	struct io_list * list = io_list_open(dir, ".", e);
	const char * name;
	int got = -1;

	while (list != NULL) {
		got = io_list_next(list, &name, e);
		if (got != 1)
			break;
		if (load_file(ledger, dir, name, &total, e) != 0)
			goto out;
	}
	if (got != 0) {
		err_in(e, "the custody ledger");
		goto out;
	}
	if (ledger->n_files > 0)
		qsort(ledger->files, ledger->n_files, sizeof(*ledger->files),
		    compare_files);
	rc = 0;

out:
	io_list_close(list);
	return rc;
}

/* Whether ${name} ends like an entry. */
static bool
is_entry_name(const char * name)
{
	size_t len = strlen(name);

	return (len > 5) && (strcmp(name + len - 5, ".json") == 0);
}

/*
 * Parse the files that are entries under their right name.  The others stay
 * unclaimed, and ledger_check says why.
 */
static int
parse_entries(struct ledger * ledger, struct err * e)
{
	char name[CUSTODY_NAME_SIZE];
	struct err why;

	ledger->entries = calloc(ledger->n_files + 1, sizeof(*ledger->entries));
	if (ledger->entries == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	for (size_t i = 0; i < ledger->n_files; i++) {
		struct ledger_file * file = &ledger->files[i];
		struct ledger_entry * to = &ledger->entries[ledger->n_entries];

		err_init(&why);
		if (!is_entry_name(file->name))
			continue;
		if (custody_parse(file->bytes, file->len, &to->entry, &why) !=
		    0) {
			if (why.kind != ERR_SYSTEM)
				continue; /* ledger_check says it. */
			err_set(e, why.kind, NULL, "%s", why.text);
			return -1;
		}
		custody_entry_name(to->entry.seq, to->entry.event, name);
		if (strcmp(name, file->name) != 0) {
			custody_free(&to->entry);
			continue;
		}
		to->file = file;
		file->is_claimed = true;
		to->stamp = PROOF_UNTRUSTED;
		to->proved_at = to->stamped_at = CLOCK_UNKNOWN;
		ledger->n_entries++;
		if (ledger->n_entries > LEDGER_MAX_ENTRIES) {
			err_set(e, ERR_LIMIT, NULL, "more than %d entries",
			    LEDGER_MAX_ENTRIES);
			return -1;
		}
	}
	return 0;
}

struct ledger *
ledger_load(int dir, struct err * e)
{
	struct ledger * ledger = calloc(1, sizeof(*ledger));

	if (ledger == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	if ((load_files(ledger, dir, e) != 0) ||
	    (parse_entries(ledger, e) != 0)) {
		ledger_free(ledger);
		return NULL;
	}
	return ledger;
}

const struct ledger_entry *
ledger_head(const struct ledger * ledger)
{
	for (size_t i = ledger->n_entries; i > 0; i--) {
		const struct ledger_entry * last = &ledger->entries[i - 1];
		bool is_followed = false;

		for (size_t k = 0; k < ledger->n_entries; k++)
			is_followed |=
			    memcmp(ledger->entries[k].entry.prev,
				last->file->sha256, DIGEST_SHA256_LEN) == 0;
		if (!is_followed)
			return last;
	}
	return NULL;
}

struct ledger_entry *
ledger_previous(const struct ledger * ledger, const struct ledger_entry * one)
{
	size_t at = (size_t)(one - ledger->entries);

	/* Nearly always it stands in front of it. */
	for (size_t i = 0; i <= ledger->n_entries; i++) {
		size_t k = (i > 0) ? i - 1 : at - 1;

		if ((k < ledger->n_entries) &&
		    (memcmp(ledger->entries[k].file->sha256, one->entry.prev,
			 DIGEST_SHA256_LEN) == 0))
			return &ledger->entries[k];
	}
	return NULL;
}

struct ledger_file *
ledger_find_file(const struct ledger * ledger, const char * name)
{
	struct ledger_file key = { 0 };

	if (ledger->n_files == 0)
		return NULL;
	key.name = (char *)(uintptr_t)name; /* Only read. */
	return bsearch(&key, ledger->files, ledger->n_files,
	    sizeof(*ledger->files), compare_files);
}

void
ledger_free(struct ledger * ledger)
{
	if (ledger == NULL)
		return;
	for (size_t i = 0; i < ledger->n_entries; i++)
		custody_free(&ledger->entries[i].entry);
	for (size_t i = 0; i < ledger->n_files; i++) {
		free(ledger->files[i].name);
		free(ledger->files[i].bytes);
	}
	free(ledger->entries);
	free(ledger->files);
	free(ledger);
}
