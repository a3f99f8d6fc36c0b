/* Keys and signatures in minisign's formats, and trust. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evidence/buf.h"
#include "evidence/ed25519_sign.h"
#include "evidence/ed25519_verify.h"
#include "evidence/io.h"
#include "evidence/trust.h"
#include "tests/unit/unit.h"

static const char text[] = "signed bytes\n";
static const char comment[] = "azcustody/seal/1 p r";

static char folder[] = "/tmp/azcustody-unit.XXXXXX";
static int dir = -1;

/* Sign ${text} with a new key.  Return the key. */
static struct ed25519_seckey *
signed_text(struct buf * sig)
{
	struct err e;
	struct ed25519_seckey * key;

	err_init(&e);
	key = ed25519_new_seckey(&e);
	EXPECT(key != NULL);
	EXPECT(
	    ed25519_sign(key, comment, text, sizeof(text) - 1, sig, &e) == 0);
	return key;
}

/* 0 if ${file} of ${len} bytes verifies over ${text} under ${key}. */
static int
verify_file(const struct ed25519_public * key, const void * file, size_t len,
    struct err * e)
{
	struct ed25519_signature sig;

	err_init(e);
	if (ed25519_parse_signature(file, len, &sig, e) != 0)
		return -1;
	return ed25519_verify(key, &sig, comment, text, sizeof(text) - 1, e);
}

static void
a_signature_of_ours_verifies(void)
{
	struct buf sig = { 0 };
	struct err e;
	struct ed25519_seckey * key = signed_text(&sig);

	EXPECT(verify_file(&key->pub, sig.bytes, sig.len, &e) == 0);
	ed25519_free_seckey(key);
	buf_free(&sig);
}

static void
every_flipped_bit_of_a_signature_file_is_found(void)
{
	struct buf sig = { 0 };
	struct err e;
	struct ed25519_seckey * key = signed_text(&sig);
	size_t accepted = 0;

	for (size_t i = 0; i < sig.len * 8; i++) {
		sig.bytes[i / 8] ^= (uint8_t)(1u << (i % 8));
		accepted += verify_file(&key->pub, sig.bytes, sig.len, &e) == 0;
		EXPECT((e.kind == ERR_FORGED) || (accepted > 0));
		sig.bytes[i / 8] ^= (uint8_t)(1u << (i % 8));
	}
	EXPECT(accepted == 0);
	ed25519_free_seckey(key);
	buf_free(&sig);
}

static void
a_signature_file_cut_or_lengthened_anywhere_is_refused(void)
{
	struct buf sig = { 0 };
	struct err e;
	struct ed25519_seckey * key = signed_text(&sig);

	for (size_t len = 0; len < sig.len; len++)
		EXPECT(verify_file(&key->pub, sig.bytes, len, &e) == -1);
	err_init(&e);
	EXPECT(buf_add(&sig, "\n", 1, &e) == 0);
	EXPECT(verify_file(&key->pub, sig.bytes, sig.len, &e) == -1);
	ed25519_free_seckey(key);
	buf_free(&sig);
}

static void
a_signature_is_good_for_its_own_comment_key_and_bytes_only(void)
{
	struct buf file = { 0 };
	struct ed25519_signature sig;
	struct ed25519_public other;
	struct err e;
	struct ed25519_seckey * key = signed_text(&file);
	size_t len = sizeof(text) - 1;

	err_init(&e);
	EXPECT(ed25519_parse_signature(file.bytes, file.len, &sig, &e) == 0);
	EXPECT(sig.is_ours);
	EXPECT(ed25519_verify(&key->pub, &sig, NULL, text, len, &e) == 0);
	EXPECT(ed25519_verify(&key->pub, &sig, "azcustody/seal/1 p s", text,
		   len, &e) == -1);
	EXPECT(e.kind == ERR_FORGED);
	err_init(&e);
	EXPECT(
	    ed25519_verify(&key->pub, &sig, comment, text, len - 1, &e) == -1);
	err_init(&e);
	other = key->pub;
	other.id[0] ^= 1;
	EXPECT(ed25519_verify(&other, &sig, comment, text, len, &e) == -1);
	EXPECT(strstr(e.text, "names key") != NULL);
	err_init(&e);
	other = key->pub;
	other.key[0] ^= 1;
	EXPECT(ed25519_verify(&other, &sig, comment, text, len, &e) == -1);
	ed25519_free_seckey(key);
	buf_free(&file);
}

