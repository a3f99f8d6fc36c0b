#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "evidence/clock.h"
#include "evidence/clock_sample.h"
#include "evidence/io.h"
#include "evidence/ledger_append.h"
#include "evidence/text.h"
#include "evidence/version.h"

#include "ledger/place.h"

#define BLOCK ((size_t)1 << 20)

/* Length of ${path} without .tar or .tar.zst. */
static size_t
stem_len(const char * path)
{
	static const char * const ends[] = { ".tar.zst", ".tar" };
	size_t len = strlen(path);

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t n = strlen(ends[i]);

		if ((len > n) && (strcmp(path + len - n, ends[i]) == 0))
			return len - n;
	}
	return len;
}

/* Open the folder that ${path} lies in. */
static int
open_around(const char * path, struct err * e)
{
	const char * slash = strrchr(path, '/');
	struct buf folder = { 0 };
	int dir = -1;

	if (slash == NULL)
		return io_open_dir(".", e);
	if (buf_add(&folder, path, (size_t)(slash - path) + 1, e) == 0)
		dir = io_open_dir(buf_text(&folder), e);
	buf_free(&folder);
	return dir;
}

int
place_describe_clock(struct buf * text, struct err * e)
{
	struct clock_sample sample;

	memset(&sample, 0, sizeof(sample));
	clock_sample_local(&sample);
	if (buf_addf(text, e, "this machine's clock, %s", sample.sync) != 0)
		return -1;
	if (sample.max_error_ms < 0)
		return 0;
	return buf_addf(text, e, ", at most %lld ms off as the kernel says",
	    (long long)sample.max_error_ms);
}

/* Lock the ledger, finish what was interrupted, and read it. */
static int
open_ledger(struct place * place, struct err * e)
{
	bool is_changed = false;

	place->dir = io_open_dir(buf_text(&place->folder), e);
	if (place->dir < 0)
		return -1;
	if (flock(place->dir, LOCK_EX | LOCK_NB) != 0) {
		if (errno == EWOULDBLOCK)
			err_set(e, ERR_AGAIN, "try again when it is done",
			    "another run is adding to this ledger");
		else
			err_set_errno(e, errno, "locking the ledger");
		return -1;
	}
	if (ledger_recover(place->dir, &is_changed, e) != 0)
		return -1;
	if (is_changed)
		(void)fputs("azcustody-ledger: an interrupted run had left an "
			    "entry half made; it was finished or removed\n",
		    stderr);
	place->ledger = ledger_load(place->dir, e);
	if (place->ledger == NULL)
		return -1;
	place->head = ledger_head(place->ledger);
	if (place->head == NULL) {
		err_set(e, ERR_INPUT, NULL, "it holds no entry");
		return -1;
	}
	if (buf_addf(&place->tool, e, "azcustody-ledger %s (%s)",
		version_number(), version_commit()) != 0)
		return -1;
	return place_describe_clock(&place->clock, e);
}

static void
start(struct place * place)
{
	memset(place, 0, sizeof(*place));
	place->fd = -1;
	place->around = -1;
	place->dir = -1;
}

bool
place_is_ledger(const char * path)
{
	size_t len = strlen(path);

	while ((len > 0) && (path[len - 1] == '/'))
		len--;
	return (len > 8) && (strncmp(path + len - 8, ".custody", 8) == 0);
}

bool
place_is_package(const char * path)
{
	return stem_len(path) < strlen(path);
}

int
place_name_ledger(
    const char * path, const char * folder, struct buf * out, struct err * e)
{
	if ((folder != NULL) || place_is_ledger(path))
		return buf_add_text(out, (folder != NULL) ? folder : path, e);
	if (buf_add(out, path, stem_len(path), e) != 0)
		return -1;
	return buf_add_text(out, ".custody", e);
}

int
place_open(struct place * place, const char * package, const char * folder,
    struct err * e)
{
	start(place);
	place->package = package;
	place->fd = io_open_read(IO_PATH, package, e);
	if (place->fd < 0) {
		err_in(e, "%s", package);
		return -1;
	}
	place->around = open_around(package, e);
	if (place->around < 0)
		return -1;
	if (place_name_ledger(package, folder, &place->folder, e) != 0)
		return -1;
	if (open_ledger(place, e) == 0)
		return 0;
	err_in(e, "%s", buf_text(&place->folder));
	return -1;
}

int
place_open_ledger(struct place * place, const char * folder, struct err * e)
{
	start(place);
	place->around = open_around(folder, e);
	if ((place->around >= 0) &&
	    (buf_add_text(&place->folder, folder, e) == 0) &&
	    (open_ledger(place, e) == 0))
		return 0;
	err_in(e, "%s", folder);
	return -1;
}

int
place_hash(struct place * place, struct err * e)
{
	struct digest * d = digest_new(DIGEST_SHA256, e);
	uint8_t * block = malloc(BLOCK);
	int64_t at = 0;
	int rc = -1;

	if ((block == NULL) || (d == NULL)) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		goto out;
	}
	for (;;) {
		ssize_t n = io_read_at(place->fd, block, BLOCK, at, e);

		if (n < 0)
			goto out;
		if (n == 0)
			break;
		digest_update(d, block, (size_t)n);
		at += n;
	}
	if (io_size(place->fd, &place->size, e) != 0)
		goto out;
	if (place->size != at) {
		err_set(e, ERR_NOINPUT, NULL, "it changes while it is read");
		goto out;
	}
	digest_finish(d, place->sha256);
	rc = 0;

