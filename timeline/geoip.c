#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include <maxminddb.h>
#include <unistd.h>

#include "evidence/clock.h"
#include "evidence/io.h"
#include "evidence/text.h"

#include "timeline/geoip.h"

#define TEXT_MAX 256   /* Bytes of one name; more is damage. */
#define BEFORE_FOUR 96 /* Bits of an IPv6 tree before its IPv4 part. */

struct geoip {
	MMDB_s db;
	bool is_open;
};

/* A regular file of a size that can be mapped, before the library opens it. */
static int
check_file(const char * path, struct err * e)
{
	int fd = io_open_read(IO_PATH, path, e);
	int64_t size = 0;
	int rc;

	if (fd < 0)
		return -1;
	rc = io_size(fd, &size, e);
	(void)close(fd);
	if ((rc == 0) && ((size == 0) || (size > GEOIP_BYTES_MAX))) {
		err_set(e, ERR_INPUT, NULL, "empty, or more than 4 GiB");
		rc = -1;
	}
	return rc;
}

static void
describe(const struct geoip * g, struct geoip_about * about)
{
	const char * type = g->db.metadata.database_type;
	size_t len = (type != NULL) ? strlen(type) : 0;

	about->size = (int64_t)g->db.file_size;
	digest_sha256(
	    g->db.file_content, (size_t)g->db.file_size, about->sha256);
	about->built = CLOCK_UNKNOWN;
	/* Up to the year 9999, in seconds. */
	if (g->db.metadata.build_epoch < UINT64_C(253402300800))
		about->built = (int64_t)g->db.metadata.build_epoch *
		    CLOCK_TICKS_PER_SECOND;
	about->type[0] = '\0';
	if ((len < sizeof(about->type)) && (len > 0) && text_is_utf8(type, len))
		memcpy(about->type, type, len + 1);
}

struct geoip *
geoip_open(const char * path, struct geoip_about * about, struct err * e)
{
	struct geoip * g = NULL;
	int status;

	if (check_file(path, e) != 0)
		return NULL;
	g = calloc(1, sizeof(*g));
	if (g == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	status = MMDB_open(path, MMDB_MODE_MMAP, &g->db);
	if (status != MMDB_SUCCESS) {
		err_set(e,
		    (status == MMDB_OUT_OF_MEMORY_ERROR) ? ERR_SYSTEM
							 : ERR_INPUT,
		    NULL, "no MaxMind DB: %s", MMDB_strerror(status));
		free(g);
		return NULL;
	}
	g->is_open = true;
	describe(g, about);
	return g;
}

void
geoip_close(struct geoip * g)
{
	if (g == NULL)
		return;
	if (g->is_open)
		MMDB_close(&g->db);
	free(g);
}

/* Put ", " and the text or number at ${path}, if there is one. */
static int
add_value(MMDB_entry_s * entry, const char * const * path, const char * prefix,
    struct buf * place, struct err * e)
{
	const char * comma = (place->len > 0) ? ", " : "";
	MMDB_entry_data_s data;
	int status = MMDB_aget_value(entry, &data, path);

	if ((status == MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR) ||
	    ((status == MMDB_SUCCESS) && !data.has_data))
		return 0;
	if (status != MMDB_SUCCESS) {
		err_set(e, ERR_INPUT, NULL, "the MaxMind DB is damaged: %s",
		    MMDB_strerror(status));
		return -1;
	}
	if (data.type == MMDB_DATA_TYPE_UINT32)
		return buf_addf(place, e, "%s%s%lu", comma, prefix,
		    (unsigned long)data.uint32);
	if (data.type != MMDB_DATA_TYPE_UTF8_STRING)
		return 0;
	if ((data.data_size > TEXT_MAX) ||
	    !text_is_utf8(data.utf8_string, data.data_size) ||
	    (memchr(data.utf8_string, '\0', data.data_size) != NULL)) {
		err_set(e, ERR_INPUT, NULL,
		    "the MaxMind DB has a name that is no text");
		return -1;
	}
	if (buf_addf(place, e, "%s%s", comma, prefix) != 0)
		return -1;
	return buf_add(place, data.utf8_string, data.data_size, e);
}

/* Country, city, number and name of the autonomous system. */
static int
add_place(MMDB_entry_s * entry, struct buf * place, struct err * e)
{
	static const char * const country[] = { "country", "iso_code", NULL };
	static const char * const registered[] = { "registered_country",
		"iso_code", NULL };
	static const char * const city[] = { "city", "names", "en", NULL };
	static const char * const number[] = { "autonomous_system_number",
		NULL };
	static const char * const name[] = { "autonomous_system_organization",
		NULL };

	if (add_value(entry, country, "", place, e) != 0)
		return -1;
	if ((place->len == 0) &&
	    (add_value(entry, registered, "registered in ", place, e) != 0))
		return -1;
	if ((add_value(entry, city, "", place, e) != 0) ||
	    (add_value(entry, number, "AS", place, e) != 0))
		return -1;
	return add_value(entry, name, "", place, e);
}

/* Ask for ${address}; return false if it is none. */
static bool
look_up(struct geoip * g, const char * address, MMDB_lookup_result_s * found,
    int * status)
{
	struct sockaddr_in6 six;
	struct sockaddr_in four;

	memset(&six, 0, sizeof(six));
	memset(&four, 0, sizeof(four));
	six.sin6_family = AF_INET6;
	four.sin_family = AF_INET;
	if (strchr(address, ':') == NULL) {
		if (inet_pton(AF_INET, address, &four.sin_addr) != 1)
			return false;
		*found = MMDB_lookup_sockaddr(
		    &g->db, (const struct sockaddr *)&four, status);
	} else {
		if (inet_pton(AF_INET6, address, &six.sin6_addr) != 1)
			return false;
		*found = MMDB_lookup_sockaddr(
		    &g->db, (const struct sockaddr *)&six, status);
	}
	return true;
}

int
geoip_find(struct geoip * g, const char * address, struct buf * place,
    int * bits, struct err * e)
{
	MMDB_lookup_result_s found;
	int status = MMDB_SUCCESS;

	buf_clear(place);
	if (!look_up(g, address, &found, &status) ||
	    (status == MMDB_IPV6_LOOKUP_IN_IPV4_DATABASE_ERROR))
		return 0;
	if (status != MMDB_SUCCESS) {
		err_set(e, ERR_INPUT, NULL, "the MaxMind DB is damaged: %s",
		    MMDB_strerror(status));
		return -1;
	}
	if (!found.found_entry)
		return 0;
	*bits = found.netmask;
	if ((strchr(address, ':') == NULL) &&
	    (g->db.metadata.ip_version == 6) && (*bits >= BEFORE_FOUR))
		*bits -= BEFORE_FOUR;
	if (add_place(&found.entry, place, e) != 0)
		return -1;
	return (place->len > 0) ? 1 : 0;
}
