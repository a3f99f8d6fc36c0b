#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collect/azure.h"
#include "collect/credential.h"
#include "collect/http.h"
#include "collect/redact.h"
#include "collect/response_check.h"
#include "evidence/clock.h"
#include "evidence/digest.h"
#include "evidence/io.h"
#include "evidence/listing.h"
#include "evidence/process.h"
#include "evidence/text.h"
#include "tests/tools/httpget_words.h"

/*
 * One request as the collector makes it, for tests: what came and what the
 * check says of it, a fact a line.
 *
 *	httpget [options] containers
 *	httpget [options] list CONTAINER [MARKER]
 *	httpget [options] head CONTAINER BLOB
 *	httpget [options] whole CONTAINER BLOB
 *	httpget [options] range CONTAINER BLOB FIRST LAST
 *	httpget [options] raw ORIGIN TARGET      (no credential)
 *	httpget [options] shape                  (of the credential)
 *
 * --times N makes the same request N times, --jobs of them in flight.  Exit 0
 * if the last answer was what was asked for, 1 if not, 2 if it cannot be made.
 */
/* Everything that one request needs until it is done. */
struct job {
	const struct words * words;
	struct azure_request request;
	struct response_asked asked;
	struct listing * listing; /* NULL for blobs. */
	struct digest * md5;
	struct http_call * call;
	struct err listing_err;
	int out;
	int pauses;
	bool is_paused;
	bool is_raw;
	enum response_outcome outcome;
	bool is_done;
};

static int
on_entry(void * cookie, const struct listing_entry * entry, struct err * e)
{
	struct buf name = { 0 };

	(void)cookie;
	if (text_escape(&name, entry->name, entry->name_len, e) != 0)
		return -1;
	(void)printf("entry %s %lld %s%s%s\n", buf_text(&name),
	    (long long)entry->content_length,
	    (entry->etag == NULL) ? "-" : entry->etag,
	    entry->is_encoded ? " encoded" : "",
	    entry->is_deleted ? " deleted" : "");
	buf_free(&name);
	return 0;
}

static enum http_wish
on_headers(
    void * cookie, int status, int version, const char * headers, size_t len)
{
	struct job * job = cookie;
	struct response_headers parsed;
	struct response_came came = { 0 };
	struct response_verdict verdict;
	struct err e;

	err_init(&e);
	if (job->is_raw)
		return HTTP_GO;
	if (response_headers_parse(headers, len, &parsed, &e) != 0)
		return HTTP_STOP;
	came.status = status;
	came.version = version;
	came.headers = &parsed;
	response_check_headers(&job->asked, &came, &verdict);
	response_headers_free(&parsed);
	/* The body of an error is let pass and not kept. */
	job->outcome = verdict.outcome;
	return HTTP_GO;
}

static enum http_wish
on_body(void * cookie, const uint8_t * bytes, size_t len)
{
	struct job * job = cookie;
	struct err e;

	err_init(&e);
	if ((job->pauses > 0) && !job->is_paused) {
		job->pauses--;
		job->is_paused = true;
		return HTTP_PAUSE;
	}
	job->is_paused = false;
	digest_update(job->md5, bytes, len);
	if ((job->listing != NULL) && (job->outcome == RESPONSE_OK) &&
	    (job->listing_err.kind == ERR_NONE))
		(void)listing_feed(job->listing, bytes, len, &job->listing_err);
	if ((job->out != -1) && (io_write_all(job->out, bytes, len, &e) != 0))
		return HTTP_STOP;
	return HTTP_GO;
}

static void
print_tls(const struct http_result * result)
{
	char hex[DIGEST_SHA256_HEX];
	uint8_t digest[DIGEST_SHA256_LEN];

	if (result->tls.protocol[0] == '\0')
		return;
	(void)printf("tls %s %s %zu\n", result->tls.protocol,
	    result->tls.cipher, result->tls.chain_len);
	for (size_t i = 0; i < result->tls.chain_len; i++) {
		digest_sha256(
		    result->tls.chain[i].der, result->tls.chain[i].len, digest);
		text_hex_encode(digest, sizeof(digest), hex);
		(void)printf("certificate %s\n", hex);
	}
}

static void
print_listing(struct job * job, struct response_verdict * verdict)
{
	const char * marker;

	if ((job->listing == NULL) || (verdict->outcome != RESPONSE_OK))
		return;
	if ((job->listing_err.kind == ERR_NONE) &&
	    (listing_finish(job->listing, &job->listing_err) == 0)) {
		marker = listing_page(job->listing)->next_marker;
		(void)printf("marker %s\n", marker);
		return;
	}
	(void)printf("listing %s\n", job->listing_err.text);
	verdict->outcome = RESPONSE_RETRY;
}

