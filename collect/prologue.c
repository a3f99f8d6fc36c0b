#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "evidence/bag.h"
#include "evidence/case_file.h"
#include "evidence/clock.h"
#include "evidence/digest.h"
#include "evidence/io.h"
#include "evidence/source.h"
#include "evidence/text.h"
#include "evidence/tool_info.h"
#include "evidence/version.h"

#include "collect/credentials_used.h"
#include "collect/prologue.h"

#define OPTIONS_ROOM 128 /* Lines about options in tool.json. */
#define VALUE_SIZE 64

static int
put_bagit(const struct prologue * p, struct err * e)
{
	struct buf out = { 0 };
	int rc = -1;

	if (bag_format_declaration(&out, e) == 0)
		rc = package_tag(p->w, "bagit.txt", out.bytes, out.len, e);
	buf_free(&out);
	return rc;
}

/* A scope of case.json, and the words that it points at. */
struct scope_words {
	const char * logs[OPTIONS_LOGS_COUNT];
	const char * include[OPTIONS_INCLUDE_COUNT];
};

static void
fill_scope(const struct asked * a, bool is_folder, struct scope_words * words,
    struct case_scope * scope)
{
	scope->containers = a->containers;
	scope->n_containers = a->container_count;
	scope->logs = words->logs;
	scope->n_logs = options_logs_words(a->logs, words->logs);
	scope->prefixes = a->prefixes;
	scope->n_prefixes = a->prefix_count;
	scope->include = words->include;
	scope->n_include =
	    is_folder ? 0 : options_include_words(a->include, words->include);
	scope->from = a->window.from;
	scope->to = a->window.to;
}

/* What is asked for of single accounts; return how many have such a scope. */
static size_t
fill_own(const struct facts * f, struct scope_words * words,
    struct case_own own[OPTIONS_MAX_ACCOUNTS])
{
	size_t n = 0;

	for (size_t i = 0; i < f->account_count; i++) {
		if (f->own[i] == NULL)
			continue;
		memset(&own[n], 0, sizeof(own[n]));
		own[n].account = f->accounts[i];
		fill_scope(f->own[i], false, &words[n], &own[n].scope);
		n++;
	}
	return n;
}

/* The bytes of case.json, the same each time. */
static int
format_case(const struct prologue * p, struct buf * out, struct err * e)
{
	const struct facts * f = p->facts;
	struct case_own own[OPTIONS_MAX_ACCOUNTS];
	struct scope_words words[OPTIONS_MAX_ACCOUNTS + 1];
	struct case_file c = {
		.package = p->package,
		.case_number = f->case_id,
		.exhibit = f->exhibit,
		.examiner = f->examiner,
		.organisation = f->organisation,
		.authority = f->authority,
		.purpose = f->purpose,
		.acquisition = (f->folder != NULL) ? "received" : "acquired",
		.previous = f->previous,
		.started_at = f->started_at,
		.compression = f->is_compressed ? "zstd" : "none",
		.scope.accounts = f->accounts,
		.scope.n_accounts = f->account_count,
		.own = own,
		.n_own = fill_own(f, words + 1, own),
	};

	fill_scope(&f->asked, f->folder != NULL, words, &c.scope);
	return case_file_format(&c, out, e);
}

/* case.json, and the journal that begins with its digest. */
static int
put_case(const struct prologue * p, struct err * e)
{
	uint8_t sha256[DIGEST_SHA256_LEN];
	struct buf out = { 0 };
	int rc = -1;

	if ((format_case(p, &out, e) != 0) ||
	    (package_tag(p->w, "meta/case.json", out.bytes, out.len, e) != 0))
		goto out;
	digest_sha256(out.bytes, out.len, sha256);
	journal_start(&p->state->journal, sha256);
	rc = 0;

out:
	buf_free(&out);
	return rc;
}

/* The digest of the running program as hex. */
static int
digest_self(char hex[DIGEST_SHA256_HEX], struct err * e)
{
	uint8_t block[16384], sha256[DIGEST_SHA256_LEN];
	struct digest * d = NULL;
	int64_t at = 0;
	ssize_t got = 1;
	int rc = -1;
	int fd;

	fd = io_open_read(IO_PATH, "/proc/self/exe", e);
	if (fd < 0)
		return -1;
	d = digest_new(DIGEST_SHA256, e);
	if (d == NULL)
		goto out;
	while (got > 0) {
		got = io_read_at(fd, block, sizeof(block), at, e);
		if (got < 0)
			goto out;
		digest_update(d, block, (size_t)got);
		at += got;
	}
	digest_finish(d, sha256);
	text_hex_encode(sha256, sizeof(sha256), hex);
	rc = 0;

out:
	digest_free(d);
	(void)close(fd);
	return rc;
}

