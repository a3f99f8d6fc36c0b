#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evidence/buf.h"
#include "evidence/clock.h"
#include "evidence/frames_scan.h"
#include "evidence/io.h"
#include "evidence/package_seal.h"
#include "evidence/package_write.h"

#include "tests/unit/unit.h"

#define NAME "case-20261123t231500z-00c0ffee"
#define MIB ((size_t)1 << 20)
#define SOURCE "data/0001-acct-nsg-flow/"
#define LARGE (21 * MIB + 77)

static struct err e;
static uint8_t * noise;
static char place[] = "/tmp/azcustody-package-XXXXXX";
static int dir = -1;

static void
fill_noise(void)
{
	uint32_t x = 7;

	noise = malloc(LARGE);
	for (size_t i = 0; i < LARGE; i++) {
		x = x * 1664525 + 1013904223;
		noise[i] = (uint8_t)('a' + ((x >> 24) & 15));
	}
}

static int
put_state(void * cookie, struct buf * text, struct err * err)
{
	return buf_addf(text, err, "steps=%d", *(const int *)cookie);
}

/* The simplest documents that can be told apart. */
static int
make_document(void * cookie, const struct package_facts * facts,
    struct buf * out, struct err * err)
{
	(void)cookie;
	return buf_addf(out, err, "%s %lld objects of %lld bytes\n",
	    facts->name, (long long)facts->objects,
	    (long long)facts->payload_bytes);
}

static int
make_signature(void * cookie, size_t which, const void * bytes, size_t len,
    struct buf * out, struct err * err)
{
	(void)cookie;
	(void)bytes;
	return buf_addf(out, err, "%zu signs %zu\n", which, len);
}

static int
make_custody(void * cookie, const struct package_facts * facts, int folder,
    struct err * err)
{
	(void)cookie;
	return io_save_new(folder, "000001-sealed.json", facts->name,
	    strlen(facts->name), 0600, err);
}

static const char * const roles[] = { "examiner", "witness" };

static struct package_seal
documents(void)
{
	struct package_seal seal;

	memset(&seal, 0, sizeof(seal));
	seal.sources = "{}\n";
	seal.sources_len = 3;
	seal.readme = make_document;
	seal.bag_info = make_document;
	seal.seal = make_document;
	seal.signers_count = 2;
	seal.roles = roles;
	seal.sign_seal = make_signature;
	seal.custody = make_custody;
	return seal;
}

/* A collection of fixed steps, so that it can be stopped behind any of them. */
#define STEPS 12
static const size_t sizes[STEPS] = { 0, 1, 511, 512, 100000, 250000, 300000,
	LARGE, 3, 8 * MIB - 512, 8 * MIB, 40 };

static void
path_of(int64_t seq, char path[64])
{
	(void)snprintf(path, 64, SOURCE "%09lld-x.json", (long long)seq);
}

/* The catalogue line of ${member}. */
static int
append_line(
    struct package_write * w, int64_t seq, const struct package_member * m)
{
	char line[128];
	int n = snprintf(line, sizeof(line), "{\"seq\":%lld,\"offset\":%lld}\n",
	    (long long)seq, (long long)m->offset);

	return package_append(w, PACKAGE_OBJECTS, line, (size_t)n, &e);
}

/* Put what is missing of the member begun, in odd pieces. */
static int
put_rest(struct package_write * w, size_t done, size_t size)
{
	while (done < size) {
		size_t n = 777777;

		if (n > size - done)
			n = size - done;
		if (package_data(w, noise + done, n, &e) != 0)
			return -1;
		done += n;
	}
	return 0;
}

/* Do step ${i}: odd ones in one call, the others streamed. */
static int
do_step(struct package_write * w, int i)
{
	struct package_member m;
	char path[64];
	int64_t seq = package_next_seq(w);

	path_of(seq, path);
	if (i % 2 == 1) {
		if (package_commit(w, path, 0, noise, sizes[i], NULL, &m, &e) !=
		    0)
			return -1;
		return append_line(w, seq, &m);
	}
	if ((package_begin(w, path, (int64_t)sizes[i], 0, &e) != 0) ||
	    (put_rest(w, 0, sizes[i]) != 0) || (package_end(w, &m, &e) != 0))
		return -1;
	return append_line(w, seq, &m);
}

