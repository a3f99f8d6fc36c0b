#include <string.h>

#include "evidence/lines.h"

void
lines_start(struct lines * l, size_t max)
{
	memset(l, 0, sizeof(*l));
	l->max = max;
}

int
lines_next(struct lines * l, const uint8_t ** bytes, size_t * len,
    const uint8_t ** line, size_t * line_len, struct err * e)
{
	const uint8_t * lf = NULL;
	size_t n;

	if (l->is_used)
		buf_clear(&l->carry);
	l->is_used = 0;
	if (*len == 0)
		return 0;
	lf = memchr(*bytes, '\n', *len);
	n = (lf == NULL) ? *len : (size_t)(lf - *bytes);
	if (n > l->max - l->carry.len) {
		err_set(e, ERR_LIMIT, NULL,
		    "line %lld is longer than the limit of %zu bytes",
		    (long long)l->count + 1, l->max);
		return -1;
	}
	if ((lf != NULL) && (l->carry.len == 0)) {
		*line = *bytes;
		*line_len = n;
	} else {
		/* The LF goes along, so that it stands behind the line. */
		size_t whole = n + ((lf == NULL) ? 0 : 1);

		if (buf_add(&l->carry, *bytes, whole, e) != 0)
			return -1;
		if (lf == NULL) {
			*bytes += n;
			*len = 0;
			return 0;
		}
		*line = l->carry.bytes;
		*line_len = l->carry.len - 1;
		l->is_used = 1;
	}
	*bytes += n + 1;
	*len -= n + 1;
	l->count++;
	return 1;
}

int
lines_finish(struct lines * l, struct err * e)
{
	if (l->is_used)
		buf_clear(&l->carry);
	l->is_used = 0;
	if (l->carry.len == 0)
		return 0;
	err_set(e, ERR_INPUT, NULL, "line %lld has no line end",
	    (long long)l->count + 1);
	return -1;
}

void
lines_free(struct lines * l)
{
	buf_free(&l->carry);
}
