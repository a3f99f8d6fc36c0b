#include <stdio.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/json.h"
#include "evidence/kind.h"
#include "evidence/source.h"
#include "evidence/text.h"

#include "collect/access.h"
#include "collect/access_print.h"

#define SECONDS(ticks) ((ticks) / CLOCK_TICKS_PER_SECOND)

/* What is printed, and the worst that was seen. */
struct print {
	const struct options * o;
	enum access_outcome worst;
	int64_t accounts;
};

/* The SAS parameters that a shape shows, but for its dates. */
static const enum source_sas shown[] = { SOURCE_SAS_SV, SOURCE_SAS_SS,
	SOURCE_SAS_SRT, SOURCE_SAS_SR, SOURCE_SAS_SP, SOURCE_SAS_SIP,
	SOURCE_SAS_SPR, SOURCE_SAS_SKOID };

/* ---- Text ---------------------------------------------------------------- */

static void
print_line(const char * label, const char * text)
{
	struct buf shown_text = { 0 };
	struct err e;

	err_init(&e);
	if (text_escape(&shown_text, text, strlen(text), &e) == 0)
		(void)printf("  %-12s %s\n", label, buf_text(&shown_text));
	buf_free(&shown_text);
}

/* "account-sas sv=2021-12-02 ss=b srt=sco sp=rl spr=https" */
static void
print_shape(const struct access_account * a)
{
	const struct credential_shape * shape =
	    credential_shape(a->service->credential);
	struct source_credential c;
	struct buf line = { 0 };
	struct err e;
	int rc;

	err_init(&e);
	service_describe(a->service, &c);
	rc = buf_add_text(&line, credential_kind_text(shape->kind), &e);
	for (size_t i = 0; (rc == 0) && (i < sizeof(shown) / sizeof(*shown));
	     i++) {
		if (c.sas[shown[i]] != NULL)
			rc = buf_addf(&line, &e, " %s=%s",
			    source_sas_text(shown[i]), c.sas[shown[i]]);
	}
	if ((rc == 0) && (shape->si[0] != '\0'))
		rc = buf_addf(&line, &e, " si=%s", shape->si);
	if ((rc == 0) && (shape->sdd[0] != '\0'))
		rc = buf_addf(&line, &e, " sdd=%s", shape->sdd);
	if (rc == 0)
		print_line("credential", buf_text(&line));
	buf_free(&line);
}

static void
print_end(const struct access_account * a)
{
	const struct credential_shape * s =
	    credential_shape(a->service->credential);
	char at[CLOCK_TEXT_SIZE], text[128];
	int64_t left;

	if (s->ends == CLOCK_UNKNOWN) {
		print_line("ends", "it does not say");
		return;
	}
	clock_format(s->ends, at);
	left = SECONDS(s->ends - a->now);
	(void)snprintf(text, sizeof(text), "%.19sZ, %s%lld d %02lld:%02lld", at,
	    (left < 0) ? "expired since " : "in ",
	    (long long)(((left < 0) ? -left : left) / 86400),
	    (long long)(((left < 0) ? -left : left) / 3600 % 24),
	    (long long)(((left < 0) ? -left : left) / 60 % 60));
	print_line("ends", text);
}

static void
print_connection(const struct access_account * a)
{
	const struct probe * p = &a->first;
	char hex[DIGEST_SHA256_HEX], text[256];

	if (!p->has_headers) {
		print_line("reached", a->fault_text);
		return;
	}
	(void)snprintf(text, sizeof(text), "yes, in %lld ms%s",
	    (long long)p->took_ms,
	    (p->protocol[0] == '\0') ? ", without TLS" : "");
	print_line("reached", text);
	if (p->protocol[0] != '\0') {
		(void)snprintf(text, sizeof(text), "%s %s, %zu certificates",
		    p->protocol, p->cipher, p->chain_len);
		print_line("tls", text);
	}
	if (p->has_certificate) {
		text_hex_encode(p->certificate, sizeof(p->certificate), hex);
		(void)snprintf(text, sizeof(text), "SHA-256 %s", hex);
		print_line("certificate", text);
	}
	if (p->has_skew) {
		(void)snprintf(text, sizeof(text),
		    "ours minus the service's is %lld to %lld ms",
		    (long long)p->skew_lo_ms, (long long)p->skew_hi_ms);
		print_line("clock", text);
	}
}

