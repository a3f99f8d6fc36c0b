#define _DEFAULT_SOURCE /* setenv, mkstemp */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "collect/credential.h"
#include "collect/redact.h"
#include "collect/sas.h"
#include "evidence/clock.h"
#include "evidence/secret.h"
#include "tests/unit/unit.h"

#define SIG "sig=CANARY%2Bx%2Fy%3D"

static int64_t
moment(const char * text)
{
	struct err e;
	int64_t at = CLOCK_UNKNOWN;

	err_init(&e);
	EXPECT(clock_parse(text, &at, &e) == 0);
	return at;
}

/* Open what ${text} in a file is; NULL with ${e} set. */
static struct credential *
open_text(const char * text, bool is_key, const char * account, struct err * e)
{
	char path[] = "/tmp/azcustody-unit.XXXXXX";
	struct credential_source source = { .account = account };
	struct credential * c = NULL;
	int fd = mkstemp(path);

	err_init(e);
	if ((fd == -1) || (write(fd, text, strlen(text)) == -1))
		abort();
	(void)close(fd);
	if (is_key)
		source.key_file = path;
	else
		source.sas_file = path;
	c = credential_open(&source, e);
	(void)unlink(path);
	return c;
}

/* What a SAS is good for on 2026-11-01, without and with acceptance. */
static const struct {
	const char * sas;
	bool is_fit;
	bool is_usable;
	const char * excess; /* Words of it. */
} table[] = {
	/* Fit. */
	{ "sv=2021-12-02&ss=b&srt=sco&sp=rl&se=2026-11-10T00:00:00Z&spr=https&" SIG,
	    true, true, "" },
	{ "?sv=2021-12-02&ss=b&srt=co&sp=lr&se=2026-11-10&spr=https&" SIG, true,
	    true, "" },
	{ SIG "&spr=https&se=2026-11-10T12:00Z&sp=rl&sr=c&sv=2021-12-02", true,
	    true, "" },
	{ "sr=c&sp=rlf&se=2026-12-01T00:00:00Z&spr=https&" SIG, true, true,
	    "" },
	{ "sr=c&sp=rl&st=2026-10-01&se=2026-11-10T00:00:00.1234567Z&spr=HTTPS&" SIG,
	    true, true, "" },
	{ "sr=c&sp=rl&se=2026-11-10&ske=2026-11-05T00:00:00Z&skoid=a&spr=https&" SIG,
	    true, true, "" },
	{ "sr=c&%73p=r%6C&%73e=2026-11-10&spr=https&" SIG, true, true, "" },
	{ "SR=c&SP=rl&SE=2026-11-10&SPR=https&" SIG, true, true, "" },
	{ "sr=c&sp=rl&se=2026-11-10&spr=https&new=1&sip=1.2.3.4-1.2.3.9&" SIG,
	    true, true, "" },
	/* Too much. */
	{ "sr=c&sp=rwl&se=2026-11-10&spr=https&" SIG, false, true,
	    "can write" },
	{ "sr=c&sp=ral&se=2026-11-10&spr=https&" SIG, false, true,
	    "can write" },
	{ "sr=c&sp=rcl&se=2026-11-10&spr=https&" SIG, false, true,
	    "can write" },
	{ "sr=c&sp=rlt&se=2026-11-10&spr=https&" SIG, false, true,
	    "can write" },
	{ "sr=c&sp=rlm&se=2026-11-10&spr=https&" SIG, false, true,
	    "can write" },
	{ "sr=c&sp=rle&se=2026-11-10&spr=https&" SIG, false, true,
	    "can write" },
	{ "sr=c&sp=rlo&se=2026-11-10&spr=https&" SIG, false, true,
	    "can write" },
	{ "sr=c&sp=rlp&se=2026-11-10&spr=https&" SIG, false, true,
	    "can write" },
	{ "sr=c&sp=rli&se=2026-11-10&spr=https&" SIG, false, true,
	    "can write" },
	{ "sr=c&sp=rlu&se=2026-11-10&spr=https&" SIG, false, true,
	    "can write" },
	{ "sr=c&sp=rdl&se=2026-11-10&spr=https&" SIG, false, true,
	    "can delete" },
	{ "sr=c&sp=rxl&se=2026-11-10&spr=https&" SIG, false, true,
	    "can delete" },
	{ "sr=c&sp=ryl&se=2026-11-10&spr=https&" SIG, false, true,
	    "can delete" },
	{ "sr=c&sp=r%77l&se=2026-11-10&spr=https&" SIG, false, true,
	    "can write" },
	{ "sr=c&sp=rlW&se=2026-11-10&spr=https&" SIG, false, true,
	    "grants rights that are not known" },
	{ "sr=c&sp=rlz&se=2026-11-10&spr=https&" SIG, false, true,
	    "grants rights that are not known" },
	{ "ss=bqtf&srt=sco&sp=rwdlacuptfxiy&se=2026-11-10&spr=https&" SIG,
	    false, true,
	    "can write, can delete, reaches queues, tables or files" },
	{ "sr=c&sp=rl&se=2026-11-10&spr=https,http&" SIG, false, true,
	    "is good over plain HTTP" },
	{ "sr=c&sp=rl&se=2026-11-10&" SIG, false, true,
	    "is good over plain HTTP" },
	{ "sr=c&sp=rl&se=2026-12-02T00:00:00Z&spr=https&" SIG, false, true,
	    "lives 31 days" },
	{ "sr=c&sp=rl&se=9999-12-31T23:59:59Z&spr=https&" SIG, false, true,
	    "lives" },
	{ "sr=c&sp=rl&spr=https&" SIG, false, true, "has no end" },
	{ "sr=c&si=policy&spr=https&" SIG, false, true,
	    "has its rights in a stored policy" },
	{ "sr=c&si=policy&sp=rl&spr=https&" SIG, false, true,
	    "has its rights in a stored policy" },
	/* Of no use, whatever is accepted. */
	{ "sr=c&sp=rl&se=2026-10-31T23:59:59Z&spr=https&" SIG, false, false,
	    "" },
	{ "sr=c&sp=rl&se=2026-11-01&spr=https&" SIG, false, false, "" },
	{ "sr=c&sp=rl&se=2026-11-10&ske=2026-10-05T00:00:00Z&skoid=a&spr=https&" SIG,
	    false, false, "" },
	{ "sr=c&sp=rl&st=2026-11-02&se=2026-11-10&spr=https&" SIG, false, false,
	    "" },
	{ "sr=c&sp=l&se=2026-11-10&spr=https&" SIG, false, false, "" },
	{ "sr=c&se=2026-11-10&spr=https&" SIG, false, false, "" },
	{ "ss=q&srt=sco&sp=rl&se=2026-11-10&spr=https&" SIG, false, false, "" },
	{ "ss=b&srt=c&sp=rl&se=2026-11-10&spr=https&" SIG, false, false, "" },
};