static struct package_options
options_for(int * steps, int threads)
{
	struct package_options o = { .name = NAME,
		.started_at = INT64_C(17638533) * 100 * CLOCK_TICKS_PER_SECOND,
		.compress = true,
		.threads = threads,
		.state = put_state,
		.cookie = steps };

	return o;
}

static struct package_write *
begin_collection(const struct package_options * o)
{
	struct package_write * w = package_create(dir, o, &e);

	EXPECT(w != NULL);
	if (w == NULL)
		return NULL;
	EXPECT(package_tag(w, "bagit.txt", "BagIt\n", 6, &e) == 0);
	EXPECT(package_tag(w, "meta/case.json", "{}\n", 3, &e) == 0);
	EXPECT(package_tag(w, "meta/tool.json", "{}\n", 3, &e) == 0);
	EXPECT(package_tag(w, "meta/listing/000001.xml", "<x/>", 4, &e) == 0);
	return w;
}

/* Seal, publish and close; the file's digest goes to ${sha256}. */
static void
finish(struct package_write * w, uint8_t sha256[DIGEST_SHA256_LEN])
{
	struct package_seal seal = documents();
	struct package_facts facts;
	char file[PACKAGE_FILE_SIZE];
	struct buf all = { 0 };

	EXPECT(package_seal(w, &seal, &facts, &e) == 0);
	EXPECT(package_publish(w, file, &e) == 0);
	package_close(w);
	EXPECT_TEXT(file, facts.file);
	EXPECT(io_load(dir, file, 100 * MIB, &all, &e) == 0);
	digest_sha256(all.bytes, all.len, sha256);
	EXPECT(memcmp(sha256, facts.file_sha256, DIGEST_SHA256_LEN) == 0);
	EXPECT(all.len == (size_t)facts.file_bytes);
	EXPECT_TEXT(e.text, "");
	buf_free(&all);
}

/* Remove what finish left; nothing else may be there. */
static void
clear(void)
{
	static const char custody[] = NAME ".custody";

	EXPECT(unlinkat(dir, NAME ".custody/000001-sealed.json", 0) == 0);
	EXPECT(unlinkat(dir, custody, AT_REMOVEDIR) == 0);
	(void)unlinkat(dir, NAME ".tar", 0);
	(void)unlinkat(dir, NAME ".tar.sha256", 0);
	(void)unlinkat(dir, NAME ".tar.zst", 0);
	(void)unlinkat(dir, NAME ".tar.zst.sha256", 0);
	EXPECT(faccessat(dir, NAME ".work", F_OK, 0) != 0);
}

static void
make_undisturbed(int threads, uint8_t sha256[DIGEST_SHA256_LEN])
{
	int steps = 0;
	struct package_options o = options_for(&steps, threads);
	struct package_write * w = begin_collection(&o);

	for (steps = 0; steps < STEPS; steps++)
		EXPECT(do_step(w, steps) == 0);
	finish(w, sha256);
	clear();
}

static void
package_write_gives_equal_bytes_for_equal_input(void)
{
	uint8_t one[DIGEST_SHA256_LEN], two[DIGEST_SHA256_LEN];

	make_undisturbed(1, one);
	make_undisturbed(2, two);
	EXPECT(memcmp(one, two, sizeof(one)) == 0);
}

