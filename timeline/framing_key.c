#include <string.h>
#include <strings.h>

#include "timeline/framing_key.h"

/* What the records of the formats in timeline.md were seen to begin with. */
static const char * const known[] = { "time", "category", "authorization",
	"caller", "channels", "eventTimestamp", "event_timestamp",
	"TimeGenerated" };

static size_t
skip_blanks(const uint8_t * bytes, size_t len, size_t i)
{
	while ((i < len) &&
	    ((bytes[i] == ' ') || (bytes[i] == '\t') || (bytes[i] == '\r') ||
		(bytes[i] == '\n')))
		i++;
	return i;
}

/* The answer when the bytes end at ${len} without one. */
static enum framing_key_result
too_few(size_t len)
{
	return (len >= FRAMING_KEY_REACH) ? FRAMING_KEY_NONE : FRAMING_KEY_MORE;
}

void
framing_key_set(struct framing_key * key, const uint8_t * bytes, size_t len)
{
	key->len = 0;
	if (len > sizeof(key->text))
		return;
	memcpy(key->text, bytes, len);
	key->len = len;
}

enum framing_key_result
framing_key_read(
    const uint8_t * bytes, size_t len, struct framing_key * key, size_t * after)
{
	size_t i, begin;

	if (len > FRAMING_KEY_REACH)
		len = FRAMING_KEY_REACH;
	if (len == 0)
		return FRAMING_KEY_MORE;
	if (bytes[0] != '{')
		return FRAMING_KEY_NONE;
	i = skip_blanks(bytes, len, 1);
	if (i == len)
		return too_few(len);
	if (bytes[i] != '"')
		return FRAMING_KEY_NONE;
	begin = i + 1;
	for (i = begin; i < len; i++) {
		if ((bytes[i] == '"') || (bytes[i] == '\\') ||
		    (bytes[i] < 0x20))
			break;
	}
	if (i == len)
		return too_few(len);
	if (bytes[i] != '"')
		return FRAMING_KEY_NONE;
	framing_key_set(key, bytes + begin, i - begin);
	*after = i + 1;
	return FRAMING_KEY_READ;
}

static bool
is_text(const struct framing_key * key, const char * text)
{
	return (key->len == strlen(text)) &&
	    (strncasecmp(key->text, text, key->len) == 0);
}

enum framing_key_result
framing_key_read_envelope(
    const uint8_t * bytes, size_t len, bool nested, size_t * after)
{
	struct framing_key key = { .len = 0 };
	enum framing_key_result result;
	size_t i;

	if (len > FRAMING_KEY_REACH)
		len = FRAMING_KEY_REACH;
	result = framing_key_read(bytes, len, &key, &i);
	if (result != FRAMING_KEY_READ)
		return result;
	if (!is_text(&key, "records") && (nested || !is_text(&key, "value")))
		return FRAMING_KEY_NONE;
	i = skip_blanks(bytes, len, i);
	if (i == len)
		return too_few(len);
	if (bytes[i] != ':')
		return FRAMING_KEY_NONE;
	i = skip_blanks(bytes, len, i + 1);
	if (i == len)
		return too_few(len);
	if (bytes[i] != '[')
		return FRAMING_KEY_NONE;
	*after = i + 1;
	return FRAMING_KEY_READ;
}

bool
framing_key_is_start(
    const struct framing_key * key, const struct framing_key * learnt)
{
	if (key->len == 0)
		return false;
	if (learnt->len > 0)
		return (key->len == learnt->len) &&
		    (memcmp(key->text, learnt->text, key->len) == 0);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (is_text(key, known[i]))
			return true;
	}
	return false;
}
