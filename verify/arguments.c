#include <getopt.h>
#include <string.h>

#include "evidence/package_check.h"
#include "evidence/text.h"

#include "verify/arguments.h"

#define ADVICE "try --help"

enum word {
	WORD_TRUST = 256,
	WORD_EXPECT,
	WORD_REQUIRE,
	WORD_JSON,
	WORD_EXTRACT,
	WORD_SALVAGE,
	WORD_JOBS,
	WORD_HELP,
	WORD_VERSION
};

static const struct option words[] = {
	{ "trust", required_argument, NULL, WORD_TRUST },
	{ "expect-sha256", required_argument, NULL, WORD_EXPECT },
	{ "require", required_argument, NULL, WORD_REQUIRE },
	{ "json", no_argument, NULL, WORD_JSON },
	{ "extract", required_argument, NULL, WORD_EXTRACT },
	{ "salvage", required_argument, NULL, WORD_SALVAGE },
	{ "jobs", required_argument, NULL, WORD_JOBS },
	{ "help", no_argument, NULL, WORD_HELP },
	{ "version", no_argument, NULL, WORD_VERSION },
	{ NULL, 0, NULL, 0 },
};

static const char help[] =
    "usage: azcustody-verify [package] PATH... [options]\n"
    "\n"
    "Judge sealed evidence packages, offline and without writing anything.\n"
    "PATH is a NAME.tar.zst or NAME.tar; NAME.custody and NAME.tar.zst.sha256\n"
    "beside it are read as well.\n"
    "\n"
    "  --trust KEY.pub       a public key you have from its owner, not from the\n"
    "                        package; may be repeated (default: none, so that\n"
    "                        authenticity stays undecided)\n"
    "  --expect-sha256 HEX   the SHA-256 the one file must have\n"
    "  --require LIST        time, custody, or both with a comma, or all: these\n"
    "                        must pass as well (default: none)\n"
    "  --json                findings and verdicts as JSON, one object a line\n"
    "  --extract DIR         unpack into the new folder DIR/NAME, if the package\n"
    "                        is intact and nothing fails\n"
    "  --salvage DIR         write the payload members that are provably intact\n"
    "                        into the new folder DIR/NAME\n"
    "  --jobs N              threads for decompressing, 1 to 8 (default: one a\n"
    "                        processor)\n"
    "  --help, --version\n"
    "\n"
    "Exit codes: 0 intact, authentic and complete, and nothing fails; 1 altered,\n"
    "forged, stripped, not signed by a trusted key, or damaged; 2 undecided;\n"
    "64 usage; 65 input damaged; 66 input not readable; 70 our bug; 71 system;\n"
    "74 disk; 77 not permitted.\n"
    "\n"
    "Examples:\n"
    "  azcustody-verify --trust meyer.pub \\\n"
    "      2026-117-20261123t231613z-1f2e3d4c.tar.zst\n"
    "  azcustody-verify --trust meyer.pub --require custody --json case.tar.zst\n";

const char *
arguments_help(void)
{
	return help;
}

static int
usage(struct err * e, const char * what, const char * value)
{
	err_set(e, ERR_USAGE, ADVICE, "%s%.100s", what, value);
	return -1;
}

static int
parse_require(const char * text, unsigned * require, struct err * e)
{
	static const struct {
		const char * name;
		unsigned bits;
	} names[] = { { "time", 1U << PACKAGE_TIME },
		{ "custody", 1U << PACKAGE_CUSTODY },
		{ "all", (1U << PACKAGE_TIME) | (1U << PACKAGE_CUSTODY) } };

	for (;;) {
		size_t len = strcspn(text, ",");
		unsigned bits = 0;

		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if ((strlen(names[i].name) == len) &&
			    (strncmp(names[i].name, text, len) == 0))
				bits = names[i].bits;
		if (bits == 0)
			return usage(e, "nothing to require: ", text);
		*require |= bits;
		if (text[len] == '\0')
			return 0;
		text += len + 1;
	}
}