static void
credential_refuses_a_sas_that_permits_more_than_reading(void)
{
	int64_t now = moment("2026-11-01T00:00:00Z");

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct credential * c;
		struct buf excess = { 0 };
		struct err e;
		bool is_fit = false;
		bool is_usable = false;

		c = open_text(table[i].sas, false, "acct", &e);
		if (c != NULL) {
			EXPECT(credential_excess(c, now, &excess, &e) == 0);
			is_fit = (credential_check(c, now, false, &e) == 0);
			EXPECT(is_fit || (e.kind == ERR_DENIED));
			EXPECT(strstr(e.text, "CANARY") == NULL);
			err_init(&e);
			is_usable = (credential_check(c, now, true, &e) == 0);
		}
		if ((c == NULL) || (is_fit != table[i].is_fit) ||
		    (is_usable != table[i].is_usable) ||
		    (strstr(buf_text(&excess), table[i].excess) == NULL)) {
			unit_bad = 1;
			(void)printf("# %s: %d %d %s\n", table[i].sas, is_fit,
			    is_usable, buf_text(&excess));
		}
		buf_free(&excess);
		credential_free(c);
	}
}

static const char * const no_sas[] = {
	"hello",
	"sv=2021-12-02&sp=rl",
	"sr=c&sp=rl",
	"sr=c&sp=rl&sig=",
	"sig=x",
	"sr=c&ss=b&srt=o&sp=r&" SIG,
	"sr=c&sp=r&sp=rw&" SIG,
	"sr=c&sp=r&%73%70=rw&" SIG,
	"sr=c&sp=r&SP=rw&" SIG,
	"sr=c&sp=r&" SIG "&" SIG,
	"sr=c&sp=r&se=2026-13-01&" SIG,
	"sr=c&sp=r&se=tomorrow&" SIG,
	"sr=c&sp=r&st=2026-11-01T&" SIG,
	"sr=c&sp=r&comp=metadata&" SIG,
	"sr=c&sp=r&restype=container&" SIG,
	"sr=c&sp=r&SNAPSHOT=x&" SIG,
	"sr=c&sp=r&%63omp=acl&" SIG,
	"sr=c&sp=r&api-version=2009-09-19&" SIG,
	"sr=c&sp=r #&" SIG,
	"sr=c&sp=r\r\nHost: evil&" SIG,
	"sr=c&sp=r\xC3\xA9&" SIG,
	"sr=c&sp=r%00w&" SIG,
	"sr=c&sp=r%0d&" SIG,
	"sr=c&sp=%&" SIG,
	"sr=c&=1&" SIG,
	"sr=c&sp=r&sig=a;b",
	"sr=c&sp=r&sig=a'b",
	"sr=c&sp=r&sig=a%26b",
	"https://acct.blob.core.windows.net/?sr=c#" SIG,
	"sr=c&sv=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa&" SIG,
};

