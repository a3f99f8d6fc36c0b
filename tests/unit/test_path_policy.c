#include <stdbool.h>
#include <string.h>

#include "verify/path_policy.h"

#include "tests/unit/unit.h"

/*
 * Cases that Go's filepath.IsLocal is tested with, on Unix and on Windows, and
 * more.  "Go" says whether it is local there on both; what Go refuses is refused
 * here, and of what Go allows we refuse what a file cannot be called.
 */
static const struct {
	const char * path;
	bool in_go;
	bool escapes; /* path_policy_escape refuses it. */
	bool written; /* path_policy_write allows it. */
} cases[] = {
	{ "", false, true, false },
	{ ".", true, false, false },
	{ "..", false, true, false },
	{ "../a", false, true, false },
	{ "/", false, true, false },
	{ "/a", false, true, false },
	{ "/a/../..", false, true, false },
	{ "a", true, false, true },
	{ "a/../a", true, true, false },
	{ "a/", true, false, false },
	{ "a/.", true, false, false },
	{ "a/./b/./c", true, false, false },
	{ "a/../b:/../../c", false, true, false },
	{ "NUL", false, false, false },
	{ "nul", false, false, false },
	{ "nul ", false, false, false },
	{ "nul.", false, false, false },
	{ "nul.txt", false, false, false },
	{ "a/nul:", false, false, false },
	{ "a/nul : a", false, false, false },
	{ "com0", true, false, false },
	{ "com1", false, false, false },
	{ "com5", false, false, false },
	{ "com9", false, false, false },
	{ "com\xc2\xb9", false, false, false },
	{ "com\xc2\xb2", false, false, false },
	{ "com\xc2\xb3", false, false, false },
	{ "com\xc2\xb9 : a", false, false, false },
	{ "cOm1", false, false, false },
	{ "lpt1", false, false, false },
	{ "LPT1", false, false, false },
	{ "lpt\xc2\xb3", false, false, false },
	{ "./nul", false, false, false },
	{ "\\", false, true, false },
	{ "\\a", false, true, false },
	{ "C:", false, true, false },
	{ "C:\\a", false, true, false },
	{ "..\\a", false, true, false },
	{ "a/../c:", false, true, false },
	{ "CONIN$", false, false, false },
	{ "conin$", false, false, false },
	{ "CONOUT$", false, false, false },
	{ "conout$", false, false, false },
	{ "dollar$", true, false, true },
	{ "#a", true, false, true },
	/* And of our own. */
	{ "~/a", true, true, false },
	{ "~root/a", true, true, false },
	{ "a/~b", true, false, true },
	{ "%HomeDrive%\\a", true, true, false },
	{ "%7Ea", true, false, true },
	{ "a\\..\\..\\b", false, true, false },
	{ "a\\b", true, false, false },
	{ "\\\\?\\UNC\\server\\x", false, true, false },
	{ "//server/x", false, true, false },
	{ "a//b", true, false, false },
	{ "x:ads", false, true, false },
	{ "ab:ads", false, false, false },
	{ "a.", true, false, false },
	{ "a ", true, false, false },
	{ "-rf", true, false, false },
	{ "@file", true, false, true },
	{ "a\nb", true, false, false },
	{ "a\x1b[32mb", true, false, false },
	{ "a\xe2\x80\xae"
	  "b",
	    true, false, false },
	{ "a\xff", true, false, false },
	{ "N\xc3\xba\xc3\xb1"
	  "ez",
	    true, false, true },
	{ "resourceId=/SUBSCRIPTIONS/X/y=2026/PT1H.json", true, false, true },
	{ "y=2026/m=11/PT1H.json", true, false, true },
};

static void
path_policy_judges_the_table_of_cases(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char * path = cases[i].path;
		size_t len = strlen(path);
		bool escapes = (path_policy_escape(path, len) != NULL);
		bool written = (path_policy_write(path, len) == NULL);

		if ((escapes != cases[i].escapes) ||
		    (written != cases[i].written)) {
			unit_bad = 1;
			(void)printf("# \"%s\": escapes %d, written %d\n", path,
			    (int)escapes, (int)written);
		}
		/* What Go refuses is never written. */
		EXPECT(cases[i].in_go || !written);
		EXPECT(!escapes || !written);
	}
}

static void
path_policy_write_keeps_its_limits(void)
{
	char path[PATH_POLICY_MAX + 2];

	memset(path, 'a', sizeof(path));
	EXPECT(path_policy_write(path, PATH_POLICY_PART_MAX) == NULL);
	EXPECT(path_policy_write(path, PATH_POLICY_PART_MAX + 1) != NULL);
	for (size_t i = 100; i < sizeof(path); i += 100)
		path[i] = '/';
	EXPECT(path_policy_write(path, PATH_POLICY_MAX) == NULL);
	EXPECT(path_policy_write(path, PATH_POLICY_MAX + 1) != NULL);
	EXPECT(path_policy_escape("a\0b", 3) != NULL);
}

int
main(void)
{
	RUN(path_policy_judges_the_table_of_cases);
	RUN(path_policy_write_keeps_its_limits);
	return unit_failed;
}
