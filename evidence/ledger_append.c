/* Writing an entry of a ledger (ledger_append.h).  This signs. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "evidence/io.h"
#include "evidence/ledger_append.h"

/* Names of the files beside an entry: signatures, to which its signers point,
 * and behind them the token that it may bring. */
struct names {
	char of[SIGNER_MAX + 1][CUSTODY_NAME_SIZE];
	size_t n;
};

static int
fill_signers(struct custody_entry * entry, struct names * names,
    const struct signer_key * signers, size_t n, struct err * e)
{
	char stem[CUSTODY_NAME_SIZE];

	if ((n < 1) || (n > SIGNER_MAX)) {
		err_set(e, ERR_USAGE, NULL, "%zu signers, 1 to %d may sign", n,
		    SIGNER_MAX);
		return -1;
	}
	custody_stem(entry->seq, entry->event, stem);
	for (size_t i = 0; i < n; i++)
		signer_describe(
		    &signers[i], stem, names->of[i], &entry->signers[i]);
	entry->n_signers = n;
	names->n = n;
	if (entry->token.bytes == NULL)
		return 0;
	custody_token_name(entry->seq, names->of[n]);
	names->n++;
	entry->token.file = names->of[n];
	digest_sha256(
	    entry->token.bytes, entry->token.len, entry->token.sha256);
	return 0;
}

/* Format ${entry} and check that a reader will accept it. */
static int
format_checked(
    const struct custody_entry * entry, struct buf * out, struct err * e)
{
	struct custody_entry again;

	if (custody_format(entry, out, e) != 0)
		return -1;
	if (custody_parse(out->bytes, out->len, &again, e) != 0) {
		err_in(e, "a custody entry that breaks its own rules");
		return -1;
	}
	custody_free(&again);
	return 0;
}

/* Sign ${bytes} with ${signer} into the file ${name}, staged. */
static int
stage_signature(int dir, const struct custody_entry * entry,
    const struct signer_key * signer, const char * name,
    const struct buf * bytes, struct err * e)
{
	char comment[CUSTODY_COMMENT_SIZE];
	struct buf sig = { 0 };
	int rc = -1;

	custody_comment(entry->package, entry->seq, signer->role, comment);
	if (signer_sign(signer, comment, bytes->bytes, bytes->len, &sig, e) ==
	    0)
		rc = io_stage(dir, name, sig.bytes, sig.len, 0444, e);
	buf_free(&sig);
	return rc;
}

