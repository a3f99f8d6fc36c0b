#include "evidence/frames_notes.h"

/* Make the note of the header at ${note}->at; false: there is none. */
static bool
take(struct frames_note * note, const struct frames_noting * noting,
    struct digest * d, const uint8_t * bytes, size_t len)
{
	const uint8_t * data;
	size_t size;
	struct err ignored;

	if (len - note->at < TAR_BLOCK)
		return false;
	note->header_len = tar_header_len(bytes + note->at);
	if (note->header_len > len - note->at)
		return false;
	err_init(&ignored);
	if (tar_header_parse(bytes + note->at, note->header_len, &note->header,
		&ignored) != 0)
		return false;
	note->has_sha256 =
	    (tar_member_len(note->header_len, note->header.size) <=
		(int64_t)(len - note->at));
	if (!note->has_sha256)
		return true;
	data = bytes + note->at + note->header_len;
	size = (size_t)note->header.size;
	digest_update(d, data, size);
	digest_finish(d, note->sha256);
	if (noting->make != NULL)
		note->made = noting->make(note->header.path, data, size);
	return true;
}

void
frames_notes_take(struct frames_notes * notes,
    const struct frames_noting * noting, struct digest * d,
    const uint8_t * bytes, size_t len)
{
	size_t at = 0;

	frames_notes_clear(notes, noting);
	for (notes->n = 0; notes->n < FRAMES_NOTES_MAX; notes->n++) {
		struct frames_note * note = &notes->list[notes->n];

		note->at = at;
		note->made = NULL;
		if (!take(note, noting, d, bytes, len))
			break;
		if (!note->has_sha256) {
			notes->n++;
			break;
		}
		/* Not over len: that was just seen. */
		at +=
		    (size_t)tar_member_len(note->header_len, note->header.size);
	}
}

void
frames_notes_clear(
    struct frames_notes * notes, const struct frames_noting * noting)
{
	for (size_t i = 0; i < notes->n; i++)
		if (notes->list[i].made != NULL)
			noting->drop(notes->list[i].made);
	notes->n = 0;
}

struct frames_note *
frames_notes_find(struct frames_notes * notes, size_t at)
{
	size_t first = 0;
	size_t last = (notes == NULL) ? 0 : notes->n;

	while (first < last) {
		size_t middle = first + (last - first) / 2;

		if (notes->list[middle].at == at)
			return &notes->list[middle];
		if (notes->list[middle].at < at)
			first = middle + 1;
		else
			last = middle;
	}
	return NULL;
}
