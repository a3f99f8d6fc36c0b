#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/text.h"

#include "verify/bag_parts.h"
#include "verify/bag_walk.h"
#include "verify/path_policy.h"

/*
 * Twice over the bag: first its names, and the text files at its top whole;
 * then, when it is known which digests are asked for, the bytes of all others.
 * A text file is read once, so what was judged is what was hashed.
 */
#define TEXT_MAX 1024

static const struct {
	enum package_verdict weight;
	const char * code;
} findings[] = {
	[BAG_STRUCTURE] = { PACKAGE_FAIL, "structure" },
	[BAG_LIMIT] = { PACKAGE_FAIL, "limit" },
	[BAG_SPECIAL] = { PACKAGE_FAIL, "special-file" },
	[BAG_DECLARATION] = { PACKAGE_FAIL, "declaration" },
	[BAG_BOM] = { PACKAGE_FAIL, "byte-order-mark" },
	[BAG_VERSION] = { PACKAGE_FAIL, "version" },
	[BAG_ENCODING] = { PACKAGE_FAIL, "encoding" },
	[BAG_MANIFEST] = { PACKAGE_FAIL, "manifest" },
	[BAG_NO_MANIFEST] = { PACKAGE_FAIL, "no-manifest" },
	[BAG_PATH] = { PACKAGE_FAIL, "path" },
	[BAG_DUPLICATE] = { PACKAGE_FAIL, "duplicate" },
	[BAG_MISSING] = { PACKAGE_FAIL, "missing" },
	[BAG_UNLISTED] = { PACKAGE_FAIL, "unlisted" },
	[BAG_DIGEST] = { PACKAGE_FAIL, "digest" },
	[BAG_OXUM] = { PACKAGE_FAIL, "oxum" },
	[BAG_FETCH_LINE] = { PACKAGE_FAIL, "fetch-line" },
	[BAG_TWICE] = { PACKAGE_FAIL, "twice" },
	[BAG_ALGORITHM] = { PACKAGE_UNDECIDED, "algorithm" },
	[BAG_REPEATED] = { PACKAGE_PASS, "repeated" },
	[BAG_CASE_TWIN] = { PACKAGE_PASS, "case-twin" },
	[BAG_FORM_TWIN] = { PACKAGE_PASS, "normalisation-twin" },
	[BAG_RELATIVE] = { PACKAGE_PASS, "relative-path" },
	[BAG_STAR] = { PACKAGE_PASS, "md5sum-style" },
	[BAG_SYSTEM] = { PACKAGE_PASS, "system-file" },
	[BAG_FETCH] = { PACKAGE_PASS, "fetch" },
	[BAG_WEAK] = { PACKAGE_PASS, "weak-digest" },
	[BAG_INFO] = { PACKAGE_PASS, "bag-info" },
	[BAG_SPACING] = { PACKAGE_PASS, "spacing" },
	[BAG_OXUM_TWIN] = { PACKAGE_PASS, "oxum-twin" },
};
static_assert(sizeof(findings) / sizeof(findings[0]) == BAG_FINDINGS, "each");

/* Hand over a finding whose texts may be shown. */
static void
report(
    struct bag * b, enum bag_finding id, const char * member, const char * text)
{
	struct package_finding finding = { .question = PACKAGE_INTEGRITY,
		.weight = findings[id].weight,
		.code = findings[id].code };
	struct buf member_shown = { 0 }, text_shown = { 0 };
	struct err ignored;

	err_init(&ignored);
	(void)text_escape(&member_shown, member, strlen(member), &ignored);
	(void)text_escape(&text_shown, text, strlen(text), &ignored);
	finding.member = buf_text(&member_shown);
	finding.text = buf_text(&text_shown);
	b->report(b->context, &finding);
	buf_free(&member_shown);
	buf_free(&text_shown);
}

void
bag_find(struct bag * b, enum bag_finding id, const char * member,
    const char * fmt, ...)
{
	struct bag_result * r = b->result;
	char text[TEXT_MAX];
	va_list ap;

	if (b->is_failed)
		return;
	if (findings[id].weight == PACKAGE_FAIL)
		r->fails++;
	else if (findings[id].weight == PACKAGE_UNDECIDED)
		r->undecided++;
	else
		r->warnings++;
	b->found[id]++;
	if (b->found[id] > BAG_CHECK_REPORT_MAX)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	report(b, id, member, text);
	if (b->found[id] == BAG_CHECK_REPORT_MAX)
		report(b, id, "",
		    "further findings of this sort are counted, not shown");
}