static void
on_done(void * cookie, const struct http_result * result)
{
	struct job * job = cookie;
	struct response_headers parsed;
	struct response_came came = { 0 };
	struct response_verdict verdict;
	uint8_t md5[DIGEST_MD5_LEN];
	struct err e;

	err_init(&e);
	job->is_done = true;
	job->call = NULL;
	digest_finish(job->md5, md5);
	if (response_headers_parse(
		result->headers, result->headers_len, &parsed, &e) != 0)
		exit(2);
	came.fault = result->fault;
	came.fault_text = result->text;
	came.status = result->status;
	came.version = result->version;
	came.has_trailer = result->has_trailer;
	came.headers = (result->status == 0) ? NULL : &parsed;
	came.body_len = result->body_len;
	came.body_md5 = md5;
	job->asked.now = result->done_at;
	response_check(&job->asked, &came, &verdict);
	print_listing(job, &verdict);
	job->outcome = verdict.outcome;
	if (job->is_raw && (result->fault == HTTP_FINE))
		job->outcome = RESPONSE_OK;
	(void)printf("%s %s %s status=%d fault=%s bytes=%lld new=%d after=%lld "
		     "error=%s %s\n",
	    response_outcome_text(verdict.outcome),
	    response_reason_text(verdict.reason),
	    response_digest_text(verdict.digest), result->status,
	    http_fault_text(result->fault), (long long)result->body_len,
	    result->is_new_connection, (long long)verdict.retry_after_ms,
	    parsed.error_code, verdict.text);
	if (!job->words->is_quiet)
		print_tls(result);
	response_headers_free(&parsed);
}

static const struct http_handlers handlers = { on_headers, on_body, on_done };

/* Make the request that ${argv} names; return its operation's sort. */
static int
make(struct azure * a, char ** argv, int argc, struct job * job, struct err * e)
{
	const struct words * words = job->words;
	struct azure_page page = { 0 };
	struct azure_blob blob = { 0 };
	struct azure_range range = { .last = -1 };
	int64_t now = clock_now();

	job->asked.total = words->total;
	job->asked.etag = words->etag;
	job->asked.blob_type = words->type;
	job->asked.may_grow = words->grows;
	job->asked.committed_blocks = -1;
	if (strcmp(argv[0], "containers") == 0)
		return azure_list_containers(a, &page, now, &job->request, e);
	if ((strcmp(argv[0], "list") == 0) && (argc >= 2)) {
		page.marker = (argc > 2) ? argv[2] : NULL;
		return azure_list_blobs(
		    a, argv[1], &page, now, &job->request, e);
	}
	if (argc < 3) {
		err_set(e, ERR_USAGE, NULL, "too few words");
		return -1;
	}
	blob.container = argv[1];
	blob.name = argv[2];
	blob.name_len = strlen(argv[2]);
	job->asked.operation = RESPONSE_PROPERTIES;
	if (strcmp(argv[0], "head") == 0)
		return azure_blob_properties(a, &blob, now, &job->request, e);
	job->asked.operation = RESPONSE_WHOLE;
	range.etag = words->etag;
	range.digest = words->wants_md5 ? AZURE_DIGEST_MD5 : AZURE_DIGEST_NONE;
	if ((strcmp(argv[0], "range") == 0) && (argc == 5)) {
		job->asked.operation = RESPONSE_RANGE;
		range.first = number(argv[3]);
		range.last = number(argv[4]);
		job->asked.first = range.first;
		job->asked.last = range.last;
	}
	return azure_blob_get(a, &blob, &range, now, &job->request, e);
}

/* Prepare one request and put it in flight. */
static int
begin(struct http * h, struct azure * a, char ** argv, int argc,
    struct job * job, struct err * e)
{
	static char * raw_headers[] = { NULL };

	if (job->md5 == NULL)
		job->md5 = digest_new(DIGEST_MD5, e);
	if (job->md5 == NULL)
		return -1;
	job->is_done = false;
	err_init(&job->listing_err);
	job->asked.credential_ends = CLOCK_UNKNOWN;
	if (job->is_raw) {
		job->request.http.origin = argv[1];
		job->request.http.target = argv[2];
		job->request.http.headers = (const char * const *)raw_headers;
	} else if (make(a, argv, argc, job, e) != 0) {
		return -1;
	}
	job->asked.client_request_id =
	    job->is_raw ? NULL : job->request.client_request_id;
	if (!job->is_raw && (job->asked.operation == RESPONSE_LIST)) {
		job->listing = listing_new(
		    (argc == 1) ? LISTING_CONTAINERS : LISTING_BLOBS, on_entry,
		    NULL, e);
		if (job->listing == NULL)
			return -1;
	}
	if ((job->words->body_max >= 0) &&
	    (job->asked.operation != RESPONSE_RANGE))
		job->request.http.body_max = job->words->body_max;
	if (!job->words->is_quiet && !job->is_raw)
		(void)printf("url %s\n", job->request.url);
	job->call = http_start(h, &job->request.http, &handlers, job, e);
	return (job->call == NULL) ? -1 : 0;
}

static void
end(struct job * job)
{
	listing_free(job->listing);
	job->listing = NULL;
	if (!job->is_raw)
		azure_request_free(&job->request);
}

