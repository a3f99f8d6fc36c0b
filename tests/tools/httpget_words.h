#ifndef TESTS_HTTPGET_WORDS_H
#define TESTS_HTTPGET_WORDS_H

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/credential.h"
#include "evidence/text.h"

/*
 * The command line of httpget.c.
 */
struct words {
	struct credential_source source;
	const char * endpoint;
	const char * ca;
	const char * etag;
	const char * type;
	const char * out;
	int64_t total;
	int64_t deadline_ms;
	int64_t low_speed_seconds;
	int64_t body_max;
	int64_t times;
	int64_t jobs;
	bool grows;
	bool wants_md5;
	bool accepts_excess;
	bool is_quiet;
};

static int64_t
number(const char * text)
{
	int64_t value = 0;

	if (text_parse_integer(text, strlen(text), &value) != 0) {
		(void)fprintf(stderr, "httpget: no number: %s\n", text);
		exit(2);
	}
	return value;
}

static const struct option options[] = {
	{ "account", required_argument, NULL, 'a' },
	{ "endpoint", required_argument, NULL, 'e' },
	{ "sas-file", required_argument, NULL, 's' },
	{ "key-file", required_argument, NULL, 'k' },
	{ "tls-ca", required_argument, NULL, 'c' },
	{ "etag", required_argument, NULL, 'E' },
	{ "type", required_argument, NULL, 'T' },
	{ "out", required_argument, NULL, 'o' },
	{ "total", required_argument, NULL, 't' },
	{ "deadline", required_argument, NULL, 'd' },
	{ "low-speed", required_argument, NULL, 'l' },
	{ "body-max", required_argument, NULL, 'b' },
	{ "times", required_argument, NULL, 'n' },
	{ "jobs", required_argument, NULL, 'j' },
	{ "grow", no_argument, NULL, 'g' },
	{ "md5", no_argument, NULL, 'm' },
	{ "accept-excess", no_argument, NULL, 'x' },
	{ "quiet", no_argument, NULL, 'q' },
	{ NULL, 0, NULL, 0 },
};

/* Options with a text, a number, or neither, by their letter. */
static int
take_option(struct words * words, int letter, const char * value)
{
	static const char letters[] = "aeskcETo";
	const char ** texts[] = { &words->source.account, &words->endpoint,
		&words->source.sas_file, &words->source.key_file, &words->ca,
		&words->etag, &words->type, &words->out };
	static const char number_letters[] = "tdlbnj";
	int64_t * numbers[] = { &words->total, &words->deadline_ms,
		&words->low_speed_seconds, &words->body_max, &words->times,
		&words->jobs };
	static const char flag_letters[] = "gmxq";
	bool * flags[] = { &words->grows, &words->wants_md5,
		&words->accepts_excess, &words->is_quiet };
	const char * at;

	at = strchr(letters, letter);
	if (at != NULL) {
		*texts[at - letters] = value;
		return 0;
	}
	at = strchr(number_letters, letter);
	if (at != NULL) {
		*numbers[at - number_letters] = number(value);
		return 0;
	}
	at = strchr(flag_letters, letter);
	if (at == NULL)
		return -1;
	*flags[at - flag_letters] = true;
	return 0;
}

#endif
