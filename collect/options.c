#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "evidence/clock.h"

#include "collect/options.h"
#include "collect/options_word.h"

#define ADVICE OPTIONS_ADVICE

static const struct option words[] = {
	{ "case", required_argument, NULL, WORD_CASE },
	{ "exhibit", required_argument, NULL, WORD_EXHIBIT },
	{ "examiner", required_argument, NULL, WORD_EXAMINER },
	{ "organisation", required_argument, NULL, WORD_ORGANISATION },
	{ "authority", required_argument, NULL, WORD_AUTHORITY },
	{ "purpose", required_argument, NULL, WORD_PURPOSE },
	{ "previous", required_argument, NULL, WORD_PREVIOUS },
	{ "revisit", required_argument, NULL, WORD_REVISIT },
	{ "account", required_argument, NULL, WORD_ACCOUNT },
	{ "endpoint", required_argument, NULL, WORD_ENDPOINT },
	{ "cloud", required_argument, NULL, WORD_CLOUD },
	{ "key-file", required_argument, NULL, WORD_KEY },
	{ "sas-file", required_argument, NULL, WORD_SAS },
	{ "logs", required_argument, NULL, WORD_LOGS },
	{ "container", required_argument, NULL, WORD_CONTAINER },
	{ "prefix", required_argument, NULL, WORD_PREFIX },
	{ "include", required_argument, NULL, WORD_INCLUDE },
	{ "attach", required_argument, NULL, WORD_ATTACH },
	{ "folder", required_argument, NULL, WORD_FOLDER },
	{ "from", required_argument, NULL, WORD_FROM },
	{ "to", required_argument, NULL, WORD_TO },
	{ "out", required_argument, NULL, WORD_OUT },
	{ "sign", required_argument, NULL, WORD_SIGN },
	{ "cms-cert", required_argument, NULL, WORD_CMS_CERT },
	{ "cms-key", required_argument, NULL, WORD_CMS_KEY },
	{ "cms-role", required_argument, NULL, WORD_CMS_ROLE },
	{ "cms-password-file", required_argument, NULL, WORD_CMS_PASSWORD },
	{ "cms-provider", required_argument, NULL, WORD_CMS_PROVIDER },
	{ "cms-chain", required_argument, NULL, WORD_CMS_CHAIN },
	{ "cms-crl", required_argument, NULL, WORD_CMS_CRL },
	{ "cms-ocsp", required_argument, NULL, WORD_CMS_OCSP },
	{ "tsa", required_argument, NULL, WORD_TSA },
	{ "tsa-optional", no_argument, NULL, WORD_TSA_OPTIONAL },
	{ "password-file", required_argument, NULL, WORD_PASSWORD_FILE },
	{ "compress", required_argument, NULL, WORD_COMPRESS },
	{ "max-package-size", required_argument, NULL, WORD_MAX_PACKAGE },
	{ "encrypt-to", required_argument, NULL, WORD_ENCRYPT_TO },
	{ "jobs", required_argument, NULL, WORD_JOBS },
	{ "tries", required_argument, NULL, WORD_TRIES },
	{ "timeout", required_argument, NULL, WORD_TIMEOUT },
	{ "tls-ca", required_argument, NULL, WORD_TLS_CA },
	{ "pin-sha256", required_argument, NULL, WORD_PIN },
	{ "proxy", required_argument, NULL, WORD_PROXY },
	{ "proxy-login-file", required_argument, NULL, WORD_PROXY_LOGIN },
	{ "cap-mbps", required_argument, NULL, WORD_CAP },
	{ "accept-excess-permissions", no_argument, NULL, WORD_ACCEPT },
	{ "accept-low-space", no_argument, NULL, WORD_ACCEPT_SPACE },
	{ "prove-ranges", no_argument, NULL, WORD_PROVE },
	{ "config", required_argument, NULL, WORD_CONFIG },
	{ "json", no_argument, NULL, WORD_JSON },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, WORD_VERSION },
	{ NULL, 0, NULL, 0 },
};

