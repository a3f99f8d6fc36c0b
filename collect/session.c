#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/clock.h"
#include "evidence/io.h"
#include "evidence/name.h"
#include "evidence/secret.h"
#include "evidence/signing.h"

#include "collect/accounts.h"
#include "collect/carry.h"
#include "collect/local.h"
#include "collect/phases.h"
#include "collect/renewal.h"
#include "collect/scratch.h"
#include "collect/session.h"

#define WORK_SUFFIX ".work"
#define LOOK_FOLDER "/tmp/azcustody-plan.XXXXXX"

static int
take_options(struct phases * p, struct err * e)
{
	const struct options * o = p->o;
	struct facts * f = &p->facts;

	f->case_id = o->case_id;
	f->exhibit = o->exhibit;
	f->examiner = o->examiner;
	f->organisation = o->organisation;
	f->authority = o->authority;
	f->purpose = o->purpose;
	f->max_package = o->max_package;
	f->is_compressed = o->is_compressed;
	f->accept_excess = o->accept_excess;
	f->prove_ranges = o->prove_ranges;
	f->started_at = clock_now();
	f->folder = o->folder;
	for (size_t i = 0; i < o->attach_count; i++)
		f->attach[i] = o->attach[i];
	f->attach_count = o->attach_count;
	if ((f->folder != NULL) || (f->attach_count > 0))
		f->cwd = p->cwd;
	if (promised_take(&f->promised, o, e) != 0)
		return -1;
	return facts_take_asked(f, o, e);
}

/* The id that this run's requests carry: "azc-XXXXXXXX-RUN". */
static void
make_run_id(struct phases * p, int64_t run)
{
	const char * random = strrchr(p->name, '-');

	assert(random != NULL);
	(void)snprintf(p->prefix, sizeof(p->prefix), "azc%s-", random);
	(void)snprintf(
	    p->run_id, sizeof(p->run_id), "%s%lld", p->prefix, (long long)run);
}

