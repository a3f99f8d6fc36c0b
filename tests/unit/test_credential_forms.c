#define _DEFAULT_SOURCE /* mkstemp */
#include <stdlib.h>
#include <unistd.h>

#include "collect/credential.h"
#include "collect/credential_url.h"
#include "evidence/clock.h"
#include "tests/unit/unit.h"

#define KEY "Q0FOQVJZQ0FOQVJZ" /* base64 of CANARYCANARY */
#define SAS "sv=2021-12-02&sr=c&sp=rl&se=2026-11-10&spr=https&sig=CANARY%3D"

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

/* Connection strings and what is in them; account NULL: refused. */
static const struct {
	const char * text;
	bool is_key;
	const char * account;
	const char * endpoint;
} strings[] = {
	/* As the portal and az print them. */
	{ "DefaultEndpointsProtocol=https;AccountName=myacct;AccountKey=" KEY
	  ";EndpointSuffix=core.windows.net",
	    true, "myacct", "https://myacct.blob.core.windows.net" },
	{ "DefaultEndpointsProtocol=https;EndpointSuffix=core.windows.net;"
	  "AccountName=myacct;AccountKey=" KEY
	  ";BlobEndpoint=https://myacct.blob.core.windows.net/;"
	  "FileEndpoint=https://myacct.file.core.windows.net/;"
	  "QueueEndpoint=https://myacct.queue.core.windows.net/;"
	  "TableEndpoint=https://myacct.table.core.windows.net/",
	    true, "myacct", "https://myacct.blob.core.windows.net/" },
	{ "BlobEndpoint=https://myacct.blob.core.windows.net/;QueueEndpoint="
	  "https://myacct.queue.core.windows.net/;SharedAccessSignature=" SAS,
	    false, "myacct", "https://myacct.blob.core.windows.net/" },
	/* Any order, any case, semicolons and white space around. */
	{ ";;accountkey=" KEY ";ACCOUNTNAME=myacct;;", true, "myacct", "" },
	{ " \r\n\tAccountName=myacct;AccountKey=" KEY ";\r\n\r\n", true,
	    "myacct", "" },
	{ "SharedAccessSignature=?" SAS ";AccountName=myacct", false, "myacct",
	    "" },
	{ "endpointsuffix=core.usgovcloudapi.net;accountName=gov;accountKey=" KEY,
	    true, "gov", "https://gov.blob.core.usgovcloudapi.net" },
	{ "DefaultEndpointsProtocol=HTTPS;EndpointSuffix=core.chinacloudapi.cn;"
	  "AccountName=cn1;AccountKey=" KEY,
	    true, "cn1", "https://cn1.blob.core.chinacloudapi.cn" },
	{ "DefaultEndpointsProtocol=http;EndpointSuffix=core.windows.net;"
	  "AccountName=abc;AccountKey=" KEY,
	    true, "abc", "http://abc.blob.core.windows.net" },
	/* Secondary, zone, private and emulator endpoints. */
	{ "AccountName=abc;AccountKey=" KEY
	  ";BlobEndpoint=https://abc.blob.core.windows.net;"
	  "BlobSecondaryEndpoint=https://abc-secondary.blob.core.windows.net",
	    true, "abc", "https://abc.blob.core.windows.net" },
	{ "BlobEndpoint=https://abc-secondary.blob.core.windows.net;"
	  "SharedAccessSignature=" SAS,
	    false, "abc", "https://abc-secondary.blob.core.windows.net" },
	{ "BlobEndpoint=https://abc.z12.blob.storage.azure.net;"
	  "SharedAccessSignature=" SAS,
	    false, "abc", "https://abc.z12.blob.storage.azure.net" },
	{ "BlobEndpoint=https://abc.privatelink.blob.core.windows.net;"
	  "SharedAccessSignature=" SAS,
	    false, "abc", "https://abc.privatelink.blob.core.windows.net" },
	{ "BlobEndpoint=http://127.0.0.1:10000/dev1;SharedAccessSignature=" SAS,
	    false, "dev1", "http://127.0.0.1:10000/dev1" },
	{ "BlobEndpoint=https://logs.example.org/;SharedAccessSignature=" SAS,
	    false, "", "https://logs.example.org/" },
	{ "UseDevelopmentStorage=true", true, "devstoreaccount1",
	    "http://127.0.0.1:10000/devstoreaccount1" },
	{ "usedevelopmentstorage=TRUE;", true, "devstoreaccount1",
	    "http://127.0.0.1:10000/devstoreaccount1" },
	{ "UseDevelopmentStorage=true;DevelopmentStorageProxyUri="
	  "http://localhost/",
	    true, "devstoreaccount1",
	    "http://localhost:10000/devstoreaccount1" },
	{ "DevelopmentStorageProxyUri=https://emu;UseDevelopmentStorage=true",
	    true, "devstoreaccount1", "https://emu:10000/devstoreaccount1" },
	/* What cannot be meant. */
	{ "UseDevelopmentStorage=false", true, NULL, NULL },
	{ "UseDevelopmentStorage=true;DevelopmentStorageProxyUri=emu", true,
	    NULL, NULL },
	{ "UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://h:1",
	    true, NULL, NULL },
	{ "AccountName=abc;AccountKey=" KEY ";Colour=blue", true, NULL, NULL },
	{ "AccountName=abc;" KEY "=", true, NULL, NULL },
	{ "AccountName=abc;AccountKey=" KEY ";AccountKey=" KEY, true, NULL,
	    NULL },
	{ "AccountName=abc;AccountKey=" KEY ";SharedAccessSignature=" SAS, true,
	    NULL, NULL },
	{ "AccountName=abc", true, NULL, NULL },
	/* A key in the wrong place is not said again. */
	{ "AccountName=" KEY ";AccountKey=" KEY, true, NULL, NULL },
	{ "AccountName=ABC;AccountKey=" KEY, true, NULL, NULL },
	{ "AccountName=abc;AccountKey=" KEY
	  ";BlobSecondaryEndpoint=https://abc-secondary.blob.x.org",
	    true, NULL, NULL },
	{ "AccountName=abc;AccountKey=" KEY
	  ";DefaultEndpointsProtocol=ftp;EndpointSuffix=x.org",
	    true, NULL, NULL },
	{ "AccountName=abc;AccountKey=" KEY
	  ";BlobEndpoint=https://abc.blob.x.org/container",
	    true, NULL, NULL },
	{ "BlobEndpoint=abc.blob.x.org;SharedAccessSignature=" SAS, false, NULL,
	    NULL },
	{ "BlobEndpoint=https://u:p@abc.blob.x.org;SharedAccessSignature=" SAS,
	    false, NULL, NULL },
};