/* Run ${words}->times requests with ${words}->jobs in flight. */
static int
run(struct http * h, struct azure * a, char ** argv, int argc,
    struct job * jobs, struct err * e)
{
	const struct words * words = jobs[0].words;
	int started = 0;
	int ended = 0;
	enum response_outcome outcome = RESPONSE_OK;

	while (ended < words->times) {
		for (int i = 0; i < words->jobs; i++) {
			struct job * job = &jobs[i];

			if (job->is_paused && (job->call != NULL))
				http_resume(job->call);
			if (job->is_done) {
				job->is_done = false;
				ended++;
				if (job->outcome != RESPONSE_OK)
					outcome = job->outcome;
				end(job);
			}
			if ((job->call == NULL) && !job->is_done &&
			    (started < words->times)) {
				if (begin(h, a, argv, argc, job, e) != 0)
					return -1;
				started++;
			}
		}
		if ((ended < words->times) && (http_poll(h, 100, e) != 0))
			return -1;
	}
	return (outcome == RESPONSE_OK) ? 0 : 1;
}

static void
print_shape(const struct credential * c)
{
	const struct credential_shape * s = credential_shape(c);
	struct buf excess = { 0 };
	struct err e;

	err_init(&e);
	(void)credential_excess(c, clock_now(), &excess, &e);
	(void)printf("kind %s\naccount %s\nendpoint %s\nhash %s%s\nsp %s\n"
		     "read %d list %d write %d delete %d\nexcess %s\n",
	    credential_kind_text(s->kind), credential_account(c),
	    credential_endpoint(c), s->hash, s->key_text_hash, s->sp,
	    s->can_read, s->can_list, s->can_write, s->can_delete,
	    buf_text(&excess));
	buf_free(&excess);
}

/* All that stands between the words and the requests. */
static int
work(struct words * words, char ** argv, int argc, struct err * e)
{
	struct http_options http_words = { 0 };
	struct azure_endpoint endpoint;
	struct credential * c = NULL;
	struct azure * a = NULL;
	struct http * h = NULL;
	struct job * jobs = NULL;
	bool is_raw = (strcmp(argv[0], "raw") == 0);
	int rc = -1;

	words->source.use_environment = true;
	if (!is_raw) {
		c = credential_open(&words->source, e);
		if ((c == NULL) ||
		    (credential_check(
			 c, clock_now(), words->accepts_excess, e) != 0))
			goto out;
		if (credential_warning(c) != NULL)
			(void)fprintf(
			    stderr, "httpget: %s\n", credential_warning(c));
	}
	if (strcmp(argv[0], "shape") == 0) {
		print_shape(c);
		rc = 0;
		goto out;
	}
	if (!is_raw) {
		const char * where = (words->endpoint != NULL)
		    ? words->endpoint
		    : credential_endpoint(c);

		if (azure_endpoint_parse(
			credential_account(c), where, &endpoint, e) != 0)
			goto out;
		a = azure_new(&endpoint, c, "test-run", e);
		if (a == NULL)
			goto out;
	}
	http_words.way.ca_file = words->ca;
	http_words.in_flight_max = (size_t)words->jobs;
	http_words.total_ms = words->deadline_ms;
	http_words.low_speed_seconds = words->low_speed_seconds;
	http_words.connect_ms = words->deadline_ms;
	h = http_new(&http_words, e);
	jobs = calloc((size_t)words->jobs, sizeof(*jobs));
	if ((h == NULL) || (jobs == NULL))
		goto out;
	for (int i = 0; i < words->jobs; i++) {
		jobs[i].words = words;
		jobs[i].is_raw = is_raw;
		jobs[i].pauses = 3;
		jobs[i].out = -1;
		if (words->out != NULL)
			jobs[i].out = open(words->out,
			    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	}
	rc = run(h, a, argv, argc, jobs, e);

out:
	http_free(h);
	for (int i = 0; (jobs != NULL) && (i < words->jobs); i++) {
		end(&jobs[i]);
		digest_free(jobs[i].md5);
		if (jobs[i].out != -1)
			(void)close(jobs[i].out);
	}
	free(jobs);
	azure_free(a);
	credential_free(c);
	return rc;
}

int
main(int argc, char ** argv)
{
	struct words words = {
		.total = -1, .body_max = -1, .times = 1, .jobs = 1
	};
	struct err e;
	int letter;
	int rc = 2;

	err_init(&e);
	if (process_start(&e) != 0)
		goto out;
	for (;;) {
		letter = getopt_long(argc, argv, "+", options, NULL);
		if (letter == -1)
			break;
		if (take_option(&words, letter, optarg) != 0)
			return 2;
	}
	if (optind >= argc)
		return 2;
	rc = work(&words, argv + optind, argc - optind, &e);

out:
	if (e.kind != ERR_NONE) {
		err_print("httpget", &e);
		return 2;
	}
	return rc;
}
