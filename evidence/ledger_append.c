/* Writing an entry of a ledger (ledger_append.h).  This signs. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evidence/io.h"
#include "evidence/ledger_append.h"

/* Names of the signature files, which the entry's signers point to. */
struct names {
	char of[SIGNER_MAX][CUSTODY_NAME_SIZE];
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

/* Sign ${bytes} with ${signer} into the file ${name}, new or left over. */
static int
write_signature(int dir, const struct custody_entry * entry,
    const struct signer_key * signer, const char * name,
    const struct buf * bytes, struct err * e)
{
	char comment[CUSTODY_COMMENT_SIZE];
	struct buf sig = { 0 };
	int rc = -1;

	custody_comment(entry->package, entry->seq, signer->role, comment);
	if (signer_sign(signer, comment, bytes->bytes, bytes->len, &sig, e) !=
	    0)
		goto out;
	if ((unlinkat(dir, name, 0) != 0) && (errno != ENOENT)) {
		err_set_errno(e, errno, "%s", name);
		goto out;
	}
	rc = io_save_new(dir, name, sig.bytes, sig.len, 0444, e);

out:
	buf_free(&sig);
	return rc;
}

int
ledger_append(int dir, struct custody_entry * entry,
    const struct signer_key * signers, size_t n, struct err * e)
{
	char name[CUSTODY_NAME_SIZE];
	struct names names;
	struct buf bytes = { 0 };
	struct stat st;
	int rc = -1;

	custody_entry_name(entry->seq, entry->event, name);
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		err_set(e, ERR_USAGE, NULL, "custody entry %s is there already",
		    name);
		return -1;
	}
	if ((fill_signers(entry, &names, signers, n, e) != 0) ||
	    (format_checked(entry, &bytes, e) != 0))
		goto out;
	for (size_t i = 0; i < n; i++) {
		if (write_signature(
			dir, entry, &signers[i], names.of[i], &bytes, e) != 0)
			goto out;
	}
	rc = io_save_new(dir, name, bytes.bytes, bytes.len, 0444, e);

out:
	/* The names end with this call. */
	for (size_t i = 0; i < entry->n_signers; i++)
		entry->signers[i].file = NULL;
	buf_free(&bytes);
	return rc;
}
