#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evidence/age_decrypt.h"
#include "evidence/age_encrypt.h"
#include "evidence/bech32.h"
#include "evidence/io.h"
#include "evidence/secret.h"
#include "tests/unit/unit.h"

/* Made by age-keygen for this test alone; they protect nothing. */
static const char identity[] =
    "# a comment\n\nAGE-SECRET-KEY-"
    "1AX9KTM8GEAX8VC8CM6U9QDKTAMLDJAVAG0GHQG6QDRDTK7H2GZCSJLAKAR\n";
static const char recipient_text[] =
    "age1q0w05t9wxwe7an0l6wc5dd3lfkusrcscveedr5z9wfgh4lepgvfs629zfu";

static char folder[] = "/tmp/azcustody-age.XXXXXX";

static int
make_file(const void * bytes, size_t len)
{
	char path[64];
	int fd;
	struct err e;

	err_init(&e);
	(void)snprintf(path, sizeof(path), "%s/x", folder);
	(void)unlink(path);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	EXPECT(fd >= 0);
	if (len > 0)
		EXPECT(io_write_all(fd, bytes, len, &e) == 0);
	(void)unlink(path);
	return fd;
}

static struct age_identities *
load(const char * text)
{
	struct age_identities * ids;
	char path[64];
	struct err e;
	int fd;

	err_init(&e);
	(void)snprintf(path, sizeof(path), "%s/id", folder);
	(void)unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	EXPECT(io_write_all(fd, text, strlen(text), &e) == 0);
	(void)close(fd);
	ids = age_identities_load(path, &e);
	EXPECT((ids != NULL) || (strstr(e.text, "1AX9KT") == NULL));
	return ids;
}

/* Encrypt ${len} ${bytes} to us and somebody else; return the file. */
static int
encrypt(const void * bytes, size_t len)
{
	struct age_recipient to[2];
	int in = make_file(bytes, len);
	int out = make_file(NULL, 0);
	struct err e;

	err_init(&e);
	secret_random(to[0].key, AGE_KEY_LEN);
	EXPECT(age_parse_recipient(recipient_text, &to[1], &e) == 0);
	EXPECT(age_encrypt(in, out, to, 2, &e) == 0);
	(void)close(in);
	return out;
}

/* The kind of failure of decrypting ${in}; ERR_NONE: it gave ${bytes}. */
static enum err_kind
decrypt(
    int in, const struct age_identities * ids, const void * bytes, size_t len)
{
	int out = make_file(NULL, 0);
	uint8_t * got = malloc(len + 2);
	enum err_kind kind;
	struct err e;

	err_init(&e);
	if (age_decrypt(in, ids, out, &e) == 0)
		EXPECT((io_read_at(out, got, len + 1, 0, &e) == (ssize_t)len) &&
		    (memcmp(got, bytes, len) == 0));
	kind = e.kind;
	free(got);
	(void)close(out);
	return kind;
}

static void
age_gives_back_what_was_encrypted_at_every_border(void)
{
	static const size_t sizes[] = { 0, 1, 15, 16, AGE_CHUNK - 1, AGE_CHUNK,
		AGE_CHUNK + 1, 3 * AGE_CHUNK, 3 * AGE_CHUNK + 17 };
	struct age_identities * ids = load(identity);
	uint8_t * bytes = malloc(4 * AGE_CHUNK);

	EXPECT(ids != NULL);
	secret_random(bytes, 4 * AGE_CHUNK);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		int file = encrypt(bytes, sizes[i]);

		EXPECT(age_is_encrypted(file));
		EXPECT(decrypt(file, ids, bytes, sizes[i]) == ERR_NONE);
		(void)close(file);
	}
	free(bytes);
	age_identities_free(ids);
}

static void
age_refuses_every_changed_byte_and_every_shorter_file(void)
{
	struct age_identities * ids = load(identity);
	int file = encrypt("evidence", 8);
	uint8_t bytes[1024], more[1024];
	ssize_t len;
	struct err e;

	err_init(&e);
	len = io_read_at(file, bytes, sizeof(bytes), 0, &e);
	EXPECT((len > 300) && (len < 1000));
	for (ssize_t i = 0; i < len; i++) {
		int bad;

		memcpy(more, bytes, sizeof(more));
		more[i] ^= 1;
		bad = make_file(more, (size_t)len);
		EXPECT(decrypt(bad, ids, "evidence", 8) != ERR_NONE);
		(void)close(bad);
		bad = make_file(bytes, (size_t)i);
		EXPECT(decrypt(bad, ids, "evidence", 8) != ERR_NONE);
		(void)close(bad);
	}
	bytes[len] = 0;
	(void)close(file);
	file = make_file(bytes, (size_t)len + 1);
	EXPECT(decrypt(file, ids, "evidence", 8) == ERR_FORGED);
	(void)close(file);
	age_identities_free(ids);
}