static void
credential_reads_connection_strings_of_every_form(void)
{
	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		struct err e;
		struct credential * c =
		    open_text(strings[i].text, strings[i].is_key, NULL, &e);

		if ((c == NULL) != (strings[i].account == NULL)) {
			unit_bad = 1;
			(void)printf("# %s: %s\n", strings[i].text, e.text);
		}
		EXPECT(strstr(e.text, "CANARY") == NULL);
		EXPECT(strstr(e.text, "Q0FO") == NULL);
		if (c != NULL) {
			EXPECT_TEXT(credential_account(c), strings[i].account);
			EXPECT_TEXT(
			    credential_endpoint(c), strings[i].endpoint);
		}
		credential_free(c);
	}
}

/* URLs with a SAS, pasted whole; account NULL: refused. */
static const struct {
	const char * url; /* Before the "?". */
	const char * account;
	const char * endpoint;
	const char * container;
} urls[] = {
	{ "https://acct.blob.core.windows.net/logs", "acct",
	    "https://acct.blob.core.windows.net", "logs" },
	{ "https://acct.blob.core.windows.net/%24logs", "acct",
	    "https://acct.blob.core.windows.net", "$logs" },
	{ "https://acct.blob.core.windows.net/logs/a/b.json", "acct",
	    "https://acct.blob.core.windows.net", "logs" },
	{ "HTTPS://acct.blob.core.windows.net/", "acct",
	    "HTTPS://acct.blob.core.windows.net", "" },
	{ "https://acct.blob.core.windows.net", "acct",
	    "https://acct.blob.core.windows.net", "" },
	{ "https://acct-secondary.blob.core.windows.net/logs", "acct",
	    "https://acct-secondary.blob.core.windows.net", "logs" },
	{ "http://127.0.0.1:10000/acct/logs", "acct",
	    "http://127.0.0.1:10000/acct", "logs" },
	{ "http://[::1]:10000/acct/logs", "acct", "http://[::1]:10000/acct",
	    "logs" },
	{ "http://localhost:1/acct-secondary/logs", "acct",
	    "http://localhost:1/acct-secondary", "logs" },
	{ "https://logs.example.org/c1", "", "https://logs.example.org", "c1" },
	{ "https:///logs", NULL, NULL, NULL },
	{ "https://me@acct.blob.core.windows.net/logs", NULL, NULL, NULL },
	{ "https://ACCT.blob.core.windows.net/logs", NULL, NULL, NULL },
	{ "https://acct.blob.core.windows.net/%00", NULL, NULL, NULL },
	{ "https://acct.blob.core.windows.net/%zz", NULL, NULL, NULL },
	{ "ftp://acct.blob.core.windows.net/logs", NULL, NULL, NULL },
};

