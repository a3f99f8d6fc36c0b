/* Writing an entry of a ledger (ledger_append.h).  This signs. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evidence/io.h"
#include "evidence/ledger_append.h"
#include "evidence/seal.h"

/* Names of the signature files, which the entry's signers point to. */
struct names {
	char of[CUSTODY_MAX_SIGNERS][CUSTODY_NAME_SIZE];
};

static int
fill_signers(struct custody_entry * entry, struct names * names,
    const struct ledger_signer * signers, size_t n, struct err * e)
{
	if ((n < 1) || (n > CUSTODY_MAX_SIGNERS)) {
		err_set(e, ERR_USAGE, NULL, "%zu signers, 1 to %d may sign", n,
		    CUSTODY_MAX_SIGNERS);
		return -1;
	}
	for (size_t i = 0; i < n; i++) {
		struct custody_signer * to = &entry->signers[i];

		custody_signature_name(
		    entry->seq, entry->event, signers[i].role, names->of[i]);
		to->role = signers[i].role;
		to->name = signers[i].name;
		to->kind = SEAL_KIND_ED25519;
		to->file = names->of[i];
		ed25519_digest_public(&signers[i].key->pub, to->key_sha256);
	}
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
    const struct ledger_signer * signer, const char * name,
    const struct buf * bytes, struct err * e)
{
	char comment[CUSTODY_COMMENT_SIZE];
	struct buf sig = { 0 };
	int rc = -1;

	custody_comment(entry->package, entry->seq, signer->role, comment);
	if (ed25519_sign(
		signer->key, comment, bytes->bytes, bytes->len, &sig, e) != 0)
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
    const struct ledger_signer * signers, size_t n, struct err * e)
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