static int
open_work(struct phases * p, struct err * e)
{
	char work[NAME_SIZE + sizeof(WORK_SUFFIX)];

	(void)snprintf(work, sizeof(work), "%s%s", p->name, WORK_SUFFIX);
	p->work = openat(
	    p->dir, work, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (p->work < 0) {
		err_set_errno(e, errno, "%s", work);
		return -1;
	}
	(void)snprintf(p->result->work, sizeof(p->result->work), "%s", work);
	p->certificates = certificates_open(p->work, e);
	return (p->certificates == NULL) ? -1 : 0;
}

/* Refuse to begin on a disk with next to nothing left. */
static int
check_space(struct phases * p, struct err * e)
{
	int64_t bytes;

	if (io_free_space(p->dir, &bytes, e) != 0)
		return -1;
	if (bytes < PHASES_SPACE_MIN) {
		err_set(e, ERR_DISK, "free some space", "only %lld MB are free",
		    (long long)(bytes >> 20));
		return -1;
	}
	return 0;
}

/* Refuse files that cannot be attached before anything is asked. */
static int
check_attached(const struct phases * p, struct err * e)
{
	struct local_stamp stamp;
	int fd;

	for (size_t i = 0; i < p->facts.attach_count; i++) {
		fd = local_open(AT_FDCWD, p->facts.attach[i], true, &stamp, e);
		if (fd < 0) {
			err_in(e, "%s", p->facts.attach[i]);
			return -1;
		}
		(void)close(fd);
	}
	return 0;
}

static int
start_new(struct phases * p, struct err * e)
{
	struct package_options po = { 0 };
	uint8_t random[4];

	if (getcwd(p->cwd, sizeof(p->cwd)) == NULL)
		p->cwd[0] = '\0';
	if (take_options(p, e) != 0)
		return -1;
	secret_random(random, sizeof(random));
	name_make_package(
	    p->facts.case_id, p->facts.started_at, random, p->name);
	make_run_id(p, 0);
	if (p->facts.max_package > 0) {
		p->facts.group = p->name;
		p->facts.part = 1;
	}
	if ((phases_take_previous(p, e) != 0) || (check_attached(p, e) != 0) ||
	    (check_space(p, e) != 0) || (phases_open_keys(p, e) != 0) ||
	    (accounts_open_new(p, e) != 0) ||
	    (facts_format(&p->facts, &p->state.facts, e) != 0))
		return -1;
	p->record = record_new(&p->state, p->name, e);
	if (p->record == NULL)
		return -1;
	po.name = p->name;
	po.started_at = p->facts.started_at;
	po.compress = p->facts.is_compressed;
	po.state = record_save;
	po.cookie = p->record;
	p->w = package_create(p->dir, &po, e);
	if (p->w == NULL)
		return -1;
	return open_work(p, e);
}

/* Read what the checkpoint says into the state and the facts. */
static int
take_checkpoint(struct phases * p, struct err * e)
{
	const struct buf * text = &p->found.text;

	if ((state_parse(text->bytes, text->len, &p->state, e) != 0) ||
	    (facts_parse(
		 p->state.facts.bytes, p->state.facts.len, &p->facts, e) != 0))
		return -1;
	/* What is named anew now holds from here on. */
	buf_clear(&p->state.facts);
	if ((promised_take(&p->facts.promised, p->o, e) != 0) ||
	    (facts_format(&p->facts, &p->state.facts, e) != 0))
		return -1;
	p->state.run++;
	/* Where nothing was begun, only its folder made, nothing is resumed. */
	p->is_resumed = (p->facts.part <= 1) || (p->state.prologue > 0);
	if (!p->found.in_member)
		p->state.open.is_open = false;
	return 0;
}

/* Who was to sign and does not is told; the seal declares those who do. */
static void
tell_missing(const struct phases * p)
{
	const char * roles[SIGNER_MAX];
	size_t n = promised_missing(&p->facts.promised, &p->signing, roles);
	char text[NAME_ROLE_MAX + 128];

	for (size_t i = 0; i < n; i++) {
		(void)snprintf(text, sizeof(text),
		    "the run was begun with a signer as %s, who does not sign "
		    "now",
		    roles[i]);
		phases_say(p, true, text);
	}
}

/* ${before}: the run before in this process, which ended; else NULL. */
static int
start_again(struct phases * p, struct phases * before, struct err * e)
{
	struct package_options po = { 0 };

	p->record = record_new(&p->state, p->name, e);
	if (p->record == NULL)
		return -1;
	po.name = p->name;
	po.state = record_save;
	po.cookie = p->record;
	p->w = package_resume(p->dir, &po, &p->found, e);
	if (p->w == NULL)
		return -1;
	if (p->found.sealed)
		return open_work(p, e);
	if ((take_checkpoint(p, e) != 0) || (open_work(p, e) != 0))
		return -1;
	if (sent_begin_run(p->work, &p->state.run, e) != 0)
		return -1;
	make_run_id(p, p->state.run);
	if (before != NULL)
		return accounts_take_over(p, before, e);
	if (phases_open_keys(p, e) != 0)
		return -1;
	tell_missing(p);
	return accounts_open_again(p, e);
}

static void
init(struct phases * p, const struct options * o,
    const struct session_report * report, struct session_result * result)
{
	int64_t losses;

	memset(p, 0, sizeof(*p));
	losses = result->losses_before;
	losses += result->is_published ? result->losses : 0;
	memset(result, 0, sizeof(*result));
	result->losses_before = losses;
	p->o = o;
	p->report = report;
	p->result = result;
	p->dir = -1;
	p->work = -1;
	state_init(&p->state);
}

static void
clear(struct phases * p)
{
	if (p == NULL)
		return;
	package_close(p->w);
	record_free(p->record);
	plan_free(p->plan);
	folders_free(p->folders);
	done_free(p->done);
	http_free(p->http);
	connections_clear(&p->connections);
	sent_close(p->sent);
	way_free(p->way);
	certificates_free(p->certificates);
	for (size_t i = 0; i < p->service_count; i++)
		service_close(&p->services[i]);
	signing_free(&p->signing);
	buf_free(&p->carried);
	facts_free(&p->facts);
	free(p->revisit);
	state_free(&p->state);
	buf_free(&p->found.text);
	if (p->work >= 0)
		(void)close(p->work);
	if (p->dir >= 0)
		(void)close(p->dir);
	free(p);
}

static struct phases *
new_phases(const struct options * o, const struct session_report * report,
    struct session_result * result, struct err * e)
{
	struct phases * p = malloc(sizeof(*p));

	if (p == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	init(p, o, report, result);
	return p;
}

/*
 * Go on with the work folder of the package ${name} behind the run ${before},
 * which is durable, as resume would; what is open of it moves over.  Return the
 * run, or NULL with ${e} set; ${before} is released.
 */
static struct phases *
go_on(struct phases * before, const char * name, struct err * e)
{
	struct phases * p =
	    new_phases(before->o, before->report, before->result, e);
	int rc = -1;

	if (p == NULL)
		goto out;
	(void)snprintf(p->name, sizeof(p->name), "%s", name);
	p->dir = before->dir;
	before->dir = -1;
	signing_move(&p->signing, &before->signing);
	p->carried = before->carried;
	memset(&before->carried, 0, sizeof(before->carried));
	p->renewals = before->renewals;
	p->way = before->way;
	before->way = NULL;
	package_close(before->w); /* Its lock is needed now. */
	before->w = NULL;
	(void)snprintf(p->result->work, sizeof(p->result->work), "%s%s",
	    p->name, WORK_SUFFIX);
	/* One that was sealed before this process began has none open. */
	rc = start_again(p, (before->service_count > 0) ? before : NULL, e);

out:
	clear(before);
	if ((rc != 0) && (p != NULL)) {
		clear(p);
		p = NULL;
	}
	return p;
}

/* Run to the end, with as many credentials as it takes. */
static int
run_on(struct phases ** p, struct err * e)
{
	char name[NAME_SIZE];
	struct err why;

	while (phases_run(*p, e) != 0) {
		why = *e;
		if ((why.kind != ERR_DENIED) || !renewal_is_wanted(*p))
			return -1;
		err_init(e);
		if (renewal_ask(*p, &why, e) != 0)
			return -1;
		memcpy(name, (*p)->name, sizeof(name));
		*p = go_on(*p, name, e);
		if (*p == NULL)
			return -1;
	}
	return 0;
}

/* Run to the end of the group, package after package. */
static int
run_group(struct phases ** p, struct err * e)
{
	char name[NAME_SIZE];

	for (;;) {
		if (run_on(p, e) != 0)
			return -1;
		if (!carry_next(*p, name)) {
			phases_revisit(*p);
			return 0;
		}
		if ((*p)->report->published != NULL)
			(*p)->report->published(
			    (*p)->report->cookie, (*p)->result);
		*p = go_on(*p, name, e);
		if (*p == NULL)
			return -1;
	}
}

int
session_run(const struct options * o, const struct session_report * report,
    struct session_result * result, struct err * e)
{
	struct phases * p = new_phases(o, report, result, e);
	int rc = -1;

	if (p == NULL)
		return -1;
	p->dir = io_open_dir(o->out, e);
	if (p->dir < 0)
		goto out;
	if (start_new(p, e) != 0)
		goto out;
	rc = run_group(&p, e);

out:
	clear(p);
	return rc;
}

/* Take "DIR/NAME.work" apart. */
static int
split_work(struct phases * p, const char * path, char ** dir, struct err * e)
{
	size_t len = strlen(path);
	size_t suffix = strlen(WORK_SUFFIX);
	size_t start;

	while ((len > 1) && (path[len - 1] == '/'))
		len--;
	start = len;
	while ((start > 0) && (path[start - 1] != '/'))
		start--;
	if ((len - start <= suffix) || (len - start - suffix >= NAME_SIZE) ||
	    (memcmp(path + len - suffix, WORK_SUFFIX, suffix) != 0)) {
		err_set(e, ERR_USAGE, "give the folder PACKAGE.work",
		    "%s: this is no work folder", path);
		return -1;
	}
	memcpy(p->name, path + start, len - start - suffix);
	p->name[len - start - suffix] = '\0';
	if (name_check_package(p->name, e) != 0)
		return -1;
	*dir = malloc(start + 2);
	if (*dir == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	memcpy(*dir, (start == 0) ? "./" : path, (start == 0) ? 2 : start);
	(*dir)[(start == 0) ? 2 : start] = '\0';
	return 0;
}

int
session_resume(const struct options * o, const struct session_report * report,
    struct session_result * result, struct err * e)
{
	struct phases * p = new_phases(o, report, result, e);
	char * dir = NULL;
	int rc = -1;

	if (p == NULL)
		return -1;
	if (split_work(p, o->work_dir, &dir, e) != 0)
		goto out;
	p->dir = io_open_dir(dir, e);
	if (p->dir < 0)
		goto out;
	(void)snprintf(
	    result->work, sizeof(result->work), "%s%s", p->name, WORK_SUFFIX);
	if (start_again(p, NULL, e) != 0)
		goto out;
	rc = run_group(&p, e);

out:
	free(dir);
	clear(p);
	return rc;
}

/* A listing that nobody keeps: its plan lies in a folder of its own. */
static int
start_look(struct phases * p, char * path, struct err * e)
{
	static const uint8_t none[4] = { 0 };

	if (take_options(p, e) != 0)
		return -1;
	p->facts.case_id = "plan";
	name_make_package(p->facts.case_id, p->facts.started_at, none, p->name);
	make_run_id(p, 0);
	if (accounts_open_new(p, e) != 0)
		return -1;
	p->work = scratch_make(path, e);
	if (p->work < 0)
		return -1;
	p->certificates = certificates_open(p->work, e);
	if (p->certificates == NULL)
		return -1;
	p->record = record_new(&p->state, p->name, e);
	return (p->record == NULL) ? -1 : 0;
}

int
session_look(const struct options * o, const struct session_report * report,
    session_looked * take, void * cookie, struct err * e)
{
	struct session_result ignored = { 0 };
	struct phases * p = new_phases(o, report, &ignored, e);
	char path[] = LOOK_FOLDER;
	int rc = -1;

	if (p == NULL)
		return -1;
	if ((start_look(p, path, e) == 0) && (phases_survey(p, e) == 0))
		rc = take(cookie, p, e);
	if (p->work >= 0)
		scratch_remove(p->work, path);
	clear(p);
	return rc;
}
