#include <stdio.h>

#include "evidence/err.h"
#include "evidence/process.h"
#include "evidence/version.h"

#include "collect/options.h"
#include "collect/usage.h"

#define PROGRAM "azcustody-collect"

int
main(int argc, char ** argv)
{
	struct options o;
	struct err e;

	err_init(&e);
	if ((process_start(&e) != 0) ||
	    (options_parse(argc, argv, &o, &e) != 0))
		goto out;
	if (o.verb == OPTIONS_HELP) {
		(void)fputs(usage_text(), stdout);
	} else if (o.verb == OPTIONS_VERSION) {
		(void)printf("%s %s (%s)\n", PROGRAM, version_number(),
		    version_commit());
	} else {
		err_set(&e, ERR_BUG, NULL, "collecting is not in this build");
	}

out:
	if (e.kind != ERR_NONE)
		err_print(PROGRAM, &e);
	return err_exit_code(e.kind);
}
