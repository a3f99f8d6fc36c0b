#include <stdio.h>
#include <string.h>

#include "collect/credential_string.h"
#include "collect/credential_url.h"
#include "evidence/buf.h"
#include "evidence/text.h"

/* The emulators' account, published by Microsoft: no secret. */
#define EMULATOR_ACCOUNT "devstoreaccount1"
#define EMULATOR_KEY                                                      \
	"Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/" \
	"K1SZFPTOtr/KBHBeksoGMGw=="
#define EMULATOR_HOST "http://127.0.0.1"
#define EMULATOR_PORT ":10000/" EMULATOR_ACCOUNT

/* What a connection string can say; texts are borrowed from it. */
struct setting {
	const char * value; /* NULL: absent. */
	size_t len;
};

enum {
	SETTING_ACCOUNT,
	SETTING_KEY,
	SETTING_SAS,
	SETTING_ENDPOINT,
	SETTING_SECONDARY,
	SETTING_SUFFIX,
	SETTING_PROTOCOL,
	SETTING_EMULATOR,
	SETTING_PROXY,
	SETTING_USED, /* From here on: known, and of no use here. */
	SETTING_COUNT = SETTING_USED + 8
};

static const char * const setting_names[SETTING_COUNT] = { "AccountName",
	"AccountKey", "SharedAccessSignature", "BlobEndpoint",
	"BlobSecondaryEndpoint", "EndpointSuffix", "DefaultEndpointsProtocol",
	"UseDevelopmentStorage", "DevelopmentStorageProxyUri", "FileEndpoint",
	"FileSecondaryEndpoint", "QueueEndpoint", "QueueSecondaryEndpoint",
	"TableEndpoint", "TableSecondaryEndpoint", "DfsEndpoint",
	"DfsSecondaryEndpoint" };

/* Return which setting ${len} bytes of ${name} are, or SETTING_COUNT. */
static size_t
find_setting(const char * name, size_t len)
{
	char copy[32];

	if (len >= sizeof(copy))
		return SETTING_COUNT;
	memcpy(copy, name, len);
	copy[len] = '\0';
	for (size_t i = 0; i < SETTING_COUNT; i++) {
		if (text_compare_nocase(copy, setting_names[i]) == 0)
			return i;
	}
	return SETTING_COUNT;
}

/* Return whether ${text} begins with a name that only such strings have. */
static bool
is_connection_string(const char * text, size_t len)
{
	const char * equals;

	while ((len > 0) && (text[0] == ';')) {
		text++;
		len--;
	}
	equals = memchr(text, '=', len);
	return (equals != NULL) &&
	    (find_setting(text, (size_t)(equals - text)) != SETTING_COUNT);
}

int
credential_account_set(
    struct credential_parts * parts, const char * name, struct err * e)
{
	size_t len = strlen(name);
	bool is_good = (len >= 3) && (len <= CREDENTIAL_ACCOUNT_MAX);

	for (size_t i = 0; is_good && (i < len); i++)
		is_good = ((name[i] >= 'a') && (name[i] <= 'z')) ||
		    ((name[i] >= '0') && (name[i] <= '9')) ||
		    ((name[i] == '-') && (i > 0));
	if (!is_good) {
		/* Not what it is: that may be a key in the wrong place. */
		err_set(e, ERR_USAGE, NULL,
		    "a name that cannot be that of a storage account");
		return -1;
	}
	memcpy(parts->account, name, len + 1);
	return 0;
}

static int
set_key(struct credential_parts * parts, const char * text, size_t len,
    struct err * e)
{
	struct buf bytes = { 0 };
	struct err why;
	int rc = -1;

	err_init(&why);
	/* One allocation, so that the one wiped is the only one. */
	if ((len > 2 * CREDENTIAL_KEY_MAX) ||
	    (buf_reserve(&bytes, len + 8, &why) != 0) ||
	    (text_base64_decode(&bytes, text, len, &why) != 0) ||
	    (bytes.len == 0) || (bytes.len > CREDENTIAL_KEY_MAX)) {
		err_set(e, ERR_USAGE, "give the key as Azure shows it",
		    "this is no account key (base64)");
		goto out;
	}
	parts->key = secret_new(bytes.len, e);
	if (parts->key == NULL)
		goto out;
	memcpy(parts->key->bytes, bytes.bytes, bytes.len);
	rc = 0;

out:
	if (bytes.bytes != NULL)
		secret_wipe(bytes.bytes, bytes.room);
	buf_free(&bytes);
	return rc;
}