static void
package_write_resumes_behind_every_step(void)
{
	uint8_t sha256[DIGEST_SHA256_LEN];

	for (int stop = 0; stop <= STEPS; stop++) {
		int steps = 0;
		struct package_options o = options_for(&steps, 2);
		struct package_resumed found;
		struct package_write * w = begin_collection(&o);
		char want[32];

		for (; steps < stop; steps++)
			EXPECT(do_step(w, steps) == 0);
		EXPECT(package_suspend(w, &e) == 0);
		package_close(w);
		w = package_resume(dir, &o, &found, &e);
		EXPECT(w != NULL);
		(void)snprintf(want, sizeof(want), "steps=%d", stop);
		EXPECT_TEXT(buf_text(&found.text), want);
		EXPECT(!found.sealed && !found.in_member);
		EXPECT(found.cut_bytes == 0);
		buf_free(&found.text);
		EXPECT(package_next_seq(w) == stop + 1);
		for (; steps < STEPS; steps++)
			EXPECT(do_step(w, steps) == 0);
		finish(w, sha256);
		clear();
	}
}

static void
package_write_forgets_what_no_checkpoint_names(void)
{
	uint8_t sha256[DIGEST_SHA256_LEN], whole[DIGEST_SHA256_LEN];
	int steps = 0;
	struct package_options o = options_for(&steps, 2);
	struct package_resumed found;
	struct package_write * w;

	make_undisturbed(2, whole);
	w = begin_collection(&o);
	for (; steps < 2; steps++)
		EXPECT(do_step(w, steps) == 0);
	package_close(w);
	w = package_resume(dir, &o, &found, &e);
	EXPECT(w != NULL);
	/* Only the first checkpoint was made: nothing is there. */
	EXPECT_TEXT(buf_text(&found.text), "steps=0");
	buf_free(&found.text);
	EXPECT(package_next_seq(w) == 1);
	EXPECT(package_spool_bytes(w, PACKAGE_OBJECTS) == 0);
	EXPECT(package_tag(w, "bagit.txt", "BagIt\n", 6, &e) == 0);
	EXPECT(package_tag(w, "meta/case.json", "{}\n", 3, &e) == 0);
	EXPECT(package_tag(w, "meta/tool.json", "{}\n", 3, &e) == 0);
	EXPECT(package_tag(w, "meta/listing/000001.xml", "<x/>", 4, &e) == 0);
	for (steps = 0; steps < STEPS; steps++)
		EXPECT(do_step(w, steps) == 0);
	finish(w, sha256);
	EXPECT(memcmp(sha256, whole, sizeof(whole)) == 0);
	clear();
}

static void
package_write_goes_on_inside_a_large_member(void)
{
	uint8_t sha256[DIGEST_SHA256_LEN], whole[DIGEST_SHA256_LEN];
	int steps = 0;
	struct package_options o = options_for(&steps, 2);
	struct package_resumed found;
	struct package_write * w;
	struct package_member m;
	char path[64];

	make_undisturbed(1, whole);
	w = begin_collection(&o);
	for (; steps < 6; steps++)
		EXPECT(do_step(w, steps) == 0);
	/* Step 6 is committed like the others; step 7 is stopped. */
	EXPECT(do_step(w, 6) == 0);
	path_of(7 + 1, path);
	EXPECT(package_begin(w, path, LARGE, 0, &e) == 0);
	EXPECT(put_rest(w, 0, 18 * MIB) == 0);
	EXPECT(package_suspend(w, &e) == 0);
	package_close(w);
	w = package_resume(dir, &o, &found, &e);
	EXPECT((w != NULL) && found.in_member);
	EXPECT_TEXT(found.path, path);
	EXPECT(found.size == (int64_t)LARGE);
	EXPECT(found.done == 16 * (int64_t)MIB - 512);
	buf_free(&found.text);
	EXPECT(put_rest(w, (size_t)found.done, LARGE) == 0);
	EXPECT(package_end(w, &m, &e) == 0);
	digest_sha256(noise, LARGE, sha256);
	EXPECT(memcmp(m.sha256, sha256, sizeof(sha256)) == 0);
	EXPECT(append_line(w, 8, &m) == 0);
	for (steps = 8; steps < STEPS; steps++)
		EXPECT(do_step(w, steps) == 0);
	finish(w, sha256);
	EXPECT(memcmp(sha256, whole, sizeof(whole)) == 0);
	clear();
}

