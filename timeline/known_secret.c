#include <string.h>

#include "evidence/buf.h"
#include "evidence/secret.h"
#include "evidence/text.h"

#include "timeline/known_secret.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char * const columns[] = { "secret", "kind", "input", "hash" };

static void
put_hash(const void * bytes, size_t len, char * hex)
{
	uint8_t hash[DIGEST_SHA256_LEN];

	digest_sha256(bytes, len, hash);
	text_hex_encode(hash, sizeof(hash), hex);
	for (char * c = hex; *c != '\0'; c++) {
		if (*c >= 'a')
			*c = (char)(*c - 'a' + 'A');
	}
}

/* Where the value of ${name} begins in ${text}, as parameter or part; or NULL. */
static const char *
find_value(const char * text, const char * name)
{
	const char * at = strstr(text, name);

	while (at != NULL) {
		if ((at == text) || (strchr("?&;", at[-1]) != NULL))
			return at + strlen(name);
		at = strstr(at + 1, name);
	}
	return NULL;
}

/* Hash both forms of the secret ${text}; ${room} holds the bytes meanwhile. */
static int
hash_forms(const char * text, size_t len, struct buf * room,
    struct known_secret * out, struct err * e)
{
	struct err no_base64;

	err_init(&no_base64);
	buf_clear(room);
	put_hash(text, len, out->of_text);
	out->of_bytes[0] = '\0';
	if (text_base64_decode(room, text, len, &no_base64) == 0)
		put_hash(room->bytes, room->len, out->of_bytes);
	if (out->is_key &&
	    ((out->of_bytes[0] == '\0') || (room->len != KNOWN_KEY_LEN))) {
		err_set(e, ERR_USAGE, NULL, "there is no SAS and no key");
		return -1;
	}
	return 0;
}

/* The hashes of what stands in one ${line}. */
static int
read_line(const char * line, struct buf * plain, struct buf * room,
    struct known_secret * out, struct err * e)
{
	const char * value = find_value(line, "sig=");
	struct err why;
	size_t len;

	buf_clear(plain);
	out->is_key = (value == NULL);
	if (!out->is_key) {
		len = strcspn(value, "&; \t#");
		err_init(&why);
		if (text_percent_decode(plain, value, len, &why) != 0) {
			err_set(e, ERR_USAGE, NULL, "the signature is no text");
			return -1;
		}
	} else {
		value = find_value(line, "AccountKey=");
		if (value == NULL)
			value = line;
		len = strcspn(value, "; \t");
		if (buf_add(plain, value, len, e) != 0)
			return -1;
	}
	if (plain->len == 0) {
		err_set(e, ERR_USAGE, NULL, "there is no SAS and no key");
		return -1;
	}
	return hash_forms(buf_text(plain), plain->len, room, out, e);
}

static int
take_line(struct known_secrets * known, const char * line, int64_t number,
    struct buf * plain, struct buf * room, struct err * e)
{
	struct known_secret * to = &known->list[known->count];

	if ((*line == '\0') || (*line == '#'))
		return 0;
	if ((known->count == KNOWN_SECRETS_MAX) ||
	    (strlen(line) > KNOWN_SECRET_LINE_MAX)) {
		err_set(e, ERR_LIMIT, NULL,
		    "more than %d secrets, or one of more than %d bytes",
		    KNOWN_SECRETS_MAX, KNOWN_SECRET_LINE_MAX);
		return -1;
	}
	to->line = number;
	if (read_line(line, plain, room, to, e) != 0)
		return -1;
	known->count++;
	return 0;
}

static void
wipe(struct buf * b)
{
	if (b->bytes != NULL)
		secret_wipe(b->bytes, b->room);
	buf_free(b);
}

int
known_secrets_load(
    const char * source, struct known_secrets * known, struct err * e)
{
	struct secret * all = NULL;
	struct buf plain = { 0 };
	struct buf room = { 0 };
	int64_t number = 0;
	char * line;
	char * end;
	int rc = -1;

	known->count = 0;
	all = secret_load(source, e);
	if (all == NULL)
		goto out;
	/* Room for any line, so that no copy is left behind by growing. */
	if ((buf_reserve(&plain, KNOWN_SECRET_LINE_MAX, e) != 0) ||
	    (buf_reserve(&room, KNOWN_SECRET_LINE_MAX, e) != 0))
		goto out;
	if (memchr(all->bytes, '\0', all->len) != NULL) {
		err_set(e, ERR_USAGE, NULL, "it is no text");
		goto out;
	}
	for (line = (char *)all->bytes; line != NULL; line = end) {
		number++;
		end = strchr(line, '\n');
		if (end != NULL)
			*end++ = '\0';
		line[strcspn(line, "\r")] = '\0';
		if (take_line(known, line, number, &plain, &room, e) != 0) {
			err_in(e, "line %lld", (long long)number);
			goto out;
		}
	}
	if (known->count == 0) {
		err_set(e, ERR_USAGE, NULL, "it holds no secret");
		goto out;
	}
	rc = 0;

out:
	if (rc != 0)
		err_in(e, "--known-secret-file");
	wipe(&plain);
	wipe(&room);
	secret_free(all);
	return rc;
}

static int
put_one(struct store_bulk * b, const struct known_secret * one,
    const char * input, const char * hash, struct err * e)
{
	struct store_value row[COUNT(columns)];

	if (hash[0] == '\0')
		return 0;
	row[0] = store_integer(one->line);
	row[1] = store_text(one->is_key ? "account key" : "SAS");
	row[2] = store_text(input);
	row[3] = store_text(hash);
	return store_bulk_row(b, row, e);
}

int
known_secrets_put(
    const struct known_secrets * known, struct store * s, struct err * e)
{
	struct store_bulk * b;
	int rc = 0;

	b = store_bulk_begin(s, "known_secret", columns, COUNT(columns), e);
	if (b == NULL)
		return -1;
	for (size_t i = 0; (rc == 0) && (i < known->count); i++) {
		const struct known_secret * one = &known->list[i];

		rc = put_one(b, one, "text", one->of_text, e);
		if (rc == 0)
			rc = put_one(b, one, "bytes", one->of_bytes, e);
	}
	if (store_bulk_end(b, e) != 0)
		rc = -1;
	return rc;
}
