#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "evidence/json.h"

#include "verify/group_judge.h"

#define FINDINGS_MAX 100 /* Of one group; more are counted. */
#define TEXT_SIZE 512

/* The members of one group, and what is found about it. */
struct judge {
	struct group_member * all;
	size_t n;
	const struct group_member * first; /* Of the group, as given. */
	size_t given;                      /* Of it. */
	int64_t missing;
	enum package_verdict verdict;
	int64_t findings;
	struct buf lines; /* Of text, or of JSON objects. */
	bool is_json;
	struct err * e;
	bool is_failed; /* e says why. */
};

bool
group_judge_take(
    struct group_member * member, const struct package_result * result)
{
	if (!result->is_sealed || !result->has_group)
		return false;
	memset(member, 0, sizeof(*member));
	member->is_sound = (result->verdict[PACKAGE_INTEGRITY] == PACKAGE_PASS);
	member->group = result->group;
	memcpy(member->package, result->package, sizeof(member->package));
	memcpy(member->case_number, result->case_number,
	    sizeof(member->case_number));
	memcpy(member->seal_sha256, result->seal_sha256, DIGEST_SHA256_LEN);
	member->has_previous = result->has_previous;
	memcpy(member->previous_seal, result->previous_seal, DIGEST_SHA256_LEN);
	member->own = result->group_own;
	member->whole = result->group_whole;
	member->listed = result->group_listed;
	return true;
}

/* One finding; ${weight} counts, but a note does not. */
__attribute__((format(printf, 4, 5))) static void
find(struct judge * j, enum package_verdict weight, const char * code,
    const char * fmt, ...)
{
	char text[TEXT_SIZE];
	struct json_out out;
	va_list ap;
	int rc;

	if (weight > j->verdict)
		j->verdict = weight;
	if (++j->findings > FINDINGS_MAX)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (j->is_json) {
		json_begin(&out, &j->lines, j->e);
		json_open_object(&out, NULL);
		json_put_text(&out, "type", "group-finding");
		json_put_text(&out, "group", j->first->group.id);
		json_put_text(&out, "weight", package_verdict_text(weight));
		json_put_text(&out, "code", code);
		json_put_text(&out, "text", text);
		json_close_object(&out);
		rc = json_end(&out, true);
	} else {
		rc = buf_addf(&j->lines, j->e, "  %s [%s] %s\n",
		    (weight == PACKAGE_PASS) ? "note"
					     : package_verdict_text(weight),
		    code, text);
	}
	j->is_failed |= (rc != 0);
}

static bool
is_of(const struct judge * j, const struct group_member * m)
{
	return strcmp(m->group.id, j->first->group.id) == 0;
}

/* The first member of the group with ${number}, or NULL. */
static const struct group_member *
find_number(const struct judge * j, int64_t number)
{
	for (size_t i = 0; i < j->n; i++)
		if (is_of(j, &j->all[i]) && (j->all[i].group.number == number))
			return &j->all[i];
	return NULL;
}

/* Is every number here, and once? */
static void
judge_numbers(struct judge * j)
{
	enum package_verdict weight =
	    (j->given > 1) ? PACKAGE_UNDECIDED : PACKAGE_PASS;

	for (size_t i = 0; i < j->n; i++) {
		const struct group_member * m = &j->all[i];
		const struct group_member * other;

		if (!is_of(j, m))
			continue;
		other = find_number(j, m->group.number);
		if ((other == NULL) || (other == m))
			continue;
		if (memcmp(other->seal_sha256, m->seal_sha256,
			DIGEST_SHA256_LEN) == 0)
			find(j, PACKAGE_UNDECIDED, "group-twice",
			    "package %lld is given twice",
			    (long long)m->group.number);
		else
			find(j, PACKAGE_FAIL, "group-foreign",
			    "two packages with other seals are package %lld",
			    (long long)m->group.number);
	}
	for (int64_t k = 1; k <= j->first->group.count; k++) {
		char name[NAME_SIZE];

		if (find_number(j, k) != NULL)
			continue;
		j->missing++;
		group_name(j->first->group.id, k, name);
		find(j, weight, "group-missing",
		    "package %lld, %s, was not given", (long long)k, name);
	}
}

/* Do ${m} and the package before it come from one collection? */
static void
judge_member(struct judge * j, const struct group_member * m)
{
	const struct group_member * first = j->first;
	const struct group_member * before =
	    find_number(j, m->group.number - 1);
	long long number = (long long)m->group.number;

	if (!m->is_sound) {
		find(j, PACKAGE_UNDECIDED, "group-damaged",
		    "package %lld is not intact: what it says does not count",
		    number);
		return;
	}
	if ((m->group.count != first->group.count) ||
	    (strcmp(m->case_number, first->case_number) != 0))
		find(j, PACKAGE_FAIL, "group-foreign",
		    "package %lld is of another case or of another number of "
		    "packages than package %lld",
		    number, (long long)first->group.number);
	if ((before != NULL) &&
	    (!m->has_previous ||
		(memcmp(m->previous_seal, before->seal_sha256,
		     DIGEST_SHA256_LEN) != 0)))
		find(j, PACKAGE_FAIL, "group-foreign",
		    "the seal of package %lld does not continue that of "
		    "package %lld",
		    number, number - 1);
	if (!first->is_sound)
		return;
	if (memcmp(&m->listed, &first->listed, sizeof(m->listed)) != 0)
		find(j, PACKAGE_FAIL, "group-listing",
		    "packages %lld and %lld hold different listings",
		    (long long)first->group.number, number);
	else if (memcmp(&m->whole, &first->whole, sizeof(m->whole)) != 0)
		find(j, PACKAGE_FAIL, "group-objects",
		    "packages %lld and %lld do not agree in which package "
		    "each object is",
		    (long long)first->group.number, number);
}