out:
	if (rc != 0)
		err_in(e, "%s", place->package);
	free(block);
	digest_free(d);
	return rc;
}

/* Whether the package has the digest and size that entry 1 pins. */
static bool
is_the_package(const struct place * place)
{
	const struct custody_entry * first = &place->ledger->entries[0].entry;

	return first->has_archive && (first->archive_size == place->size) &&
	    (memcmp(first->archive_sha256, place->sha256, DIGEST_SHA256_LEN) ==
		0);
}

/* The package against the ledger. */
static int
check_package(struct place * place, bool is_damaged, struct err * e)
{
	char hex[DIGEST_SHA256_HEX];

	text_hex_encode(place->sha256, DIGEST_SHA256_LEN, hex);
	if (is_the_package(place) == is_damaged) {
		if (is_damaged)
			err_set(e, ERR_USAGE, "leave --damaged out",
			    "%s is what the ledger says it is", place->package);
		else
			err_set(e, ERR_INPUT,
			    "note it with --damaged, and go on with a copy "
			    "that matches",
			    "%s is not what the ledger is about: its SHA-256 "
			    "is %s",
			    place->package, hex);
		return -1;
	}
	return 0;
}

/* Whether ${f} is only what an earlier note recorded as damage. */
static bool
is_recorded(const struct ledger * ledger, const struct ledger_finding * f)
{
	if (f->problem != LEDGER_ARCHIVE)
		return false;
	for (size_t i = 0; i < ledger->n_entries; i++)
		if (strcmp(ledger->entries[i].file->name, f->file) == 0)
			return ledger->entries[i].entry.event == CUSTODY_NOTED;
	return false;
}

int
place_judge(struct place * place, const struct trust * trust, bool is_damaged,
    struct err * e)
{
	struct ledger_expect expect = { .trust = trust };
	struct ledger_verdict verdict;
	int rc = -1;

	if ((place->fd >= 0) && (check_package(place, is_damaged, e) != 0))
		return -1;
	if (ledger_judge(place->ledger, &expect, NULL, 0, &verdict, e) != 0)
		goto out;
	for (size_t i = 0; i < verdict.n; i++) {
		const struct ledger_finding * f = &verdict.findings[i];

		if ((f->weight != LEDGER_WRONG) ||
		    is_recorded(place->ledger, f))
			continue;
		err_set(e, ERR_INPUT,
		    "nothing is signed on top of a ledger that is wrong: see "
		    "azcustody-verify ledger",
		    "%s: %s: %s", f->file, ledger_problem_code(f->problem),
		    f->why);
		err_in(e, "%s", buf_text(&place->folder));
		goto out;
	}
	rc = 0;

out:
	ledger_verdict_free(&verdict);
	return rc;
}

int
place_follow(struct place * place, struct custody_entry * entry, struct err * e)
{
	const struct custody_entry * head = &place->head->entry;
	char at[CLOCK_TEXT_SIZE] = "unknown";

	ledger_follow(place->ledger, place->head, entry);
	entry->at = clock_now();
	entry->clock = buf_text(&place->clock);
	entry->tool = buf_text(&place->tool);
	if (entry->at >= head->at)
		return 0;
	clock_format(head->at, at);
	err_set(e, ERR_SYSTEM, "set the clock right first",
	    "this machine's clock is behind the last entry, made at %s", at);
	return -1;
}

void
place_pin(const struct place * place, struct custody_entry * entry)
{
	entry->has_archive = true;
	memcpy(entry->archive_sha256, place->sha256, DIGEST_SHA256_LEN);
	entry->archive_size = place->size;
}

int
place_append(struct place * place, struct custody_entry * entry,
    const struct signer_key * signers, size_t n, struct err * e)
{
	char name[CUSTODY_NAME_SIZE], hex[DIGEST_SHA256_HEX];
	uint8_t sha256[DIGEST_SHA256_LEN];
	struct buf bytes = { 0 }, path = { 0 };
	int rc = -1;

	custody_entry_name(entry->seq, entry->event, name);
	if ((ledger_append(place->dir, entry, signers, n, e) != 0) ||
	    (io_load(place->dir, name, CUSTODY_MAX, &bytes, e) != 0) ||
	    (text_escape(
		 &path, buf_text(&place->folder), place->folder.len, e) != 0))
		goto out;
	digest_sha256(bytes.bytes, bytes.len, sha256);
	text_hex_encode(sha256, DIGEST_SHA256_LEN, hex);
	(void)printf("entry:  %s/%s\nsha256: %s\n", buf_text(&path), name, hex);
	rc = 0;

out:
	buf_free(&bytes);
	buf_free(&path);
	return rc;
}

void
place_close(struct place * place)
{
	ledger_free(place->ledger);
	buf_free(&place->folder);
	buf_free(&place->clock);
	buf_free(&place->tool);
	if (place->fd >= 0)
		(void)close(place->fd);
	if (place->around >= 0)
		(void)close(place->around);
	if (place->dir >= 0)
		(void)close(place->dir);
	start(place);
}
