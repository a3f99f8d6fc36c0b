#include <stdio.h>
#include <string.h>

#include "evidence/err.h"
#include "evidence/process.h"
#include "evidence/version.h"

#include "collect/access_print.h"
#include "collect/config.h"
#include "collect/forecast_print.h"
#include "collect/options.h"
#include "collect/report.h"
#include "collect/session.h"
#include "collect/usage.h"

#define PROGRAM "azcustody-collect"

/* The verbs that collect. */
static int (*const verbs[])(const struct options *,
    const struct session_report *, struct session_result *, struct err *) = {
	[OPTIONS_RUN] = session_run,
	[OPTIONS_RESUME] = session_resume,
};

static int
collect(const struct options * o, struct err * e)
{
	struct session_result result;
	struct report report;

	memset(&result, 0, sizeof(result));
	process_catch_stop();
	report_init(&report, PROGRAM, o);
	(void)verbs[o->verb](o, &report.session, &result, e);
	return report_end(&report, &result, e);
}

/* The verbs that look and keep nothing. */
static int
look(const struct options * o, struct err * e)
{
	int code;

	process_catch_stop();
	code = (o->verb == OPTIONS_PLAN) ? forecast_print(o, e)
					 : access_print(o, e);
	if (e->kind != ERR_NONE)
		err_print(PROGRAM, e);
	return code;
}

/* What the file of --config adds to the words. */
static int
read_config(struct config * config, struct options * o, struct err * e)
{
	if (o->config == NULL)
		return 0;
	if (config_load(o->config, config, e) != 0)
		return -1;
	if (config_apply(config, o, e) != 0) {
		err_in(e, "%s", o->config);
		return -1;
	}
	o->config_sha256 = config->sha256_text;
	return 0;
}

static int
run_verb(const struct options * o, struct err * e)
{
	switch (o->verb) {
	case OPTIONS_RUN:
	case OPTIONS_RESUME:
		return collect(o, e);
	case OPTIONS_PLAN:
	case OPTIONS_ACCESS:
		return look(o, e);
	case OPTIONS_HELP:
		usage_print(stdout);
		break;
	case OPTIONS_VERSION:
		(void)printf("%s %s (%s)\n", PROGRAM, version_number(),
		    version_commit());
		break;
	}
	return (fflush(stdout) != 0) ? err_exit_code(ERR_SYSTEM) : 0;
}

int
main(int argc, char ** argv)
{
	struct config config = { 0 };
	struct options o = { 0 };
	struct err e;
	int code;

	err_init(&e);
	if ((process_start(&e) != 0) ||
	    (options_read(argc, argv, &o, &e) != 0) ||
	    (read_config(&config, &o, &e) != 0) ||
	    (options_finish(&o, &e) != 0)) {
		err_print(PROGRAM, &e);
		report_refuse(&o, &e);
		config_free(&config);
		return err_exit_code(e.kind);
	}
	code = run_verb(&o, &e);
	config_free(&config);
	return code;
}
