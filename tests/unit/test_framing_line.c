/* Cutting lines and tables into records. */
#include "timeline/framing.h"

#include "tests/unit/cut.h"

static void
framing_takes_classic_lines_whole(void)
{
	expect_cut("1.0;2014-06-19T22:59:23.1967767Z;GetBlob;{\"a\":1};\n"
		   "2.0;x\r\n",
	    "r49 f1 r5 f2");
	expect_cut("1.0;x", "r5");
	expect_cut("1.0;x\n{\"a\":1}\n2.0;y\n", "r5 f1 r7 f1 r5 f1");
	expect_cut("1.0", "b3:syntax");
	expect_cut("3.0;x\n1.0;y", "b5:syntax f1 r5");
}

static void
framing_takes_rows_behind_a_header_that_is_known(void)
{
	expect_cut("TimeGenerated,Caller\n1,2\r\n\"a\nb\",\"c\"\"d\"\n\n",
	    "f21 r3 f2 r12 f2");
	expect_cut("\xef\xbb\xbfOperation name,Status\r\na,b", "f26 r3");
	expect_cut("#TYPE x\n\"Caller\",\"Status\"\n1,2\n", "f26 r3 f1");
	expect_cut("sep=;\r\nCaller;Status\r\n1;2\r\n", "f22 r3 f2");
	/* What is no row costs its line, what was never closed as well. */
	expect_cut("Caller,Status\na\"b,c\nd,e\n", "f14 b5:syntax f1 r3 f1");
	expect_cut("Caller,Status\n\"a,b\nc,d\n", "f14 b4:truncated f1 r3 f1");
	expect_cut("Caller,Status\na,\"b\nc", "f14 b4:truncated f1 r1");
	expect_cut("Caller,Status\n", "f14");
	expect_cut("Caller,Status", "f13");
	expect_cut("Caller,Status\n\r\n\r", "f17");
	/* Names that say nothing do not make a table. */
	expect_cut("Name,Value\n1,2\n", "b10:syntax f1 b3:syntax f1");
}

int
main(void)
{
	RUN(framing_takes_classic_lines_whole);
	RUN(framing_takes_rows_behind_a_header_that_is_known);
	return unit_failed;
}