/* Does each object stand where all of them say? */
static void
judge_whole(struct judge * j)
{
	struct package_set sum = { 0 };

	for (int64_t k = 1; k <= j->first->group.count; k++) {
		const struct group_member * m = find_number(j, k);

		sum.count += m->own.count;
		for (size_t i = 0; i < 4; i++)
			sum.sum[i] += m->own.sum[i];
	}
	if (memcmp(&sum, &j->first->whole, sizeof(sum)) != 0)
		find(j, PACKAGE_FAIL, "group-objects",
		    "%lld objects are accounted for, the packages say %lld: "
		    "some are lost or counted twice",
		    (long long)sum.count, (long long)j->first->whole.count);
}

static int
add_text(const struct judge * j, struct buf * out, struct err * e)
{
	static const char * const words[] = {
		[PACKAGE_PASS] = "COMPLETE",
		[PACKAGE_UNDECIDED] = "INCOMPLETE OR UNDECIDED",
		[PACKAGE_FAIL] = "FAILED",
	};
	const struct group_member * f = j->first;
	bool is_alone =
	    (j->given == 1) && (j->missing > 0) && (j->verdict == PACKAGE_PASS);

	if (is_alone &&
	    (buf_addf(out, e,
		 "\nGROUP NOT JUDGED: package %lld of %lld of the group %s; "
		 "the others were not given\n",
		 (long long)f->group.number, (long long)f->group.count,
		 f->group.id) != 0))
		return -1;
	if (!is_alone &&
	    (buf_addf(out, e,
		 "\nGROUP %s: %s: %zu given, %lld of %lld packages; %lld "
		 "objects of the listing, each in one of them\n",
		 words[j->verdict], f->group.id, j->given,
		 (long long)(f->group.count - j->missing),
		 (long long)f->group.count, (long long)f->whole.count) != 0))
		return -1;
	return buf_add(out, j->lines.bytes, j->lines.len, e);
}

static int
add_json(const struct judge * j, struct buf * out, struct err * e)
{
	struct json_out o;

	if (buf_add(out, j->lines.bytes, j->lines.len, e) != 0)
		return -1;
	json_begin(&o, out, e);
	json_open_object(&o, NULL);
	json_put_text(&o, "type", "group");
	json_put_text(&o, "group", j->first->group.id);
	json_put_integer(&o, "count", j->first->group.count);
	json_put_integer(&o, "given", (int64_t)j->given);
	json_put_integer(&o, "missing", j->missing);
	json_put_bool(&o, "judged", (j->given > 1) || (j->missing == 0));
	json_put_text(&o, "verdict", package_verdict_text(j->verdict));
	json_put_integer(&o, "objects", j->first->whole.count);
	json_put_integer(&o, "findings", j->findings);
	json_close_object(&o);
	return json_end(&o, true);
}

/* Judge the group of the member ${first}. */
static int
judge_one(struct judge * j, struct buf * out, struct err * e)
{
	bool is_sound = true;
	int rc;

	for (size_t i = 0; i < j->n; i++) {
		struct group_member * m = &j->all[i];

		if (!is_of(j, m))
			continue;
		m->is_told = true;
		j->given++;
		is_sound = is_sound && m->is_sound;
	}
	judge_numbers(j);
	for (size_t i = 0; i < j->n; i++)
		if (is_of(j, &j->all[i]))
			judge_member(j, &j->all[i]);
	if ((j->missing == 0) && is_sound)
		judge_whole(j);
	if (j->is_failed)
		return -1;
	rc = j->is_json ? add_json(j, out, e) : add_text(j, out, e);
	return rc;
}

int
group_judge(struct group_member * members, size_t n, bool is_json,
    struct buf * out, int * code, struct err * e)
{
	static const int codes[] = {
		[PACKAGE_PASS] = 0,
		[PACKAGE_UNDECIDED] = 2,
		[PACKAGE_FAIL] = 1,
	};
	int rc = 0;

	*code = 0;
	for (size_t i = 0; (i < n) && (rc == 0); i++) {
		struct judge j = { .all = members,
			.n = n,
			.first = &members[i],
			.is_json = is_json,
			.e = e };

		if (members[i].is_told)
			continue;
		rc = judge_one(&j, out, e);
		if ((*code != 1) && (codes[j.verdict] != 0))
			*code = codes[j.verdict];
		buf_free(&j.lines);
	}
	return rc;
}
