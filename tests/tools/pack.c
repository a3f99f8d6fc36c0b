/*
 * pack: a sealed package from a folder of files, for tests.  Everything in it
 * follows from the arguments, so that equal arguments give equal bytes (the
 * signatures too: Ed25519 is deterministic).
 *
 *	pack --folder DIR --out DIR --key SECKEY [--role ROLE] [--at TIME]
 *	     [--random HEX8] [--case TEXT] [--plain] [--threads N]
 *	     [--synthetic BYTES] [--no-custody] [--checkpoint BYTES] [--resume]
 *	     [--clock FILE]
 *
 * It prints the name of the package file.  With --resume it takes up what an
 * earlier run with the same arguments left; a run killed before its first
 * checkpoint exits with 66 then.
 */
#include <dirent.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evidence/clock.h"
#include "evidence/digest.h"
#include "evidence/ed25519_sign.h"
#include "evidence/io.h"
#include "evidence/journal.h"
#include "evidence/name.h"
#include "evidence/object.h"
#include "evidence/package_seal.h"
#include "evidence/package_write.h"
#include "evidence/process.h"
#include "evidence/text.h"

#include "tests/tools/pack.h"
#include "tests/tools/pack_story.h"

#define BLOCK ((size_t)1 << 20)

/* Append the paths of all files below ${folder}/${below}, sorted. */
static int
list_files(struct pack * p, const char * below, struct err * e)
{
	struct dirent ** found = NULL;
	struct buf path = { 0 };
	int rc = -1;
	int n;

	if (buf_addf(&path, e, "%s/%s", p->folder, below) != 0)
		return -1;
	n = scandir(buf_text(&path), &found, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		const char * name = found[i]->d_name;
		struct stat st;

		if ((strcmp(name, ".") == 0) || (strcmp(name, "..") == 0))
			continue;
		buf_clear(&path);
		if ((buf_addf(&path, e, "%s/%s%s%s", p->folder, below,
			 (below[0] == '\0') ? "" : "/", name) != 0) ||
		    (stat(buf_text(&path), &st) != 0))
			goto out;
		name = buf_text(&path) + strlen(p->folder) + 1;
		if (S_ISDIR(st.st_mode)) {
			if (list_files(p, name, e) != 0)
				goto out;
		} else if (pack_add_file(p, name, st.st_size, e) != 0) {
			goto out;
		}
	}
	rc = 0;

out:
	for (int i = 0; i < n; i++)
		free(found[i]);
	free(found);
	buf_free(&path);
	return rc;
}

/* Append a journal line of ${event} with one number. */
static int
note(struct pack * p, enum journal_event event, const char * key, int64_t n,
    struct err * e)
{
	struct json_out j;
	struct buf line = { 0 };
	int rc = -1;

	journal_begin(&p->journal, &j, &line, event, p->at, e);
	json_put_integer(&j, key, n);
	if (journal_end(&p->journal, &j, e) == 0)
		rc = package_append(
		    p->w, PACKAGE_JOURNAL, line.bytes, line.len, e);
	buf_free(&line);
	return rc;
}

/* Where the journal stands that was found when resuming. */
static int
move_journal(void * cookie, const char * bytes, size_t len, struct err * e)
{
	struct journal * journal = cookie;

	(void)e;
	journal->seq++;
	digest_sha256(bytes, len, journal->last);
	return 0;
}

/* What stands before the payload. */
static int
put_front(struct pack * p, struct err * e)
{
	struct buf b = { 0 };
	uint8_t sha256[DIGEST_SHA256_LEN];
	int rc = -1;

	if ((pack_format_bagit(&b, e) != 0) ||
	    (package_tag(p->w, "bagit.txt", b.bytes, b.len, e) != 0))
		goto out;
	buf_clear(&b);
	if ((pack_format_case(p, &b, e) != 0) ||
	    (package_tag(p->w, "meta/case.json", b.bytes, b.len, e) != 0))
		goto out;
	digest_sha256(b.bytes, b.len, sha256);
	journal_start(&p->journal, sha256);
	buf_clear(&b);
	if ((pack_format_tool(p, &b, e) != 0) ||
	    (package_tag(p->w, "meta/tool.json", b.bytes, b.len, e) != 0))
		goto out;
	buf_clear(&b);
	if ((pack_format_listing(p, &b, e) != 0) ||
	    (package_tag(p->w, "meta/listing/000001.xml", b.bytes, b.len, e) !=
		0) ||
	    (note(p, JOURNAL_STARTED, "files", (int64_t)p->files_count, e) !=
		0) ||
	    (pack_note_listed(p, e) != 0))
		goto out;
	rc = 0;

out:
	buf_free(&b);
	return rc;
}

