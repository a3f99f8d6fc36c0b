#include "tests/unit/package_kit.h"

static void
package_write_gives_equal_bytes_for_equal_input(void)
{
	uint8_t one[DIGEST_SHA256_LEN], two[DIGEST_SHA256_LEN];

	make_undisturbed(1, one);
	make_undisturbed(2, two);
	EXPECT(memcmp(one, two, sizeof(one)) == 0);
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
package_tag_takes_a_page_larger_than_a_frame(void)
{
	int steps = 0;
	struct package_options o = options_for(&steps, 2);
	struct package_write * w = begin_collection(&o);
	uint8_t sha256[DIGEST_SHA256_LEN];

	EXPECT(
	    package_tag(w, "meta/listing/000002.xml", noise, LARGE, &e) == 0);
	EXPECT(package_tag(w, "meta/listing/000003.xml", noise, 1, &e) == 0);
	EXPECT(do_step(w, 1) == 0);
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

static int
count_line(void * cookie, const char * bytes, size_t len, struct err * err)
{
	(void)err;
	EXPECT((len > 0) && (bytes[len - 1] == '\n'));
	(*(int *)cookie)++;
	return 0;
}

static void
package_spools_keep_lines_of_any_length(void)
{
	size_t lens[] = { 1, 2, 4095, 4096, 4097, 65535, 65536, 65537, 1000000,
		5 };
	int steps = 0;
	int count = 0;
	struct package_options o = options_for(&steps, 1);
	struct package_write * w = begin_collection(&o);
	struct package_each each = { count_line, &count };
	uint8_t sha256[DIGEST_SHA256_LEN];
	char * text = malloc(MIB);

	memset(text, 'x', MIB);
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		text[lens[i] - 1] = '\n';
		EXPECT(package_append(w, PACKAGE_GAPS, text, lens[i], &e) == 0);
		text[lens[i] - 1] = 'x';
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
	finish(w, sha256);
	clear();
}

static void
package_begin_refuses_what_leaves_no_room_for_sealing(void)
{
	const int64_t frames = (int64_t)FRAMES_LIMIT - PACKAGE_SPARE_FRAMES;
	int steps = 0;
	struct package_options o = options_for(&steps, 1);
	struct package_write * w = begin_collection(&o);
	uint8_t sha256[DIGEST_SHA256_LEN];
	char path[64];

	path_of(1, path);
	EXPECT(
	    package_begin(w, path, frames * (int64_t)FRAMES_MAX, 0, &e) == -1);
	EXPECT(e.kind == ERR_LIMIT);
	err_init(&e);
	EXPECT(package_begin(
		   w, path, (frames - 3) * (int64_t)FRAMES_MAX, 0, &e) == 0);
	EXPECT(package_drop(w, &e) == 0);
	finish(w, sha256);
	clear();
}

static void
package_append_takes_a_line_of_its_limit_and_no_more(void)
{
	int steps = 0;
	struct package_options o = options_for(&steps, 1);
	struct package_write * w = begin_collection(&o);
	uint8_t sha256[DIGEST_SHA256_LEN];
	char * text = malloc(PACKAGE_LINE_MAX + 1);

	memset(text, 'x', PACKAGE_LINE_MAX + 1);
	text[PACKAGE_LINE_MAX] = '\n';
	EXPECT(package_append(
		   w, PACKAGE_GAPS, text, PACKAGE_LINE_MAX + 1, &e) == -1);
	EXPECT(e.kind == ERR_LIMIT);
	err_init(&e);
	text[PACKAGE_LINE_MAX - 1] = '\n';
	EXPECT(
	    package_append(w, PACKAGE_GAPS, text, PACKAGE_LINE_MAX, &e) == 0);
	free(text);
	finish(w, sha256);
	clear();
}

int
main(void)
{
	kit_start();
	RUN(package_write_gives_equal_bytes_for_equal_input);
	RUN(package_write_refuses_wrong_lengths_and_lets_the_member_be_dropped);
	RUN(package_write_refuses_members_out_of_order);
	RUN(package_tag_takes_a_page_larger_than_a_frame);
	RUN(package_write_refuses_to_seal_without_every_catalogue_line);
	RUN(package_create_replaces_nothing_and_locks);
	RUN(package_spools_keep_lines_of_any_length);
	RUN(package_begin_refuses_what_leaves_no_room_for_sealing);
	RUN(package_append_takes_a_line_of_its_limit_and_no_more);
	kit_stop();
	return unit_failed;
}
