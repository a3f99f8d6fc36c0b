#ifndef TESTS_PACKAGE_KIT_H
#define TESTS_PACKAGE_KIT_H

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evidence/buf.h"
#include "evidence/clock.h"
#include "evidence/frames_scan.h"
#include "evidence/frames_write.h"
#include "evidence/io.h"
#include "evidence/package_seal.h"
#include "evidence/package_write.h"

#include "tests/unit/unit.h"

/*
 * A small collection of fixed steps, for the tests of the package writer.
 */

#define NAME "case-20261123t231500z-00c0ffee"
#define MIB ((size_t)1 << 20)
#define SOURCE "data/0001-acct-nsg-flow/"
#define LARGE (21 * MIB + 77)

static struct err e;
static uint8_t * noise;
static char place[] = "/tmp/azcustody-package-XXXXXX";
static int dir = -1;

static inline void
fill_noise(void)
{
	uint32_t x = 7;

	noise = malloc(LARGE);
	for (size_t i = 0; i < LARGE; i++) {
		x = x * 1664525 + 1013904223;
		noise[i] = (uint8_t)('a' + ((x >> 24) & 15));
	}
}

static inline int
put_state(void * cookie, struct buf * text, struct err * err)
{
	return buf_addf(text, err, "steps=%d", *(const int *)cookie);
}

/* The simplest documents that can be told apart. */
static inline int
make_document(void * cookie, const struct package_facts * facts,
    struct buf * out, struct err * err)
{
	(void)cookie;
	return buf_addf(out, err, "%s %lld objects of %lld bytes\n",
	    facts->name, (long long)facts->objects,
	    (long long)facts->payload_bytes);
}

static inline int
make_signature(void * cookie, size_t which, const void * bytes, size_t len,
    struct buf * out, struct err * err)
{
	(void)cookie;
	(void)bytes;
	return buf_addf(out, err, "%zu signs %zu\n", which, len);
}

static inline int
make_custody(void * cookie, const struct package_facts * facts, int folder,
    struct err * err)
{
	(void)cookie;
	return io_save_new(folder, "000001-sealed.json", facts->name,
	    strlen(facts->name), 0600, err);
}

static const char * const roles[] = { "examiner", "witness" };

static inline struct package_seal
documents(void)
{
	struct package_seal seal;

	memset(&seal, 0, sizeof(seal));
	seal.sources = "{}\n";
	seal.sources_len = 3;
	seal.readme = make_document;
	seal.bag_info = make_document;
	seal.seal = make_document;
	seal.signers_count = 2;
	seal.roles = roles;
	seal.sign_seal = make_signature;
	seal.custody = make_custody;
	return seal;
}

/* A collection of fixed steps, so that it can be stopped behind any of them. */
#define STEPS 12
static const size_t sizes[STEPS] = { 0, 1, 511, 512, 100000, 250000, 300000,
	LARGE, 3, 8 * MIB - 512, 8 * MIB, 40 };

static inline void
path_of(int64_t seq, char path[64])
{
	(void)snprintf(path, 64, SOURCE "%09lld-x.json", (long long)seq);
}

/* The catalogue line of ${member}. */
static inline int
append_line(
    struct package_write * w, int64_t seq, const struct package_member * m)
{
	char line[128];
	int n = snprintf(line, sizeof(line), "{\"seq\":%lld,\"offset\":%lld}\n",
	    (long long)seq, (long long)m->offset);

	return package_append(w, PACKAGE_OBJECTS, line, (size_t)n, &e);
}

/* Put what is missing of the member begun, in odd pieces. */
static inline int
put_rest(struct package_write * w, size_t done, size_t size)
{
	while (done < size) {
		size_t n = 777777;

		if (n > size - done)
			n = size - done;
		if (package_data(w, noise + done, n, &e) != 0)
			return -1;
		done += n;
	}
	return 0;
}