static int
parse_jobs(const char * text, int * jobs, struct err * e)
{
	int64_t n;

	if ((text_parse_integer(text, strlen(text), &n) != 0) || (n < 1) ||
	    (n > ARGUMENTS_MAX_JOBS))
		return usage(e, "not a number of jobs: ", text);
	*jobs = (int)n;
	return 0;
}

static int
parse_word(int word, const char * value, struct arguments * a, struct err * e)
{
	switch (word) {
	case WORD_TRUST:
		if (a->n_trust == TRUST_MAX_KEYS)
			return usage(e, "too many keys: ", value);
		a->trust[a->n_trust++] = value;
		return 0;
	case WORD_EXPECT:
		a->has_expected = true;
		if (text_hex_decode(
			value, a->expected_sha256, DIGEST_SHA256_LEN) != 0)
			return usage(
			    e, "not a SHA-256 in lower-case hex: ", value);
		return 0;
	case WORD_REQUIRE:
		return parse_require(value, &a->require, e);
	case WORD_JSON:
		a->is_json = true;
		return 0;
	case WORD_EXTRACT:
		a->extract = value;
		return 0;
	case WORD_SALVAGE:
		a->salvage = value;
		return 0;
	case WORD_JOBS:
		return parse_jobs(value, &a->jobs, e);
	case WORD_HELP:
		a->verb = ARGUMENTS_HELP;
		return 0;
	case WORD_VERSION:
		a->verb = ARGUMENTS_VERSION;
		return 0;
	default:
		return -1;
	}
}

/* Is ${given} a shortened long option?  getopt would accept it. */
static bool
is_abbreviated(const char * given)
{
	size_t len = strcspn(given, "=");

	if (strncmp(given, "--", 2) != 0)
		return false;
	for (const struct option * w = words; w->name != NULL; w++)
		if ((strlen(w->name) == len - 2) &&
		    (strncmp(w->name, given + 2, len - 2) == 0))
			return false;
	return true;
}

/* Take options and paths, in any order. */
static int
parse_words(int argc, char ** argv, struct arguments * a, struct err * e)
{
	unsigned seen = 0;

	opterr = 0;
	optind = 1;
	while (optind < argc) {
		int at = optind;
		int word = getopt_long(argc, argv, "+:", words, NULL);

		if (word == -1) {
			if (optind >= argc)
				break; /* "--" was the last word. */
			if (a->n_paths == ARGUMENTS_MAX_PATHS)
				return usage(
				    e, "too many packages: ", argv[optind]);
			a->paths[a->n_paths++] = argv[optind++];
			continue;
		}
		if (word == ':')
			return usage(e, "it needs a value: ", argv[at]);
		if ((word == '?') || is_abbreviated(argv[at]))
			return usage(e, "unknown option: ", argv[at]);
		if ((word != WORD_TRUST) &&
		    ((seen & (1U << (word - WORD_TRUST))) != 0))
			return usage(e, "given twice: ", argv[at]);
		seen |= 1U << (word - WORD_TRUST);
		if (parse_word(word, optarg, a, e) != 0)
			return -1;
	}
	return 0;
}

int
arguments_parse(int argc, char ** argv, struct arguments * a, struct err * e)
{
	memset(a, 0, sizeof(*a));
	if ((argc > 1) && (strcmp(argv[1], "package") == 0)) {
		argc--;
		argv++;
	}
	if (parse_words(argc, argv, a, e) != 0)
		return -1;
	if (a->verb != ARGUMENTS_PACKAGE)
		return 0;
	if (a->n_paths == 0)
		return usage(e, "no package was named", "");
	if ((a->n_paths > 1) && a->has_expected)
		return usage(e, "--expect-sha256 is for one package", "");
	if ((a->extract != NULL) && (a->salvage != NULL))
		return usage(
		    e, "--extract and --salvage exclude each other", "");
	return 0;
}
