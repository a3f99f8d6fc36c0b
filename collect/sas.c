#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "collect/sas.h"
#include "evidence/clock.h"
#include "evidence/digest.h"
#include "evidence/secret.h"
#include "evidence/text.h"

/*
 * sas = parameter *( "&" parameter );  parameter = name [ "=" value ]
 *
 * Names and values may be percent-encoded; names are compared decoded and
 * without regard to case, so that "%73p" is sp.
 */
static const struct {
	const char * name;
	size_t offset; /* Of a char array in struct credential_shape. */
	size_t size;
} kept[] = {
#define KEPT(member)                                                \
	{                                                           \
#member, offsetof(struct credential_shape, member), \
		    sizeof(((struct credential_shape *)0)->member)  \
	}
	KEPT(sv),
	KEPT(ss),
	KEPT(srt),
	KEPT(sr),
	KEPT(sp),
	KEPT(spr),
	KEPT(sip),
	KEPT(st),
	KEPT(se),
	KEPT(si),
	KEPT(skoid),
	KEPT(sktid),
	KEPT(skt),
	KEPT(ske),
	KEPT(sks),
	KEPT(skv),
	KEPT(saoid),
	KEPT(suoid),
	KEPT(scid),
	KEPT(sduoid),
	KEPT(skdutid),
	KEPT(srh),
	KEPT(srq),
	KEPT(sdd),
	KEPT(ses),
#undef KEPT
};
#define KEPT_COUNT (sizeof(kept) / sizeof(kept[0]))

/* Words of a request: in a SAS they would change what is asked for. */
static const char * const strangers[] = { "comp", "restype", "prefix",
	"delimiter", "marker", "maxresults", "include", "snapshot", "versionid",
	"timeout", "api-version", "where", "blockid", "copyid", "popreceipt" };

static const char signature_chars[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_";

/* One parameter, decoded. */
struct parameter {
	char name[32];
	char value[CREDENTIAL_VALUE_MAX + 1];
};

/* Decode ${len} bytes of ${text} into ${out} of ${size} bytes. */
static int
decode(const char * text, size_t len, char * out, size_t size)
{
	struct buf decoded = { 0 };
	struct err e;
	int rc = -1;

	err_init(&e);
	/* One allocation, so that the one wiped is the only one. */
	if ((buf_reserve(&decoded, len + 1, &e) != 0) ||
	    (text_percent_decode(&decoded, text, len, &e) != 0))
		goto out;
	if ((decoded.len >= size) ||
	    (memchr(buf_text(&decoded), 0, decoded.len) != NULL))
		goto out;
	memcpy(out, buf_text(&decoded), decoded.len + 1);
	for (const char * c = out; *c != '\0'; c++) {
		if (((unsigned char)*c < 0x20) || ((unsigned char)*c >= 0x7f))
			goto out;
	}
	rc = 0;

out:
	if (decoded.bytes != NULL)
		secret_wipe(decoded.bytes, decoded.room);
	buf_free(&decoded);
	return rc;
}

static int
parse_parameter(
    const char * text, size_t len, struct parameter * p, struct err * e)
{
	const char * equals = memchr(text, '=', len);
	size_t name_len = (equals == NULL) ? len : (size_t)(equals - text);

	p->value[0] = '\0';
	if ((decode(text, name_len, p->name, sizeof(p->name)) != 0) ||
	    (p->name[0] == '\0')) {
		err_set(e, ERR_USAGE, NULL,
		    "the SAS has a parameter whose name cannot be read");
		return -1;
	}
	if ((equals != NULL) &&
	    (decode(equals + 1, len - name_len - 1, p->value,
		 sizeof(p->value)) != 0)) {
		err_set(e, ERR_USAGE, NULL,
		    "the value of the SAS's parameter %s cannot be read",
		    p->name);
		return -1;
	}
	return 0;
}

/* The form in which storage logs name a SAS: upper-case hex of SHA-256. */
static void
hash_text(const void * bytes, size_t len, const char * word, char * out)
{
	uint8_t digest[DIGEST_SHA256_LEN];
	char hex[DIGEST_SHA256_HEX];

	digest_sha256(bytes, len, digest);
	text_hex_encode(digest, sizeof(digest), hex);
	for (char * c = hex; *c != '\0'; c++) {
		if ((*c >= 'a') && (*c <= 'f'))
			*c = (char)(*c - 'a' + 'A');
	}
	(void)snprintf(out, CREDENTIAL_HASH_SIZE, "%s(%s)", word, hex);
}

static int
keep_parameter(const struct parameter * p, struct credential_shape * shape,
    bool seen[KEPT_COUNT], struct err * e)
{
	for (size_t i = 0; i < KEPT_COUNT; i++) {
		if (text_compare_nocase(p->name, kept[i].name) != 0)
			continue;
		if (seen[i]) {
			err_set(e, ERR_USAGE, NULL,
			    "the SAS has two parameters %s", kept[i].name);
			return -1;
		}
		seen[i] = true;
		if (strlen(p->value) >= kept[i].size) {
			err_set(e, ERR_LIMIT, NULL,
			    "the SAS's parameter %s is too long", kept[i].name);
			return -1;
		}
		memcpy((char *)shape + kept[i].offset, p->value,
		    strlen(p->value) + 1);
		return 0;
	}
	return 0;
}

static int
take_parameter(const struct parameter * p, struct credential_shape * shape,
    bool seen[KEPT_COUNT], struct err * e)
{
	for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++) {
		if (text_compare_nocase(p->name, strangers[i]) != 0)
			continue;
		err_set(e, ERR_USAGE, NULL,
		    "%s is no parameter of a SAS but of a request",
		    strangers[i]);
		return -1;
	}
	if (text_compare_nocase(p->name, "sig") != 0)
		return keep_parameter(p, shape, seen, e);
	if (shape->hash[0] != '\0') {
		err_set(e, ERR_USAGE, NULL, "the SAS has two signatures");
		return -1;
	}
	/* Then nothing in it can end the value early where it is redacted. */
	if (strspn(p->value, signature_chars) != strlen(p->value)) {
		err_set(e, ERR_USAGE, NULL,
		    "the SAS has a signature that is no base64");
		return -1;
	}
	if (p->value[0] != '\0')
		hash_text(
		    p->value, strlen(p->value), "SasSignature", shape->hash);
	return 0;
}

