#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "evidence/buf.h"
#include "evidence/clock.h"
#include "evidence/io.h"
#include "evidence/text.h"

#include "timeline/display.h"

#define ZONES "/usr/share/zoneinfo/"
#define ZONE_BYTES_MAX ((size_t)1 << 20)

/* Names of zones only: no path that leads elsewhere. */
static bool
is_zone_name(const char * name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_+-/";
	size_t len = strlen(name);

	return (len > 0) && (len <= DISPLAY_ZONE_MAX) &&
	    (strspn(name, letters) == len) && (name[0] != '/') &&
	    (name[0] != '-');
}

int
display_take_zone(struct display * d, const char * name, struct err * e)
{
	char path[sizeof(ZONES) + DISPLAY_ZONE_MAX];
	struct buf rules = { 0 };
	int rc = -1;

	if (!is_zone_name(name)) {
		err_set(e, ERR_USAGE, NULL, "%s is no name of a zone", name);
		return -1;
	}
	(void)snprintf(path, sizeof(path), ZONES "%s", name);
	if ((io_load(IO_PATH, path, ZONE_BYTES_MAX, &rules, e) != 0) ||
	    (rules.len < 4) || (memcmp(rules.bytes, "TZif", 4) != 0)) {
		err_init(e);
		err_set(
		    e, ERR_USAGE, NULL, "there is no zone %s in " ZONES, name);
		goto out;
	}
	if (setenv("TZ", path, 1) != 0) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		goto out;
	}
	tzset();
	d->zone = name;
	digest_sha256(rules.bytes, rules.len, d->zone_sha256);
	rc = 0;

out:
	buf_free(&rules);
	return rc;
}

void
display_local(
    const struct display * d, int64_t at, char text[DISPLAY_TEXT_SIZE])
{
	int64_t seconds = at / CLOCK_TICKS_PER_SECOND;
	struct tm tm;
	time_t when;
	char offset[16];
	size_t len;

	text[0] = '\0';
	if ((d->zone == NULL) || (at == CLOCK_UNKNOWN))
		return;
	if ((at % CLOCK_TICKS_PER_SECOND) < 0)
		seconds--;
	when = (time_t)seconds;
	if (localtime_r(&when, &tm) == NULL)
		return;
	len =
	    strftime(text, DISPLAY_TEXT_SIZE - 12, "%Y-%m-%d %H:%M:%S %Z", &tm);
	if (strftime(offset, sizeof(offset), "%z", &tm) == 5)
		(void)snprintf(text + len, DISPLAY_TEXT_SIZE - len,
		    " (%.3s:%.2s)", offset, offset + 3);
}