/* Options of this run that case.json does not have; no secret is among them. */
static size_t
fill_options(const struct prologue * p, struct tool_info_pair * pairs,
    char (*values)[VALUE_SIZE])
{
	const struct options * o = p->options;
	size_t n = 0;

	(void)snprintf(values[0], VALUE_SIZE, "%d",
	    (o->jobs == 0) ? OPTIONS_DEFAULT_JOBS : o->jobs);
	pairs[n++] = (struct tool_info_pair){ "jobs", values[0] };
	(void)snprintf(values[1], VALUE_SIZE, "%d",
	    (o->tries == 0) ? OPTIONS_DEFAULT_TRIES : o->tries);
	pairs[n++] = (struct tool_info_pair){ "tries", values[1] };
	(void)snprintf(values[2], VALUE_SIZE, "%d",
	    (o->timeout == 0) ? OPTIONS_DEFAULT_TIMEOUT : o->timeout);
	pairs[n++] = (struct tool_info_pair){ "timeout", values[2] };
	pairs[n++] = (struct tool_info_pair){ "accept-excess-permissions",
		p->facts->accept_excess ? "yes" : "no" };
	pairs[n++] = (struct tool_info_pair){ "accept-low-space",
		o->accept_low_space ? "yes" : "no" };
	pairs[n++] = (struct tool_info_pair){ "prove-ranges",
		p->facts->prove_ranges ? "yes" : "no" };
	if (o->tls_ca != NULL)
		pairs[n++] = (struct tool_info_pair){ "tls-ca", o->tls_ca };
	for (size_t i = 0; i < o->pin_count; i++)
		pairs[n++] =
		    (struct tool_info_pair){ "pin-sha256", o->pins[i] };
	if (o->proxy != NULL)
		pairs[n++] = (struct tool_info_pair){ "proxy", o->proxy };
	if (o->cap_mbps > 0) {
		(void)snprintf(values[3], VALUE_SIZE, "%d", o->cap_mbps);
		pairs[n++] = (struct tool_info_pair){ "cap-mbps", values[3] };
	}
	if (o->config_sha256 != NULL)
		pairs[n++] = (struct tool_info_pair){ "config-sha256",
			o->config_sha256 };
	for (size_t i = 0; i < o->signing.n; i++)
		pairs[n++] = (struct tool_info_pair){
			(o->signing.list[i].kind == SIGNER_CMS) ? "cms-key"
								: "sign",
			o->signing.list[i].given
		};
	for (size_t i = 0; i < p->facts->promised.tsa_count; i++)
		pairs[n++] = (struct tool_info_pair){ "tsa",
			p->facts->promised.tsas[i] };
	for (size_t i = 0; (i < p->service_count) && (n < OPTIONS_ROOM); i++)
		pairs[n++] = (struct tool_info_pair){ "endpoint",
			p->services[i].endpoint };
	return n;
}

static int
put_tool(const struct prologue * p, struct err * e)
{
	struct tool_info_pair options[OPTIONS_ROOM];
	struct tool_info_pair library = { "http", http_version_text() };
	char values[4][VALUE_SIZE];
	char self[DIGEST_SHA256_HEX], system[300], user[32];
	struct utsname u;
	struct buf out = { 0 };
	struct tool_info t = {
		.program = "azcustody-collect",
		.version = version_number(),
		.commit = version_commit(),
		.build_sha256 = self,
		.libraries = &library,
		.n_libraries = 1,
		.host = u.nodename,
		.system = system,
		.user = user,
		.options = options,
	};
	int rc = -1;

	if (uname(&u) != 0)
		memset(&u, 0, sizeof(u));
	(void)snprintf(system, sizeof(system), "%.64s %.128s %.64s", u.sysname,
	    u.release, u.machine);
	(void)snprintf(user, sizeof(user), "uid %lu", (unsigned long)getuid());
	t.n_options = fill_options(p, options, values);
	if ((digest_self(self, e) != 0) || (tool_info_format(&t, &out, e) != 0))
		goto out;
	rc = package_tag(p->w, "meta/tool.json", out.bytes, out.len, e);

out:
	buf_free(&out);
	return rc;
}

/* How the account is reached, where that is not as tool.json says of all. */
static void
put_way(struct json_out * j, const struct service * s)
{
	char hex[DIGEST_SHA256_HEX];

	if (s->way == NULL)
		return;
	json_put_text(j, "tls_ca", s->way->http.ca_file);
	json_open_array(j, "pin_sha256");
	for (size_t i = 0; i < s->way->http.pin_count; i++) {
		text_hex_encode(s->way->pins[i], DIGEST_SHA256_LEN, hex);
		json_put_text(j, NULL, hex);
	}
	json_close_array(j);
	json_put_text(j, "proxy", s->way->http.proxy);
}