/* Whole chunks taken away, swapped, or repeated. */
static void
age_refuses_chunks_out_of_their_place(void)
{
	const size_t chunk = AGE_CHUNK + AGE_TAG_LEN;
	struct age_identities * ids = load(identity);
	uint8_t * plain = calloc(3, AGE_CHUNK);
	uint8_t * all = malloc(4 * chunk);
	int file = encrypt(plain, 3 * AGE_CHUNK);
	size_t head;
	struct err e;
	int64_t size;

	err_init(&e);
	EXPECT(io_size(file, &size, &e) == 0);
	head = (size_t)size - 3 * chunk;
	EXPECT(io_read_at(file, all, (size_t)size, 0, &e) == size);
	(void)close(file);
	file = make_file(all, head + 2 * chunk); /* The last one is gone. */
	EXPECT(decrypt(file, ids, plain, 2 * AGE_CHUNK) == ERR_FORGED);
	(void)close(file);
	memmove(all + head, all + head + chunk, 2 * chunk); /* The first. */
	file = make_file(all, head + 2 * chunk);
	EXPECT(decrypt(file, ids, plain, 2 * AGE_CHUNK) == ERR_FORGED);
	(void)close(file);
	free(all);
	free(plain);
	age_identities_free(ids);
}

static void
age_says_when_no_identity_fits(void)
{
	struct age_identities * ids =
	    load("AGE-SECRET-KEY-"
		 "1RKRVSR02ALZURRZFAAAPWE0PNZCW2P224M5KPGQ3UX5ES4ZQJ63S5U900D");
	int file = encrypt("x", 1);

	EXPECT(ids != NULL);
	EXPECT(decrypt(file, ids, "x", 1) == ERR_DENIED);
	(void)close(file);
	age_identities_free(ids);
	EXPECT(load("") == NULL);
	EXPECT(load("# nothing\n") == NULL);
	EXPECT(
	    load(
		"AGE-SECRET-KEY-"
		"1AX9KTM8GEAX8VC8CM6U9QDKTAMLDJAVAG0GHQG6QDRDTK7H2GZCSJLAKAQ") ==
	    NULL);
}

static void
age_parse_recipient_refuses_what_is_none(void)
{
	static const char * const bad[] = {
		"", "age1", "age",
		"age1q0w05t9wxwe7an0l6wc5dd3lfkusrcscveedr5z9wfgh4lepgvfs629zfq",
		"AGE1q0w05t9wxwe7an0l6wc5dd3lfkusrcscveedr5z9wfgh4lepgvfs629zfu",
		"agf1q0w05t9wxwe7an0l6wc5dd3lfkusrcscveedr5z9wfgh4lepgvfs629zfu",
		"age1q0w05t9wxwe7an0l6wc5dd3lfkusrcscveedr5z9wfgh4lepgvfs629zfu ",
		"age1b0w05t9wxwe7an0l6wc5dd3lfkusrcscveedr5z9wfgh4lepgvfs629zfu"
	};
	struct age_recipient to;
	struct err e;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err_init(&e);
		EXPECT(age_parse_recipient(bad[i], &to, &e) == -1);
		EXPECT(e.kind == ERR_INPUT);
	}
	err_init(&e);
	EXPECT(age_parse_recipient(recipient_text, &to, &e) == 0);
}

int
main(void)
{
	struct err e;

	err_init(&e);
	if ((secret_start(&e) != 0) || (mkdtemp(folder) == NULL))
		return 1;
	RUN(age_gives_back_what_was_encrypted_at_every_border);
	RUN(age_refuses_every_changed_byte_and_every_shorter_file);
	RUN(age_refuses_chunks_out_of_their_place);
	RUN(age_says_when_no_identity_fits);
	RUN(age_parse_recipient_refuses_what_is_none);
	{
		char path[64];

		(void)snprintf(path, sizeof(path), "%s/id", folder);
		(void)unlink(path);
		(void)rmdir(folder);
	}
	return unit_failed;
}
