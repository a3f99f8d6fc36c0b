#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/group.h"
#include "evidence/io.h"
#include "evidence/text.h"

#include "collect/carry.h"
#include "collect/scratch.h"

#define WORK_SUFFIX ".work"
#define WORK_SIZE (NAME_SIZE + 8)
#define RANDOM_HEX 8        /* The last digits of a package's name. */
#define ENTRIES_MAX 1000000 /* Of the folder of --out. */

/* Remove what an earlier try made of the work folder ${work}. */
static int
remove_half(const struct phases * p, const char * work, struct err * e)
{
	int fd = openat(
	    p->dir, work, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return 0;
	scratch_empty(fd);
	(void)close(fd);
	if (unlinkat(p->dir, work, AT_REMOVEDIR) == 0)
		return 0;
	err_set_errno(e, errno, "removing %s", work);
	return -1;
}

/* What the next package knows of the listing, into ${next}. */
static int
copy_state(const struct phases * p, struct state * next, struct err * e)
{
	const struct state * s = &p->state;

	for (size_t i = 0; i < s->target_count; i++) {
		const struct state_target * from = &s->targets[i];
		struct state_target * t =
		    state_add_target(next, from->service, from->container, e);

		if (t == NULL)
			return -1;
		*t = *from;
		t->again = STATE_WAITING;
	}
	memcpy(next->listed_as, s->listed_as, sizeof(next->listed_as));
	next->source_count = s->source_count;
	next->listed = s->listed;
	next->duplicates = s->duplicates;
	next->plan_bytes = s->plan_bytes;
	next->plan_count = s->plan_count;
	next->parts = s->parts;
	return 0;
}

/* The seal that the next one continues, read from the file as it was sealed. */
static int
read_seal(const struct phases * p, char hex[DIGEST_SHA256_HEX], struct err * e)
{
	struct previous before;
	int fd = package_open_sealed(p->w, e);
	int rc;

	if (fd < 0)
		return -1;
	rc = previous_judge(fd, NULL, &before, e);
	(void)close(fd);
	if (rc == 0)
		memcpy(hex, before.seal_sha256, sizeof(before.seal_sha256));
	return rc;
}

/* Give the work folder ${work} the files that do not change any more. */
static int
link_files(const struct phases * p, const char * work, struct err * e)
{
	static const char * const files[] = { PLAN_FILE, CARRY_GAPS_FILE };
	int rc = 0;
	int fd = openat(
	    p->dir, work, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0) {
		err_set_errno(e, errno, "%s", work);
		return -1;
	}
	for (size_t i = 0; (i < 2) && (rc == 0); i++) {
		if (linkat(p->work, files[i], fd, files[i], 0) != 0) {
			err_set_errno(e, errno, "%s", files[i]);
			rc = -1;
		}
	}
	if (rc == 0)
		rc = io_sync(fd, e);
	(void)close(fd);
	return rc;
}

/* Make the empty package ${name} of ${facts} with what the state says. */
static int
make_package(struct phases * p, const char * name, const struct facts * facts,
    struct err * e)
{
	struct package_options po = {
		.name = name,
		.started_at = facts->started_at,
		.compress = facts->is_compressed,
		.state = record_save,
	};
	struct package_write * w = NULL;
	struct record * record = NULL;
	struct state next;
	int rc = -1;

	state_init(&next);
	if ((copy_state(p, &next, e) != 0) ||
	    (facts_format(facts, &next.facts, e) != 0))
		goto out;
	record = record_new(&next, name, e);
	if (record == NULL)
		goto out;
	po.cookie = record;
	w = package_create(p->dir, &po, e);
	rc = (w == NULL) ? -1 : 0;

out:
	package_close(w);
	record_free(record);
	state_free(&next);
	return rc;
}

int
carry_prepare(struct phases * p, struct err * e)
{
	char name[NAME_SIZE], work[WORK_SIZE], hex[DIGEST_SHA256_HEX];
	struct facts facts = p->facts;

	group_name(facts.group, facts.part + 1, name);
	(void)snprintf(work, sizeof(work), "%s%s", name, WORK_SUFFIX);
	if (p->has_seal)
		text_hex_encode(p->seal_sha256, DIGEST_SHA256_LEN, hex);
	else if (read_seal(p, hex, e) != 0)
		return -1;
	facts.part++;
	facts.previous = p->name;
	facts.previous_seal = hex;
	facts.root = NULL;
	if ((remove_half(p, work, e) != 0) ||
	    (make_package(p, name, &facts, e) != 0) ||
	    (link_files(p, work, e) != 0)) {
		err_in(e, "preparing package %lld of the group",
		    (long long)facts.part);
		return -1;
	}
	return io_sync(p->dir, e);
}

/* Does ${entry} name a work folder of the same run as ${name}? */
static bool
is_of_run(const char * entry, const char * name)
{
	size_t len = strlen(name);

	return (strlen(entry) == len + sizeof(WORK_SUFFIX) - 1) &&
	    (strncmp(entry, name, len - RANDOM_HEX) == 0) &&
	    (strcmp(entry + len, WORK_SUFFIX) == 0);
}

/*
 * Nothing is left that says what the published package was one of: the work
 * folder of the next one, if any, has the same case and start in its name.
 */
static bool
find_next(const struct phases * p, char name[NAME_SIZE])
{
	const struct dirent * entry;
	bool is_found = false;
	int fd = openat(p->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR * list = (fd < 0) ? NULL : fdopendir(fd);

	for (int i = 0; (list != NULL) && (i < ENTRIES_MAX) && !is_found; i++) {
		entry = readdir(list);
		if (entry == NULL)
			break;
		if (!is_of_run(entry->d_name, p->name))
			continue;
		memcpy(name, entry->d_name, strlen(p->name));
		name[strlen(p->name)] = '\0';
		is_found = true;
	}
	if (list != NULL)
		(void)closedir(list);
	else if (fd >= 0)
		(void)close(fd);
	return is_found;
}

bool
carry_next(const struct phases * p, char name[NAME_SIZE])
{
	if (p->facts.case_id == NULL)
		return find_next(p, name);
	if (carry_is_last(p))
		return false;
	group_name(p->facts.group, p->facts.part + 1, name);
	return true;
}