/* The path below the top folder of object ${seq}. */
static void
object_path(const struct pack * p, int64_t seq, char path[NAME_SIZE])
{
	const char * name = p->files[seq - 1].name;
	char object[NAME_SIZE];

	name_make_object(seq, name, strlen(name), object);
	(void)snprintf(path, NAME_SIZE, "data/%.48s/%.42s", p->source, object);
}

/* Bytes ${offset} on of the file, or of the made one. */
static ssize_t
read_file(const struct pack_file * file, int fd, uint8_t * block, size_t len,
    int64_t offset, struct err * e)
{
	if (fd >= 0)
		return io_read_at(fd, block, len, offset, e);
	if ((int64_t)len > file->size - offset)
		len = (size_t)(file->size - offset);
	pack_fill(block, len, offset);
	return (ssize_t)len;
}

/* Put the data of the member begun from ${done} on. */
static int
put_data(struct pack * p, const struct pack_file * file, int64_t done,
    struct err * e)
{
	uint8_t * block = malloc(BLOCK);
	struct buf path = { 0 };
	int fd = -1;
	int rc = -1;

	if ((block == NULL) ||
	    (buf_addf(&path, e, "%s/%s", p->folder, file->name) != 0))
		goto out;
	if (!file->is_made) {
		fd = io_open_read(IO_PATH, buf_text(&path), e);
		if (fd < 0)
			goto out;
	}
	while (done < file->size) {
		ssize_t n = read_file(file, fd, block, BLOCK, done, e);

		if (n <= 0)
			goto out;
		if (package_data(p->w, block, (size_t)n, e) != 0)
			goto out;
		done += n;
	}
	rc = 0;

out:
	if (fd >= 0)
		(void)close(fd);
	buf_free(&path);
	free(block);
	return rc;
}

/* End the member begun and append its catalogue line. */
static int
end_member(struct pack * p, int64_t seq, struct err * e)
{
	struct package_member m;
	struct buf line = { 0 };
	char path[NAME_SIZE];
	int rc = -1;

	object_path(p, seq, path);
	if ((package_end(p->w, &m, e) == 0) &&
	    (pack_format_object(p, seq, path, &m, &line, e) == 0) &&
	    (package_append(p->w, PACKAGE_OBJECTS, line.bytes, line.len, e) ==
		0))
		rc = 0;
	buf_free(&line);
	return rc;
}

/* Put all objects that are not there yet. */
static int
put_objects(
    struct pack * p, const struct package_resumed * found, struct err * e)
{
	int64_t seq = package_next_seq(p->w);
	char path[NAME_SIZE];

	if (found->in_member) {
		if ((put_data(p, &p->files[seq - 1], found->done, e) != 0) ||
		    (end_member(p, seq, e) != 0))
			return -1;
		seq++;
	}
	for (; seq <= (int64_t)p->files_count; seq++) {
		const struct pack_file * file = &p->files[seq - 1];

		object_path(p, seq, path);
		if ((package_begin(p->w, path, file->size, p->at, e) != 0) ||
		    (put_data(p, file, 0, e) != 0) ||
		    (end_member(p, seq, e) != 0))
			return -1;
	}
	return 0;
}

/* The lines of the file ${clock}, each with its LF, as meta/clock.jsonl. */
static int
put_clock(struct pack * p, struct err * e)
{
	struct buf text = { 0 };
	const char * at;
	int rc = io_load(IO_PATH, p->clock, (size_t)1 << 20, &text, e);

	for (at = buf_text(&text); (rc == 0) && (*at != '\0');) {
		size_t len = strcspn(at, "\n") + 1;

		rc = package_append(p->w, PACKAGE_CLOCK, at, len, e);
		at += len;
	}
	buf_free(&text);
	return rc;
}

/* Collect, from the start or from where an earlier run stopped. */
static int
collect(struct pack * p, const struct package_resumed * found, struct err * e)
{
	struct package_each each = { move_journal, &p->journal };

	if (package_each_line(p->w, PACKAGE_JOURNAL, &each, e) != 0)
		return -1;
	if ((p->journal.seq == 0) && (put_front(p, e) != 0))
		return -1;
	if ((package_next_seq(p->w) == 1) && (p->journal.seq < 2))
		return -1;
	if (put_objects(p, found, e) != 0)
		return -1;
	/* Lines 3 and 4; they are there if an earlier run was sealing. */
	if ((p->journal.seq < 4) &&
	    ((pack_note_objects(p, e) != 0) ||
		(note(p, JOURNAL_SEALING, "objects", (int64_t)p->files_count,
		     e) != 0)))
		return -1;
	if ((p->clock != NULL) && (put_clock(p, e) != 0))
		return -1;
	return pack_seal(p, e);
}