static int
set_sas(struct credential_parts * parts, const char * text, size_t len,
    struct err * e)
{
	if ((len > 0) && (text[0] == '?')) {
		text++;
		len--;
	}
	if ((len == 0) || (len > CREDENTIAL_SAS_MAX)) {
		err_set(e, ERR_USAGE, NULL, "a SAS must have 1 to %d bytes",
		    CREDENTIAL_SAS_MAX);
		return -1;
	}
	parts->sas = secret_new(len, e);
	if (parts->sas == NULL)
		return -1;
	memcpy(parts->sas->bytes, text, len);
	return 0;
}

/* Note the setting that ${len} bytes of ${text} are, the ${number}th. */
static int
take_setting(const char * text, size_t len, int number,
    struct setting settings[SETTING_COUNT], struct err * e)
{
	const char * equals = memchr(text, '=', len);
	size_t name_len = (equals == NULL) ? len : (size_t)(equals - text);
	size_t i = find_setting(text, name_len);

	/* Not by its name: that may be a piece of the key. */
	if ((equals == NULL) || (i == SETTING_COUNT)) {
		err_set(e, ERR_USAGE, "give it as Azure shows it",
		    "part %d of the connection string is not known", number);
		return -1;
	}
	if (settings[i].value != NULL) {
		err_set(e, ERR_USAGE, NULL, "the connection string has two %s",
		    setting_names[i]);
		return -1;
	}
	settings[i].value = equals + 1;
	settings[i].len = len - name_len - 1;
	return 0;
}

static int
split(const char * at, size_t left, struct setting settings[SETTING_COUNT],
    struct err * e)
{
	int number = 0;

	while (left > 0) {
		const char * end = memchr(at, ';', left);
		size_t part = (end == NULL) ? left : (size_t)(end - at);

		if ((part > 0) &&
		    (take_setting(at, part, ++number, settings, e) != 0))
			return -1;
		part += (end == NULL) ? 0 : 1;
		at += part;
		left -= part;
	}
	return 0;
}

/* Copy ${setting} into ${out} of ${size} bytes; "" if it is absent. */
static int
copy_setting(
    const struct setting * setting, char * out, size_t size, struct err * e)
{
	out[0] = '\0';
	if (setting->value == NULL)
		return 0;
	if (setting->len >= size) {
		err_set(e, ERR_LIMIT, NULL,
		    "a value of the connection string is too long");
		return -1;
	}
	memcpy(out, setting->value, setting->len);
	out[setting->len] = '\0';
	return 0;
}

/* The endpoint a string names, and the account in it if nothing else says. */
static int
use_endpoint(struct credential_parts * parts, struct err * e)
{
	struct credential_place place;

	if (credential_url_parse(
		parts->endpoint, strlen(parts->endpoint), &place, e) != 0) {
		err_in(e, "BlobEndpoint");
		return -1;
	}
	if ((place.container[0] != '\0') ||
	    (strchr(parts->endpoint, '?') != NULL)) {
		err_set(e, ERR_USAGE, "give the service's own endpoint",
		    "BlobEndpoint names more than a service");
		return -1;
	}
	if ((parts->account[0] != '\0') || (place.account[0] == '\0'))
		return 0;
	return credential_account_set(parts, place.account, e);
}

static int
set_endpoint(struct credential_parts * parts,
    const struct setting settings[SETTING_COUNT], struct err * e)
{
	char suffix[128];
	char protocol[16];
	int len;

	if (settings[SETTING_ENDPOINT].value != NULL) {
		if (copy_setting(&settings[SETTING_ENDPOINT], parts->endpoint,
			sizeof(parts->endpoint), e) != 0)
			return -1;
		return use_endpoint(parts, e);
	}
	if (settings[SETTING_SECONDARY].value != NULL) {
		err_set(e, ERR_USAGE, "give BlobEndpoint as well",
		    "the connection string has a second endpoint only");
		return -1;
	}
	if ((copy_setting(
		 &settings[SETTING_SUFFIX], suffix, sizeof(suffix), e) != 0) ||
	    (copy_setting(&settings[SETTING_PROTOCOL], protocol,
		 sizeof(protocol), e) != 0))
		return -1;
	if ((protocol[0] != '\0') &&
	    (text_compare_nocase(protocol, "https") != 0) &&
	    (text_compare_nocase(protocol, "http") != 0)) {
		err_set(e, ERR_USAGE, NULL,
		    "DefaultEndpointsProtocol is neither http nor https");
		return -1;
	}
	if ((suffix[0] == '\0') || (parts->account[0] == '\0'))
		return 0;
	len = snprintf(parts->endpoint, sizeof(parts->endpoint),
	    "%s://%s.blob.%s",
	    (text_compare_nocase(protocol, "http") == 0) ? "http" : "https",
	    parts->account, suffix);
	if ((len < 0) || ((size_t)len >= sizeof(parts->endpoint))) {
		err_set(e, ERR_LIMIT, NULL, "the endpoint is too long");
		return -1;
	}
	return 0;
}

