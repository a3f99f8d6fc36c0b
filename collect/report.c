#include <stdio.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/gap.h"
#include "evidence/json.h"
#include "evidence/text.h"

#include "collect/report.h"

#define EXIT_GAPS 3

void
report_clear(struct report * r)
{
	if (!r->has_line)
		return;
	(void)fputs("\r\033[K", stderr);
	r->has_line = false;
}

/* One JSON object of ${type} with one text. */
static void
print_json(const char * type, const char * key, const char * text)
{
	struct buf out = { 0 };
	struct json_out j;
	struct err e;

	err_init(&e);
	json_begin(&j, &out, &e);
	json_open_object(&j, NULL);
	json_put_text(&j, "type", type);
	json_put_bytes(&j, key, text, strlen(text));
	json_close_object(&j);
	if (json_end(&j, true) == 0)
		(void)fputs(buf_text(&out), stdout);
	buf_free(&out);
}

static void
say(void * cookie, bool is_warning, const char * text)
{
	struct report * r = cookie;
	struct buf shown = { 0 };
	struct err e;

	if (r->o->is_quiet && !is_warning)
		return;
	if (!is_warning && !r->o->is_verbose)
		return;
	report_clear(r);
	err_init(&e);
	if (text_escape(&shown, text, strlen(text), &e) == 0)
		(void)fprintf(stderr, "%s: %s\n", r->program, buf_text(&shown));
	buf_free(&shown);
	if (r->o->is_json)
		print_json(is_warning ? "warning" : "note", "text", text);
}

static void
progress(void * cookie, const struct progress_now * now)
{
	struct report * r = cookie;
	int64_t now_ms = clock_monotonic_ms();
	/* One less than it has, so that no terminal wraps. */
	size_t width =
	    r->is_terminal ? progress_width() - 1 : PROGRESS_TEXT_SIZE - 1;
	char text[PROGRESS_TEXT_SIZE];

	if (r->o->is_quiet || (!r->is_terminal && !r->o->is_verbose) ||
	    !progress_is_due(&r->progress, r->is_terminal, now_ms))
		return;
	progress_format(&r->progress, now, now_ms, width, text);
	if (!r->is_terminal) {
		(void)fprintf(stderr, "%s: %s\n", r->program, text);
		return;
	}
	r->has_line = true;
	(void)fprintf(stderr, "\r\033[K%s", text);
	(void)fflush(stderr);
}

/* ---- The last words ------------------------------------------------------ */

/* The folder the package is in. */
static void
print_folder(FILE * f, const struct options * o)
{
	size_t len;

	if (o->verb == OPTIONS_RUN) {
		(void)fprintf(f, "%s%s", o->out,
		    (o->out[strlen(o->out) - 1] == '/') ? "" : "/");
		return;
	}
	len = strlen(o->work_dir);
	while ((len > 1) && (o->work_dir[len - 1] == '/'))
		len--;
	while ((len > 0) && (o->work_dir[len - 1] != '/'))
		len--;
	(void)fprintf(f, "%.*s", (int)len, o->work_dir);
}

/* A word for a shell, quoted if it must be. */
static void
print_word(FILE * f, const char * word)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789_-./:,=@%+";

	if ((word[0] != '\0') && (strspn(word, safe) == strlen(word))) {
		(void)fputs(word, f);
		return;
	}
	(void)fputc('\'', f);
	for (; *word != '\0'; word++) {
		if (*word == '\'')
			(void)fputs("'\\''", f);
		else
			(void)fputc(*word, f);
	}
	(void)fputc('\'', f);
}

static void
print_option(FILE * f, const char * name, const char * value)
{
	if (value == NULL)
		return;
	(void)fprintf(f, " %s ", name);
	print_word(f, value);
}

/* One signer again, with its role, which may have been a default. */
static void
print_signer(FILE * f, const struct signing_one * one)
{
	bool is_cms = (one->kind == SIGNER_CMS);

	(void)fprintf(f, " %s %s=", is_cms ? "--cms-key" : "--sign", one->role);
	print_word(f, one->path);
	print_option(f, "--cms-cert", one->certificate);
	print_option(f, "--cms-provider", one->provider);
	print_option(f, is_cms ? "--cms-password-file" : "--password-file",
	    one->password_source);
}