void
bag_find_err(struct bag * b, enum bag_finding id, const char * member,
    const struct err * why)
{
	if (why->kind == ERR_LIMIT) {
		bag_find(b, BAG_LIMIT, member, "%s", why->text);
	} else if ((why->kind == ERR_INPUT) || (why->kind == ERR_FORGED)) {
		bag_find(b, id, member, "%s", why->text);
	} else {
		b->is_failed = true;
		err_set(b->e, why->kind, why->advice, "%s", why->text);
	}
}

struct bag_text *
bag_text_named(struct bag * b, const char * name)
{
	for (int i = 0; i < b->n_texts; i++)
		if (strcmp(b->texts[i].name, name) == 0)
			return &b->texts[i];
	return NULL;
}

bool
bag_is_payload(const char * path, size_t len)
{
	return (len > 5) && (memcmp(path, "data/", 5) == 0);
}

/* Is it a text file that must be read whole to judge the bag? */
static bool
is_text(const struct folder_item * item)
{
	static const char * const names[] = { "bagit.txt", "bag-info.txt",
		"package-info.txt", "fetch.txt" };
	int list;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(item->path, names[i]) == 0)
			return true;
	return (bag_list_of(item->path, &list) == 1);
}

/* Read the text file at hand whole. */
static void
load_text(struct bag * b, struct bag_walk * w, const struct folder_item * item)
{
	struct bag_text * text;
	const uint8_t * bytes;
	struct err why;
	int64_t n = 0;

	err_init(&why);
	if ((b->n_texts == BAG_TEXTS_MAX) ||
	    (item->size > (int64_t)(BAG_CHECK_TEXT_MAX - b->text_bytes))) {
		bag_find(b, BAG_LIMIT, item->path,
		    "the text files at the top are too many or too large");
		return;
	}
	text = &b->texts[b->n_texts++];
	(void)snprintf(text->name, sizeof(text->name), "%s", item->path);
	for (;;) {
		n = bag_walk_data(w, &bytes, &why);
		if ((n <= 0) ||
		    (buf_add(&text->bytes, bytes, (size_t)n, &why) != 0))
			break;
	}
	b->text_bytes += text->bytes.len;
	if (n != 0) {
		bag_find_err(b, BAG_STRUCTURE, "", &why);
		b->is_cut = true;
	}
}

/* Note the file at hand. */
static void
note_file(struct bag * b, struct bag_walk * w, const struct folder_item * item)
{
	const char * why = path_policy_escape(item->path, item->len);
	bool is_payload = bag_is_payload(item->path, item->len);
	struct bag_file * file;
	struct err e;

	if (item->is_folder) {
		b->has_payload_folder |= (strcmp(item->path, "data") == 0);
		return;
	}
	err_init(&e);
	if (why != NULL)
		bag_find(b, BAG_PATH, item->path, "%s", why);
	if (item->problem != NULL)
		bag_find(b, BAG_SPECIAL, item->path, "%s", item->problem);
	file = bag_files_get(&b->files, item->path, item->len, &e);
	if (file == NULL) {
		bag_find_err(b, BAG_LIMIT, "", &e);
		b->is_cut = true;
		return;
	}
	if (file->is_here)
		bag_find(b, BAG_DUPLICATE, file->path, "it is here twice");
	file->is_unread |=
	    file->is_here || (why != NULL) || (item->problem != NULL);
	file->is_here = true;
	file->size = item->size;
	b->has_payload_folder |= is_payload;
	b->result->objects += is_payload;
	b->result->bytes += is_payload ? item->size : 0;
	b->result->tag_files += !is_payload;
	if (!file->is_unread && is_text(item))
		load_text(b, w, item);
}

/* Compare the digests of all that was read of ${file}. */
static void
compare(struct bag * b, struct bag_file * file)
{
	uint8_t digest[DIGEST_MAX_LEN];

	for (struct bag_want * w = file->wants; w != NULL; w = w->next) {
		int kind = w->list % BAG_DIGESTS;

		digest_peek(b->digest[kind], digest);
		w->is_read = true;
		w->is_right = (memcmp(digest, w->digest,
				   digest_len(bag_digests[kind].kind)) == 0);
	}
}

/* Feed the digests that are asked for. */
static void
feed(struct bag * b, const struct bag_file * file, const void * bytes,
    size_t len)
{
	for (const struct bag_want * w = file->wants; w != NULL; w = w->next)
		digest_update(b->digest[w->list % BAG_DIGESTS], bytes, len);
}

static void
restart(struct bag * b, const struct bag_file * file)
{
	for (const struct bag_want * w = file->wants; w != NULL; w = w->next)
		digest_restart(b->digest[w->list % BAG_DIGESTS]);
}

