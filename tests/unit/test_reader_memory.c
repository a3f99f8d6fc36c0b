/*
 * Reading when memory runs out: each allocation fails once, the n-th for every
 * n.  The reading must say so, or have given every row: none is lost in
 * silence.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "timeline/reader.h"

#include "tests/unit/memory_hook.h"
#include "tests/unit/unit.h"

/* A log of every form, and how many rows it has. */
static const struct log {
	const char * text;
	int rows;
} logs[] = {
	{ "{\"time\":\"2024-05-01T10:00:00Z\",\"category\":\"StorageRead\","
	  "\"operationName\":\"GetBlob\",\"uri\":\"https://a.blob.core.windows"
	  ".net/c/o?sv=1&sig=S3CRET\",\"identity\":{\"type\":\"SAS\","
	  "\"tokenHash\":\"key1(AB),SasSignature(CD)\"}}\nno\n",
	    2 },
	{ "{\"records\":[{\"time\":\"2024-05-01T10:00:00Z\",\"category\":"
	  "\"Write\",\"operationName\":\"A/B/WRITE\",\"properties\":"
	  "\"{\\\"eventCategory\\\":\\\"x\\\"}\",\"identity\":\"{\\\"claims"
	  "\\\":{\\\"name\\\":\\\"n\\\"}}\"}]}",
	    1 },
	{ "1.0;2014-06-19T22:59:23Z;GetBlob;Success;200;1;1;sas;;a;blob;"
	  "https://a.blob.core.windows.net/c/o?sv=1&amp;sig=x;\"/a/c/o\";;;"
	  ";;;;;;;;;;;;;;\n",
	    1 },
	{ "Operation name,Time stamp,Event initiated by\r\n\"a\"\"b\","
	  "2024-05-01T10:00:00Z,u\r\nc,d\r\n",
	    2 },
	{ "{\"TimeGenerated\":\"2024-05-01T10:00:00Z\",\"Type\":"
	  "\"NTANetAnalytics\",\"DestIP\":\"10.0.0.5\",\"SrcPublicIPs\":"
	  "\"1.2.3.4|1|1|1|1|1|1 5.6.7.8\"}",
	    2 },
};

static int
on_event(void * cookie, const struct event * ev, struct err * e)
{
	(void)ev;
	(void)e;
	++*(int *)cookie;
	return 0;
}

static int
on_quarantine(void * cookie, const struct event_quarantine * q, struct err * e)
{
	(void)q;
	(void)e;
	++*(int *)cookie;
	return 0;
}

/* Read ${log}; return how many rows it gave, or -1 if the reading failed. */
static int
read_log(const struct log * log)
{
	int rows = 0;
	struct event_sink sink = { &rows, NULL, on_event, on_quarantine, NULL };
	struct event_origin origin = { .member = "m" };
	struct reader * r;
	struct err e;
	int rc = -1;

	err_init(&e);
	r = reader_new(&sink, &e);
	if (r != NULL) {
		reader_begin(r, &origin, NULL);
		if ((reader_feed(r, log->text, strlen(log->text), &e) == 0) &&
		    (reader_end(r, &e) == 0))
			rc = 0;
	}
	EXPECT((rc == 0) || (e.kind == ERR_SYSTEM));
	reader_free(r);
	return (rc == 0) ? rows : -1;
}

/* What a child says by its exit code: its rows, or one of these. */
#define CHILD_FAILED 100
#define CHILD_UNHURT 50 /* Added: no allocation failed. */

/* Read ${log} in a child with its ${n}-th allocation failing. */
static int
read_starved(const struct log * log, long n)
{
	int status = 0;
	int rows;
	pid_t child = fork();

	if (child == 0) {
		fail_at = n;
		rows = read_log(log);
		fail_at = 0;
		if (unit_bad)
			_exit(CHILD_FAILED + 1);
		if (rows < 0)
			_exit(CHILD_FAILED);
		_exit(rows + ((failed == 0) ? CHILD_UNHURT : 0));
	}
	if ((child < 0) || (waitpid(child, &status, 0) != child))
		return CHILD_FAILED + 1;
	/* libcrypto's digests and yajl give up at once; nothing is lost. */
	return WIFEXITED(status) ? WEXITSTATUS(status) : CHILD_FAILED;
}

static void
reader_loses_no_row_for_want_of_memory(void)
{
	long told = 0;
	int said;

	for (size_t i = 0; i < sizeof(logs) / sizeof(logs[0]); i++) {
		EXPECT(read_log(&logs[i]) == logs[i].rows);
		for (long n = 1; (n < 1000) && !unit_bad; n++) {
			said = read_starved(&logs[i], n);
			if (said == logs[i].rows + CHILD_UNHURT)
				break; /* There are no more to fail. */
			EXPECT(
			    (said == CHILD_FAILED) || (said == logs[i].rows));
			told += (said == CHILD_FAILED);
		}
	}
	EXPECT(told > 50);
}

int
main(void)
{
	if (HAS_OWN_MALLOC)
		RUN(reader_loses_no_row_for_want_of_memory);
	else
		SKIP("reader loses no row for want of memory",
		    "the sanitizer has an allocator of its own");
	return unit_failed;
}
