#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <stdio.h>
#include <string.h>

/*
 * The smallest unit test kit: a test is a function whose name is a sentence.
 *
 *	static void
 *	clock_parse_refuses_what_it_cannot_hold(void)
 *	{
 *		EXPECT(clock_parse("x", &at, &e) == -1);
 *	}
 *
 *	int
 *	main(void)
 *	{
 *		RUN(clock_parse_refuses_what_it_cannot_hold);
 *		return unit_failed;
 *	}
 *
 * Each test prints one line, "ok - sentence" or "not ok - sentence".
 */
static int unit_failed; /* Some test of this program failed. */
static int unit_bad;    /* The running test failed. */

#define EXPECT(truth)                                                    \
	do {                                                             \
		if (!(truth)) {                                          \
			unit_bad = 1;                                    \
			(void)printf("# %s:%d: expected %s\n", __FILE__, \
			    __LINE__, #truth);                           \
		}                                                        \
	} while (0)

#define EXPECT_TEXT(have, want)                                             \
	do {                                                                \
		const char * unit_have = (have);                            \
		const char * unit_want = (want);                            \
                                                                            \
		if ((unit_have == NULL) ||                                  \
		    (strcmp(unit_have, unit_want) != 0)) {                  \
			unit_bad = 1;                                       \
			(void)printf("# %s:%d: have \"%s\", want \"%s\"\n", \
			    __FILE__, __LINE__,                             \
			    (unit_have == NULL) ? "(null)" : unit_have,     \
			    unit_want);                                     \
		}                                                           \
	} while (0)

static inline void
unit_print_result(const char * name)
{
	(void)printf("%s - ", unit_bad ? "not ok" : "ok");
	for (; *name != '\0'; name++)
		(void)putchar((*name == '_') ? ' ' : *name);
	(void)putchar('\n');
	(void)fflush(stdout);
	if (unit_bad)
		unit_failed = 1;
}

#define RUN(test)                         \
	do {                              \
		unit_bad = 0;             \
		test();                   \
		unit_print_result(#test); \
	} while (0)

#define SKIP(sentence, why) (void)printf("skip - %s: %s\n", sentence, why)

#endif
