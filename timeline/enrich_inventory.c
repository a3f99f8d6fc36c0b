#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "timeline/enrich_rows.h"

#include "timeline/enrich_source.h"

/*
 * The owner's machines: a column machine, and any of mac, nic (the resource id
 * of a network card, or its name), address, private_address, and public_address.
 * A row is one card; a machine may have several.  A column network or role says
 * more of it.  An address that several machines have is each one's.
 */
#define MAC_DIGITS 12

/* Twelve hex digits in capitals, whatever stands between them. */
static bool
read_mac(const char * text, char mac[MAC_DIGITS + 1])
{
	size_t n = 0;

	for (; *text != '\0'; text++) {
		if (strchr("-:.", *text) != NULL)
			continue;
		if ((strchr("0123456789abcdefABCDEF", *text) == NULL) ||
		    (n == MAC_DIGITS))
			return false;
		mac[n++] = *text;
	}
	mac[n] = '\0';
	return n == MAC_DIGITS;
}

static int
add_mac(
    struct enrich_source * s, const char * text, size_t entry, struct err * e)
{
	char mac[MAC_DIGITS + 1];

	if (!read_mac(text, mac)) {
		err_set(e, ERR_INPUT, NULL, "%s: not a card's address", text);
		return -1;
	}
	return enrich_source_key(s, mac, entry, e);
}

static int
take_row(void * cookie, const struct record_value * row, struct err * e)
{
	static const char * const addresses[] = { "address", "private_address",
		"public_address" };
	struct enrich_source * s = cookie;
	const char * machine = record_text(row, "machine");
	const char * role = record_text(row, "role");
	const char * network = record_text(row, "network");
	const char * mac = record_text(row, "mac");
	const char * nic = record_text(row, "nic");
	struct buf detail = { 0 };
	size_t entry;
	int rc = -1;

	if (machine == NULL) {
		err_set(e, ERR_INPUT, NULL, "a row without a machine");
		return -1;
	}
	if (buf_addf(&detail, e, "%s%s%s", (role != NULL) ? role : "",
		((role != NULL) && (network != NULL)) ? " " : "",
		(network != NULL) ? network : "") != 0)
		goto out;
	if (enrich_source_entry(s, machine, buf_text(&detail), &entry, e) != 0)
		goto out;
	if ((mac != NULL) && (add_mac(s, mac, entry, e) != 0))
		goto out;
	if ((nic != NULL) && (enrich_source_key(s, nic, entry, e) != 0))
		goto out;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		const char * address = record_text(row, addresses[i]);

		if ((address != NULL) &&
		    (enrich_source_network(s, address, entry, e) != 0))
			goto out;
	}
	rc = 0;

out:
	buf_free(&detail);
	return rc;
}

int
enrich_read_inventory(
    struct enrich_source * s, const void * bytes, size_t len, struct err * e)
{
	(void)snprintf(s->file.about, sizeof(s->file.about), "CSV");
	return enrich_rows(bytes, len, NULL, take_row, s, e);
}