/* Whether ${dir} has a file ${name}. */
static bool
is_there(int dir, const char * name)
{
	return faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* None of the names may be taken. */
static int
check_free(
    int dir, const char * name, const struct names * names, struct err * e)
{
	for (size_t i = 0; i <= names->n; i++) {
		const char * one = (i < names->n) ? names->of[i] : name;

		if (is_there(dir, one)) {
			err_set(e, ERR_USAGE, NULL, "%s is there already", one);
			return -1;
		}
	}
	return 0;
}

/*
 * Give all staged files their names, the entry's last: what is there under its
 * name is never an entry without its signatures.
 */
static int
publish(int dir, const char * name, const struct names * names, struct err * e)
{
	for (size_t i = 0; i < names->n; i++)
		if (!is_there(dir, names->of[i]) &&
		    (io_publish(dir, names->of[i], e) != 0))
			return -1;
	return io_publish(dir, name, e);
}

void
ledger_follow(const struct ledger * ledger, const struct ledger_entry * head,
    struct custody_entry * entry)
{
	const struct custody_entry * before = &head->entry;

	entry->seq = before->seq + 1;
	entry->package = before->package;
	memcpy(entry->seal_sha256, before->seal_sha256, DIGEST_SHA256_LEN);
	memcpy(entry->prev, head->file->sha256, DIGEST_SHA256_LEN);
	for (size_t i = 0; i < before->n_signers; i++) {
		const struct ledger_file * file =
		    ledger_find_file(ledger, before->signers[i].file);

		if (file == NULL)
			continue; /* Said as wrong: nothing will follow. */
		entry->prev_sigs[entry->n_prev_sigs].file = file->name;
		memcpy(entry->prev_sigs[entry->n_prev_sigs++].sha256,
		    file->sha256, DIGEST_SHA256_LEN);
	}
}

int
ledger_append(int dir, struct custody_entry * entry,
    const struct signer_key * signers, size_t n, struct err * e)
{
	char name[CUSTODY_NAME_SIZE];
	struct names names = { 0 };
	struct buf bytes = { 0 };
	bool is_staged = false;
	int rc = -1;

	custody_entry_name(entry->seq, entry->event, name);
	if ((fill_signers(entry, &names, signers, n, e) != 0) ||
	    (check_free(dir, name, &names, e) != 0) ||
	    (format_checked(entry, &bytes, e) != 0))
		goto out;
	is_staged = true;
	for (size_t i = 0; i < n; i++) {
		if (stage_signature(
			dir, entry, &signers[i], names.of[i], &bytes, e) != 0)
			goto out;
	}
	if ((names.n > n) &&
	    (io_stage(dir, names.of[n], entry->token.bytes, entry->token.len,
		 0444, e) != 0))
		goto out;
	/* The entry last: where it is whole, the signatures are. */
	if (io_stage(dir, name, bytes.bytes, bytes.len, 0444, e) != 0)
		goto out;
	rc = publish(dir, name, &names, e);

out:
	if ((rc != 0) && is_staged) {
		for (size_t i = 0; i < names.n; i++)
			io_unstage(dir, names.of[i]);
		io_unstage(dir, name);
	}
	/* The names end with this call. */
	for (size_t i = 0; i < entry->n_signers; i++)
		entry->signers[i].file = NULL;
	entry->token.file = NULL;
	buf_free(&bytes);
	return rc;
}

/* Whether ${file} is a name that io_stage gives: ".NAME.new". */
static bool
is_staged_name(const char * file, char name[CUSTODY_NAME_SIZE])
{
	size_t len = strlen(file);

	if ((len < 6) || (len - 5 >= CUSTODY_NAME_SIZE) || (file[0] != '.') ||
	    (strcmp(file + len - 4, ".new") != 0))
		return false;
	memcpy(name, file + 1, len - 5);
	name[len - 5] = '\0';
	return (strspn(name, "0123456789") == 6) && (name[6] == '-');
}

/* The names of the files beside ${entry}. */
static void
name_files(const struct custody_entry * entry, struct names * names)
{
	names->n = 0;
	for (size_t i = 0; i < entry->n_signers; i++)
		(void)snprintf(names->of[names->n++], CUSTODY_NAME_SIZE, "%s",
		    entry->signers[i].file);
	if (entry->token.file != NULL)
		custody_token_name(entry->seq, names->of[names->n++]);
}

/* Whether all files of ${names} are there, named or staged. */
static bool
has_files(int dir, const struct names * names)
{
	char staged[CUSTODY_NAME_SIZE + 8];

	for (size_t i = 0; i < names->n; i++) {
		(void)snprintf(staged, sizeof(staged), ".%.*s.new",
		    CUSTODY_NAME_SIZE - 1, names->of[i]);
		if (!is_there(dir, names->of[i]) && !is_there(dir, staged))
			return false;
	}
	return names->n > 0;
}

/* Finish the staged entry ${name}, if it is one and whole. */
static int
finish(int dir, const char * name, struct err * e)
{
	char staged[CUSTODY_NAME_SIZE + 8], right[CUSTODY_NAME_SIZE];
	struct custody_entry entry;
	struct names names;
	struct buf bytes = { 0 };
	struct err why;
	int rc = 0;

	err_init(&why);
	(void)snprintf(staged, sizeof(staged), ".%s.new", name);
	if (io_load(dir, staged, CUSTODY_MAX, &bytes, &why) != 0)
		goto out;
	if (custody_parse(bytes.bytes, bytes.len, &entry, &why) != 0)
		goto out; /* Cut short, or a signature. */
	custody_entry_name(entry.seq, entry.event, right);
	name_files(&entry, &names);
	if ((strcmp(right, name) == 0) && !is_there(dir, name) &&
	    (entry.n_signers > 0) && has_files(dir, &names))
		rc = publish(dir, name, &names, e);
	custody_free(&entry);

out:
	buf_free(&bytes);
	return rc;
}

/* Call ${each} for the name of every staged file of ${dir}. */
static int
each_staged(int dir, int (*each)(int dir, const char * name, struct err * e),
    bool * is_any, struct err * e)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR * listing = (fd < 0) ? NULL : fdopendir(fd);
	const struct dirent * one;
	char name[CUSTODY_NAME_SIZE];
	int rc = 0;

	if (listing == NULL) {
		err_set_errno(e, errno, "the custody ledger");
		if (fd >= 0)
			(void)close(fd);
		return -1;
	}
	for (one = readdir(listing); (one != NULL) && (rc == 0);
	     one = readdir(listing)) {
		if (!is_staged_name(one->d_name, name))
			continue;
		*is_any = true;
		rc = each(dir, name, e);
	}
	(void)closedir(listing);
	return rc;
}

static int
drop(int dir, const char * name, struct err * e)
{
	(void)e;
	io_unstage(dir, name);
	return 0;
}

int
ledger_recover(int dir, bool * is_changed, struct err * e)
{
	*is_changed = false;
	if ((each_staged(dir, finish, is_changed, e) != 0) ||
	    (each_staged(dir, drop, is_changed, e) != 0))
		return -1;
	return *is_changed ? io_sync(dir, e) : 0;
}