/* The emulator's well-known account, on this machine or behind a proxy. */
static int
use_emulator(struct credential_parts * parts,
    const struct setting settings[SETTING_COUNT], struct err * e)
{
	char word[8], host[CREDENTIAL_ENDPOINT_MAX - 64];
	size_t len;

	if ((copy_setting(&settings[SETTING_EMULATOR], word, sizeof(word), e) !=
		0) ||
	    (copy_setting(&settings[SETTING_PROXY], host, sizeof(host), e) !=
		0))
		return -1;
	if (text_compare_nocase(word, "true") != 0) {
		err_set(e, ERR_USAGE, NULL,
		    "UseDevelopmentStorage can only be true");
		return -1;
	}
	len = strlen(host);
	if ((len > 0) && (host[len - 1] == '/'))
		host[len - 1] = '\0';
	if ((len > 0) &&
	    (!credential_url_is(host, strlen(host)) ||
		(strpbrk(strchr(host, ':') + 3, ":/?") != NULL))) {
		err_set(e, ERR_USAGE, "give it as http://HOST",
		    "DevelopmentStorageProxyUri is no scheme and host");
		return -1;
	}
	(void)snprintf(parts->endpoint, sizeof(parts->endpoint),
	    "%s" EMULATOR_PORT, (len > 0) ? host : EMULATOR_HOST);
	if (credential_account_set(parts, EMULATOR_ACCOUNT, e) != 0)
		return -1;
	return set_key(parts, EMULATOR_KEY, strlen(EMULATOR_KEY), e);
}

static int
parse_connection_string(const char * text, size_t len,
    struct credential_parts * parts, struct err * e)
{
	struct setting settings[SETTING_COUNT] = { 0 };
	const struct setting * key = &settings[SETTING_KEY];
	const struct setting * sas = &settings[SETTING_SAS];
	char account[CREDENTIAL_ACCOUNT_MAX + 1];

	if (split(text, len, settings, e) != 0)
		return -1;
	if (settings[SETTING_EMULATOR].value != NULL)
		return use_emulator(parts, settings, e);
	if (copy_setting(
		&settings[SETTING_ACCOUNT], account, sizeof(account), e) != 0)
		return -1;
	if ((account[0] != '\0') &&
	    (credential_account_set(parts, account, e) != 0))
		return -1;
	if (set_endpoint(parts, settings, e) != 0)
		return -1;
	if ((key->value != NULL) && (sas->value != NULL)) {
		err_set(e, ERR_USAGE, NULL,
		    "the connection string has both a key and a SAS");
		return -1;
	}
	if (key->value != NULL)
		return set_key(parts, key->value, key->len, e);
	if (sas->value != NULL)
		return set_sas(parts, sas->value, sas->len, e);
	err_set(e, ERR_USAGE, NULL,
	    "the connection string has neither a key nor a SAS");
	return -1;
}

/* A whole URL: where it leads, and the SAS behind its "?". */
static int
parse_url(const char * text, size_t len, struct credential_parts * parts,
    struct err * e)
{
	const char * mark = memchr(text, '?', len);
	struct credential_place place;

	if (mark == NULL) {
		err_set(e, ERR_USAGE, "give the URL with its SAS",
		    "this is a URL without a SAS");
		return -1;
	}
	if (credential_url_parse(text, (size_t)(mark - text), &place, e) != 0)
		return -1;
	if ((place.account[0] != '\0') &&
	    (credential_account_set(parts, place.account, e) != 0))
		return -1;
	memcpy(parts->endpoint, place.endpoint, sizeof(parts->endpoint));
	memcpy(parts->container, place.container, sizeof(parts->container));
	return set_sas(parts, mark, (size_t)(text + len - mark), e);
}

/* Blank, tab or line end: never a part of a credential. */
static bool
is_space(char c)
{
	return (c == ' ') || (c == '\t') || (c == '\r') || (c == '\n');
}

int
credential_parts_parse(const struct secret * text, bool is_key,
    struct credential_parts * parts, struct err * e)
{
	const char * all = (const char *)text->bytes;
	size_t len = text->len;

	while ((len > 0) && is_space(all[0])) {
		all++;
		len--;
	}
	while ((len > 0) && is_space(all[len - 1]))
		len--;
	if (is_connection_string(all, len))
		return parse_connection_string(all, len, parts, e);
	if (credential_url_is(all, len))
		return parse_url(all, len, parts, e);
	if (is_key)
		return set_key(parts, all, len, e);
	return set_sas(parts, all, len, e);
}