static void
print_source(const struct access_source * s)
{
	static const char * const words[] = { "was not asked for",
		"can be listed", "is not there", "may not be listed",
		"could not be listed" };
	static const char * const reads[] = { "it is empty",
		"its blobs can be read", "its first blob is gone",
		"its blobs may not be read", "its blobs could not be read" };
	const char * more =
	    (s->list == ACCESS_GRANTED) ? reads[s->read] : s->text;

	if (s->list == ACCESS_ABSENT)
		more = "";
	(void)printf("  %-44s %s%s%s\n", s->container, words[s->list],
	    (more[0] == '\0') ? "" : ", ", more);
	if ((s->list == ACCESS_GRANTED) && (s->text[0] != '\0'))
		(void)printf("  %-44s %s\n", "", s->text);
}

static const char * const service_words[AZURE_SERVICES] = { "blob", "file",
	"queue", "table" };

static void
print_services(const struct access_account * a)
{
	static const char * const words[] = { "unasked", "yes", "absent", "no",
		"failed" };

	for (int i = 0; i < AZURE_SERVICES; i++) {
		const struct access_service * s = &a->services[i];
		char text[ACCESS_TEXT_SIZE + 64];

		if (s->settings == ACCESS_UNASKED)
			(void)snprintf(
			    text, sizeof(text), "not asked: %s", s->text);
		else
			(void)snprintf(text, sizeof(text),
			    "settings %s, list %s%s%s", words[s->settings],
			    words[s->list], (s->text[0] == '\0') ? "" : ": ",
			    s->text);
		print_line(service_words[i], text);
	}
}

static void
print_account(const struct access_account * a)
{
	static const char * const verdicts[] = { "fine",
		"usable, with the limits above", "nothing can be collected",
		"not reachable" };

	(void)printf(
	    "account %s  %s\n", a->service->account, a->service->endpoint);
	print_shape(a);
	print_line("cannot",
	    (a->limits.len == 0) ? "nothing that is needed"
				 : buf_text(&a->limits));
	print_line(
	    "excess", (a->excess.len == 0) ? "none" : buf_text(&a->excess));
	if (a->unfit[0] != '\0')
		print_line("run", a->unfit);
	print_end(a);
	print_connection(a);
	if (a->first.has_headers)
		print_line("containers",
		    (a->containers == ACCESS_GRANTED) ? "can be listed"
						      : a->containers_text);
	for (size_t i = 0; i < a->source_count; i++)
		print_source(&a->sources[i]);
	if (a->first.has_headers)
		print_services(a);
	print_line("writing", access_writing(a->service));
	print_line("verdict", verdicts[a->outcome]);
}

/* ---- JSON ---------------------------------------------------------------- */

static void
put_connection(struct json_out * j, const struct access_account * a)
{
	const struct probe * p = &a->first;

	json_put_bool(j, "reached", p->has_headers);
	json_put_text(j, "fault",
	    (a->fault == HTTP_FINE) ? NULL : http_fault_text(a->fault));
	if (!p->has_headers)
		json_put_text(j, "fault_text", a->fault_text);
	json_put_integer(j, "took_ms", p->took_ms);
	json_put_text(
	    j, "tls_protocol", (p->protocol[0] == '\0') ? NULL : p->protocol);
	json_put_text(
	    j, "tls_cipher", (p->cipher[0] == '\0') ? NULL : p->cipher);
	if (p->has_certificate)
		json_put_hex(j, "tls_certificate_sha256", p->certificate,
		    sizeof(p->certificate));
	if (p->has_skew) {
		json_put_integer(j, "skew_lo_ms", p->skew_lo_ms);
		json_put_integer(j, "skew_hi_ms", p->skew_hi_ms);
	}
}

static void
put_sources(struct json_out * j, const struct access_account * a)
{
	json_open_array(j, "sources");
	for (size_t i = 0; i < a->source_count; i++) {
		const struct access_source * s = &a->sources[i];

		json_open_object(j, NULL);
		json_put_text(j, "container", s->container);
		json_put_text(
		    j, "kind", kind_text(kind_of_container(s->container)));
		json_put_text(j, "list", access_answer_text(s->list));
		json_put_text(j, "read", access_answer_text(s->read));
		json_put_text(j, "why", (s->text[0] == '\0') ? NULL : s->text);
		json_close_object(j);
	}
	json_close_array(j);
}