/* The command that goes on with the work folder. */
static void
print_resume(const struct report * r, const struct session_result * result)
{
	const struct options * o = r->o;

	(void)fprintf(stderr, "%s: nothing is lost; go on with:\n  %s resume ",
	    r->program, r->program);
	print_folder(stderr, o);
	(void)fprintf(stderr, "%s", result->work);
	for (size_t i = 0; i < o->signing.n; i++)
		print_signer(stderr, &o->signing.list[i]);
	for (size_t i = 0; i < o->carried_count; i++)
		print_option(stderr, o->carried[i].word, o->carried[i].path);
	print_option(stderr, "--config", o->config);
	for (size_t i = 0; i < o->account_count; i++) {
		if (o->accounts[i].is_of_config)
			continue;
		print_option(stderr, "--account", o->accounts[i].name);
		print_option(stderr, "--key-file", o->accounts[i].key_source);
		print_option(stderr, "--sas-file", o->accounts[i].sas_source);
	}
	print_option(stderr, "--tls-ca", o->tls_ca);
	for (size_t i = 0; i < o->pin_count; i++)
		print_option(stderr, "--pin-sha256", o->pins[i]);
	print_option(stderr, "--proxy", o->proxy);
	print_option(stderr, "--proxy-login-file", o->proxy_login);
	(void)fputc('\n', stderr);
}

static void
print_counts(const struct report * r, const struct session_result * result)
{
	(void)fprintf(stderr,
	    "%s: %lld listed = %lld taken + %lld declared gaps; %lld bytes, "
	    "%lld requests, %lld retries\n",
	    r->program, (long long)result->listed, (long long)result->objects,
	    (long long)result->object_gaps, (long long)result->bytes,
	    (long long)result->requests, (long long)result->retries);
	if (result->mismatched > 0)
		(void)fprintf(stderr,
		    "%s: WARNING: %lld blobs are not what the service's own "
		    "digest of them says; see digest_check\n",
		    r->program, (long long)result->mismatched);
	for (int i = 0; i < GAP_REASON_COUNT; i++) {
		enum gap_reason reason = (enum gap_reason)i;

		if (result->gaps[i] == 0)
			continue;
		(void)fprintf(stderr, "%s: %s %lld %s (%s)\n", r->program,
		    gap_is_loss(reason) ? "MISSING:" : "left out:",
		    (long long)result->gaps[i], gap_reason_code(reason),
		    gap_reason_words(reason));
	}
}

/* Whether everything that was revisited still stands. */
static bool
has_stood(const struct session_result * result)
{
	int64_t stood =
	    result->revisited[REVISIT_SAME] + result->revisited[REVISIT_PREFIX];
	int64_t all = 0;

	for (int i = 0; i < REVISIT_STATES; i++)
		all += result->revisited[i];
	return result->is_revisited && (stood == all);
}

static void
print_revisited(const struct report * r, const struct session_result * result)
{
	(void)fprintf(stderr, "%s: %sopen hours revisited:", r->program,
	    has_stood(result) ? "" : "WARNING: ");
	for (int i = 0; i < REVISIT_STATES; i++)
		(void)fprintf(stderr, "%s %lld %s", (i == 0) ? "" : ",",
		    (long long)result->revisited[i],
		    revisit_state_text((enum revisit_state)i));
	(void)fputc('\n', stderr);
}

static void
print_published(const struct report * r, const struct session_result * result)
{
	char hex[DIGEST_SHA256_HEX];

	if (result->has_counts)
		print_counts(r, result);
	if (result->is_revisited)
		print_revisited(r, result);
	if (result->has_sha256) {
		text_hex_encode(result->sha256, sizeof(result->sha256), hex);
		(void)fprintf(stderr, "%s: SHA-256 %s, %lld bytes\n",
		    r->program, hex, (long long)result->file_bytes);
	}
	(void)fprintf(
	    stderr, "%s: check it with: azcustody-verify ", r->program);
	print_folder(stderr, r->o);
	(void)fprintf(stderr, "%s --trust KEY.pub\n", result->file);
}

static void
put_counts(struct json_out * j, const struct session_result * result)
{
	json_put_integer(j, "listed", result->listed);
	json_put_integer(j, "taken", result->objects);
	json_put_integer(j, "object_gaps", result->object_gaps);
	json_put_integer(j, "losses", result->losses);
	json_put_integer(j, "payload_bytes", result->bytes);
	json_put_integer(j, "requests", result->requests);
	json_put_integer(j, "retries", result->retries);
	json_put_integer(j, "digest_mismatched", result->mismatched);
	json_open_object(j, "gaps");
	for (int i = 0; i < GAP_REASON_COUNT; i++) {
		if (result->gaps[i] != 0)
			json_put_integer(j, gap_reason_code((enum gap_reason)i),
			    result->gaps[i]);
	}
	json_close_object(j);
}

