#include <getopt.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/text.h"

#include "collect/options.h"

#define ADVICE "try --help"

/* What a word does; the value getopt_long gives back for it. */
enum word {
	WORD_CASE = 256,
	WORD_EXHIBIT,
	WORD_EXAMINER,
	WORD_ORGANISATION,
	WORD_AUTHORITY,
	WORD_PURPOSE,
	WORD_OUT,
	WORD_SIGN,
	WORD_PASSWORD_FILE,
	WORD_TLS_CA,
	WORD_LOGS,
	WORD_FROM,
	WORD_TO,
	WORD_COMPRESS,
	WORD_JOBS,
	WORD_ACCEPT,
	WORD_JSON,
	WORD_VERSION,
	WORD_ONCE, /* From here on words that may be repeated. */
	WORD_ACCOUNT,
	WORD_ENDPOINT,
	WORD_KEY,
	WORD_SAS,
	WORD_CONTAINER
};

static const struct option words[] = {
	{ "case", required_argument, NULL, WORD_CASE },
	{ "exhibit", required_argument, NULL, WORD_EXHIBIT },
	{ "examiner", required_argument, NULL, WORD_EXAMINER },
	{ "organisation", required_argument, NULL, WORD_ORGANISATION },
	{ "authority", required_argument, NULL, WORD_AUTHORITY },
	{ "purpose", required_argument, NULL, WORD_PURPOSE },
	{ "account", required_argument, NULL, WORD_ACCOUNT },
	{ "endpoint", required_argument, NULL, WORD_ENDPOINT },
	{ "key-file", required_argument, NULL, WORD_KEY },
	{ "sas-file", required_argument, NULL, WORD_SAS },
	{ "logs", required_argument, NULL, WORD_LOGS },
	{ "container", required_argument, NULL, WORD_CONTAINER },
	{ "from", required_argument, NULL, WORD_FROM },
	{ "to", required_argument, NULL, WORD_TO },
	{ "out", required_argument, NULL, WORD_OUT },
	{ "sign", required_argument, NULL, WORD_SIGN },
	{ "password-file", required_argument, NULL, WORD_PASSWORD_FILE },
	{ "compress", required_argument, NULL, WORD_COMPRESS },
	{ "jobs", required_argument, NULL, WORD_JOBS },
	{ "tls-ca", required_argument, NULL, WORD_TLS_CA },
	{ "accept-excess-permissions", no_argument, NULL, WORD_ACCEPT },
	{ "json", no_argument, NULL, WORD_JSON },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, WORD_VERSION },
	{ NULL, 0, NULL, 0 },
};

/* Words that carry one text, and where it goes. */
static const struct {
	enum word word;
	size_t offset;
} texts[] = {
	{ WORD_CASE, offsetof(struct options, case_id) },
	{ WORD_EXHIBIT, offsetof(struct options, exhibit) },
	{ WORD_EXAMINER, offsetof(struct options, examiner) },
	{ WORD_ORGANISATION, offsetof(struct options, organisation) },
	{ WORD_AUTHORITY, offsetof(struct options, authority) },
	{ WORD_PURPOSE, offsetof(struct options, purpose) },
	{ WORD_OUT, offsetof(struct options, out) },
	{ WORD_SIGN, offsetof(struct options, sign) },
	{ WORD_PASSWORD_FILE, offsetof(struct options, password_file) },
	{ WORD_TLS_CA, offsetof(struct options, tls_ca) },
};

/* What belongs to run alone; resume reads it from the work folder. */
static const enum word run_only[] = { WORD_CASE, WORD_EXHIBIT, WORD_EXAMINER,
	WORD_ORGANISATION, WORD_AUTHORITY, WORD_PURPOSE, WORD_OUT, WORD_LOGS,
	WORD_FROM, WORD_TO, WORD_COMPRESS };

static const char *
word_name(int word)
{
	for (size_t i = 0; words[i].name != NULL; i++) {
		if (words[i].val == word)
			return words[i].name;
	}
	return "?";
}

int
options_parse_moment(const char * text, int64_t * at, struct err * e)
{
	char stamp[CLOCK_TEXT_SIZE];

	if (strlen(text) != strlen("2026-11-01"))
		return clock_parse(text, at, e);
	(void)snprintf(stamp, sizeof(stamp), "%sT00:00:00Z", text);
	return clock_parse(stamp, at, e);
}

int
options_parse_logs(const char * text, unsigned * logs, struct err * e)
{
	static const struct {
		const char * name;
		unsigned bit;
	} groups[] = { { "flow", OPTIONS_LOGS_FLOW },
		{ "storage", OPTIONS_LOGS_STORAGE },
		{ "activity", OPTIONS_LOGS_ACTIVITY } };
	unsigned bits = 0;

	for (;;) {
		size_t len = strcspn(text, ",");
		unsigned bit = 0;

		for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++) {
			if ((strlen(groups[i].name) == len) &&
			    (strncmp(groups[i].name, text, len) == 0))
				bit = groups[i].bit;
		}
		if ((bit == 0) || ((bits & bit) != 0)) {
			err_set(e, ERR_USAGE,
			    "give flow, storage and activity, each once",
			    "\"%.*s\" is no kind of log", (int)len, text);
			return -1;
		}
		bits |= bit;
		if (text[len] == '\0')
			break;
		text += len + 1;
	}
	*logs = bits;
	return 0;
}

