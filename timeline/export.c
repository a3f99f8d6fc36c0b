#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/json.h"
#include "timeline/crew.h"
#include "timeline/export_row.h"
#include "timeline/row_batch.h"

#include "timeline/export.h"

#define JOBS_MAX 10 /* Batches under way, with their lines: 30 MiB at most. */

struct sinks {
	const struct rule_set * set;
	bool marks;
	struct output_file * csv;
	struct output_file * json;
};

/* Rows on their way from the store to the lines of both files. */
struct job {
	struct row_batch * batch;
	struct buf message;
	struct buf csv;
	struct buf json;
};

struct lines {
	struct job * job;
	const struct sinks * sinks;
};

static int
put_row(void * cookie, const struct row * row, struct err * e)
{
	struct lines * l = cookie;
	struct job * job = l->job;

	buf_clear(&job->message);
	if ((row_message(row, &job->message, e) != 0) ||
	    (export_row_json(
		 &job->json, row, &job->message, l->sinks->set, e) != 0))
		return -1;
	return export_row_csv(
	    &job->csv, row, &job->message, l->sinks->set, l->sinks->marks, e);
}

/* A worker's part: rows become lines. */
static int
work(void * cookie, void * job, struct err * e)
{
	struct lines l = { job, cookie };

	return row_batch_each(l.job->batch, put_row, &l, e);
}

/* In order: lines go into the files. */
static int
commit(void * cookie, void * job, struct err * e)
{
	struct sinks * sinks = cookie;
	struct job * done = job;

	if (output_put_buf(sinks->json, &done->json, e) != 0)
		return -1;
	return output_put_buf(sinks->csv, &done->csv, e);
}

static void
free_jobs(struct job * jobs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		row_batch_free(jobs[i].batch);
		buf_free(&jobs[i].message);
		buf_free(&jobs[i].csv);
		buf_free(&jobs[i].json);
	}
}

/* Every dated row into both files. */
static int
export_dated(
    struct store * s, struct sinks * sinks, int workers, struct err * e)
{
	struct job jobs[JOBS_MAX];
	void * places[JOBS_MAX];
	struct crew_plan plan = { workers, places, 1, work, commit, sinks };
	struct crew * c = NULL;
	struct job * job;
	int64_t next = 1;
	int64_t last;
	int rc = -1;

	memset(jobs, 0, sizeof(jobs));
	if (workers > 1)
		plan.jobs_count =
		    (workers + 2 < JOBS_MAX) ? (size_t)workers + 2 : JOBS_MAX;
	for (size_t i = 0; i < plan.jobs_count; i++) {
		places[i] = &jobs[i];
		jobs[i].batch = row_batch_new(e);
		if (jobs[i].batch == NULL)
			goto out;
	}
	if (row_count(s, &last, e) != 0)
		goto out;
	c = crew_new(&plan, e);
	if (c == NULL)
		goto out;
	while (next <= last) {
		job = crew_next(c, e);
		if ((job == NULL) ||
		    (row_batch_load(job->batch, s, NULL, &next, last, e) !=
			0) ||
		    (crew_submit(c, e) != 0))
			goto out;
	}
	rc = crew_drain(c, e);

out:
	crew_free(c);
	free_jobs(jobs, plan.jobs_count);
	return rc;
}

/* What export_undated writes, line by line. */
struct undated {
	struct output_file * out;
	struct buf line;
};

/* A row of the result below as one line of JSON, its nulls left out. */
static int
put_undated(void * cookie, const struct store_row * got, struct err * e)
{
	struct undated * u = cookie;
	struct json_out j;

	json_begin(&j, &u->line, e);
	json_open_object(&j, NULL);
	for (size_t i = 0; i < got->count; i++) {
		const struct store_value * v = &got->values[i];

		switch (v->kind) {
		case STORE_NULL:
			break;
		case STORE_INTEGER:
			json_put_integer(&j, got->names[i], v->integer);
			break;
		case STORE_TEXT:
			json_put_bytes(&j, got->names[i], v->bytes, v->len);
			break;
		case STORE_BYTES:
			json_put_hex(&j, got->names[i], v->bytes, v->len);
			break;
		}
	}
	json_close_object(&j);
	if (json_end(&j, true) != 0)
		return -1;
	return output_put_buf(u->out, &u->line, e);
}

static int
export_undated(struct store * s, struct output * o, struct err * e)
{
	struct undated u = { output_open(o, "undated.jsonl", e), { 0 } };
	int rc;

	if (u.out == NULL)
		return -1;
	rc = store_run(s,
	    "SELECT q.reason AS reason, q.text AS text, k.name AS package,"
	    " k.verdict AS package_verdict, k.seal AS seal, m.path AS member,"
	    " q.first_byte AS offset, q.length AS length,"
	    " q.sha256 AS record_sha256, q.tuple_index AS tuple_index"
	    " FROM quarantine q JOIN member m ON m.id = q.member"
	    " JOIN package k ON k.id = m.package ORDER BY q.id;"
	    "SELECT 'no time that can be read' AS reason,"
	    " v.time_text AS time_text, v.operation AS operation,"
	    " k.name AS package, k.verdict AS package_verdict,"
	    " k.seal AS seal, m.path AS member, r.first_byte AS offset,"
	    " r.length AS length, r.sha256 AS record_sha256,"
	    " v.tuple_index AS tuple_index"
	    " FROM (SELECT id, record, time_text, operation, tuple_index"
	    " FROM event WHERE time IS NULL UNION ALL"
	    " SELECT id, record, time_text, 'flow', tuple_index"
	    " FROM flow WHERE time IS NULL UNION ALL"
	    " SELECT id, record, time_text, operation, tuple_index"
	    " FROM event_again WHERE time IS NULL UNION ALL"
	    " SELECT id, record, time_text, 'flow', tuple_index"
	    " FROM flow_again WHERE time IS NULL) AS v"
	    " JOIN record r ON r.id = v.record"
	    " JOIN member m ON m.id = r.member"
	    " JOIN package k ON k.id = m.package ORDER BY v.id;",
	    put_undated, &u, e);
	if (output_close(u.out, e) != 0)
		rc = -1;
	buf_free(&u.line);
	return rc;
}

int
export_rows(struct store * s, const struct rule_set * set, bool marks,
    int workers, struct output * o, struct err * e)
{
	struct sinks sinks = { set, marks, NULL, NULL };
	struct buf header = { 0 };
	int rc = -1;

	sinks.csv = output_open(o, "timeline.csv", e);
	sinks.json = output_open(o, "timeline.jsonl", e);
	if ((sinks.csv == NULL) || (sinks.json == NULL))
		goto out;
	if ((export_row_header(&header, marks, e) != 0) ||
	    (output_put_buf(sinks.csv, &header, e) != 0))
		goto out;
	rc = export_dated(s, &sinks, workers, e);

out:
	if (output_close(sinks.csv, e) != 0)
		rc = -1;
	if (output_close(sinks.json, e) != 0)
		rc = -1;
	buf_free(&header);
	return (rc == 0) ? export_undated(s, o, e) : -1;
}
