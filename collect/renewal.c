#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "evidence/clock.h"
#include "evidence/secret.h"

#include "collect/renewal.h"

/* How many containers of the account ${which} were listed. */
static size_t
count_listed(const struct state * state, size_t which, bool * has_list)
{
	size_t count = 0;

	*has_list = false;
	for (size_t i = 0; i < state->target_count; i++) {
		const struct state_target * t = &state->targets[i];

		if (((size_t)t->service != which) || (t->first != STATE_LISTED))
			continue;
		if (t->container[0] == '\0')
			*has_list = true;
		else
			count++;
	}
	return count;
}

int
renewal_check(const struct state * state, const struct service * s,
    size_t which, struct err * e)
{
	const struct credential_shape * shape = credential_shape(s->credential);
	bool has_list;
	size_t listed = count_listed(state, which, &has_list);
	const char * lack = NULL;

	if (shape->is_unknown)
		return 0;
	if ((shape->sr[0] != '\0') && (listed > 1))
		lack = "it reaches one container, and the run has several";
	else if (has_list && !shape->can_list_containers)
		lack = "it cannot list containers, as the run did and must "
		       "again at the end";
	if (lack == NULL)
		return 0;
	err_set(e, ERR_DENIED, "ask for one like the first",
	    "account %s: the new credential can do less than is needed: %s",
	    s->account, lack);
	return -1;
}

bool
renewal_is_wanted(const struct phases * p)
{
	return (p->refused > 0) && (p->renewals < RENEWAL_MAX) &&
	    (isatty(STDIN_FILENO) == 1) && (isatty(STDERR_FILENO) == 1);
}

/* The words of the account ${name} on the command line, or NULL. */
static const struct options_account *
words_of(const struct phases * p, const char * name)
{
	for (size_t i = 0; i < p->o->account_count; i++) {
		if (strcmp(p->o->accounts[i].name, name) == 0)
			return &p->o->accounts[i];
	}
	return NULL;
}

/* The file that can be read again for the account, or NULL. */
static const char *
file_of(const struct options_account * words, bool * is_key)
{
	const char * file;

	if (words == NULL)
		return NULL;
	*is_key = (words->key_source != NULL);
	file = *is_key ? words->key_source : words->sas_source;
	if ((file == NULL) || (strcmp(file, "-") == 0) ||
	    (strncmp(file, "fd:", 3) == 0))
		return NULL;
	return file;
}

/* Ask once; the new service goes into ${s}. */
static int
ask_once(struct phases * p, const struct service * old, struct service * s,
    struct err * e)
{
	bool is_key = (credential_key(old->credential) != NULL);
	const char * file = file_of(words_of(p, old->account), &is_key);
	struct service_options so = {
		.account = old->account,
		.endpoint = old->endpoint,
		.run_id = p->run_id,
		.accept_excess = p->facts.accept_excess || p->o->accept_excess,
		.now = clock_now(),
	};
	struct secret * given = NULL;
	char prompt[512];
	int rc;

	(void)snprintf(prompt, sizeof(prompt),
	    "New %s for account %s (%s%.256s%s; ctrl-C: stop here): ",
	    is_key ? "key" : "SAS", old->account,
	    (file == NULL) ? "pasted, not shown" : "empty: read ",
	    (file == NULL) ? "" : file, (file == NULL) ? "" : " again");
	given = secret_ask_optional(prompt, e);
	if (given == NULL)
		return -1;
	if (given->len > 0) {
		so.given = given;
		so.is_given_key = is_key;
	} else if (is_key) {
		so.key_source = file;
	} else {
		so.sas_source = file;
	}
	if ((given->len == 0) && (file == NULL)) {
		err_set(e, ERR_USAGE, NULL, "nothing was given");
		rc = -1;
	} else {
		rc = service_open(s, &so, e);
	}
	secret_free(given);
	return rc;
}

int
renewal_ask(struct phases * p, const struct err * why, struct err * e)
{
	size_t which = (size_t)p->refused - 1;
	struct service * old = &p->services[which];
	struct service s;

	phases_say(p, true, why->text);
	phases_say(p, true, "the run has paused and is durable as it is");
	for (int i = 0; i < RENEWAL_TRIES; i++) {
		struct err wrong;

		err_init(&wrong);
		memset(&s, 0, sizeof(s));
		if ((ask_once(p, old, &s, &wrong) == 0) &&
		    (renewal_check(&p->state, &s, which, &wrong) == 0)) {
			service_take_way(&s, old);
			service_close(old);
			*old = s;
			p->refused = 0;
			p->renewals++;
			return 0;
		}
		if (s.credential != NULL)
			service_close(&s);
		phases_say(p, true, wrong.text);
		if (wrong.kind == ERR_STOPPED) {
			*e = wrong;
			return -1;
		}
	}
	err_set(e, ERR_DENIED, "resume with a new one",
	    "no new credential was given");
	return -1;
}