static void
package_drop_leaves_no_trace_even_behind_a_checkpoint(void)
{
	uint8_t sha256[DIGEST_SHA256_LEN], whole[DIGEST_SHA256_LEN];

	make_undisturbed(2, whole);
	for (int how = 0; how < 4; how++) {
		int steps = 0;
		struct package_options o = options_for(&steps, 2);
		struct package_resumed found;
		struct package_write * w = begin_collection(&o);
		char path[64];

		for (; steps < 7; steps++)
			EXPECT(do_step(w, steps) == 0);
		path_of(8, path);
		EXPECT(package_begin(w, path,
			   (how == 0) ? 1000 : (int64_t)LARGE, 0, &e) == 0);
		EXPECT(put_rest(w, 0, (how == 0) ? 999 : 17 * MIB) == 0);
		/* 2: named by a checkpoint; 3: and taken up again. */
		if (how >= 2)
			EXPECT(package_suspend(w, &e) == 0);
		if (how == 3) {
			package_close(w);
			w = package_resume(dir, &o, &found, &e);
			EXPECT((w != NULL) && found.in_member);
			buf_free(&found.text);
		}
		EXPECT(package_drop(w, &e) == 0);
		/* Killed directly behind it: nothing of it is named. */
		if (how >= 2) {
			package_close(w);
			w = package_resume(dir, &o, &found, &e);
			EXPECT((w != NULL) && !found.in_member);
			buf_free(&found.text);
		}
		EXPECT(package_next_seq(w) == 8);
		for (; steps < STEPS; steps++)
			EXPECT(do_step(w, steps) == 0);
		finish(w, sha256);
		EXPECT(memcmp(sha256, whole, sizeof(whole)) == 0);
		clear();
	}
}

static void
package_write_refuses_wrong_lengths_and_lets_the_member_be_dropped(void)
{
	int steps = 0;
	struct package_options o = options_for(&steps, 1);
	struct package_write * w = begin_collection(&o);
	struct package_member m;
	uint8_t sha256[DIGEST_SHA256_LEN];
	int64_t announced[] = { 10, 9 * (int64_t)MIB };

	for (size_t i = 0; i < 2; i++) {
		EXPECT(package_begin(
			   w, SOURCE "000000001-x", announced[i], 0, &e) == 0);
		EXPECT(package_data(w, noise, 9, &e) == 0);
		EXPECT(package_end(w, &m, &e) == -1);
		EXPECT(e.kind == ERR_INPUT);
		err_init(&e);
		EXPECT(package_data(w, noise, (size_t)announced[i], &e) == -1);
		EXPECT(e.kind == ERR_INPUT);
		err_init(&e);
		EXPECT(package_drop(w, &e) == 0);
	}
	EXPECT(do_step(w, 1) == 0);
	finish(w, sha256);
	clear();
}

static void
package_write_refuses_members_out_of_order(void)
{
	static const char * const bad[] = { "bagit.txt", "meta/case.json",
		"meta/listing/000001.xml", "meta/listing/1.xml", "other",
		SOURCE "000000001-x", "../x", "meta/sources.json", "",
		"seal/seal.json", "manifest-sha256.txt" };
	static const char * const objects[] = { SOURCE "000000002-x",
		SOURCE "00000001-x", SOURCE "000000001x", SOURCE "000000001-",
		"data/000000001-x", SOURCE "a/000000001-x",
		SOURCE "000000001-X", SOURCE "000000001-%41", "bagit.txt" };
	int steps = 0;
	struct package_options o = options_for(&steps, 1);
	struct package_write * w = begin_collection(&o);
	struct package_member m;
	uint8_t sha256[DIGEST_SHA256_LEN];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		EXPECT(package_tag(w, bad[i], "", 0, &e) == -1);
		err_init(&e);
	}
	for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++) {
		EXPECT(package_commit(w, objects[i], 0, "", 0, NULL, &m, &e) ==
		    -1);
		err_init(&e);
	}
	EXPECT(do_step(w, 1) == 0);
	EXPECT(package_tag(w, "meta/listing/000002.xml", "", 0, &e) == -1);
	err_init(&e);
	EXPECT(package_tag(w, "meta/relisting/000001.xml", "", 0, &e) == 0);
	finish(w, sha256);
	clear();
}

