/* Notes of frames: what a reader would compute, and nothing that decides. */
#include <stdlib.h>

#include "evidence/frames_notes.h"

#include "tests/unit/unit.h"

#define ROOM ((size_t)1 << 20)

static uint8_t content[ROOM];
static size_t len;
static struct frames_notes notes;
static int made, dropped;
static struct err e;

/* Put a member of ${size} bytes of ${fill} behind the others. */
static void
put(const char * path, size_t size, int fill)
{
	struct tar_header header = { .size = (int64_t)size, .mtime = 7 };
	size_t header_len = 0;

	(void)snprintf(header.path, sizeof(header.path), "%s", path);
	EXPECT(tar_header_format(&header, content + len, &header_len, &e) == 0);
	len += header_len;
	memset(content + len, fill, size);
	len += size;
	memset(content + len, 0, tar_padding((int64_t)size));
	len += tar_padding((int64_t)size);
}

static void *
make(const char * path, const uint8_t * bytes, size_t n)
{
	if ((strcmp(path, "p/odd") != 0) || (n == 0) || (bytes[0] != 'o'))
		return NULL;
	made++;
	return &made;
}

static void
drop(void * what)
{
	EXPECT(what == &made);
	dropped++;
}

static const struct frames_noting noting = { make, drop };

/* Make the notes of the first ${n} bytes. */
static void
take(size_t n)
{
	struct digest * d;

	err_init(&e);
	d = digest_new(DIGEST_SHA256, &e);
	frames_notes_take(&notes, &noting, d, content, n);
	digest_free(d);
}

static void
start(void)
{
	err_init(&e);
	frames_notes_clear(&notes, &noting);
	len = 0;
	made = 0;
	dropped = 0;
}

static void
each_whole_member_of_a_frame_is_noted_in_its_place(void)
{
	uint8_t want[DIGEST_SHA256_LEN];
	struct frames_note * note;
	size_t second;

	start();
	put("p/a", 1000, 'a');
	second = len;
	put("p/b", 0, 'b');
	put("p/c", 512, 'c');
	take(len);
	EXPECT(notes.n == 3);
	note = frames_notes_find(&notes, 0);
	digest_sha256(content + TAR_BLOCK, 1000, want);
	EXPECT((note != NULL) && note->has_sha256 &&
	    (note->header.size == 1000) && (note->header.mtime == 7) &&
	    (memcmp(note->sha256, want, sizeof(want)) == 0));
	note = frames_notes_find(&notes, second);
	digest_sha256("", 0, want);
	EXPECT(
	    (note != NULL) && (memcmp(note->sha256, want, sizeof(want)) == 0));
	EXPECT_TEXT(note->header.path, "p/b");
	EXPECT(frames_notes_find(&notes, TAR_BLOCK) == NULL);
	EXPECT(frames_notes_find(&notes, len) == NULL);
	EXPECT(frames_notes_find(NULL, 0) == NULL);
}

static void
what_is_not_whole_in_the_frame_has_no_digest(void)
{
	start();
	put("p/a", 1000, 'a');
	put("p/b", 3000, 'b');
	take(len - 1);
	EXPECT(notes.n == 2);
	EXPECT(notes.list[0].has_sha256 && !notes.list[1].has_sha256);
	take(2 * TAR_BLOCK - 1); /* A header, and a part of the next. */
	EXPECT((notes.n == 1) && !notes.list[0].has_sha256);
	take(TAR_BLOCK - 1);
	EXPECT(notes.n == 0);
}

static void
notes_end_where_no_header_of_our_dialect_stands(void)
{
	size_t second;

	start();
	put("p/a", 5, 'a');
	second = len;
	put("p/b", 5, 'b');
	put("p/c", 5, 'c');
	content[second + 100]++; /* Another mode: the checksum is wrong. */
	take(len);
	EXPECT(notes.n == 1);
	memset(content, 0, len);
	take(len);
	EXPECT(notes.n == 0);
	memset(content, '{', len);
	take(len);
	EXPECT(notes.n == 0);
}

static void
notes_of_one_frame_are_limited(void)
{
	start();
	for (int i = 0; i < FRAMES_NOTES_MAX + 2; i++)
		put("p/x", 0, 0);
	take(len);
	EXPECT(notes.n == FRAMES_NOTES_MAX);
	EXPECT(frames_notes_find(
		   &notes, (FRAMES_NOTES_MAX - 1) * (size_t)TAR_BLOCK) != NULL);
	EXPECT(frames_notes_find(
		   &notes, FRAMES_NOTES_MAX * (size_t)TAR_BLOCK) == NULL);
}

static void
what_was_made_is_dropped_once_unless_it_was_taken(void)
{
	start();
	for (int i = 0; i < 3; i++)
		put("p/odd", 3, 'o');
	put("p/even", 3, 'o');
	take(len);
	EXPECT((made == 3) && (notes.list[3].made == NULL));
	notes.list[1].made = NULL; /* Taken. */
	take(len);
	EXPECT((made == 6) && (dropped == 2));
	frames_notes_clear(&notes, &noting);
	frames_notes_clear(&notes, &noting);
	EXPECT(dropped == 5);
}

int
main(void)
{
	RUN(each_whole_member_of_a_frame_is_noted_in_its_place);
	RUN(what_is_not_whole_in_the_frame_has_no_digest);
	RUN(notes_end_where_no_header_of_our_dialect_stands);
	RUN(notes_of_one_frame_are_limited);
	RUN(what_was_made_is_dropped_once_unless_it_was_taken);
	return unit_failed;
}