static void
credential_refuses_what_is_no_sas_and_does_not_quote_it(void)
{
	char many[CREDENTIAL_SAS_MAX + 64];
	struct err e;

	for (size_t i = 0; i < sizeof(no_sas) / sizeof(no_sas[0]); i++) {
		struct credential * c = open_text(no_sas[i], false, "acct", &e);

		if (c != NULL) {
			unit_bad = 1;
			(void)printf("# taken: %s\n", no_sas[i]);
		}
		EXPECT(strstr(e.text, "CANARY") == NULL);
		EXPECT(strstr(e.text, "x%2F") == NULL);
		credential_free(c);
	}
	memset(many, 'a', sizeof(many));
	memcpy(many, "sr=c&sp=rl&se=2026-11-10&sig=x&b=", 33);
	many[CREDENTIAL_SAS_MAX + 1] = '\0';
	EXPECT(open_text(many, false, "acct", &e) == NULL);
	for (size_t i = 33; i < 600; i += 2)
		memcpy(many + i, "&c", 2);
	many[600] = '\0';
	EXPECT(open_text(many, false, "acct", &e) == NULL);
	EXPECT(e.kind == ERR_LIMIT);
}

static void
credential_sends_a_sas_byte_for_byte(void)
{
	static const char sas[] =
	    "sv=2021-06-08&sr=c&sp=rl&se=2026-11-10T00%3a00%3A00Z&spr=https"
	    "&sig=WZL/%2BMQ%3D&&empty=&flag";
	struct err e;
	struct credential * c = open_text(sas, false, "acct", &e);

	EXPECT(c != NULL);
	if (c == NULL)
		return;
	EXPECT_TEXT((const char *)credential_sas(c)->bytes, sas);
	EXPECT(credential_sas(c)->len == strlen(sas));
	EXPECT(credential_key(c) == NULL);
	/* SHA-256 of "WZL/+MQ=", as storage logs print it. */
	EXPECT_TEXT(credential_shape(c)->hash,
	    "SasSignature("
	    "4D52C8AEAB927CFF2569058800C34D8E5BC3405A942C7FDC047B132B11C210A5"
	    ")");
	credential_free(c);
}

static void
credential_tells_the_kinds_of_sas_apart(void)
{
	struct credential_shape shape;
	struct err e;

	err_init(&e);
	EXPECT(sas_parse("ss=b&srt=o&sp=r&sig=x", 21, &shape, &e) == 0);
	EXPECT(shape.kind == CREDENTIAL_ACCOUNT_SAS);
	EXPECT(shape.can_read && !shape.can_list);
	EXPECT(sas_parse("sr=b&sp=rl&sig=x", 16, &shape, &e) == 0);
	EXPECT(shape.kind == CREDENTIAL_SERVICE_SAS);
	EXPECT(shape.can_read && !shape.can_list);
	EXPECT(sas_parse("sr=c&sp=rl&skoid=me&sktid=t&sig=x", 33, &shape, &e) ==
	    0);
	EXPECT(shape.kind == CREDENTIAL_DELEGATION_SAS);
	EXPECT_TEXT(shape.skoid, "me");
	EXPECT(shape.can_list);
}

static void
credential_takes_a_key_and_hashes_it_in_both_forms(void)
{
	struct err e;
	struct credential * c = open_text("AAAA\n", true, "acct", &e);

	EXPECT(c != NULL);
	if (c == NULL)
		return;
	EXPECT(credential_key(c)->len == 3);
	EXPECT_TEXT(credential_shape(c)->key_text_hash,
	    "key1("
	    "63C1DD951FFEDF6F7FD968AD4EFA39B8ED584F162F46E715114EE184F8DE9201"
	    ")");
	EXPECT_TEXT(credential_shape(c)->key_bytes_hash,
	    "key1("
	    "709E80C88487A2411E1EE4DFB9F22A861492D20C4765150C0C794ABD70F8147C"
	    ")");
	EXPECT(credential_check(c, 0, false, &e) == 0);
	credential_free(c);
	EXPECT(open_text("not base64!", true, "acct", &e) == NULL);
	EXPECT(strstr(e.text, "not base64!") == NULL);
	EXPECT(open_text("AAA", true, "acct", &e) == NULL);
	EXPECT(open_text("AAAA", true, "Acct", &e) == NULL);
	EXPECT(open_text("AAAA", true, "a/b", &e) == NULL);
}

