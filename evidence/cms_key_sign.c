/*
 * Loading what signs with a certificate (cms_sign.h).  Files and store URIs go
 * through OpenSSL's store, which knows PEM, DER, PKCS#8 and PKCS#12; no
 * configuration file of OpenSSL's is read, so that a provider for a token has to
 * be named.  A token's module may use OpenSSL itself, and would wait for itself
 * if its provider served all of the program: it serves a world of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/store.h>
#include <openssl/ui.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evidence/cms_key.h"
#include "evidence/io.h"
#include "evidence/text.h"

#define RSA_BITS_MIN 3072
#define CHAIN_MAX 16

/* The password, for the store; it was asked for, or it was not needed. */
struct asked {
	const struct cms_key_source * source;
	struct secret * typed; /* On the terminal. */
	bool is_wanted;
};

/* Ask the person at the terminal, once; NULL if there is none. */
static const struct secret *
ask(struct asked * asked)
{
	char prompt[200];
	struct err ignored;

	if (asked->is_wanted || !asked->source->may_ask)
		return asked->typed;
	err_init(&ignored);
	(void)snprintf(
	    prompt, sizeof(prompt), "Password of %.150s: ", asked->source->key);
	asked->typed = secret_ask(prompt, &ignored);
	return asked->typed;
}

/* OpenSSL wants a password: give ours, or none. */
static int
give_password(char * out, int size, int rwflag, void * context)
{
	struct asked * asked = context;
	const struct secret * password = asked->source->password;

	(void)rwflag;
	if (password == NULL)
		password = ask(asked);
	asked->is_wanted = true;
	if ((password == NULL) || (password->len > (size_t)size))
		return -1;
	memcpy(out, password->bytes, password->len);
	return (int)password->len;
}

/* Take what one object of the store holds. */
static int
take(struct cms_key * key, OSSL_STORE_INFO * info, bool wants_key,
    struct err * e)
{
	X509 * certificate = NULL;

	switch (OSSL_STORE_INFO_get_type(info)) {
	case OSSL_STORE_INFO_PKEY:
		if (!wants_key || (key->key != NULL))
			return 0;
		key->key = OSSL_STORE_INFO_get1_PKEY(info);
		return 0;
	case OSSL_STORE_INFO_CERT:
		certificate = OSSL_STORE_INFO_get1_CERT(info);
		break;
	default:
		return 0;
	}
	if ((certificate == NULL) || (sk_X509_num(key->chain) >= CHAIN_MAX) ||
	    (sk_X509_push(key->chain, certificate) <= 0)) {
		X509_free(certificate);
		err_set(
		    e, ERR_LIMIT, NULL, "more than %d certificates", CHAIN_MAX);
		return -1;
	}
	return 0;
}

/* Read all that the store at ${uri} holds. */
static int
read_store(struct cms_key * key, const char * uri, bool wants_key,
    const struct cms_key_source * source, struct err * e)
{
	struct asked asked = { .source = source };
	UI_METHOD * method = UI_UTIL_wrap_read_pem_callback(give_password, 0);
	OSSL_STORE_CTX * store = NULL;
	int rc = 0;

	ERR_clear_error();
	if (method != NULL)
		store = OSSL_STORE_open_ex(
		    uri, key->world, NULL, method, &asked, NULL, NULL, NULL);
	if (store == NULL) {
		err_set(e, ERR_NOINPUT,
		    text_has_prefix(uri, "pkcs11:") && (key->world == NULL)
			? "name the module that reads it: --cms-provider"
			: NULL,
		    "the key cannot be opened");
		rc = -1;
	}
	while ((rc == 0) && (OSSL_STORE_eof(store) == 0)) {
		OSSL_STORE_INFO * info = OSSL_STORE_load(store);

		if (info == NULL) {
			if (OSSL_STORE_error(store) == 0)
				continue; /* The end, or a kind it skips. */
			break;
		}
		rc = take(key, info, wants_key, e);
		OSSL_STORE_INFO_free(info);
	}
	if ((rc == 0) && wants_key && (key->key == NULL)) {
		rc = -1;
		if (asked.is_wanted)
			err_set(e, ERR_DENIED, "give it in a file", "%s",
			    ((source->password == NULL) &&
				(asked.typed == NULL))
				? "it needs a password"
				: "the password is wrong");
		else
			err_set(e, ERR_INPUT, NULL, "it holds no private key");
	}
	(void)OSSL_STORE_close(store);
	UI_destroy_method(method);
	secret_free(asked.typed);
	ERR_clear_error();
	return rc;
}

const char *
cms_key_path(const char * key)
{
	size_t len = strcspn(key, ":/");

	if ((len < 2) || (key[len] != ':'))
		return key;
	if (!text_has_prefix(key, "file:"))
		return NULL;
	key += strlen("file:");
	if (text_has_prefix(key, "//localhost/"))
		return key + strlen("//localhost");
	return text_has_prefix(key, "///") ? key + 2 : key;
}

/* Refuse a key file that others may use. */
static int
check_private(const char * path, struct err * e)
{
	struct stat st;

	if (stat(path, &st) != 0) {
		err_set_errno(e, errno, "opening it");
		return -1;
	}
	if (!S_ISREG(st.st_mode)) {
		err_set(e, ERR_INPUT, NULL, "not a regular file");
		return -1;
	}
	if ((st.st_mode & 077) != 0) {
		err_set(e, ERR_DENIED, "chmod 600 it",
		    "its group or others may use it");
		return -1;
	}
	return 0;
}