static void
a_comment_that_cannot_be_is_not_signed(void)
{
	struct buf out = { 0 };
	struct err e;
	char longer[ED25519_COMMENT_MAX + 2];
	struct ed25519_seckey * key;

	err_init(&e);
	key = ed25519_new_seckey(&e);
	EXPECT(ed25519_sign(key, "a\nb", "", 0, &out, &e) == -1);
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	err_init(&e);
	EXPECT(ed25519_sign(key, longer, "", 0, &out, &e) == -1);
	longer[ED25519_COMMENT_MAX] = '\0';
	err_init(&e);
	EXPECT(ed25519_sign(key, longer, "", 0, &out, &e) == 0);
	ed25519_free_seckey(key);
	buf_free(&out);
}

static void
an_old_signature_without_prehashing_is_refused(void)
{
	static const char old[] =
	    "untrusted comment: signature from minisign secret key\n"
	    "RWSg/mg6xwq6sMALEdYjAk9QfEoTbVwsZJYfC5Yi4aNLexTOJlbgiB7L5Hvvzr1m"
	    "pEL4/ayNfDPOje25RAuLxecQkbkEN+gWMw8=\n"
	    "trusted comment: tc\n"
	    "X9+KJvOaQNc45Gv8xW2WA2xOZbkLhH1JCEk24Dw1UE8JC03lxet1nWemymqwUkN0"
	    "ugMGAHfSJpjkJl9ic/Q9Aw==\n";
	struct ed25519_signature sig;
	struct err e;

	err_init(&e);
	EXPECT(ed25519_parse_signature(old, sizeof(old) - 1, &sig, &e) == -1);
	EXPECT(strstr(e.text, "without prehashing") != NULL);
}

static void
a_public_key_file_is_two_lines(void)
{
	static const char good[] =
	    "untrusted comment: minisign public key B0BA0AC73A68FEA0\n"
	    "RWSg/mg6xwq6sF+QpSOkTLpQn6ncS2aVHaHSpok69wb15Wx5OX7zW083\n";
	static const char * const bad[] = {
		"",
		"RWSg/mg6xwq6sF+QpSOkTLpQn6ncS2aVHaHSpok69wb15Wx5OX7zW083\n",
		"untrusted comment: x\n",
		"untrusted comment: x\r\n"
		"RWSg/mg6xwq6sF+QpSOkTLpQn6ncS2aVHaHSpok69wb15Wx5OX7zW083\n",
		"untrusted comment: x\n"
		"RWSg/mg6xwq6sF+QpSOkTLpQn6ncS2aVHaHSpok69wb15Wx5OX7zW083\n\n",
		"untrusted comment: x\n"
		"RUSg/mg6xwq6sF+QpSOkTLpQn6ncS2aVHaHSpok69wb15Wx5OX7zW083\n",
		"untrusted comment: x\n"
		"RWSg/mg6xwq6sF+QpSOkTLpQn6ncS2aVHaHSpok69wb15Wx5OX7zW08\n",
		"untrusted comment: x\n"
		"RWSg/mg6xwq6sF+QpSOkTLpQn6ncS2aVHaHSpok69wb15Wx5OX7zW083AA==\n"
	};
	struct ed25519_public key;
	char id[ED25519_ID_TEXT];
	struct err e;

	err_init(&e);
	EXPECT(ed25519_parse_public(good, sizeof(good) - 1, &key, &e) == 0);
	ed25519_format_id(key.id, id);
	EXPECT_TEXT(id, "B0BA0AC73A68FEA0");
	EXPECT(ed25519_parse_public(good, sizeof(good) - 2, &key, &e) == 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err_init(&e);
		EXPECT(ed25519_parse_public(bad[i], strlen(bad[i]), &key, &e) ==
		    -1);
		EXPECT(e.kind == ERR_INPUT);
	}
}

/* A secret that holds the string ${words}. */
static struct secret *
secret_of(const char * words)
{
	struct err e;
	struct secret * s;

	err_init(&e);
	s = secret_new(strlen(words), &e);
	if (s != NULL)
		memcpy(s->bytes, words, s->len);
	return s;
}

static void
path_of(char * path, size_t size, const char * name)
{
	(void)snprintf(path, size, "%s/%s", folder, name);
}

