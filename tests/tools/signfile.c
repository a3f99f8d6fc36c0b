/*
 * signfile KEY PASSWORD-FILE COMMENT FILE: sign FILE with the secret key KEY
 * ("" for no password) and write the signature file to standard output.
 */
#include <stdio.h>

#include "evidence/ed25519_sign.h"
#include "evidence/io.h"

int
main(int argc, char ** argv)
{
	struct ed25519_seckey * key = NULL;
	struct secret * password = NULL;
	struct buf file = { 0 };
	struct buf sig = { 0 };
	struct err e;

	err_init(&e);
	if ((argc != 5) || (secret_start(&e) != 0))
		return 64;
	if (argv[2][0] != '\0')
		password = secret_load(argv[2], &e);
	if (e.kind == ERR_NONE)
		key = ed25519_load_seckey(argv[1], password, &e);
	if ((key != NULL) &&
	    (io_load(IO_PATH, argv[4], (size_t)1 << 20, &file, &e) == 0) &&
	    (ed25519_sign(key, argv[3], file.bytes, file.len, &sig, &e) == 0))
		(void)fwrite(sig.bytes, 1, sig.len, stdout);
	if (e.kind != ERR_NONE)
		err_print("signfile", &e);
	ed25519_free_seckey(key);
	secret_free(password);
	buf_free(&file);
	buf_free(&sig);
	return err_exit_code(e.kind);
}