static void
put_services(struct json_out * j, const struct access_account * a)
{
	json_open_array(j, "services");
	for (int i = 0; i < AZURE_SERVICES; i++) {
		const struct access_service * s = &a->services[i];

		json_open_object(j, NULL);
		json_put_text(j, "service", service_words[i]);
		json_put_text(j, "settings", access_answer_text(s->settings));
		json_put_text(j, "list", access_answer_text(s->list));
		json_put_text(j, "why", (s->text[0] == '\0') ? NULL : s->text);
		json_close_object(j);
	}
	json_close_array(j);
	json_put_text(j, "writing", access_writing(a->service));
}

static int
put_account(struct buf * out, const struct access_account * a, struct err * e)
{
	const struct credential_shape * s =
	    credential_shape(a->service->credential);
	struct source_credential c;
	struct json_out j;

	service_describe(a->service, &c);
	json_begin(&j, out, e);
	json_open_object(&j, NULL);
	json_put_text(&j, "type", "account");
	json_put_text(&j, "verb", "access");
	json_put_text(&j, "account", a->service->account);
	json_put_text(&j, "endpoint", a->service->endpoint);
	source_put_credential(&j, "credential", &c);
	json_put_text(&j, "stored_policy", (s->si[0] == '\0') ? NULL : s->si);
	json_put_text(&j, "limits", buf_text(&a->limits));
	json_put_text(&j, "excess", buf_text(&a->excess));
	json_put_text(&j, "unfit", (a->unfit[0] == '\0') ? NULL : a->unfit);
	json_put_time(&j, "ends", s->ends);
	if (s->ends != CLOCK_UNKNOWN)
		json_put_integer(&j, "seconds_left", SECONDS(s->ends - a->now));
	put_connection(&j, a);
	json_put_text(&j, "containers", access_answer_text(a->containers));
	json_put_text(&j, "containers_why",
	    (a->containers_text[0] == '\0') ? NULL : a->containers_text);
	put_sources(&j, a);
	put_services(&j, a);
	json_put_text(&j, "outcome", access_outcome_text(a->outcome));
	json_close_object(&j);
	return json_end(&j, true);
}

static int
on_account(void * cookie, const struct access_account * a, struct err * e)
{
	struct print * p = cookie;
	const char * warning = credential_warning(a->service->credential);
	struct buf out = { 0 };
	int rc = 0;

	if (a->outcome > p->worst)
		p->worst = a->outcome;
	p->accounts++;
	if (warning != NULL)
		(void)fprintf(stderr, "azcustody-collect: %s\n", warning);
	if (!p->o->is_json) {
		print_account(a);
		return 0;
	}
	rc = put_account(&out, a, e);
	if (rc == 0)
		(void)fputs(buf_text(&out), stdout);
	buf_free(&out);
	return rc;
}

static void
print_summary(const struct print * p, const struct err * why, int code)
{
	struct buf out = { 0 };
	struct json_out j;
	struct err e;

	err_init(&e);
	json_begin(&j, &out, &e);
	json_open_object(&j, NULL);
	json_put_text(&j, "type", "summary");
	json_put_text(&j, "verb", "access");
	json_put_integer(&j, "accounts", p->accounts);
	if (why->kind == ERR_NONE)
		json_put_text(&j, "outcome", access_outcome_text(p->worst));
	else
		json_put_text(&j, "error", why->text);
	json_put_integer(&j, "exit", code);
	json_close_object(&j);
	if (json_end(&j, true) == 0)
		(void)fputs(buf_text(&out), stdout);
	buf_free(&out);
}

int
access_print(const struct options * o, struct err * e)
{
	struct print p = { .o = o };
	int code;

	if (access_run(o, on_account, &p, e) == 0)
		code = access_exit_code(p.worst);
	else
		code = err_exit_code(e->kind);
	if (o->is_json)
		print_summary(&p, e, code);
	if ((fflush(stdout) != 0) && (code == 0))
		code = err_exit_code(ERR_SYSTEM);
	return code;
}