static void
credential_reads_connection_strings(void)
{
	struct err e;
	struct credential * c = open_text(
	    "DefaultEndpointsProtocol=https;AccountName=myacct;AccountKey=AAAA;"
	    "EndpointSuffix=core.windows.net",
	    true, NULL, &e);

	EXPECT(c != NULL);
	if (c != NULL) {
		EXPECT_TEXT(credential_account(c), "myacct");
		EXPECT_TEXT(credential_endpoint(c),
		    "https://myacct.blob.core.windows.net");
	}
	credential_free(c);
	c = open_text(
	    "BlobEndpoint=https://h/;SharedAccessSignature=sr=c&sp=rl&"
	    "se=2026-11-10&sig=x",
	    false, "acct", &e);
	EXPECT(c != NULL);
	if (c != NULL) {
		EXPECT_TEXT(credential_endpoint(c), "https://h/");
		EXPECT_TEXT((const char *)credential_sas(c)->bytes,
		    "sr=c&sp=rl&se=2026-11-10&sig=x");
	}
	credential_free(c);
	c = open_text("UseDevelopmentStorage=true", true, NULL, &e);
	EXPECT(c != NULL);
	if (c != NULL)
		EXPECT_TEXT(credential_account(c), "devstoreaccount1");
	credential_free(c);
	EXPECT(open_text("AccountName=a1b;AccountName=b1c;AccountKey=AAAA",
		   true, NULL, &e) == NULL);
	EXPECT(open_text("AccountName=abc", true, NULL, &e) == NULL);
	EXPECT(open_text("AccountName=abc;AccountKey=AAAA", false, NULL, &e) ==
	    NULL);
	EXPECT(open_text("AccountName=abc;AccountKey=AAAA;"
			 "SharedAccessSignature=sr=c&sig=x",
		   true, NULL, &e) == NULL);
}

static void
credential_takes_the_environment_and_wipes_it(void)
{
	struct credential_source source = { .use_environment = true };
	struct credential * c;
	struct err e;

	err_init(&e);
	(void)setenv("AZURE_STORAGE_ACCOUNT", "envacct", 1);
	(void)setenv("AZURE_STORAGE_KEY", "AAAA", 1);
	c = credential_open(&source, &e);
	EXPECT(c != NULL);
	if (c != NULL) {
		EXPECT_TEXT(credential_account(c), "envacct");
		EXPECT(credential_warning(c) != NULL);
	}
	credential_free(c);
	EXPECT((getenv("AZURE_STORAGE_KEY") == NULL) ||
	    (getenv("AZURE_STORAGE_KEY")[0] == '\0'));
	EXPECT(credential_open(&source, &e) == NULL);
	EXPECT(e.kind == ERR_USAGE);
}

static void
redact_takes_out_every_spelling_of_a_signature(void)
{
	static const struct {
		const char * text;
		const char * clean;
	} cases[] = {
		{ "a?sp=r&sig=X%2F&se=1", "a?sp=r&sig=-REDACTED-&se=1" },
		{ "sig=X", "sig=-REDACTED-" },
		{ "SIG=X y", "SIG=-REDACTED- y" },
		{ "%73ig=X&a", "%73ig=-REDACTED-&a" },
		{ "s%69%67%3dX%26a=1", "s%69%67%3d-REDACTED-%26a=1" },
		{ "sig%253DX%2526a=1", "sig%253D-REDACTED-%2526a=1" },
		{ "'sig=X'", "'sig=-REDACTED-'" },
		{ "\"sig=X\\u0026a\"", "\"sig=-REDACTED-\\u0026a\"" },
		{ "sig=X&sig=Y", "sig=-REDACTED-&sig=-REDACTED-" },
		{ "sig=", "sig=-REDACTED-" },
		{ "sig", "sig" },
		{ "AccountKey=abc==;x", "AccountKey=-REDACTED-;x" },
		{ "SharedKey acct:abc= z", "SharedKey acct:-REDACTED- z" },
		{ "SharedKey acct", "SharedKey acct" },
		{ "", "" },
		{ "%", "%" },
		{ "s%", "s%" },
	};
	struct err e;

	err_init(&e);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = { 0 };

		EXPECT(redact_text(&out, cases[i].text, strlen(cases[i].text),
			   &e) == 0);
		EXPECT_TEXT(buf_text(&out), cases[i].clean);
		buf_free(&out);
	}
}

int
main(void)
{
	struct err e;

	err_init(&e);
	if (secret_start(&e) != 0)
		return 1;
	RUN(credential_refuses_a_sas_that_permits_more_than_reading);
	RUN(credential_refuses_what_is_no_sas_and_does_not_quote_it);
	RUN(credential_sends_a_sas_byte_for_byte);
	RUN(credential_tells_the_kinds_of_sas_apart);
	RUN(credential_takes_a_key_and_hashes_it_in_both_forms);
	RUN(credential_reads_connection_strings);
	RUN(credential_takes_the_environment_and_wipes_it);
	RUN(redact_takes_out_every_spelling_of_a_signature);
	return unit_failed;
}