/* A text for people: UTF-8, without controls, not empty, not too long. */
static int
check_text(const char * text, struct err * e)
{
	size_t len = strlen(text);

	if ((len == 0) || (len > OPTIONS_MAX_TEXT)) {
		err_set(e, ERR_USAGE, ADVICE, "the text is %s",
		    (len == 0) ? "empty" : "longer than 1024 bytes");
		return -1;
	}
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if ((c < 0x20) || (c == 0x7f)) {
			err_set(e, ERR_USAGE, ADVICE,
			    "the text holds a control character");
			return -1;
		}
	}
	if (!text_is_utf8(text, len)) {
		err_set(e, ERR_USAGE, ADVICE, "the text is no UTF-8");
		return -1;
	}
	return 0;
}

/* An account's name by Azure's rule: 3 to 24 of a-z and 0-9. */
static int
add_account(struct options * o, const char * name, struct err * e)
{
	size_t len = strlen(name);

	if ((len < 3) || (len > 24) ||
	    (strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789") != len)) {
		err_set(e, ERR_USAGE, ADVICE,
		    "an account's name is 3 to 24 of a-z and 0-9");
		return -1;
	}
	for (size_t i = 0; i < o->account_count; i++) {
		if (strcmp(o->accounts[i].name, name) == 0) {
			err_set(
			    e, ERR_USAGE, ADVICE, "%s is there twice", name);
			return -1;
		}
	}
	if (o->account_count == OPTIONS_MAX_ACCOUNTS) {
		err_set(e, ERR_USAGE, "collect in several runs",
		    "more than %d accounts", OPTIONS_MAX_ACCOUNTS);
		return -1;
	}
	o->accounts[o->account_count].name = name;
	o->account_count++;
	return 0;
}

/* Give ${value} to the account that stands before it. */
static int
add_to_account(struct options * o, int word, const char * value, struct err * e)
{
	struct options_account * a;
	const char ** place = NULL;

	if (o->account_count == 0) {
		err_set(e, ERR_USAGE, ADVICE, "it must follow its --account");
		return -1;
	}
	a = &o->accounts[o->account_count - 1];
	if (word == WORD_ENDPOINT)
		place = &a->endpoint;
	else if (word == WORD_KEY)
		place = &a->key_source;
	else
		place = &a->sas_source;
	if (*place != NULL) {
		err_set(e, ERR_USAGE, ADVICE, "account %s has one already",
		    a->name);
		return -1;
	}
	*place = value;
	if ((a->key_source != NULL) && (a->sas_source != NULL)) {
		err_set(e, ERR_USAGE, ADVICE,
		    "account %s has both a key and a SAS", a->name);
		return -1;
	}
	return 0;
}

/* A container's name: "$logs" and the like, or 3 to 63 of a-z, 0-9 and -. */
static int
add_container(struct options * o, const char * name, struct err * e)
{
	const char * rest = name + ((name[0] == '$') ? 1 : 0);
	size_t len = strlen(rest);

	if ((len < 3) || (len > 63) ||
	    (strspn(rest, "abcdefghijklmnopqrstuvwxyz0123456789-") != len)) {
		err_set(e, ERR_USAGE, ADVICE,
		    "a container's name is 3 to 63 of a-z, 0-9 and -");
		return -1;
	}
	for (size_t i = 0; i < o->container_count; i++) {
		if (strcmp(o->containers[i], name) == 0) {
			err_set(
			    e, ERR_USAGE, ADVICE, "%s is there twice", name);
			return -1;
		}
	}
	if (o->container_count == OPTIONS_MAX_CONTAINERS) {
		err_set(e, ERR_USAGE, "collect in several runs",
		    "more than %d containers", OPTIONS_MAX_CONTAINERS);
		return -1;
	}
	o->containers[o->container_count] = name;
	o->container_count++;
	return 0;
}

static int
set_jobs(struct options * o, const char * value, struct err * e)
{
	int64_t jobs;

	if ((text_parse_integer(value, strlen(value), &jobs) != 0) ||
	    (jobs < 1) || (jobs > OPTIONS_MAX_JOBS)) {
		err_set(e, ERR_USAGE, ADVICE, "it is a number from 1 to %d",
		    OPTIONS_MAX_JOBS);
		return -1;
	}
	o->jobs = (int)jobs;
	return 0;
}

static int
set_compress(struct options * o, const char * value, struct err * e)
{
	if (strcmp(value, "zstd") == 0) {
		o->is_compressed = true;
	} else if (strcmp(value, "none") == 0) {
		o->is_compressed = false;
	} else {
		err_set(e, ERR_USAGE, ADVICE, "it is \"zstd\" or \"none\"");
		return -1;
	}
	return 0;
}

/* A plain text with its place in ${o}: 1 done, 0 not one of them, -1 bad. */
static int
set_text(struct options * o, int word, const char * value, struct err * e)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		const char ** place;

		if ((int)texts[i].word != word)
			continue;
		if (check_text(value, e) != 0)
			return -1;
		place = (const char **)(void *)((char *)o + texts[i].offset);
		*place = value;
		return 1;
	}
	return 0;
}

