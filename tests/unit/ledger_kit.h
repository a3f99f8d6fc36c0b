#ifndef TESTS_LEDGER_KIT_H
#define TESTS_LEDGER_KIT_H

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evidence/io.h"
#include "evidence/ledger.h"
#include "evidence/ledger_append.h"
#include "tests/unit/unit.h"

/*
 * Ledgers for tests, in folders of their own below a temporary one: set_up
 * first, tear_down last.
 */
#define PACKAGE "case-20261123t231613z-deadbeef"
#define OTHER "case-20261123t231613z-deadbeee"

static const int64_t moment = INT64_C(17953821730000000);

static char folder[] = "/tmp/azcustody-unit.XXXXXX";
static int top = -1;
static int number;
static struct ed25519_seckey * keys[2];
static struct trust * trust;
static uint8_t seal[DIGEST_SHA256_LEN] = { 1 };
static uint8_t archive[DIGEST_SHA256_LEN] = { 2 };

/* Make a new directory and open it. */
static int
new_dir(void)
{
	char name[32];
	struct err e;

	err_init(&e);
	(void)snprintf(name, sizeof(name), "d%d", number++);
	return io_make_dir(top, name, &e);
}

static struct custody_entry
entry_of(int64_t seq, enum custody_event event)
{
	struct custody_entry entry = { 0 };

	entry.seq = seq;
	entry.package = PACKAGE;
	memcpy(entry.seal_sha256, seal, sizeof(seal));
	memcpy(entry.prev, seal, sizeof(seal));
	entry.event = event;
	entry.at = moment + seq;
	entry.by.name = "R. Meyer";
	entry.to.name = (event == CUSTODY_RELEASED) ? "R. Meyer" : NULL;
	entry.product.size = -1;
	if ((seq == 1) || (event == CUSTODY_RECEIVED) ||
	    (event == CUSTODY_DESTROYED)) {
		entry.has_archive = true;
		memcpy(entry.archive_sha256, archive, sizeof(archive));
		entry.archive_size = 4711;
	}
	return entry;
}

/* Point ${entry} to the head of the ledger in ${dir}. */
static void
follow(int dir, struct custody_entry * entry, struct ledger ** held)
{
	const struct ledger_entry * head;
	struct err e;

	err_init(&e);
	*held = ledger_load(dir, &e);
	EXPECT(*held != NULL);
	head = ledger_head(*held);
	memcpy(entry->prev, head->file->sha256, DIGEST_SHA256_LEN);
	entry->n_prev_sigs = head->entry.n_signers;
	for (size_t i = 0; i < head->entry.n_signers; i++) {
		struct ledger_file * file =
		    ledger_find_file(*held, head->entry.signers[i].file);

		EXPECT(file != NULL);
		entry->prev_sigs[i].file = file->name;
		memcpy(entry->prev_sigs[i].sha256, file->sha256,
		    DIGEST_SHA256_LEN);
	}
}

/* Append an entry signed by one or two keys.  Return as ledger_append. */
static inline int
append(int dir, struct custody_entry * entry, size_t n)
{
	struct signer_key signers[2] = { { "examiner", "R. Meyer", keys[0],
					     NULL },
		{ "witness", NULL, keys[1], NULL } };
	struct ledger * held = NULL;
	struct err e;
	int rc;

	err_init(&e);
	if (entry->seq > 1)
		follow(dir, entry, &held);
	if (entry->event == CUSTODY_RECEIVED) {
		entry->release.seq = entry->seq - 1;
		memcpy(entry->release.sha256, entry->prev, DIGEST_SHA256_LEN);
	}
	rc = ledger_append(dir, entry, signers, n, &e);
	ledger_free(held);
	return rc;
}

/* How often each problem was reported. */
struct tally {
	int of[LEDGER_PROBLEM_COUNT];
};

static void
count(void * context, enum ledger_problem problem, const char * file,
    const char * why)
{
	struct tally * tally = context;

	EXPECT((file != NULL) && (why != NULL));
	tally->of[problem]++;
}

/* Check the ledger in ${dir} against all that is expected. */
static int
check(int dir, struct tally * tally)
{
	struct ledger_expect expect = { PACKAGE, seal, archive, 4711, trust };
	struct ledger * ledger;
	struct err e;
	int n;

	err_init(&e);
	memset(tally, 0, sizeof(*tally));
	ledger = ledger_load(dir, &e);
	if (ledger == NULL)
		return -1;
	n = ledger_check(ledger, &expect, count, tally);
	ledger_free(ledger);
	return n;
}

/* Names of the files in ${dir}. */
static size_t
list(int dir, char names[][64], size_t max)
{
	DIR * d = fdopendir(dup(dir));
	const struct dirent * one;
	size_t n = 0;

	rewinddir(d);
	for (one = readdir(d); (one != NULL) && (n < max); one = readdir(d)) {
		if (one->d_name[0] != '.')
			(void)snprintf(names[n++], 64, "%.63s", one->d_name);
	}
	(void)closedir(d);
	return n;
}

static void
tear_down(void)
{
	char name[64];
	char names[80][64];

	for (int i = 0; i < number; i++) {
		struct err e;
		int dir;
		size_t n;

		err_init(&e);
		(void)snprintf(name, sizeof(name), "%s/d%d", folder, i);
		dir = io_open_dir(name, &e);
		n = list(dir, names, 80);
		for (size_t k = 0; k < n; k++)
			(void)unlinkat(dir, names[k], 0);
		(void)close(dir);
		(void)rmdir(name);
	}
	(void)close(top);
	(void)rmdir(folder);
	for (int i = 0; i < 2; i++)
		ed25519_free_seckey(keys[i]);
	trust_free(trust);
}

static int
set_up(void)
{
	char path[128];
	struct err e;

	err_init(&e);
	if ((secret_start(&e) != 0) || (mkdtemp(folder) == NULL))
		return -1;
	top = io_open_dir(folder, &e);
	trust = trust_new(&e);
	for (int i = 0; i < 2; i++) {
		keys[i] = ed25519_new_seckey(&e);
		if (ed25519_save_public(top, "k.pub", keys[i], NULL, &e) != 0)
			return -1;
		(void)snprintf(path, sizeof(path), "%s/k.pub", folder);
		if (trust_add_file(trust, path, &e) != 0)
			return -1;
		(void)unlinkat(top, "k.pub", 0);
	}
	return 0;
}

#endif
