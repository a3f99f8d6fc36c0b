#include <string.h>

#include "evidence/clock.h"

#include "collect/accounts.h"
#include "collect/renewal.h"

/* Say one line about the credential of ${s}, if there are ${words}. */
static int
say_words(struct phases * p, const struct service * s, const char * what,
    const struct buf * words, struct err * e)
{
	struct buf line = { 0 };
	int rc = 0;

	if (words->len == 0)
		return 0;
	rc = buf_addf(&line, e, "account %s: the %s %s%s", s->account,
	    (credential_key(s->credential) == NULL) ? "SAS" : "account key",
	    what, buf_text(words));
	if (rc == 0)
		phases_say(p, true, buf_text(&line));
	buf_free(&line);
	return rc;
}

/* Say what is good to know about a credential before it is used. */
static int
say_credential(struct phases * p, const struct service * s, struct err * e)
{
	const char * warning = credential_warning(s->credential);
	struct buf limits = { 0 };
	struct buf excess = { 0 };
	int rc = -1;

	if (warning != NULL)
		phases_say(p, true, warning);
	if ((credential_limits(s->credential, &limits, e) != 0) ||
	    (credential_excess(s->credential, clock_now(), &excess, e) != 0) ||
	    (say_words(p, s, "", &limits, e) != 0) ||
	    (say_words(p, s, "goes beyond the need (that is recorded): it ",
		 &excess, e) != 0))
		goto out;
	rc = 0;

out:
	buf_free(&limits);
	buf_free(&excess);
	return rc;
}

/* Open the account ${which}; its words are ${a} (NULL: none were given). */
static int
open_service(struct phases * p, size_t which, const struct options_account * a,
    const char * account, const char * endpoint, struct err * e)
{
	struct service * s = &p->services[which];
	struct service_options so = {
		.account = account,
		.endpoint = endpoint,
		.cloud = (a == NULL) ? NULL : a->cloud,
		.key_source = (a == NULL) ? NULL : a->key_source,
		.sas_source = (a == NULL) ? NULL : a->sas_source,
		.run_id = p->run_id,
		.words = p->o,
		.own = (a == NULL) ? NULL : a->own,
		.accept_excess = p->facts.accept_excess || p->o->accept_excess,
		.now = clock_now(),
	};

	if (service_open(s, &so, e) != 0)
		return -1;
	p->service_count++;
	return say_credential(p, s, e);
}

/* Connections to one place are shared, and so must be the way there. */
static int
check_ways(const struct phases * p, struct err * e)
{
	for (size_t i = 0; i < p->service_count; i++) {
		const struct service * one = &p->services[i];

		for (size_t k = 0; k < i; k++) {
			const struct service * two = &p->services[k];

			if (((one->way == NULL) && (two->way == NULL)) ||
			    (strcmp(one->where.origin, two->where.origin) != 0))
				continue;
			err_set(e, ERR_USAGE,
			    "say tls_ca, pin_sha256 and proxy for all",
			    "the accounts %s and %s are at one address and "
			    "cannot be reached in two ways",
			    two->account, one->account);
			return -1;
		}
	}
	return 0;
}

/* A single URL of a container asks for that container, if no word does. */
static void
take_named_container(struct phases * p)
{
	struct asked * a =
	    (p->facts.own[0] != NULL) ? p->facts.own[0] : &p->facts.asked;
	const char * name;

	if ((p->service_count != 1) || a->is_logs_asked ||
	    (a->container_count > 0))
		return;
	name = credential_container(p->services[0].credential);
	if (name[0] == '\0')
		return;
	a->containers[a->container_count++] = name;
	a->logs = 0;
}

int
accounts_open_new(struct phases * p, struct err * e)
{
	const struct options * o = p->o;
	size_t count = (o->account_count == 0) ? 1 : o->account_count;

	if (o->folder != NULL)
		return 0;
	for (size_t i = 0; i < count; i++) {
		const struct options_account * a =
		    (o->account_count == 0) ? NULL : &o->accounts[i];

		if ((a != NULL) && (count > 1) && (a->key_source == NULL) &&
		    (a->sas_source == NULL)) {
			err_set(e, ERR_USAGE, "give --key-file or --sas-file",
			    "account %s has no credential", a->name);
			return -1;
		}
		if (open_service(p, i, a, (a == NULL) ? NULL : a->name,
			(a == NULL) ? NULL : a->endpoint, e) != 0)
			return -1;
		p->facts.accounts[i] = p->services[i].account;
		p->facts.endpoints[i] = p->services[i].endpoint;
		p->facts.account_count++;
	}
	take_named_container(p);
	return check_ways(p, e);
}

int
accounts_open_again(struct phases * p, struct err * e)
{
	const struct options * o = p->o;

	for (size_t i = 0; i < p->facts.account_count; i++) {
		const struct options_account * a = NULL;

		for (size_t k = 0; k < o->account_count; k++) {
			if (strcmp(o->accounts[k].name, p->facts.accounts[i]) ==
			    0)
				a = &o->accounts[k];
		}
		if ((a == NULL) && (p->facts.account_count > 1)) {
			err_set(e, ERR_USAGE, "give --account and its file",
			    "account %s has no credential",
			    p->facts.accounts[i]);
			return -1;
		}
		if (open_service(p, i, a, p->facts.accounts[i],
			p->facts.endpoints[i], e) != 0)
			return -1;
		if (renewal_check(&p->state, &p->services[i], i, e) != 0)
			return -1;
	}
	return check_ways(p, e);
}

int
accounts_take_over(struct phases * p, struct phases * from, struct err * e)
{
	for (size_t i = 0; i < from->service_count; i++) {
		p->services[i] = from->services[i];
		memset(&from->services[i], 0, sizeof(from->services[i]));
		p->service_count++;
		if (service_rename(&p->services[i], p->run_id, e) != 0)
			return -1;
	}
	return 0;
}