/* Read the arguments. */
static int
parse_arguments(struct pack * p, int argc, char ** argv, struct err * e)
{
	static const struct option names[] = { { "folder", 1, NULL, 'f' },
		{ "out", 1, NULL, 'o' }, { "key", 1, NULL, 'k' },
		{ "role", 1, NULL, 'r' }, { "at", 1, NULL, 'a' },
		{ "random", 1, NULL, 'x' }, { "case", 1, NULL, 'c' },
		{ "clock", 1, NULL, 'l' }, { "plain", 0, NULL, 'p' },
		{ "threads", 1, NULL, 't' }, { "synthetic", 1, NULL, 's' },
		{ "no-custody", 0, NULL, 'n' }, { "checkpoint", 1, NULL, 'b' },
		{ "resume", 0, NULL, 'u' }, { NULL, 0, NULL, 0 } };
	int c;

	for (;;) {
		c = getopt_long(argc, argv, "", names, NULL);
		if (c == -1)
			break;
		switch (c) {
		case 'f':
			p->folder = optarg;
			break;
		case 'o':
			p->out = optarg;
			break;
		case 'k':
			p->key_path = optarg;
			break;
		case 'r':
			p->role = optarg;
			break;
		case 'a':
			if (clock_parse(optarg, &p->at, e) != 0)
				return -1;
			break;
		case 'x':
			if (text_hex_decode(optarg, p->random, 4) != 0)
				return -1;
			break;
		case 'c':
			p->case_number = optarg;
			break;
		case 'l':
			p->clock = optarg;
			break;
		case 'p':
			p->is_plain = true;
			break;
		case 't':
			p->threads = atoi(optarg);
			break;
		case 's':
			p->synthetic = atoll(optarg);
			break;
		case 'n':
			p->has_no_custody = true;
			break;
		case 'b':
			p->checkpoint = atoll(optarg);
			break;
		case 'u':
			p->is_resuming = true;
			break;
		case '?':
		default:
			return -1;
		}
	}
	return ((p->out != NULL) && (p->key_path != NULL)) ? 0 : -1;
}

/* All of it; ${file} gets the package's name. */
static int
run(struct pack * p, char file[PACKAGE_FILE_SIZE], struct err * e)
{
	struct package_resumed found = { .sealed = false };
	struct package_options o = { .name = p->package,
		.started_at = p->at,
		.compress = !p->is_plain,
		.threads = p->threads,
		.checkpoint_bytes = p->checkpoint };
	int rc = -1;
	int dir = io_open_dir(p->out, e);

	if (dir < 0)
		return -1;
	p->key = ed25519_load_seckey(p->key_path, NULL, e);
	if (p->key == NULL)
		goto out;
	p->w = p->is_resuming ? package_resume(dir, &o, &found, e)
			      : package_create(dir, &o, e);
	if (p->w == NULL)
		goto out;
	if (!found.sealed && (collect(p, &found, e) != 0))
		goto out;
	rc = package_publish(p->w, file, e);

out:
	buf_free(&found.text);
	package_close(p->w);
	ed25519_free_seckey(p->key);
	(void)close(dir);
	return rc;
}

int
main(int argc, char ** argv)
{
	struct pack p = { .folder = ".",
		.role = "examiner",
		.case_number = "test",
		.at = INT64_C(1764000000) * CLOCK_TICKS_PER_SECOND };
	char file[PACKAGE_FILE_SIZE] = "";
	struct err e;

	err_init(&e);
	if ((process_start(&e) != 0) ||
	    (parse_arguments(&p, argc, argv, &e) != 0)) {
		err_set(&e, ERR_USAGE, NULL, "wrong arguments");
		err_print("pack", &e);
		return err_exit_code(e.kind);
	}
	name_make_package(p.case_number, p.at, p.random, p.package);
	name_make_source(0, "packacct", "other", p.source);
	if (((strcmp(p.folder, ".") != 0) && (list_files(&p, "", &e) != 0)) ||
	    ((p.synthetic > 0) && (pack_add_made(&p, p.synthetic, &e) != 0)) ||
	    (run(&p, file, &e) != 0)) {
		err_set(&e, ERR_SYSTEM, NULL, "failed");
		err_print("pack", &e);
		return err_exit_code(e.kind);
	}
	(void)printf("%s\n", file);
	pack_free(&p);
	return 0;
}