/* What belongs to run alone; resume reads it from the work folder. */
static const enum options_word run_only[] = { WORD_CASE, WORD_EXHIBIT,
	WORD_EXAMINER, WORD_ORGANISATION, WORD_AUTHORITY, WORD_PURPOSE,
	WORD_PREVIOUS, WORD_REVISIT, WORD_OUT, WORD_LOGS, WORD_INCLUDE,
	WORD_FOLDER, WORD_FROM, WORD_TO, WORD_COMPRESS, WORD_PROVE,
	WORD_MAX_PACKAGE };

static const char *
word_name(int word)
{
	for (size_t i = 0; words[i].name != NULL; i++) {
		if (words[i].val == word)
			return words[i].name;
	}
	return "?";
}

/* Refuse a word that stands twice, unless it may. */
static int
check_once(uint64_t * seen, int word, struct err * e)
{
	uint64_t bit;

	if ((word < WORD_CASE) || (word > WORD_ONCE))
		return 0;
	bit = UINT64_C(1) << (word - WORD_CASE);
	if ((*seen & bit) != 0) {
		err_set(e, ERR_USAGE, ADVICE, "it is there twice");
		return -1;
	}
	*seen |= bit;
	return 0;
}

/* Refuse what resume takes from the work folder. */
static int
check_resume(const struct options * o, uint64_t seen, struct err * e)
{
	for (size_t i = 0; i < sizeof(run_only) / sizeof(*run_only); i++) {
		if ((seen & (UINT64_C(1) << (run_only[i] - WORD_CASE))) != 0) {
			err_set(e, ERR_USAGE, "leave it out",
			    "--%s: resume takes it from the work folder",
			    word_name((int)run_only[i]));
			return -1;
		}
	}
	if ((o->container_count > 0) || (o->prefix_count > 0) ||
	    (o->attach_count > 0)) {
		err_set(e, ERR_USAGE, "leave it out",
		    "--%s: resume takes it from the work folder",
		    (o->container_count > 0)    ? "container"
			: (o->prefix_count > 0) ? "prefix"
						: "attach");
		return -1;
	}
	if (o->work_dir == NULL) {
		err_set(e, ERR_USAGE, ADVICE, "resume needs the work folder");
		return -1;
	}
	for (size_t i = 0; i < o->account_count; i++) {
		const struct options_account * a = &o->accounts[i];

		if ((a->endpoint != NULL) || (a->cloud != NULL)) {
			err_set(e, ERR_USAGE, "leave it out",
			    "--%s: resume takes it from the work folder",
			    (a->cloud != NULL) ? "cloud" : "endpoint");
			return -1;
		}
	}
	return 0;
}

/*
 * Refuse a run that lacks what the package must say.  plan and access make no
 * package: they take the words of a run and need none of them.
 */
static int
check_run(const struct options * o, struct err * e)
{
	const char * missing = NULL;

	if (o->verb != OPTIONS_RUN)
		missing = NULL;
	else if (o->case_id == NULL)
		missing = "--case";
	else if (o->exhibit == NULL)
		missing = "--exhibit";
	else if (o->examiner == NULL)
		missing = "--examiner";
	else if (o->out == NULL)
		missing = "--out";
	if (missing != NULL) {
		err_set(e, ERR_USAGE, ADVICE, "run needs %s", missing);
		return -1;
	}
	if (o->work_dir != NULL) {
		err_set(e, ERR_USAGE, ADVICE, "a bare word too many: %.64s",
		    o->work_dir);
		return -1;
	}
	if ((o->from != CLOCK_UNKNOWN) && (o->to != CLOCK_UNKNOWN) &&
	    (o->from >= o->to)) {
		err_set(e, ERR_USAGE, ADVICE, "--from is not before --to");
		return -1;
	}
	return 0;
}

