/* Addresses and ports, in one text form. */
#include <string.h>

#include "timeline/address.h"
#include "timeline/event.h"

#include "tests/unit/unit.h"

static const struct row {
	const char * text;
	const char * ip; /* NULL: refused. */
	int64_t port;
} rows[] = {
	{ "1.2.3.4", "1.2.3.4", EVENT_ABSENT },
	{ "1.2.3.4:56029", "1.2.3.4", 56029 },
	{ "0.0.0.0:0", "0.0.0.0", 0 },
	{ "255.255.255.255:65535", "255.255.255.255", 65535 },
	{ "1.2.3.4:65536", NULL, 0 },
	{ "1.2.3.4:", NULL, 0 },
	{ "1.2.3.4:a", NULL, 0 },
	{ "1.2.3.4:080", NULL, 0 },
	{ "1.2.3.4:80:80", NULL, 0 },
	{ "1.2.3.4 ", NULL, 0 },
	{ " 1.2.3.4", NULL, 0 },
	{ "1.2.3", NULL, 0 },
	{ "1.2.3.4.5", NULL, 0 },
	{ "268.20.203.21:4362", NULL, 0 },
	{ "010.0.0.1", NULL, 0 },
	{ "1.2.3.04", NULL, 0 },
	{ "0x1.2.3.4", NULL, 0 },
	{ "16909060", NULL, 0 },
	{ "", NULL, 0 },
	{ ":", NULL, 0 },
	{ "localhost", NULL, 0 },
	{ "::", "::", EVENT_ABSENT },
	{ "::1", "::1", EVENT_ABSENT },
	{ "1::", "1::", EVENT_ABSENT },
	{ "[::1]:443", "::1", 443 },
	{ "[::1]", "::1", EVENT_ABSENT },
	{ "[::1]443", NULL, 0 },
	{ "[::1]:", NULL, 0 },
	{ "[::1", NULL, 0 },
	{ "[1.2.3.4]:443", NULL, 0 },
	{ "2001:DB8:0:0:0:0:0:1", "2001:db8::1", EVENT_ABSENT },
	{ "[2001:0db8:0000:0000:0008:0800:200C:417A]:8080",
	    "2001:db8::8:800:200c:417a", 8080 },
	{ "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1", EVENT_ABSENT },
	{ "2001:0:0:1:0:0:0:1", "2001:0:0:1::1", EVENT_ABSENT },
	{ "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1", EVENT_ABSENT },
	{ "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0", EVENT_ABSENT },
	{ "::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8", EVENT_ABSENT },
	{ "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8", EVENT_ABSENT },
	{ "1:2:3:4:5:6:7:8:9", NULL, 0 },
	{ "1:2:3:4:5:6:7", NULL, 0 },
	{ "1::2::3", NULL, 0 },
	{ "1:2:3:4::5:6:7:8", NULL, 0 },
	{ ":1:2:3:4:5:6:7", NULL, 0 },
	{ "1:2:3:4:5:6:7:", NULL, 0 },
	{ ":::", NULL, 0 },
	{ "12345::", NULL, 0 },
	{ "g::1", NULL, 0 },
	{ "fe80::1%eth0", NULL, 0 },
	{ "::ffff:10.0.0.4", "10.0.0.4", EVENT_ABSENT },
	{ "[::ffff:10.0.0.4]:443", "10.0.0.4", 443 },
	{ "::FFFF:0a00:0004", "10.0.0.4", EVENT_ABSENT },
	{ "64:ff9b::1.2.3.4", "64:ff9b::102:304", EVENT_ABSENT },
	{ "::ffff:10.0.0.256", NULL, 0 },
	{ "1.2.3.4::", NULL, 0 },
	{ "::1.2.3.4:80", NULL, 0 },
};

static void
address_parse_port_gives_one_text_form_or_refuses(void)
{
	char ip[ADDRESS_SIZE];
	int64_t port;
	int rc;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rc = address_parse_port(rows[i].text, ip, &port);
		if ((rc == 0) != (rows[i].ip != NULL))
			(void)printf("# %s: %d\n", rows[i].text, rc);
		EXPECT((rc == 0) == (rows[i].ip != NULL));
		if ((rc != 0) || (rows[i].ip == NULL))
			continue;
		EXPECT_TEXT(ip, rows[i].ip);
		EXPECT(port == rows[i].port);
	}
}

static void
address_parse_holds_the_longest_text(void)
{
	static const char longest[] = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
	char ip[ADDRESS_SIZE];

	EXPECT(address_parse(longest, strlen(longest), ip) == 0);
	EXPECT_TEXT(ip, longest);
}

static void
address_parse_reads_no_byte_behind_its_length(void)
{
	char ip[ADDRESS_SIZE];

	EXPECT(address_parse("1.2.3.45", 7, ip) == 0);
	EXPECT_TEXT(ip, "1.2.3.4");
	EXPECT(address_parse("::12", 3, ip) == 0);
	EXPECT_TEXT(ip, "::1");
	EXPECT(address_parse("1.2.3.4", 0, ip) == -1);
}

int
main(void)
{
	RUN(address_parse_port_gives_one_text_form_or_refuses);
	RUN(address_parse_holds_the_longest_text);
	RUN(address_parse_reads_no_byte_behind_its_length);
	return unit_failed;
}
