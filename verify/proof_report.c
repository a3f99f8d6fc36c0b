#include <assert.h>
#include <string.h>
#include <unistd.h>

#include "evidence/io.h"
#include "evidence/text.h"

#include "verify/proof_report.h"

static const char * const words[] = { "VERIFIED", "NOT VERIFIED", "UNDECIDED" };

#define FACTS_MAX 16

void
proof_report_add(
    struct proof_report * report, const char * name, const char * value)
{
	assert(report->n < FACTS_MAX);
	if (value[0] == '\0')
		return;
	report->facts[report->n].name = name;
	report->facts[report->n++].value = value;
}

static int
add_escaped(struct buf * out, const char * text, struct err * e)
{
	return text_escape(out, text, strlen(text), e);
}

static int
format_text(const struct proof_report * r, struct buf * out, struct err * e)
{
	if ((buf_addf(out, e, "%s: ", words[r->exit_code]) != 0) ||
	    (add_escaped(out, r->path, e) != 0) ||
	    (buf_addf(out, e, ": %s%s", r->reason,
		 (r->why[0] == '\0') ? "" : ": ") != 0) ||
	    (add_escaped(out, r->why, e) != 0) ||
	    (buf_add_text(out, "\n", e) != 0))
		return -1;
	for (size_t i = 0; i < r->n; i++)
		if ((buf_addf(out, e, "  %-16s ", r->facts[i].name) != 0) ||
		    (add_escaped(out, r->facts[i].value, e) != 0) ||
		    (buf_add_text(out, "\n", e) != 0))
			return -1;
	return 0;
}

/* "signed by" as a member's name. */
static void
put_fact(struct json_out * j, const char * name, const char * value)
{
	char key[32] = "";

	for (size_t i = 0; (name[i] != '\0') && (i + 1 < sizeof(key)); i++)
		key[i] = (name[i] == ' ') ? '_' : name[i];
	json_put_bytes(j, key, value, strlen(value));
}

static int
format_json(const struct proof_report * r, struct buf * out, struct err * e)
{
	struct json_out j;

	json_begin(&j, out, e);
	json_open_object(&j, NULL);
	json_put_text(&j, "type", r->type);
	json_put_bytes(&j, "path", r->path, strlen(r->path));
	json_put_text(&j, "reason", r->reason);
	json_put_bytes(&j, "text", r->why, strlen(r->why));
	for (size_t i = 0; i < r->n; i++)
		put_fact(&j, r->facts[i].name, r->facts[i].value);
	json_close_object(&j);
	if (json_end(&j, true) != 0)
		return -1;
	json_begin(&j, out, e);
	json_open_object(&j, NULL);
	json_put_text(&j, "type", "summary");
	json_put_integer(&j, "exit_code", r->exit_code);
	json_close_object(&j);
	return json_end(&j, true);
}

int
proof_report_put(
    const struct proof_report * report, bool is_json, struct err * e)
{
	struct buf out = { 0 };
	int rc = is_json ? format_json(report, &out, e)
			 : format_text(report, &out, e);

	if (rc == 0)
		rc = io_write_all(STDOUT_FILENO, buf_text(&out), out.len, e);
	buf_free(&out);
	return rc;
}
