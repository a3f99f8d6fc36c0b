#include "evidence/x509.h"

#include "collect/phases.h"

/* Add the file ${one} to ${set}: what its option says, and nothing else. */
static int
carry(struct x509_set * set, const struct options_carried * one, struct err * e)
{
	size_t certificates = x509_certificates(set);
	size_t revocations = x509_revocations(set);

	if (x509_add_file(set, one->path, e) != 0)
		return -1;
	if (one->is_certificates ? (x509_revocations(set) == revocations)
				 : (x509_certificates(set) == certificates))
		return 0;
	err_set(e, ERR_INPUT, NULL, "%s: it holds something else", one->path);
	return -1;
}

/* What goes into seal/certs.pem, if anything does. */
static int
open_carried(struct phases * p, struct err * e)
{
	struct x509_set * set = NULL;
	int rc = -1;

	if (p->o->carried_count == 0)
		return 0;
	set = x509_new(e);
	if (set == NULL)
		return -1;
	for (size_t i = 0; i < p->o->carried_count; i++) {
		if (carry(set, &p->o->carried[i], e) == 0)
			continue;
		err_in(e, "%s", p->o->carried[i].word);
		goto out;
	}
	rc = x509_format(set, &p->carried, e);

out:
	x509_free(set);
	return rc;
}

int
phases_open_keys(struct phases * p, struct err * e)
{
	const struct signing_defaults defaults = { .role = OPTIONS_ROLE,
		.cms_role = OPTIONS_CMS_ROLE };

	p->signing = p->o->signing;
	if (signing_load(&p->signing, p->dir, &defaults, e) != 0)
		return -1;
	return open_carried(p, e);
}