/* Apply one word with its value (NULL if it has none). */
static int
set_word(struct options * o, int word, const char * value, struct err * e)
{
	int is_text = (value == NULL) ? 0 : set_text(o, word, value, e);

	if (is_text != 0)
		return (is_text > 0) ? 0 : -1;
	switch (word) {
	case WORD_ACCOUNT:
		return add_account(o, value, e);
	case WORD_ENDPOINT:
	case WORD_KEY:
	case WORD_SAS:
		return add_to_account(o, word, value, e);
	case WORD_CONTAINER:
		return add_container(o, value, e);
	case WORD_LOGS:
		return options_parse_logs(value, &o->logs, e);
	case WORD_FROM:
		return options_parse_moment(value, &o->from, e);
	case WORD_TO:
		return options_parse_moment(value, &o->to, e);
	case WORD_COMPRESS:
		return set_compress(o, value, e);
	case WORD_JOBS:
		return set_jobs(o, value, e);
	case WORD_ACCEPT:
		o->accept_excess = true;
		return 0;
	case WORD_JSON:
		o->is_json = true;
		return 0;
	case 'q':
		o->is_quiet = true;
		return 0;
	case 'v':
		o->is_verbose = true;
		return 0;
	default:
		err_set(e, ERR_BUG, NULL, "word %d has no meaning", word);
		return -1;
	}
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
	if (o->container_count > 0) {
		err_set(e, ERR_USAGE, "leave it out",
		    "--container: resume takes it from the work folder");
		return -1;
	}
	if (o->work_dir == NULL) {
		err_set(e, ERR_USAGE, ADVICE, "resume needs the work folder");
		return -1;
	}
	for (size_t i = 0; i < o->account_count; i++) {
		if (o->accounts[i].endpoint != NULL) {
			err_set(e, ERR_USAGE, "leave it out",
			    "--endpoint: resume takes it from the work folder");
			return -1;
		}
	}
	return 0;
}

/* Refuse a run that lacks what the package must say. */
static int
check_run(const struct options * o, struct err * e)
{
	const char * missing = NULL;

	if (o->case_id == NULL)
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
		err_set(e, ERR_USAGE, ADVICE, "run takes no bare word: %s",
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

/* Rules that run and resume share. */
static int
check_all(const struct options * o, struct err * e)
{
	int inputs = 0;

	if (o->sign == NULL) {
		err_set(e, ERR_USAGE,
		    "make one with \"azcustody-ledger keygen\"",
		    "--sign is needed: an unsigned package proves nothing");
		return -1;
	}
	for (size_t i = 0; i < o->account_count; i++) {
		const struct options_account * a = &o->accounts[i];

		if ((a->key_source != NULL) &&
		    (strcmp(a->key_source, "-") == 0))
			inputs++;
		if ((a->sas_source != NULL) &&
		    (strcmp(a->sas_source, "-") == 0))
			inputs++;
	}
	if ((o->password_file != NULL) && (strcmp(o->password_file, "-") == 0))
		inputs++;
	if (inputs > 1) {
		err_set(e, ERR_USAGE, "use fd:N or a file",
		    "standard input can hold one secret only");
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
		    (set_word(o, word, optarg, e) != 0)) {
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

int
options_parse(int argc, char ** argv, struct options * o, struct err * e)
{
	uint64_t seen = 0;
	int skip = 1;

	memset(o, 0, sizeof(*o));
	o->from = CLOCK_UNKNOWN;
	o->to = CLOCK_UNKNOWN;
	o->is_compressed = true;
	if (argc < 2) {
		err_set(e, ERR_USAGE, ADVICE, "nothing to do");
		return -1;
	}
	if (strcmp(argv[1], "run") == 0) {
		o->verb = OPTIONS_RUN;
	} else if (strcmp(argv[1], "resume") == 0) {
		o->verb = OPTIONS_RESUME;
	} else if (argv[1][0] == '-') {
		skip = 0; /* Only --help and --version stand alone. */
	} else {
		err_set(e, ERR_USAGE, ADVICE, "unknown verb %.64s", argv[1]);
		return -1;
	}
	if ((skip == 1) && (argc > 2) && (argv[2][0] != '-')) {
		o->work_dir = argv[2];
		skip = 2;
	}
	if (parse_words(argc - skip, argv + skip, o, &seen, e) != 0)
		return -1;
	if ((o->verb == OPTIONS_HELP) || (o->verb == OPTIONS_VERSION)) {
		return 0;
	}
	if (skip == 0) {
		err_set(e, ERR_USAGE, ADVICE, "a verb must come first");
		return -1;
	}
	if ((o->logs == 0) && (o->container_count == 0))
		o->logs = OPTIONS_LOGS_ALL;
	if (check_all(o, e) != 0)
		return -1;
	return (o->verb == OPTIONS_RUN) ? check_run(o, e)
					: check_resume(o, seen, e);
}
