#include "tests/unit/package_kit.h"

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

int
main(void)
{
	kit_start();
	RUN(package_write_resumes_behind_every_step);
	RUN(package_write_forgets_what_no_checkpoint_names);
	RUN(package_write_goes_on_inside_a_large_member);
	RUN(package_drop_leaves_no_trace_even_behind_a_checkpoint);
	RUN(package_publish_replaces_nothing_and_can_be_repeated);
	RUN(package_resume_refuses_what_was_altered);
	kit_stop();
	return unit_failed;
}