/* Read a file by its name or a store by its URI. */
static int
read_source(struct cms_key * key, const char * from, bool wants_key,
    const struct cms_key_source * source, struct err * e)
{
	const char * path = cms_key_path(from);
	struct buf uri = { 0 };
	int rc = -1;

	if (path == NULL) {
		rc = read_store(key, from, wants_key, source, e);
	} else if (!wants_key || (check_private(path, e) == 0)) {
		/* A name that holds a colon must not be taken for a URI. */
		if ((path[0] != '/') && (buf_add_text(&uri, "./", e) != 0))
			goto out;
		if (buf_add_text(&uri, path, e) != 0)
			goto out;
		rc = read_store(key, buf_text(&uri), wants_key, source, e);
	}

out:
	if (rc != 0)
		err_in(e, "%s", from);
	buf_free(&uri);
	return rc;
}

/* Load the module ${name} of OpenSSL's into a world of its own. */
static int
load_provider(struct cms_key * key, const char * name, struct err * e)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
	size_t len = strlen(name);

	/* A path would be a library of anybody's. */
	if ((len == 0) || (len > CMS_PROVIDER_MAX) ||
	    (strspn(name, plain) != len)) {
		err_set(e, ERR_USAGE,
		    "name a module in the folder of OpenSSL's modules",
		    "no name of a provider: %.60s", name);
		return -1;
	}
	ERR_clear_error();
	key->world = OSSL_LIB_CTX_new();
	if (key->world != NULL)
		key->providers[0] = OSSL_PROVIDER_load(key->world, "default");
	if (key->providers[0] != NULL)
		key->providers[1] = OSSL_PROVIDER_load(key->world, name);
	ERR_clear_error();
	if (key->providers[1] != NULL)
		return 0;
	err_set(e, ERR_NOINPUT, "install it among OpenSSL's modules",
	    "the provider %s cannot be loaded", name);
	return -1;
}

/* Find the key's own certificate and take it out of the chain. */
static int
find_own(struct cms_key * key, struct err * e)
{
	for (int i = 0; i < sk_X509_num(key->chain); i++) {
		if (X509_check_private_key(
			sk_X509_value(key->chain, i), key->key) != 1)
			continue;
		key->certificate = sk_X509_delete(key->chain, i);
		ERR_clear_error();
		return 0;
	}
	ERR_clear_error();
	err_set(e, ERR_USAGE, NULL,
	    "none of %d certificates is the one of this key",
	    sk_X509_num(key->chain));
	return -1;
}

/* Choose the digest by the key, and refuse what the format does not allow. */
static int
choose_digest(struct cms_key * key, struct err * e)
{
	char group[32] = "";
	size_t len;

	if (EVP_PKEY_is_a(key->key, "RSA") == 1) {
		key->digest = EVP_sha256();
		if (EVP_PKEY_get_bits(key->key) >= RSA_BITS_MIN)
			return 0;
		err_set(e, ERR_USAGE, "use 3072 bits or more",
		    "an RSA key of %d bits", EVP_PKEY_get_bits(key->key));
		return -1;
	}
	if ((EVP_PKEY_is_a(key->key, "EC") == 1) &&
	    (EVP_PKEY_get_group_name(key->key, group, sizeof(group), &len) ==
		1)) {
		if (strcmp(group, "prime256v1") == 0)
			key->digest = EVP_sha256();
		else if (strcmp(group, "secp384r1") == 0)
			key->digest = EVP_sha384();
	}
	if (key->digest != NULL)
		return 0;
	err_set(e, ERR_USAGE, "use P-256, P-384, or RSA of 3072 bits or more",
	    "a key of a sort that does not sign packages");
	return -1;
}

/* Note who it is. */
static int
identify(struct cms_key * key, struct err * e)
{
	unsigned char * der = NULL;
	int len = i2d_X509(key->certificate, &der);
	struct buf shown = { 0 };
	BIO * bio = BIO_new(BIO_s_mem());
	char * raw = NULL;
	long n = 0;

	if ((len > 0) && (bio != NULL) &&
	    (X509_NAME_print_ex(bio, X509_get_subject_name(key->certificate), 0,
		 XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB) >= 0))
		n = BIO_get_mem_data(bio, &raw);
	if ((n > 0) && (text_escape(&shown, raw, (size_t)n, e) == 0)) {
		digest_sha256(der, (size_t)len, key->sha256);
		key->name = text_copy(buf_text(&shown), e);
	} else {
		err_set(e, ERR_INPUT, NULL, "its certificate has no subject");
	}
	OPENSSL_free(der);
	BIO_free(bio);
	buf_free(&shown);
	return (key->name == NULL) ? -1 : 0;
}

struct cms_key *
cms_load_key(const struct cms_key_source * source, struct err * e)
{
	struct cms_key * key = calloc(1, sizeof(*key));

	if (key != NULL)
		key->chain = sk_X509_new_null();
	if ((key == NULL) || (key->chain == NULL)) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		goto fail;
	}
	if ((source->provider != NULL) &&
	    (load_provider(key, source->provider, e) != 0))
		goto fail;
	if ((read_source(key, source->key, true, source, e) != 0) ||
	    ((source->certificate != NULL) &&
		(read_source(key, source->certificate, false, source, e) !=
		    0)) ||
	    (find_own(key, e) != 0) || (choose_digest(key, e) != 0) ||
	    (identify(key, e) != 0))
		goto fail;
	return key;

fail:
	err_in(e, "signing certificate");
	cms_free_key(key);
	return NULL;
}

void
cms_free_key(struct cms_key * key)
{
	if (key == NULL)
		return;
	EVP_PKEY_free(key->key);
	X509_free(key->certificate);
	sk_X509_pop_free(key->chain, X509_free);
	free(key->name);
	for (size_t i = 2; i > 0; i--)
		if (key->providers[i - 1] != NULL)
			(void)OSSL_PROVIDER_unload(key->providers[i - 1]);
	OSSL_LIB_CTX_free(key->world);
	free(key);
}