static void
credential_takes_a_sas_url_as_it_was_pasted(void)
{
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		char text[512];
		struct err e;
		struct credential * c;

		(void)snprintf(
		    text, sizeof(text), " %s?%s\r\n\n", urls[i].url, SAS);
		c = open_text(text, false, NULL, &e);
		if ((c == NULL) != (urls[i].account == NULL)) {
			unit_bad = 1;
			(void)printf("# %s: %s\n", urls[i].url, e.text);
		}
		EXPECT(strstr(e.text, "CANARY") == NULL);
		if (c != NULL) {
			EXPECT_TEXT(credential_account(c), urls[i].account);
			EXPECT_TEXT(credential_endpoint(c), urls[i].endpoint);
			EXPECT_TEXT(credential_container(c), urls[i].container);
			EXPECT_TEXT(
			    (const char *)credential_sas(c)->bytes, SAS);
		}
		credential_free(c);
	}
}

static void
credential_url_has_no_nul(void)
{
	static const char url[] = "https://ac\0ct.blob.core.windows.net/logs";
	struct credential_place place;
	struct err e;

	err_init(&e);
	EXPECT(credential_url_parse(url, sizeof(url) - 1, &place, &e) == -1);
	EXPECT(e.kind == ERR_USAGE);
}

static void
credential_refuses_the_credential_of_another_account(void)
{
	struct err e;
	struct credential * c;

	EXPECT(open_text("AccountName=abc;AccountKey=" KEY, true, "abd", &e) ==
	    NULL);
	EXPECT(strstr(e.text, "of account abc, not abd") != NULL);
	EXPECT(open_text("https://abc.blob.core.windows.net/c1x?" SAS, false,
		   "abd", &e) == NULL);
	c = open_text("AccountName=abc;AccountKey=" KEY, true, "abc", &e);
	EXPECT(c != NULL);
	credential_free(c);
}