/* The JSON object for a package; ${type} "summary" is the last. */
static void
print_summary(const struct report * r, const char * type,
    const struct session_result * result, const struct err * why, int exit_code)
{
	struct buf out = { 0 };
	struct json_out j;
	struct err e;

	err_init(&e);
	json_begin(&j, &out, &e);
	json_open_object(&j, NULL);
	json_put_text(&j, "type", type);
	json_put_text(&j, "verb", options_verb_text(r->o->verb));
	json_put_text(
	    &j, "package", result->is_published ? result->file : NULL);
	json_put_text(
	    &j, "work", (result->work[0] == '\0') ? NULL : result->work);
	if (result->has_sha256) {
		json_put_hex(
		    &j, "sha256", result->sha256, sizeof(result->sha256));
		json_put_integer(&j, "file_bytes", result->file_bytes);
	}
	if (result->part > 0) {
		json_put_integer(&j, "part", result->part);
		json_put_integer(&j, "parts", result->parts);
	}
	if (result->has_counts)
		put_counts(&j, result);
	if (result->is_revisited) {
		json_open_object(&j, "revisited");
		for (int i = 0; i < REVISIT_STATES; i++)
			json_put_integer(&j,
			    revisit_state_text((enum revisit_state)i),
			    result->revisited[i]);
		json_close_object(&j);
	}
	if (why->kind != ERR_NONE)
		json_put_text(&j, "error", why->text);
	json_put_integer(&j, "exit", exit_code);
	json_close_object(&j);
	if (json_end(&j, true) == 0)
		(void)fputs(buf_text(&out), stdout);
	buf_free(&out);
}

void
report_refuse(const struct options * o, const struct err * e)
{
	struct buf out = { 0 };
	struct json_out j;
	struct err ignored;

	if (!o->is_json)
		return;
	err_init(&ignored);
	json_begin(&j, &out, &ignored);
	json_open_object(&j, NULL);
	json_put_text(&j, "type", "summary");
	json_put_text(&j, "verb", options_verb_text(o->verb));
	json_put_text(&j, "error", e->text);
	json_put_integer(&j, "exit", err_exit_code(e->kind));
	json_close_object(&j);
	if (json_end(&j, true) == 0)
		(void)fputs(buf_text(&out), stdout);
	buf_free(&out);
}

/* A package has its name. */
static void
tell_published(struct report * r, const struct session_result * result)
{
	if (r->o->is_quiet)
		return;
	if (result->part > 0)
		(void)fprintf(stderr, "%s: package %lld of %lld:\n", r->program,
		    (long long)result->part, (long long)result->parts);
	print_published(r, result);
}

/* As report_end, for a package that others of its group follow. */
static void
published(void * cookie, const struct session_result * result)
{
	struct report * r = cookie;
	struct err none;

	err_init(&none);
	report_clear(r);
	tell_published(r, result);
	if (r->o->is_json) {
		print_summary(r, "package", result, &none, 0);
	} else {
		print_folder(stdout, r->o);
		(void)printf("%s\n", result->file);
	}
	(void)fflush(stdout);
}

void
report_init(struct report * r, const char * program, const struct options * o)
{
	memset(r, 0, sizeof(*r));
	r->o = o;
	r->program = program;
	r->session.cookie = r;
	r->session.say = say;
	r->session.progress = progress;
	r->session.published = published;
	r->is_terminal = progress_has_terminal();
}

int
report_end(struct report * r, const struct session_result * result,
    const struct err * e)
{
	int code = err_exit_code(e->kind);

	report_clear(r);
	if ((e->kind == ERR_NONE) &&
	    ((result->losses + result->losses_before > 0) ||
		(result->is_revisit && !has_stood(result))))
		code = EXIT_GAPS;
	if (e->kind != ERR_NONE)
		err_print(r->program, e);
	if (result->is_published)
		tell_published(r, result);
	if (!result->is_published && (result->work[0] != '\0'))
		print_resume(r, result);
	if (r->o->is_json) {
		print_summary(r, "summary", result, e, code);
	} else if (result->is_published) {
		print_folder(stdout, r->o);
		(void)printf("%s\n", result->file);
	}
	if ((fflush(stdout) != 0) && (code == 0))
		code = err_exit_code(ERR_SYSTEM);
	return code;
}