static void
package_write_refuses_to_seal_without_every_catalogue_line(void)
{
	int steps = 0;
	struct package_options o = options_for(&steps, 1);
	struct package_write * w = begin_collection(&o);
	struct package_seal seal = documents();
	struct package_facts facts;
	struct package_member m;
	struct package_resumed found;
	uint8_t sha256[DIGEST_SHA256_LEN];

	EXPECT(package_commit(
		   w, SOURCE "000000001-x", 0, "a", 1, NULL, &m, &e) == 0);
	EXPECT(package_seal(w, &seal, &facts, &e) == -1);
	EXPECT(e.kind == ERR_BUG);
	err_init(&e);
	EXPECT(package_append(w, PACKAGE_GAPS, "{}\n", 3, &e) == -1);
	err_init(&e);
	package_close(w);
	w = package_resume(dir, &o, &found, &e);
	buf_free(&found.text);
	EXPECT(package_tag(w, "bagit.txt", "", 0, &e) == 0);
	finish(w, sha256);
	clear();
}

static void
package_create_replaces_nothing_and_locks(void)
{
	int steps = 0;
	struct package_options o = options_for(&steps, 1);
	struct package_resumed found;
	struct package_write * w;
	uint8_t sha256[DIGEST_SHA256_LEN];

	EXPECT(io_save_new(dir, NAME ".tar", "x", 1, 0600, &e) == 0);
	EXPECT(package_create(dir, &o, &e) == NULL);
	EXPECT(e.kind == ERR_USAGE);
	err_init(&e);
	EXPECT(unlinkat(dir, NAME ".tar", 0) == 0);
	w = begin_collection(&o);
	EXPECT(package_resume(dir, &o, &found, &e) == NULL);
	EXPECT(e.kind == ERR_AGAIN);
	err_init(&e);
	EXPECT(package_create(dir, &o, &e) == NULL);
	err_init(&e);
	finish(w, sha256);
	clear();
}

static void
package_publish_replaces_nothing_and_can_be_repeated(void)
{
	int steps = 0;
	struct package_options o = options_for(&steps, 1);
	struct package_seal seal = documents();
	struct package_facts facts;
	struct package_resumed found;
	struct package_write * w = begin_collection(&o);
	char file[PACKAGE_FILE_SIZE];

	EXPECT(package_seal(w, &seal, &facts, &e) == 0);
	EXPECT(io_save_new(dir, NAME ".tar.zst", "x", 1, 0600, &e) == 0);
	EXPECT(package_publish(w, file, &e) == -1);
	EXPECT(e.kind == ERR_USAGE);
	err_init(&e);
	package_close(w);
	EXPECT(unlinkat(dir, NAME ".tar.zst", 0) == 0);
	w = package_resume(dir, &o, &found, &e);
	EXPECT((w != NULL) && found.sealed);
	buf_free(&found.text);
	EXPECT(package_publish(w, file, &e) == 0);
	package_close(w);
	/* Killed before the empty folder was removed. */
	EXPECT(mkdirat(dir, NAME ".work", 0700) == 0);
	w = package_resume(dir, &o, &found, &e);
	EXPECT((w != NULL) && found.sealed);
	EXPECT(package_publish(w, file, &e) == 0);
	EXPECT_TEXT(file, facts.file);
	package_close(w);
	clear();
}

/* Change byte ${at} of the file ${name} in the work folder. */
static void
damage(const char * name, off_t at)
{
	char path[128];
	char byte = 0;
	int fd;

	(void)snprintf(path, sizeof(path), NAME ".work/%s", name);
	fd = openat(dir, path, O_RDWR | O_CLOEXEC);
	EXPECT(pread(fd, &byte, 1, at) == 1);
	byte ^= 1;
	EXPECT(pwrite(fd, &byte, 1, at) == 1);
	(void)close(fd);
}

