#ifndef EVIDENCE_PACKAGE_SEAL_H
#define EVIDENCE_PACKAGE_SEAL_H

#include <stddef.h>
#include <stdint.h>

#include "evidence/buf.h"
#include "evidence/digest.h"
#include "evidence/err.h"
#include "evidence/package_write.h"
#include "evidence/signer.h"

/*
 * Sealing and publishing: the last members in their order, the seal, its
 * signatures, the end of the file; then the names, the final one last.  What
 * the documents say, and signing, is the caller's, asked for when the facts
 * are known, so that this module holds no key.
 */
#define PACKAGE_SIGNERS_MAX 16 /* SIGNER_MAX */
#define PACKAGE_FILE_SIZE 64   /* "NAME.tar.zst" and a NUL. */

/* What is known at each point of sealing; later fields are zero until then. */
struct package_facts {
	const char * name;            /* NAME */
	char file[PACKAGE_FILE_SIZE]; /* NAME.tar.zst or NAME.tar */
	int64_t objects;              /* Payload members. */
	int64_t payload_bytes;        /* Theirs, headers and padding aside. */
	uint8_t merkle_root[DIGEST_SHA256_LEN];
	/* From bag-info.txt on nothing is added; known for seal.json: */
	uint8_t tagmanifest_sha256[DIGEST_SHA256_LEN];
	int64_t stream_bytes; /* Of the file before seal.json's frame. */
	uint8_t stream_sha256[DIGEST_SHA256_LEN];
	/* Known for the custody entry: */
	uint8_t seal_sha256[DIGEST_SHA256_LEN]; /* Of seal/seal.json. */
	int64_t file_bytes;                     /* The whole package file. */
	uint8_t file_sha256[DIGEST_SHA256_LEN];
};

/* A peer certificate: meta/tls/SHA256.der. */
struct package_certificate {
	uint8_t sha256[DIGEST_SHA256_LEN];
	const uint8_t * bytes;
	size_t len;
};

/*
 * What the caller brings.  Each function appends a whole document to ${out} and
 * returns 0, or -1 with ${e} set.
 */
struct package_seal {
	const char * sources; /* meta/sources.json */
	size_t sources_len;
	const char * footprint; /* meta/footprint.json; NULL: none. */
	size_t footprint_len;
	const struct package_certificate * certificates; /* Any order. */
	size_t certificates_count;

	void * cookie;
	int (*readme)(void * cookie, const struct package_facts * facts,
	    struct buf * out, struct err * e);
	int (*bag_info)(void * cookie, const struct package_facts * facts,
	    struct buf * out, struct err * e);
	int (*seal)(void * cookie, const struct package_facts * facts,
	    struct buf * out, struct err * e);
	/* Signers in the order of seal.json: files in ascending order. */
	size_t signers_count; /* At most PACKAGE_SIGNERS_MAX, at least 0. */
	const char * const * roles;
	const enum signer_kind * kinds; /* NULL: all Ed25519. */
	/* The signature file of signer ${which} over the seal. */
	int (*sign_seal)(void * cookie, size_t which, const void * bytes,
	    size_t len, struct buf * out, struct err * e);
	/* seal/certs.pem, which the seal declares; NULL: none. */
	const void * carried;
	size_t carried_len;
	/*
	 * How many tokens each signature gets; NULL: none.  All of them are
	 * had before anything of the seal is written.
	 */
	size_t (*tokens)(void * cookie);
	/*
	 * The token ${nth}, from 0, over the signature file ${bytes}.  1: one
	 * token less now for each signature, so that seal, signatures and
	 * tokens are all made anew.
	 */
	int (*stamp)(void * cookie, size_t nth, const void * bytes, size_t len,
	    struct buf * out, struct err * e);
	/*
	 * Write custody entry 1 and its signatures into the empty folder
	 * ${dir}, durably (ledger_append).  NULL: no ledger, for tests.
	 */
	int (*custody)(void * cookie, const struct package_facts * facts,
	    int dir, struct err * e);
};

/**
 * package_seal(w, seal, facts, e):
 * Make a checkpoint, then write sources.json, the spools, the
 * certificates, footprint.json, README-VERIFY.txt, bag-info.txt, both
 * manifests, seal/seal.json, the signature file of each signer and the tokens
 * over them, the end of the
 * archive and the seek table; prepare the ledger folder and the checksum file;
 * make all of it durable and say so in the state.  After this nothing but package_publish and
 * package_close may be called.  No member may be begun.  Fill ${facts}.  Return
 * 0, or -1 with ${e} set; resuming then cuts back to the checkpoint.
 */
int package_seal(struct package_write * w, const struct package_seal * seal,
    struct package_facts * facts, struct err * e);

/**
 * package_file_name(w, file):
 * Write the name that the published file of ${w} has, or will have, to ${file}.
 */
void package_file_name(
    const struct package_write * w, char file[PACKAGE_FILE_SIZE]);

/**
 * package_open_sealed(w, e):
 * Open the file of a sealed package, which has its name or waits for it in the
 * work folder.  Return a descriptor that the caller closes, or -1 with ${e} set.
 */
int package_open_sealed(const struct package_write * w, struct err * e);

/**
 * package_publish(w, file, e):
 * Give a sealed package its names in the directory: the ledger folder
 * NAME.custody, NAME.tar.zst.sha256, and last NAME.tar.zst, none of them
 * replacing anything; then remove NAME.work.  Every step can be repeated: after
 * a kill, resume and call it again.  Write the final name to ${file}.  Return
 * 0, or -1 with ${e} set.
 */
int package_publish(
    struct package_write * w, char file[PACKAGE_FILE_SIZE], struct err * e);

#endif