/* Who signs: each with a role of its own, and their stamps fit into a seal. */
static int
check_signers(struct options * o, struct err * e)
{
	const struct signing_defaults defaults = { .role = OPTIONS_ROLE,
		.cms_role = OPTIONS_CMS_ROLE };

	return signing_check(&o->signing, &defaults, e);
}

static bool
is_input(const char * source)
{
	return (source != NULL) && (strcmp(source, "-") == 0);
}

/* Words of one account, given in a config. */
static int
check_own(
    const struct options * o, const struct options_account * a, struct err * e)
{
	const struct options * own = a->own;
	int64_t from = (own->from != CLOCK_UNKNOWN) ? own->from : o->from;
	int64_t to = (own->to != CLOCK_UNKNOWN) ? own->to : o->to;

	if ((from != CLOCK_UNKNOWN) && (to != CLOCK_UNKNOWN) && (from >= to)) {
		err_set(e, ERR_USAGE, ADVICE,
		    "account %s: from is not before to", a->name);
		return -1;
	}
	if ((own->proxy_login != NULL) && (own->proxy == NULL)) {
		err_set(e, ERR_USAGE, ADVICE,
		    "account %s: proxy_login_file needs proxy", a->name);
		return -1;
	}
	return 0;
}

/* Rules that all verbs share. */
static int
check_all(struct options * o, struct err * e)
{
	bool is_sealed =
	    (o->verb == OPTIONS_RUN) || (o->verb == OPTIONS_RESUME);
	int inputs = 0;

	if (is_sealed && (o->signing.n == 0)) {
		err_set(e, ERR_USAGE,
		    "make one with \"azcustody-ledger keygen\"",
		    "--sign is needed: an unsigned package proves nothing");
		return -1;
	}
	if ((o->signing.n > 0) && (check_signers(o, e) != 0))
		return -1;
	if (o->is_tsa_optional && (o->tsa_count == 0) &&
	    (o->verb != OPTIONS_RESUME)) {
		err_set(e, ERR_USAGE, ADVICE, "--tsa-optional needs --tsa");
		return -1;
	}
	for (size_t i = 0; i < o->account_count; i++) {
		const struct options_account * a = &o->accounts[i];

		inputs += is_input(a->key_source) ? 1 : 0;
		inputs += is_input(a->sas_source) ? 1 : 0;
		if (a->own == NULL)
			continue;
		inputs += is_input(a->own->proxy_login) ? 1 : 0;
		if (check_own(o, a, e) != 0)
			return -1;
	}
	for (size_t i = 0; i < o->signing.n; i++)
		inputs += is_input(o->signing.list[i].password_source) ? 1 : 0;
	inputs += is_input(o->proxy_login) ? 1 : 0;
	if (inputs > 1) {
		err_set(e, ERR_USAGE, "use fd:N or a file",
		    "standard input can hold one secret only");
		return -1;
	}
	if ((o->proxy_login != NULL) && (o->proxy == NULL)) {
		err_set(
		    e, ERR_USAGE, ADVICE, "--proxy-login-file needs --proxy");
		return -1;
	}
	if (o->is_quiet && o->is_verbose) {
		err_set(e, ERR_USAGE, ADVICE, "-q and -v exclude each other");
		return -1;
	}
	return 0;
}

/* Whether ${arg} is a long option that is not written in full. */
static bool
is_abbreviated(const char * arg)
{
	size_t len;

	if (strncmp(arg, "--", 2) != 0)
		return false;
	len = strcspn(arg + 2, "=");
	for (size_t i = 0; words[i].name != NULL; i++) {
		if ((strlen(words[i].name) == len) &&
		    (strncmp(words[i].name, arg + 2, len) == 0))
			return false;
	}
	return true;
}