static int
parse_parameters(const char * text, size_t len, struct credential_shape * shape,
    struct err * e)
{
	bool seen[KEPT_COUNT] = { false };
	struct parameter p;
	size_t count = 0;
	int rc = -1;

	while (len > 0) {
		const char * end = memchr(text, '&', len);
		size_t part = (end == NULL) ? len : (size_t)(end - text);

		if (++count > CREDENTIAL_PARAMETERS_MAX) {
			err_set(e, ERR_LIMIT, NULL,
			    "the SAS has more than %d parameters",
			    CREDENTIAL_PARAMETERS_MAX);
			goto out;
		}
		if ((part > 0) &&
		    ((parse_parameter(text, part, &p, e) != 0) ||
			(take_parameter(&p, shape, seen, e) != 0)))
			goto out;
		part += (end == NULL) ? 0 : 1;
		text += part;
		len -= part;
	}
	rc = 0;

out:
	secret_wipe(&p, sizeof(p));
	return rc;
}

int
sas_parse_time(const char * text, int64_t * at, struct err * e)
{
	char whole[64];
	size_t len = strlen(text);
	const char * rest = "";

	if (len == strlen("2026-11-01"))
		rest = "T00:00:00Z";
	else if ((len == strlen("2026-11-01T10:00Z")) && (text[len - 1] == 'Z'))
		rest = ":00Z";
	if (rest[0] == ':')
		len--;
	if (snprintf(whole, sizeof(whole), "%.*s%s", (int)len, text, rest) >=
	    (int)sizeof(whole)) {
		err_set(e, ERR_USAGE, NULL, "a time that cannot be read");
		return -1;
	}
	return clock_parse(whole, at, e);
}

/* Read ${text}, "" for none, into ${at}. */
static int
set_time(const char * text, int64_t * at, struct err * e)
{
	*at = CLOCK_UNKNOWN;
	return (text[0] == '\0') ? 0 : sas_parse_time(text, at, e);
}

