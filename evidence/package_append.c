/* The spools of a package (package_write.h). */
#include <string.h>

#include "evidence/package_work.h"

/* Are ${len} ${bytes} whole lines; one only, if ${one}? */
static bool
is_lines(const char * bytes, size_t len, bool one)
{
	if ((len == 0) || (bytes[len - 1] != '\n'))
		return false;
	return !one || (memchr(bytes, '\n', len) == bytes + len - 1);
}

int
package_append(struct package_write * w, enum package_spool spool,
    const void * line, size_t len, struct err * e)
{
	if (package_work_is_failed(w, e))
		return -1;
	if ((w->phase >= PACKAGE_SEALING) || (spool == PACKAGE_MANIFEST) ||
	    (spool == PACKAGE_TAGMANIFEST) ||
	    !is_lines(line, len, spool == PACKAGE_OBJECTS)) {
		err_set(e, ERR_BUG, NULL, "no line for a spool");
		return -1;
	}
	if (len > PACKAGE_LINE_MAX) {
		err_set(e, ERR_LIMIT, NULL, "a line is longer than %zu bytes",
		    PACKAGE_LINE_MAX);
		return -1;
	}
	if (spool_append(w->spools[spool], line, len, e) != 0)
		return package_work_fail(w, e);
	if (spool == PACKAGE_OBJECTS)
		merkle_add(&w->merkle, w->scratch, line, len);
	return 0;
}

/* From the spool's sink to the caller's. */
static int
hand_line(void * cookie, const uint8_t * bytes, size_t len, struct err * e)
{
	const struct package_each * each = cookie;

	return each->line(each->cookie, (const char *)bytes, len, e);
}

int
package_each_line(struct package_write * w, enum package_spool spool,
    const struct package_each * each, struct err * e)
{
	struct package_each copy = *each;
	struct spool_sink sink = { hand_line, &copy };

	if (package_work_is_failed(w, e))
		return -1;
	return spool_each_line(w->spools[spool], PACKAGE_LINE_MAX, &sink, e);
}

int
package_suspend(struct package_write * w, struct err * e)
{
	if (package_work_is_failed(w, e))
		return -1;
	if (w->phase >= PACKAGE_SEALING) {
		err_set(e, ERR_BUG, NULL, "all is sealed");
		return -1;
	}
	if ((w->phase != PACKAGE_STREAMING) &&
	    (frames_write_break(w->frames, e) != 0))
		return package_work_fail(w, e);
	return package_work_checkpoint(w, e);
}