/* Hash the file at hand, if a list asks for it. */
static void
hash_file(struct bag * b, struct bag_walk * w, const struct folder_item * item)
{
	struct bag_file * file =
	    bag_files_find(&b->files, item->path, item->len);
	const struct bag_text * text = bag_text_named(b, item->path);
	const uint8_t * bytes;
	struct err why;
	int64_t n = 0;

	if (item->is_folder || (item->problem != NULL))
		return;
	if ((file == NULL) || !file->is_here || (file->size != item->size)) {
		bag_find(b, BAG_STRUCTURE, item->path,
		    "it changed while the bag was read");
		return;
	}
	if (file->is_unread || (file->wants == NULL))
		return;
	restart(b, file);
	err_init(&why);
	if (text != NULL)
		feed(b, file, text->bytes.bytes, text->bytes.len);
	while (text == NULL) {
		n = bag_walk_data(w, &bytes, &why);
		if (n <= 0)
			break;
		feed(b, file, bytes, (size_t)n);
	}
	if (n == 0)
		compare(b, file);
	else
		bag_find_err(b, BAG_STRUCTURE, "", &why);
}

/* Hand every file to ${each}, as far as it can be read. */
static void
walk(struct bag * b, int fd,
    void (*each)(struct bag *, struct bag_walk *, const struct folder_item *))
{
	struct folder_item item;
	struct err why;
	struct bag_walk * w;
	int rc = -1;

	err_init(&why);
	w = bag_walk_open(fd, &why);
	while (w != NULL) {
		rc = bag_walk_next(w, &item, &why);
		if ((rc != 1) || b->is_failed)
			break;
		each(b, w, &item);
	}
	bag_walk_close(w);
	if (rc < 0) {
		if (!b->is_cut)
			bag_find_err(b, BAG_STRUCTURE, "", &why);
		b->is_cut = true;
	}
}

/* Make UTF-8 of the text files. */
static void
decode_texts(struct bag * b)
{
	for (int i = 0; i < b->n_texts; i++) {
		struct bag_text * text = &b->texts[i];
		struct err why;

		err_init(&why);
		if (strcmp(text->name, "bagit.txt") == 0)
			continue; /* Always UTF-8, and judged by its bytes. */
		text->is_readable = (bag_text_decode(&text->bytes, b->encoding,
					 &text->text, &why) == 0);
		if (!text->is_readable)
			bag_find_err(b, BAG_ENCODING, text->name, &why);
	}
}

/* The same order whatever order the files came in. */
static int
compare_texts(const void * a, const void * b)
{
	const struct bag_text * one = a;
	const struct bag_text * two = b;

	return strcmp(one->name, two->name);
}

static int
start(struct bag * b)
{
	for (int i = 0; i < BAG_DIGESTS; i++) {
		b->digest[i] = digest_new(bag_digests[i].kind, b->e);
		if (b->digest[i] == NULL)
			return -1;
	}
	return bag_files_open(&b->files, b->e);
}

static void
finish(struct bag * b)
{
	for (int i = 0; i < BAG_DIGESTS; i++)
		digest_free(b->digest[i]);
	for (int i = 0; i < b->n_texts; i++) {
		buf_free(&b->texts[i].bytes);
		buf_free(&b->texts[i].text);
	}
	bag_files_close(&b->files);
	free(b);
}

/* Name the digests of the payload. */
static void
name_digests(struct bag * b)
{
	char * to = b->result->digests;

	for (int i = 0; i < BAG_DIGESTS; i++) {
		size_t used = strlen(to);

		if (b->has_list[i])
			(void)snprintf(to + used,
			    sizeof(b->result->digests) - used, "%s%s",
			    (used > 0) ? ", " : "", bag_digests[i].name);
	}
}

int
bag_check(int fd, package_report * report_to, void * context,
    struct bag_result * result, struct err * e)
{
	struct bag * b = calloc(1, sizeof(*b));
	int rc;

	memset(result, 0, sizeof(*result));
	result->encoding = "";
	if (b == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	b->result = result;
	b->report = report_to;
	b->context = context;
	b->e = e;
	if (start(b) == 0) {
		walk(b, fd, note_file);
		qsort(b->texts, (size_t)b->n_texts, sizeof(b->texts[0]),
		    compare_texts);
		bag_declaration(b);
		decode_texts(b);
		bag_manifests(b);
		bag_twins(b);
		if (!b->is_failed)
			walk(b, fd, hash_file);
		bag_complete(b);
		bag_info(b);
		name_digests(b);
	} else {
		b->is_failed = true;
	}
	rc = b->is_failed ? -1 : 0;
	finish(b);
	return rc;
}

int
bag_exit_code(const struct bag_result * result)
{
	if (result->fails > 0)
		return 1;
	return (result->undecided > 0) ? 2 : 0;
}