int
prologue_describe(
    const struct prologue * p, enum journal_event event, struct err * e)
{
	for (size_t i = 0; i < p->service_count; i++) {
		const struct service * s = &p->services[i];
		const struct credential_shape * shape =
		    credential_shape(s->credential);
		struct source_credential c;
		struct buf excess = { 0 };
		struct buf limits = { 0 };
		struct json_out * j;
		int rc;

		service_describe(s, &c);
		if ((credential_excess(
			 s->credential, clock_now(), &excess, e) != 0) ||
		    (credential_limits(s->credential, &limits, e) != 0)) {
			buf_free(&excess);
			return -1;
		}
		j = record_event(p->record, event, clock_now(), e);
		json_put_text(j, "account", s->account);
		json_put_text(j, "endpoint", s->endpoint);
		put_way(j, s);
		source_put_credential(j, "credential", &c);
		json_put_text(j, "excess", buf_text(&excess));
		json_put_text(j, "limits", buf_text(&limits));
		if (shape->key_text_hash[0] != '\0') {
			json_put_text(j, "key_text_hash", shape->key_text_hash);
			json_put_text(
			    j, "key_bytes_hash", shape->key_bytes_hash);
		}
		rc = record_event_end(p->record, e);
		buf_free(&excess);
		buf_free(&limits);
		if (rc != 0)
			return -1;
		if (credentials_used_add(p->state, &c, e) != 0)
			return -1;
		state_add_hash(p->state, shape->hash);
		state_add_hash(p->state, shape->key_text_hash);
		state_add_hash(p->state, shape->key_bytes_hash);
	}
	return 0;
}

/* The journal's first lines and the state of this machine's clock. */
static int
start_journal(const struct prologue * p, struct err * e)
{
	struct clock_sample sample = { .at = CLOCK_UNKNOWN };
	struct json_out * j =
	    record_event(p->record, JOURNAL_STARTED, p->facts->started_at, e);

	json_put_text(j, "package", p->package);
	json_put_text(j, "program", "azcustody-collect");
	json_put_text(j, "version", version_number());
	json_put_text(j, "commit", version_commit());
	if (p->options->config_sha256 != NULL)
		json_put_text(j, "config_sha256", p->options->config_sha256);
	if ((record_event_end(p->record, e) != 0) ||
	    (record_clock(p->record, &sample, -1, e) != 0))
		return -1;
	return prologue_describe(p, JOURNAL_CREDENTIAL_DESCRIBED, e);
}

/* Have ${text} stamped by the first authority that will; 1: by none. */
static int
ask_stamp(const struct prologue * p, const struct buf * text,
    struct buf * token, const char ** url, struct err * e)
{
	while (stamping_count(p->stamping) > 0) {
		int rc;

		*url = stamping_url(p->stamping, 0);
		buf_clear(token);
		rc = stamping_ask(
		    p->stamping, 0, text->bytes, text->len, token, e);
		if (rc <= 0)
			return rc;
	}
	*url = NULL;
	return 1;
}

/*
 * A time stamp over case.json, before anything is asked of a service.  Nobody
 * could know the token before it was made, and the journal holds its digest
 * from here on: what the journal tells further on was done later.
 */
static int
stamp_start(const struct prologue * p, struct err * e)
{
	static const char member[] = "meta/start.tsr";
	uint8_t sha256[DIGEST_SHA256_LEN];
	struct buf text = { 0 }, token = { 0 }, why = { 0 };
	const char * url = NULL;
	struct json_out * j;
	int rc = -1;
	int none;

	if (stamping_count(p->stamping) == 0)
		return 0;
	if (format_case(p, &text, e) != 0)
		goto out;
	none = ask_stamp(p, &text, &token, &url, e);
	if ((none < 0) ||
	    ((none == 0) &&
		(package_tag(p->w, member, token.bytes, token.len, e) != 0)) ||
	    ((none == 1) && (stamping_describe(p->stamping, &why, e) != 0)))
		goto out;
	j = record_event(p->record, JOURNAL_STAMPED, clock_now(), e);
	json_put_text(j, "over", "meta/case.json");
	json_put_text(j, "member", (none == 1) ? NULL : member);
	json_put_text(j, "authority", url);
	if (none == 1) {
		json_put_text(j, "why", buf_text(&why));
	} else {
		digest_sha256(token.bytes, token.len, sha256);
		json_put_hex(j, "sha256", sha256, sizeof(sha256));
	}
	rc = record_event_end(p->record, e);

out:
	buf_free(&text);
	buf_free(&token);
	buf_free(&why);
	return rc;
}

int
prologue_run(const struct prologue * p, struct err * e)
{
	static int (*const steps[])(const struct prologue *, struct err *) = {
		put_bagit, put_case, put_tool, start_journal, stamp_start
	};
	struct state * s = p->state;

	while (s->prologue < (int64_t)(sizeof(steps) / sizeof(*steps))) {
		if (steps[s->prologue](p, e) != 0)
			return -1;
		s->prologue++;
	}
	return 0;
}