/* Read the words behind the verb into ${o}; note the ones ${seen}. */
static int
parse_words(
    int argc, char ** argv, struct options * o, uint64_t * seen, struct err * e)
{
	int word, at;

	optind = 0; /* Start anew, whatever was parsed before. */
	opterr = 0;
	for (;;) {
		at = (optind == 0) ? 1 : optind;
		word = getopt_long(argc, argv, "+:qvh", words, NULL);
		if (word == -1)
			break;
		if (is_abbreviated(argv[at]))
			word = '?';
		if (word == ':') {
			err_set(e, ERR_USAGE, ADVICE, "%s needs a value",
			    argv[optind - 1]);
			return -1;
		}
		if (word == '?') {
			err_set(e, ERR_USAGE, ADVICE, "unknown option %.64s",
			    argv[at]);
			return -1;
		}
		if ((word == 'h') || (word == WORD_VERSION)) {
			o->verb =
			    (word == 'h') ? OPTIONS_HELP : OPTIONS_VERSION;
			return 0;
		}
		if ((check_once(seen, word, e) != 0) ||
		    (options_set_word(o, word, optarg, e) != 0)) {
			err_in(e, "--%s", word_name(word));
			return -1;
		}
	}
	if ((optind < argc) && (o->work_dir == NULL))
		o->work_dir = argv[optind++];
	if (optind < argc) {
		err_set(e, ERR_USAGE, ADVICE, "one word too many: %.64s",
		    argv[optind]);
		return -1;
	}
	return 0;
}

static const char * const verbs[] = {
	[OPTIONS_RUN] = "run",
	[OPTIONS_RESUME] = "resume",
	[OPTIONS_PLAN] = "plan",
	[OPTIONS_ACCESS] = "access",
};

static int
parse_verb(const char * word, enum options_verb * verb)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
		if (strcmp(verbs[i], word) != 0)
			continue;
		*verb = (enum options_verb)i;
		return 0;
	}
	return -1;
}

const char *
options_verb_text(enum options_verb verb)
{
	return ((size_t)verb < sizeof(verbs) / sizeof(*verbs)) ? verbs[verb]
							       : "";
}

int
options_read(int argc, char ** argv, struct options * o, struct err * e)
{
	int skip = 1;

	memset(o, 0, sizeof(*o));
	o->from = CLOCK_UNKNOWN;
	o->to = CLOCK_UNKNOWN;
	o->is_compressed = true;
	o->include = OPTIONS_INCLUDE_ALL;
	if (argc < 2) {
		err_set(e, ERR_USAGE, ADVICE, "nothing to do");
		return -1;
	}
	if (argv[1][0] == '-') {
		skip = 0; /* Only --help and --version stand alone. */
	} else if (parse_verb(argv[1], &o->verb) != 0) {
		err_set(e, ERR_USAGE, ADVICE, "unknown verb %.64s", argv[1]);
		return -1;
	}
	if ((skip == 1) && (argc > 2) && (argv[2][0] != '-')) {
		o->work_dir = argv[2];
		skip = 2;
	}
	if (parse_words(argc - skip, argv + skip, o, &o->seen, e) != 0)
		return -1;
	if ((o->verb == OPTIONS_HELP) || (o->verb == OPTIONS_VERSION))
		return 0;
	if (skip == 0) {
		err_set(e, ERR_USAGE, ADVICE, "a verb must come first");
		return -1;
	}
	/* What a config says beside the accounts, resume has already. */
	return (o->verb == OPTIONS_RESUME) ? check_resume(o, o->seen, e) : 0;
}

int
options_finish(struct options * o, struct err * e)
{
	if ((o->verb == OPTIONS_HELP) || (o->verb == OPTIONS_VERSION))
		return 0;
	o->has_logs = (o->logs != 0);
	if (options_check_local(o, e) != 0)
		return -1;
	if ((o->logs == 0) && (o->container_count == 0) && (o->folder == NULL))
		o->logs = OPTIONS_LOGS_ALL;
	if (check_all(o, e) != 0)
		return -1;
	return (o->verb == OPTIONS_RESUME) ? 0 : check_run(o, e);
}

int
options_parse(int argc, char ** argv, struct options * o, struct err * e)
{
	if (options_read(argc, argv, o, e) != 0)
		return -1;
	return options_finish(o, e);
}