static void
a_key_with_a_password_opens_with_it_alone(void)
{
	struct secret * right = secret_of("correct horse");
	struct secret * wrong = secret_of("battery staple");
	struct ed25519_seckey * key;
	struct ed25519_seckey * again;
	struct stat st;
	char path[128];
	bool encrypted = false;
	struct err e;

	err_init(&e);
	path_of(path, sizeof(path), "p.key");
	key = ed25519_new_seckey(&e);
	EXPECT(ed25519_save_seckey(dir, "p.key", key, right, &e) == 0);
	EXPECT((stat(path, &st) == 0) && ((st.st_mode & 0777) == 0600));
	EXPECT(ed25519_is_encrypted(path, &encrypted, &e) == 0);
	EXPECT(encrypted);
	again = ed25519_load_seckey(path, right, &e);
	EXPECT(again != NULL);
	EXPECT((again != NULL) &&
	    (memcmp(&again->pub, &key->pub, sizeof(key->pub)) == 0) &&
	    secret_equal(again->sk, key->sk));
	EXPECT(ed25519_load_seckey(path, wrong, &e) == NULL);
	EXPECT(e.kind == ERR_DENIED);
	err_init(&e);
	EXPECT(ed25519_load_seckey(path, NULL, &e) == NULL);
	EXPECT(e.kind == ERR_DENIED);
	ed25519_free_seckey(again);
	ed25519_free_seckey(key);
	secret_free(right);
	secret_free(wrong);
}

static void
a_key_file_that_others_may_use_is_refused(void)
{
	static const mode_t bad[] = { 0640, 0604, 0644, 0660, 0610 };
	struct ed25519_seckey * key;
	char path[128];
	struct err e;

	err_init(&e);
	path_of(path, sizeof(path), "m.key");
	key = ed25519_new_seckey(&e);
	EXPECT(ed25519_save_seckey(dir, "m.key", key, NULL, &e) == 0);
	ed25519_free_seckey(key);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err_init(&e);
		EXPECT(chmod(path, bad[i]) == 0);
		EXPECT(ed25519_load_seckey(path, NULL, &e) == NULL);
		EXPECT(e.kind == ERR_DENIED);
	}
	err_init(&e);
	EXPECT(chmod(path, 0400) == 0);
	key = ed25519_load_seckey(path, NULL, &e);
	EXPECT(key != NULL);
	ed25519_free_seckey(key);
}

static void
a_flipped_byte_of_a_key_without_password_is_found(void)
{
	struct ed25519_seckey * key;
	struct buf file = { 0 };
	size_t accepted = 0;
	char path[128];
	struct err e;
	int fd;

	err_init(&e);
	path_of(path, sizeof(path), "f.key");
	key = ed25519_new_seckey(&e);
	EXPECT(ed25519_save_seckey(dir, "f.key", key, NULL, &e) == 0);
	EXPECT(io_load(IO_PATH, path, 4096, &file, &e) == 0);
	ed25519_free_seckey(key);
	fd = open(path, O_WRONLY);
	/* From the key id on: what stands before says how to read it. */
	for (size_t i = file.len - 1 - 138; i + 1 < file.len; i++) {
		char was = (char)file.bytes[i];
		char other = (was == 'A') ? 'B' : 'A';

		EXPECT(pwrite(fd, &other, 1, (off_t)i) == 1);
		err_init(&e);
		key = ed25519_load_seckey(path, NULL, &e);
		accepted += key != NULL;
		ed25519_free_seckey(key);
		EXPECT(pwrite(fd, &was, 1, (off_t)i) == 1);
	}
	(void)close(fd);
	EXPECT(accepted == 0);
	buf_free(&file);
}

static void
a_key_that_wants_endless_memory_is_refused(void)
{
	/* memlimit of 2^40 at byte 46, from a key made with a password. */
	struct secret * password = secret_of("x");
	struct ed25519_seckey * key;
	struct buf file = { 0 };
	char path[128];
	struct err e;
	int fd;

	err_init(&e);
	path_of(path, sizeof(path), "w.key");
	key = ed25519_new_seckey(&e);
	EXPECT(ed25519_save_seckey(dir, "w.key", key, password, &e) == 0);
	ed25519_free_seckey(key);
	EXPECT(io_load(IO_PATH, path, 4096, &file, &e) == 0);
	fd = open(path, O_WRONLY);
	/* Bytes 48 to 50 of the blob are characters 64 to 67 of line 2. */
	EXPECT(pwrite(fd, "////", 4, (off_t)(file.len - 1 - 212 + 64)) == 4);
	(void)close(fd);
	EXPECT(ed25519_load_seckey(path, password, &e) == NULL);
	EXPECT(e.kind == ERR_LIMIT);
	secret_free(password);
	buf_free(&file);
}