/* What a SAS cannot do, and whether it is fit on 2026-11-01. */
#define REST "&se=2026-11-10&spr=https&sig=CANARY%3D"
static const struct {
	const char * sas;
	bool is_fit;
	const char * limits; /* All of them; NULL: not a SAS at all. */
} limits[] = {
	{ "ss=b&srt=sco&sp=rl" REST, true, "" },
	{ "ss=b&srt=co&sp=rl" REST, true,
	    "cannot list containers (s is not in srt); "
	    "cannot read service properties (s is not in srt)" },
	{ "ss=b&srt=so&sp=rl" REST, false, "cannot list blobs" },
	{ "ss=b&srt=sc&sp=rl" REST, false, "cannot read blobs" },
	{ "ss=b&srt=sco&sp=r" REST, false,
	    "cannot list blobs; cannot list containers" },
	{ "ss=b&srt=sco&sp=l" REST, false,
	    "cannot read blobs; cannot read service properties" },
	{ "sr=c&sp=rl" REST, true,
	    "reaches one container only; cannot list containers; "
	    "cannot read service properties" },
	{ "sr=c&sp=r" REST, false,
	    "reaches one container only; cannot list blobs; "
	    "cannot list containers; cannot read service properties" },
	{ "sr=d&sdd=2&sp=rl" REST, true,
	    "reaches one folder only (sdd=2); cannot list containers; "
	    "cannot read service properties" },
	{ "sr=b&sp=r" REST, false,
	    "reaches one blob only; cannot list blobs; "
	    "cannot list containers; cannot read service properties" },
	{ "sr=b&sp=rl" REST, false,
	    "reaches one blob only; cannot list blobs; "
	    "cannot list containers; cannot read service properties" },
	{ "sr=bs&sp=r" REST, false,
	    "reaches one snapshot only; cannot list blobs; "
	    "cannot list containers; cannot read service properties" },
	{ "sr=bv&sp=r" REST, false,
	    "reaches one version only; cannot list blobs; "
	    "cannot list containers; cannot read service properties" },
	{ "sr=s&sp=rl" REST, false,
	    "cannot list blobs; cannot list containers; "
	    "cannot read service properties" },
	{ "sr=cb&sp=rl" REST, false,
	    "cannot list blobs; cannot list containers; "
	    "cannot read service properties" },
	{ "sr=c&si=read&spr=https&sig=x", false,
	    "reaches one container only; has its rights in a stored policy: "
	    "they show only when tried (read)" },
	{ "sr=c&sp=rl&sip=10.0.0.1-10.0.0.9" REST, true,
	    "reaches one container only; cannot list containers; "
	    "cannot read service properties; answers requests from certain "
	    "addresses only (10.0.0.1-10.0.0.9)" },
	{ "sr=c&sp=rl&skoid=o&sktid=t&skt=2026-10-31&ske=2026-11-05&sks=b"
	  "&skv=2021-12-02&saoid=a&scid=c" REST,
	    true,
	    "reaches one container only; cannot list containers; "
	    "cannot read service properties" },
	{ "sr=c&sp=rl&skoid=o&skt=2026-11-02&ske=2026-11-05" REST, false,
	    "reaches one container only; cannot list containers; "
	    "cannot read service properties" },
	{ "sr=c&sp=rl&skoid=o&ske=2026-10-31" REST, false,
	    "reaches one container only; cannot list containers; "
	    "cannot read service properties" },
	{ "ss=b&srt=sco&sp=rl&sduoid=u&skdutid=t" REST, true,
	    "is bound to one user, whose own sign-in the service may want as "
	    "well (u)" },
	{ "ss=b&srt=sco&sp=rl&srh=x-ms-one&srq=two" REST, true,
	    "wants headers or parameters in each request that this program "
	    "may not send (srh, srq)" },
	{ "ss=b&srt=sco&sp=rrll" REST, true, "" },
	{ "ss=b&srt=sco&sp=RL" REST, false,
	    "cannot read blobs; cannot list blobs; cannot list containers; "
	    "cannot read service properties" },
	{ "%73s=b&s%72t=sco&%73p=%72%6c" REST, true, "" },
	{ "ss=b&srt=sco&sp=rl&skt=2026-11-01&skt=2026-11-02" REST, false,
	    NULL },
	{ "sr=d&sdd=1&sdd=2&sp=rl" REST, false, NULL },
	{ "ss=b&srt=sco&sp=rl&ske=soon" REST, false, NULL },
	{ "sr=d&sdd=123456789&sp=rl" REST, false, NULL },
};

static void
credential_says_what_a_sas_cannot_do(void)
{
	struct err e;
	int64_t now = CLOCK_UNKNOWN;

	err_init(&e);
	EXPECT(clock_parse("2026-11-01T12:00:00Z", &now, &e) == 0);
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct buf words = { 0 };
		struct credential * c =
		    open_text(limits[i].sas, false, "acct", &e);
		bool is_fit = false;

		if (c != NULL) {
			EXPECT(credential_limits(c, &words, &e) == 0);
			is_fit = (credential_check(c, now, false, &e) == 0);
		}
		if (((c == NULL) != (limits[i].limits == NULL)) ||
		    (is_fit != limits[i].is_fit) ||
		    ((c != NULL) &&
			(strcmp(buf_text(&words), limits[i].limits) != 0))) {
			unit_bad = 1;
			(void)printf("# %s: %d \"%s\" %s\n", limits[i].sas,
			    is_fit, buf_text(&words), e.text);
		}
		buf_free(&words);
		credential_free(c);
	}
}

int
main(void)
{
	struct err e;

	err_init(&e);
	if (secret_start(&e) != 0)
		return 1;
	RUN(credential_reads_connection_strings_of_every_form);
	RUN(credential_takes_a_sas_url_as_it_was_pasted);
	RUN(credential_url_has_no_nul);
	RUN(credential_refuses_the_credential_of_another_account);
	RUN(credential_says_what_a_sas_cannot_do);
	return unit_failed;
}