/* Do step ${i}: odd ones in one call, the others streamed. */
static inline int
do_step(struct package_write * w, int i)
{
	struct package_member m;
	char path[64];
	int64_t seq = package_next_seq(w);

	path_of(seq, path);
	if (i % 2 == 1) {
		if (package_commit(w, path, 0, noise, sizes[i], NULL, &m, &e) !=
		    0)
			return -1;
		return append_line(w, seq, &m);
	}
	if ((package_begin(w, path, (int64_t)sizes[i], 0, &e) != 0) ||
	    (put_rest(w, 0, sizes[i]) != 0) || (package_end(w, &m, &e) != 0))
		return -1;
	return append_line(w, seq, &m);
}

static inline struct package_options
options_for(int * steps, int threads)
{
	struct package_options o = { .name = NAME,
		.started_at = INT64_C(17638533) * 100 * CLOCK_TICKS_PER_SECOND,
		.compress = true,
		.threads = threads,
		.state = put_state,
		.cookie = steps };

	return o;
}

static inline struct package_write *
begin_collection(const struct package_options * o)
{
	struct package_write * w = package_create(dir, o, &e);

	EXPECT(w != NULL);
	if (w == NULL)
		return NULL;
	EXPECT(package_tag(w, "bagit.txt", "BagIt\n", 6, &e) == 0);
	EXPECT(package_tag(w, "meta/case.json", "{}\n", 3, &e) == 0);
	EXPECT(package_tag(w, "meta/tool.json", "{}\n", 3, &e) == 0);
	EXPECT(package_tag(w, "meta/listing/000001.xml", "<x/>", 4, &e) == 0);
	return w;
}

/* Seal, publish and close; the file's digest goes to ${sha256}. */
static inline void
finish(struct package_write * w, uint8_t sha256[DIGEST_SHA256_LEN])
{
	struct package_seal seal = documents();
	struct package_facts facts;
	char file[PACKAGE_FILE_SIZE];
	struct buf all = { 0 };

	EXPECT(package_seal(w, &seal, &facts, &e) == 0);
	EXPECT(package_publish(w, file, &e) == 0);
	package_close(w);
	EXPECT_TEXT(file, facts.file);
	EXPECT(io_load(dir, file, 100 * MIB, &all, &e) == 0);
	digest_sha256(all.bytes, all.len, sha256);
	EXPECT(memcmp(sha256, facts.file_sha256, DIGEST_SHA256_LEN) == 0);
	EXPECT(all.len == (size_t)facts.file_bytes);
	EXPECT_TEXT(e.text, "");
	buf_free(&all);
}

/* Remove what finish left; nothing else may be there. */
static inline void
clear(void)
{
	static const char custody[] = NAME ".custody";

	EXPECT(unlinkat(dir, NAME ".custody/000001-sealed.json", 0) == 0);
	EXPECT(unlinkat(dir, custody, AT_REMOVEDIR) == 0);
	(void)unlinkat(dir, NAME ".tar", 0);
	(void)unlinkat(dir, NAME ".tar.sha256", 0);
	(void)unlinkat(dir, NAME ".tar.zst", 0);
	(void)unlinkat(dir, NAME ".tar.zst.sha256", 0);
	EXPECT(faccessat(dir, NAME ".work", F_OK, 0) != 0);
}

static inline void
make_undisturbed(int threads, uint8_t sha256[DIGEST_SHA256_LEN])
{
	int steps = 0;
	struct package_options o = options_for(&steps, threads);
	struct package_write * w = begin_collection(&o);

	for (steps = 0; steps < STEPS; steps++)
		EXPECT(do_step(w, steps) == 0);
	finish(w, sha256);
	clear();
}

static inline void
kit_start(void)
{
	err_init(&e);
	fill_noise();
	if (mkdtemp(place) == NULL)
		exit(1);
	dir = io_open_dir(place, &e);
}

static inline void
kit_stop(void)
{
	(void)close(dir);
	EXPECT(rmdir(place) == 0);
	free(noise);
}

#endif