static void
a_key_inside_the_output_folder_is_refused(void)
{
	struct ed25519_seckey * key;
	char path[128];
	struct err e;
	int inner;

	err_init(&e);
	key = ed25519_new_seckey(&e);
	path_of(path, sizeof(path), "here.key");
	EXPECT(ed25519_save_seckey(dir, "here.key", key, NULL, &e) == 0);
	ed25519_free_seckey(key);
	EXPECT(ed25519_check_place(path, dir, &e) == -1);
	EXPECT(e.kind == ERR_USAGE);
	err_init(&e);
	inner = io_make_dir(dir, "out", &e);
	EXPECT(ed25519_check_place(path, inner, &e) == 0);
	EXPECT(ed25519_check_place("/nothing/here", inner, &e) == -1);
	(void)close(inner);
}

static void
trust_knows_a_key_by_its_digest_and_once(void)
{
	struct ed25519_seckey * key;
	struct trust * trust;
	uint8_t sha256[DIGEST_SHA256_LEN];
	char path[128];
	struct err e;

	err_init(&e);
	key = ed25519_new_seckey(&e);
	EXPECT(ed25519_save_public(dir, "t.pub", key, NULL, &e) == 0);
	path_of(path, sizeof(path), "t.pub");
	trust = trust_new(&e);
	EXPECT(trust_count(NULL) == 0);
	EXPECT(trust_add_file(trust, path, &e) == 0);
	EXPECT(trust_add_file(trust, path, &e) == 0);
	EXPECT(trust_count(trust) == 1);
	ed25519_digest_public(&key->pub, sha256);
	EXPECT_TEXT(trust_find(trust, sha256)->name, path);
	sha256[0] ^= 1;
	EXPECT(trust_find(trust, sha256) == NULL);
	EXPECT(trust_add_file(trust, "/nothing/here.pub", &e) == -1);
	EXPECT(e.kind == ERR_NOINPUT);
	trust_free(trust);
	ed25519_free_seckey(key);
}

static void
trust_ends_at_its_limit(void)
{
	struct trust * trust;
	char path[128];
	struct err e;

	err_init(&e);
	trust = trust_new(&e);
	for (int i = 0; i <= TRUST_MAX_KEYS; i++) {
		struct ed25519_seckey * key = ed25519_new_seckey(&e);
		char name[32];
		int want = (i < TRUST_MAX_KEYS) ? 0 : -1;

		(void)snprintf(name, sizeof(name), "l%d.pub", i);
		EXPECT(ed25519_save_public(dir, name, key, NULL, &e) == 0);
		path_of(path, sizeof(path), name);
		EXPECT(trust_add_file(trust, path, &e) == want);
		ed25519_free_seckey(key);
	}
	EXPECT(e.kind == ERR_LIMIT);
	trust_free(trust);
}

static void
remove_folder(void)
{
	char name[64];
	static const char * const names[] = { "p.key", "m.key", "f.key",
		"w.key", "here.key", "t.pub" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)unlinkat(dir, names[i], 0);
	for (int i = 0; i <= TRUST_MAX_KEYS; i++) {
		(void)snprintf(name, sizeof(name), "l%d.pub", i);
		(void)unlinkat(dir, name, 0);
	}
	(void)unlinkat(dir, "out", AT_REMOVEDIR);
	(void)close(dir);
	(void)rmdir(folder);
}

int
main(void)
{
	struct err e;

	err_init(&e);
	if ((secret_start(&e) != 0) || (mkdtemp(folder) == NULL))
		return 1;
	dir = io_open_dir(folder, &e);
	RUN(a_signature_of_ours_verifies);
	RUN(every_flipped_bit_of_a_signature_file_is_found);
	RUN(a_signature_file_cut_or_lengthened_anywhere_is_refused);
	RUN(a_signature_is_good_for_its_own_comment_key_and_bytes_only);
	RUN(a_comment_that_cannot_be_is_not_signed);
	RUN(an_old_signature_without_prehashing_is_refused);
	RUN(a_public_key_file_is_two_lines);
	RUN(a_key_with_a_password_opens_with_it_alone);
	RUN(a_key_file_that_others_may_use_is_refused);
	RUN(a_flipped_byte_of_a_key_without_password_is_found);
	RUN(a_key_that_wants_endless_memory_is_refused);
	RUN(a_key_inside_the_output_folder_is_refused);
	RUN(trust_knows_a_key_by_its_digest_and_once);
	RUN(trust_ends_at_its_limit);
	remove_folder();
	return unit_failed;
}