static void
package_resume_refuses_what_was_altered(void)
{
	static const char * const files[] = { "package", "objects", "manifest",
		"tagmanifest", "state" };
	int steps = 0;
	struct package_options o = options_for(&steps, 1);
	struct package_resumed found;
	struct package_write * w = begin_collection(&o);
	uint8_t sha256[DIGEST_SHA256_LEN];

	for (steps = 0; steps < 3; steps++)
		EXPECT(do_step(w, steps) == 0);
	EXPECT(package_suspend(w, &e) == 0);
	package_close(w);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		damage(files[i], 20);
		EXPECT(package_resume(dir, &o, &found, &e) == NULL);
		EXPECT(e.kind == ERR_INPUT);
		err_init(&e);
		damage(files[i], 20);
		if (i + 1 == sizeof(files) / sizeof(files[0]))
			break;
		w = package_resume(dir, &o, &found, &e);
		EXPECT(w != NULL);
		buf_free(&found.text);
		package_close(w);
	}
	w = package_resume(dir, &o, &found, &e);
	EXPECT(w != NULL);
	buf_free(&found.text);
	finish(w, sha256);
	clear();
}

static int
count_line(void * cookie, const char * bytes, size_t len, struct err * err)
{
	(void)err;
	EXPECT((len > 0) && (bytes[len - 1] == '\n'));
	(*(int *)cookie)++;
	return 0;
}

static void
package_spools_keep_long_lines_and_find_the_last(void)
{
	int steps = 0;
	int count = 0;
	struct package_options o = options_for(&steps, 1);
	struct package_write * w = begin_collection(&o);
	struct package_each each = { count_line, &count };
	struct buf line = { 0 };
	uint8_t sha256[DIGEST_SHA256_LEN];
	size_t lens[] = { 1, 2, 4095, 4096, 4097, 65536, 65537, 1000000, 5 };
	char * text = malloc(MIB);

	EXPECT(package_last_line(w, PACKAGE_GAPS, &line, &e) == 0);
	EXPECT(line.len == 0);
	memset(text, 'x', MIB);
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		text[lens[i] - 1] = '\n';
		EXPECT(package_append(w, PACKAGE_GAPS, text, lens[i], &e) == 0);
		text[lens[i] - 1] = 'x';
		buf_clear(&line);
		EXPECT(package_last_line(w, PACKAGE_GAPS, &line, &e) == 0);
		EXPECT(line.len == lens[i]);
	}
	EXPECT(package_each_line(w, PACKAGE_GAPS, &each, &e) == 0);
	EXPECT(count == (int)(sizeof(lens) / sizeof(lens[0])));
	EXPECT(package_append(w, PACKAGE_GAPS, "x", 1, &e) == -1);
	err_init(&e);
	EXPECT(package_append(w, PACKAGE_MANIFEST, "x\n", 2, &e) == -1);
	err_init(&e);
	EXPECT(package_append(w, PACKAGE_OBJECTS, "x\nx\n", 4, &e) == -1);
	err_init(&e);
	free(text);
	buf_free(&line);
	finish(w, sha256);
	clear();
}

int
main(void)
{
	err_init(&e);
	fill_noise();
	if (mkdtemp(place) == NULL)
		return 1;
	dir = io_open_dir(place, &e);
	RUN(package_write_gives_equal_bytes_for_equal_input);
	RUN(package_write_resumes_behind_every_step);
	RUN(package_write_forgets_what_no_checkpoint_names);
	RUN(package_write_goes_on_inside_a_large_member);
	RUN(package_drop_leaves_no_trace_even_behind_a_checkpoint);
	RUN(package_write_refuses_wrong_lengths_and_lets_the_member_be_dropped);
	RUN(package_write_refuses_members_out_of_order);
	RUN(package_write_refuses_to_seal_without_every_catalogue_line);
	RUN(package_create_replaces_nothing_and_locks);
	RUN(package_publish_replaces_nothing_and_can_be_repeated);
	RUN(package_resume_refuses_what_was_altered);
	RUN(package_spools_keep_long_lines_and_find_the_last);
	(void)close(dir);
	EXPECT(rmdir(place) == 0);
	free(noise);
	return unit_failed;
}