/* A delegation key bounds the life of what it signed. */
static int
set_times(struct credential_shape * shape, struct err * e)
{
	int64_t key_starts, key_ends;

	if ((set_time(shape->st, &shape->starts, e) != 0) ||
	    (set_time(shape->se, &shape->ends, e) != 0) ||
	    (set_time(shape->skt, &key_starts, e) != 0) ||
	    (set_time(shape->ske, &key_ends, e) != 0)) {
		err_in(e, "the SAS's validity");
		return -1;
	}
	/* CLOCK_UNKNOWN is before every moment. */
	if (key_starts > shape->starts)
		shape->starts = key_starts;
	if ((key_ends != CLOCK_UNKNOWN) &&
	    ((shape->ends == CLOCK_UNKNOWN) || (key_ends < shape->ends)))
		shape->ends = key_ends;
	return 0;
}

static bool
has_letter(const char * text, char letter)
{
	return strchr(text, letter) != NULL;
}

/* What the letters of sp mean, with what ss, srt and sr leave of them. */
static void
set_rights(struct credential_shape * shape)
{
	bool is_account = (shape->kind == CREDENTIAL_ACCOUNT_SAS);
	bool has_blobs = !is_account ||
	    (has_letter(shape->ss, 'b') && has_letter(shape->srt, 'o'));
	bool has_service = is_account && has_letter(shape->ss, 'b') &&
	    has_letter(shape->srt, 's');
	bool has_lists = is_account
	    ? (has_letter(shape->ss, 'b') && has_letter(shape->srt, 'c'))
	    : ((strcmp(shape->sr, "c") == 0) || (strcmp(shape->sr, "d") == 0));

	for (const char * c = shape->sp; *c != '\0'; c++) {
		if (*c == 'r')
			shape->can_read = has_blobs;
		else if (*c == 'l')
			shape->can_list = has_lists;
		else if (has_letter("dxy", *c))
			shape->can_delete = true;
		else if (has_letter("acwupomtie", *c))
			shape->can_write = true;
		else if (*c != 'f') /* Find by tags: a way of reading. */
			shape->has_odd_rights = true;
	}
	shape->can_list_containers = has_service && has_letter(shape->sp, 'l');
	shape->can_read_service = has_service && has_letter(shape->sp, 'r');
	shape->allows_http = (text_compare_nocase(shape->spr, "https") != 0);
	shape->reaches_others = has_letter(shape->ss, 'q') ||
	    has_letter(shape->ss, 't') || has_letter(shape->ss, 'f');
	/* A stored policy can hold what the SAS itself leaves out. */
	shape->is_unknown = (shape->si[0] != '\0') &&
	    ((shape->sp[0] == '\0') || (shape->se[0] == '\0'));
}

static int
set_kind(struct credential_shape * shape, struct err * e)
{
	bool is_account = (shape->ss[0] != '\0') || (shape->srt[0] != '\0');

	if ((shape->hash[0] == '\0') ||
	    (!is_account && (shape->sr[0] == '\0'))) {
		err_set(e, ERR_USAGE, "give the text behind the ? of a SAS URL",
		    "this is no shared access signature");
		return -1;
	}
	if (is_account && (shape->sr[0] != '\0')) {
		err_set(e, ERR_USAGE, NULL,
		    "the SAS is of an account (ss) and of a service (sr) in "
		    "one");
		return -1;
	}
	shape->kind = CREDENTIAL_SERVICE_SAS;
	if (is_account)
		shape->kind = CREDENTIAL_ACCOUNT_SAS;
	else if (shape->skoid[0] != '\0')
		shape->kind = CREDENTIAL_DELEGATION_SAS;
	return 0;
}

int
sas_parse(const char * text, size_t len, struct credential_shape * shape,
    struct err * e)
{
	memset(shape, 0, sizeof(*shape));
	shape->starts = CLOCK_UNKNOWN;
	shape->ends = CLOCK_UNKNOWN;
	if (len > CREDENTIAL_SAS_MAX) {
		err_set(e, ERR_LIMIT, NULL, "the SAS is over %d bytes",
		    CREDENTIAL_SAS_MAX);
		return -1;
	}
	for (size_t i = 0; i < len; i++) {
		if ((text[i] > 0x20) && (text[i] < 0x7f) &&
		    (strchr("#\"<>\\^`{|}", text[i]) == NULL))
			continue;
		err_set(e, ERR_USAGE,
		    "give the text behind the ? of a SAS URL as it is",
		    "byte %zu of the SAS cannot stand in a URL", i + 1);
		return -1;
	}
	if ((parse_parameters(text, len, shape, e) != 0) ||
	    (set_kind(shape, e) != 0) || (set_times(shape, e) != 0))
		return -1;
	set_rights(shape);
	return 0;
}
