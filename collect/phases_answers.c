#include <stdio.h>
#include <string.h>

#include "evidence/clock.h"

#include "collect/ask.h"
#include "collect/phases.h"
#include "collect/redact.h"

/*
 * What the accounts say of themselves: the settings of each service, the kind of
 * the account, and the properties and access of each container that was listed.
 * They say what was logged and for how long, and who could have read or altered
 * it.  Every answer is kept, a refusal too; none is needed for the collection to
 * be whole, so none ends it.
 *
 * The questions stand in one fixed order and are counted through: those of each
 * account, then those of each target of the listing.  The state moves on when
 * the answer is stored, so a resumed run asks none twice that has an answer in
 * the package.
 */
#define ANSWER_BODY_MAX ((int64_t)1 << 20)

/* Of each account. */
static const struct ask_about about_accounts[] = {
	{ AZURE_ABOUT_ACCOUNT, AZURE_BLOB },
	{ AZURE_ABOUT_SERVICE, AZURE_BLOB },
	{ AZURE_ABOUT_SERVICE, AZURE_FILE },
	{ AZURE_ABOUT_SERVICE, AZURE_QUEUE },
	{ AZURE_ABOUT_SERVICE, AZURE_TABLE },
};

/* Of each container. */
static const struct ask_about about_containers[] = {
	{ AZURE_ABOUT_CONTAINER, AZURE_BLOB },
	{ AZURE_ABOUT_ACCESS, AZURE_BLOB },
};

#define PER_ACCOUNT (sizeof(about_accounts) / sizeof(about_accounts[0]))
#define PER_CONTAINER (sizeof(about_containers) / sizeof(about_containers[0]))

/* The word of a question in the journal. */
static const char *
word_of(const struct ask_about * about)
{
	static const char * const services[AZURE_SERVICES] = { "blob-service",
		"file-service", "queue-service", "table-service" };

	switch (about->what) {
	case AZURE_ABOUT_ACCOUNT:
		return "account";
	case AZURE_ABOUT_SERVICE:
		return services[about->service];
	case AZURE_ABOUT_LIST:
		break; /* Nothing that a package needs. */
	case AZURE_ABOUT_CONTAINER:
		return "container";
	case AZURE_ABOUT_ACCESS:
		return "container-access";
	}
	return "";
}

/* Put question ${at} into ${page}: 1, 0 if it is none to ask, -1 behind the
 * last. */
static int
question(struct phases * p, size_t at, struct ask_page * page)
{
	const struct state * s = &p->state;
	const struct state_target * t;
	size_t accounts = p->service_count * PER_ACCOUNT;

	*page = (struct ask_page){ .source = -1, .body_max = ANSWER_BODY_MAX };
	if (at < accounts) {
		page->service_index = (int)(at / PER_ACCOUNT);
		page->about = &about_accounts[at % PER_ACCOUNT];
	} else {
		at -= accounts;
		if (at / PER_CONTAINER >= s->target_count)
			return -1;
		t = &s->targets[at / PER_CONTAINER];
		page->service_index = t->service;
		page->source = t->source;
		page->container = t->container;
		page->about = &about_containers[at % PER_CONTAINER];
		if ((t->container[0] == '\0') || (t->first == STATE_ABSENT))
			return 0;
	}
	page->service = &p->services[page->service_index];
	return azure_has_service(page->service->azure, page->about->service)
	    ? 1
	    : 0;
}

/* The answer ${x} as it came, without any signature in it. */
static int
format_answer(const struct exchange * x, struct buf * out, struct err * e)
{
	if (redact_text(out, buf_text(&x->head), x->head.len, e) != 0)
		return -1;
	if ((out->len < 4) ||
	    (memcmp(out->bytes + out->len - 4, "\r\n\r\n", 4) != 0)) {
		if (buf_add_text(out, "\r\n", e) != 0)
			return -1;
	}
	return redact_text(out, buf_text(&x->body), x->body.len, e);
}

/* Did all of an answer come, be it a refusal? */
static bool
is_whole(const struct exchange * x)
{
	if (!x->has_headers || (x->status < 200))
		return false;
	switch (x->verdict.reason) {
	case RESPONSE_NETWORK:
	case RESPONSE_TIMEOUT:
	case RESPONSE_TLS:
	case RESPONSE_CERTIFICATE:
	case RESPONSE_SHORT_BODY:
	case RESPONSE_WRONG_LENGTH:
	case RESPONSE_BAD_FRAMING:
	case RESPONSE_CROSSED:
	case RESPONSE_LIMIT:
	case RESPONSE_INTERRUPTED:
	case RESPONSE_LOCAL:
		return false;
	default:
		return true;
	}
}

/* The journal's line; ${path} is the member, NULL where nothing came whole. */
static int
note_answer(struct phases * p, const struct ask_page * page,
    const struct exchange * x, const char * path, const struct buf * answer,
    struct err * e)
{
	uint8_t sha256[DIGEST_SHA256_LEN];
	struct json_out * j =
	    record_event(p->record, JOURNAL_ANSWERED, clock_now(), e);

	json_put_text(j, "what", word_of(page->about));
	json_put_text(j, "account", page->service->account);
	json_put_text(j, "container", page->container);
	json_put_integer(j, "status", x->status);
	json_put_text(j, "member", path);
	if (path != NULL) {
		digest_sha256(answer->bytes, answer->len, sha256);
		json_put_hex(j, "sha256", sha256, sizeof(sha256));
	}
	if (x->verdict.outcome != RESPONSE_OK)
		json_put_text(j, "why", x->verdict.text);
	return record_event_end(p->record, e);
}

/* Store the answer ${x}; the state moves on behind it. */
static int
take(struct phases * p, const struct ask_page * page, const struct exchange * x,
    struct err * e)
{
	struct state * s = &p->state;
	struct buf answer = { 0 };
	char path[64];
	bool is_kept = is_whole(x);
	int rc = -1;

	(void)snprintf(path, sizeof(path), "meta/answer/%06lld.http",
	    (long long)s->answers + 1);
	if (is_kept &&
	    ((format_answer(x, &answer, e) != 0) ||
		(package_tag(p->w, path, answer.bytes, answer.len, e) != 0)))
		goto out;
	s->answers += is_kept ? 1 : 0;
	s->answers_at++;
	rc = note_answer(p, page, x, is_kept ? path : NULL, &answer, e);

out:
	buf_free(&answer);
	return rc;
}

static void
show(const struct phases * p)
{
	struct progress_now now = { .done = p->state.answers,
		.total = PROGRESS_UNKNOWN,
		.bytes_total = PROGRESS_UNKNOWN,
		.gaps = state_losses(&p->state) };

	phases_show(p, &now);
}

int
phases_answers(struct phases * p, struct err * e)
{
	struct state * s = &p->state;
	struct exchange * x;
	struct ask_page page;
	struct err line_e;
	struct ask ask;
	int rc;

	phases_start_ask(p, &ask, &line_e);
	record_use(p->record, p->w, NULL, NULL);
	for (;;) {
		rc = question(p, (size_t)s->answers_at, &page);
		if (rc < 0)
			break;
		if (rc == 0) {
			s->answers_at++;
			continue;
		}
		x = ask_for_page(&ask, &page, e);
		if (x == NULL)
			return -1;
		rc = take(p, &page, x, e);
		exchange_free(x);
		if (rc != 0)
			return -1;
		show(p);
	}
	s->phase = STATE_SEALING;
	return 0;
}
