#ifndef TESTS_TOOLS_PACK_H
#define TESTS_TOOLS_PACK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/bag.h"
#include "evidence/buf.h"
#include "evidence/case_file.h"
#include "evidence/clock.h"
#include "evidence/digest.h"
#include "evidence/ed25519_sign.h"
#include "evidence/footprint.h"
#include "evidence/journal.h"
#include "evidence/ledger_append.h"
#include "evidence/name.h"
#include "evidence/object.h"
#include "evidence/package_seal.h"
#include "evidence/package_write.h"
#include "evidence/readme.h"
#include "evidence/seal.h"
#include "evidence/source.h"
#include "evidence/tool_info.h"

/*
 * The documents of the test tool pack: true in form, invented in content (an
 * account "packacct" with one container whose listing names the files).
 */
#define PACK_ETAG "0x8DD0000000000%02x"

struct pack_file {
	char * name;
	int64_t size;
	bool is_made; /* By pack_fill. */
};

struct pack {
	const char * folder;
	const char * out;
	const char * key_path;
	const char * role;
	const char * case_number;
	const char * clock; /* Lines of clock.jsonl; NULL: none. */
	int64_t at;
	uint8_t random[4];
	bool is_plain;
	bool has_no_custody;
	bool is_resuming;
	int threads;
	int64_t synthetic;
	int64_t checkpoint;

	char package[NAME_SIZE];
	char source[NAME_SIZE];
	struct pack_file * files;
	size_t files_count;
	struct ed25519_seckey * key;
	struct package_write * w;
	struct journal journal;
};

static inline int
pack_add_file(struct pack * p, const char * name, int64_t size, struct err * e)
{
	struct pack_file * more =
	    realloc(p->files, (p->files_count + 1) * sizeof(*more));

	if (more == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	p->files = more;
	more += p->files_count;
	more->name = text_copy(name, e);
	more->size = size;
	more->is_made = false;
	if (more->name == NULL)
		return -1;
	p->files_count++;
	return 0;
}

static inline int
pack_add_made(struct pack * p, int64_t size, struct err * e)
{
	if (pack_add_file(p, "synthetic.json", size, e) != 0)
		return -1;
	p->files[p->files_count - 1].is_made = true;
	return 0;
}

/* Lines that look like a flow log, all different, from ${offset} on. */
static inline void
pack_fill(uint8_t * block, size_t len, int64_t offset)
{
	enum {
		LINE = 128
	};
	size_t done = 0;

	while (done < len) {
		int64_t number = (offset + (int64_t)done) / LINE;
		size_t skip = (size_t)((offset + (int64_t)done) % LINE);
		uint32_t x = (uint32_t)number * UINT32_C(2654435761);
		char line[LINE + 64];
		int n = snprintf(line, sizeof(line),
		    "{\"time\":%012lld,\"src\":\"10.0.%u.%u\",\"dst\":"
		    "\"203.0.113.%u\",\"port\":%u,\"bytes\":%u,\"flow\":\"",
		    (long long)number, x >> 29, (x >> 21) & 255, (x >> 16) & 31,
		    (x >> 3) & 1023, x & 0xffff);

		for (; n < LINE - 3; n++)
			line[n] = "OIAD"[(x >> (n & 31)) & 3];
		memcpy(line + LINE - 3, "\"}\n", 3);
		for (; (skip < LINE) && (done < len); skip++)
			block[done++] = (uint8_t)line[skip];
	}
}

static inline int
pack_format_bagit(struct buf * out, struct err * e)
{
	return bag_format_declaration(out, e);
}

static inline int
pack_format_case(const struct pack * p, struct buf * out, struct err * e)
{
	static const char * const accounts[] = { "packacct" };
	static const char * const containers[] = { "packed" };
	struct case_file c = { .package = p->package,
		.case_number = p->case_number,
		.exhibit = "X1",
		.examiner = "Test Examiner",
		.organisation = "Test Laboratory",
		.authority = "test",
		.purpose = "testing the reader",
		.acquisition = "acquired",
		.started_at = p->at,
		.compression = p->is_plain ? "none" : "zstd" };

	c.scope.accounts = accounts;
	c.scope.n_accounts = 1;
	c.scope.containers = containers;
	c.scope.n_containers = 1;
	c.scope.from = CLOCK_UNKNOWN;
	c.scope.to = CLOCK_UNKNOWN;
	return case_file_format(&c, out, e);
}

static inline int
pack_format_tool(const struct pack * p, struct buf * out, struct err * e)
{
	struct tool_info tool = { .program = "pack",
		.version = "0",
		.commit = "unknown",
		.build_sha256 = "00000000000000000000000000000000"
				"00000000000000000000000000000000",
		.host = "test",
		.system = "test",
		.user = "test" };

	(void)p;
	return tool_info_format(&tool, out, e);
}

/* ${text} as character data of XML. */
static inline int
pack_xml_text(struct buf * out, const char * text, struct err * e)
{
	for (; *text != '\0'; text++) {
		const char * entity = (*text == '&') ? "&amp;"
		    : (*text == '<')                 ? "&lt;"
		    : (*text == '>')                 ? "&gt;"
						     : NULL;

		if ((entity != NULL) ? (buf_add_text(out, entity, e) != 0)
				     : (buf_add(out, text, 1, e) != 0))
			return -1;
	}
	return 0;
}

static inline int
pack_format_listing(const struct pack * p, struct buf * out, struct err * e)
{
	char date[CLOCK_TEXT_SIZE];

	clock_format_http(p->at, date);
	if (buf_add_text(out,
		"<?xml version=\"1.0\" encoding=\"utf-8\"?>"
		"<EnumerationResults ServiceEndpoint=\"https://packacct."
		"blob.core.windows.net/\" ContainerName=\"packed\"><Blobs>",
		e) != 0)
		return -1;
	for (size_t i = 0; i < p->files_count; i++)
		if ((buf_add_text(out, "<Blob><Name>", e) != 0) ||
		    (pack_xml_text(out, p->files[i].name, e) != 0) ||
		    (buf_addf(out, e,
			 "</Name><Properties><Last-Modified>%s"
			 "</Last-Modified><Etag>" PACK_ETAG
			 "</Etag><Content-Length>%lld</Content-Length>"
			 "<Content-Type>application/octet-stream</Content-Type>"
			 "<BlobType>BlockBlob</BlobType></Properties></Blob>",
			 date, (unsigned)i & 255,
			 (long long)p->files[i].size) != 0))
			return -1;
	return buf_add_text(
	    out, "</Blobs><NextMarker /></EnumerationResults>", e);
}

static inline int
pack_format_object(const struct pack * p, int64_t seq, const char * path,
    const struct package_member * m, struct buf * out, struct err * e)
{
	const struct pack_file * file = &p->files[seq - 1];
	struct object_attempt attempt = { .at = p->at, .status = 200 };
	struct object o = { .seq = seq, .offset = m->offset, .size = m->size };
	char full[2 * NAME_SIZE + 1];
	char etag[32], date[CLOCK_TEXT_SIZE];
	struct buf url = { 0 };
	int rc;

	(void)snprintf(full, sizeof(full), "%s/%s", p->package, path);
	(void)snprintf(
	    etag, sizeof(etag), PACK_ETAG, (unsigned)(seq - 1) & 255);
	clock_format_http(p->at, date);
	if (buf_addf(&url, e,
		"https://packacct.blob.core.windows.net/packed/%s",
		file->name) != 0)
		return -1;
	o.path = full;
	memcpy(o.sha256, m->sha256, sizeof(o.sha256));
	o.name = (const uint8_t *)file->name;
	o.name_len = strlen(file->name);
	o.blob_type = "BlockBlob";
	o.request_url = buf_text(&url);
	o.status = 200;
	o.content_length = m->size;
	o.committed_block_count = -1;
	o.header[OBJECT_ETAG] = etag;
	o.header[OBJECT_LAST_MODIFIED] = date;
	o.listed.is_listed = true;
	o.listed.etag = etag;
	o.listed.size = m->size;
	o.listed.last_modified = date;
	o.requested_at = p->at;
	o.completed_at = p->at;
	o.attempts = &attempt;
	o.n_attempts = 1;
	rc = object_format(&o, out, e);
	buf_free(&url);
	return rc;
}

static inline int
pack_format_sources(const struct pack * p, struct buf * out, struct err * e)
{
	struct source_credential credential = { .kind = SOURCE_ACCOUNT_KEY,
		.account = "packacct",
		.can_write = true,
		.can_delete = true };
	struct source source = { .name = p->source,
		.account = "packacct",
		.service = "blob",
		.endpoint = "https://packacct.blob.core.windows.net/",
		.listed_as = "https://packacct.blob.core.windows.net/",
		.container = "packed",
		.kind = KIND_OTHER };
	struct sources sources = { .list = &source,
		.n = 1,
		.credentials = &credential,
		.n_credentials = 1 };

	return source_format(&sources, out, e);
}

static inline int
pack_format_footprint(const struct pack * p, struct buf * out, struct err * e)
{
	static const char * const accounts[] = { "packacct" };
	struct footprint f = { .user_agent = "pack",
		.client_request_prefix = "none",
		.first_request_at = CLOCK_UNKNOWN,
		.last_request_at = CLOCK_UNKNOWN,
		.accounts = accounts,
		.n_accounts = 1 };

	(void)p;
	return footprint_format(&f, out, e);
}

static inline struct signer_key
pack_signer(const struct pack * p)
{
	struct signer_key key = {
		.role = p->role, .name = "Test Examiner", .ed25519 = p->key
	};

	return key;
}

static inline int
pack_readme(void * cookie, const struct package_facts * facts, struct buf * out,
    struct err * e)
{
	const struct pack * p = cookie;
	const struct signer_key key = pack_signer(p);
	char file[SIGNER_FILE_SIZE];
	struct signer signer;
	struct readme_facts r = { .package = facts->name,
		.is_compressed = !p->is_plain,
		.case_number = p->case_number,
		.signers = &signer,
		.n_signers = 1 };

	signer_describe(&key, SEAL_STEM, file, &signer);
	return readme_format(&r, out, e);
}

static inline int
pack_bag_info(void * cookie, const struct package_facts * facts,
    struct buf * out, struct err * e)
{
	const struct pack * p = cookie;
	struct bag_info info = { .package = facts->name,
		.organisation = "Test Laboratory",
		.examiner = "Test Examiner",
		.case_number = p->case_number,
		.exhibit = "X1",
		.tool = "pack",
		.at = p->at,
		.payload_bytes = facts->payload_bytes,
		.payload_objects = facts->objects };

	return bag_format_info(&info, out, e);
}

static inline int
pack_seal_json(void * cookie, const struct package_facts * facts,
    struct buf * out, struct err * e)
{
	const struct pack * p = cookie;
	struct seal seal = { .package = facts->name,
		.case_number = p->case_number,
		.exhibit = "X1",
		.sealed_at = p->at,
		.objects = facts->objects,
		.bytes = facts->payload_bytes,
		.listed = facts->objects,
		.taken = facts->objects,
		.stream_bytes = facts->stream_bytes,
		.n_tagmanifests = 1,
		.n_signers = 1,
		.tool = "pack 0" };
	const struct signer_key key = pack_signer(p);
	char file[SIGNER_FILE_SIZE];

	memcpy(seal.stream_sha256, facts->stream_sha256, DIGEST_SHA256_LEN);
	memcpy(seal.merkle_root, facts->merkle_root, DIGEST_SHA256_LEN);
	seal.tagmanifests[0].file = "tagmanifest-sha256.txt";
	memcpy(seal.tagmanifests[0].sha256, facts->tagmanifest_sha256,
	    DIGEST_SHA256_LEN);
	signer_describe(&key, SEAL_STEM, file, &seal.signers[0]);
	return seal_format(&seal, out, e);
}

static inline int
pack_sign_seal(void * cookie, size_t which, const void * bytes, size_t len,
    struct buf * out, struct err * e)
{
	const struct pack * p = cookie;
	const struct signer_key key = pack_signer(p);
	char comment[SEAL_COMMENT_SIZE];

	(void)which;
	seal_comment(p->package, p->role, p->case_number, comment);
	return signer_sign(&key, comment, bytes, len, out, e);
}

static inline int
pack_custody(
    void * cookie, const struct package_facts * facts, int dir, struct err * e)
{
	const struct pack * p = cookie;
	const struct signer_key signer = pack_signer(p);
	struct custody_entry entry = { .seq = 1,
		.package = facts->name,
		.event = CUSTODY_SEALED,
		.at = p->at,
		.clock = "invented",
		.purpose = "test",
		.has_archive = true,
		.archive_size = facts->file_bytes };

	entry.by.name = "Test Examiner";
	memcpy(entry.seal_sha256, facts->seal_sha256, DIGEST_SHA256_LEN);
	memcpy(entry.prev, facts->seal_sha256, DIGEST_SHA256_LEN);
	memcpy(entry.archive_sha256, facts->file_sha256, DIGEST_SHA256_LEN);
	return ledger_append(dir, &entry, &signer, 1, e);
}

static inline int
pack_seal(struct pack * p, struct err * e)
{
	struct package_seal seal = { .cookie = p,
		.readme = pack_readme,
		.bag_info = pack_bag_info,
		.seal = pack_seal_json,
		.signers_count = 1,
		.roles = &p->role,
		.sign_seal = pack_sign_seal,
		.custody = p->has_no_custody ? NULL : pack_custody };
	struct package_facts facts;
	struct buf sources = { 0 };
	struct buf footprint = { 0 };
	int rc = -1;

	if ((pack_format_sources(p, &sources, e) == 0) &&
	    (pack_format_footprint(p, &footprint, e) == 0)) {
		seal.sources = buf_text(&sources);
		seal.sources_len = sources.len;
		seal.footprint = buf_text(&footprint);
		seal.footprint_len = footprint.len;
		rc = package_seal(p->w, &seal, &facts, e);
	}
	buf_free(&sources);
	buf_free(&footprint);
	return rc;
}

static inline void
pack_free(struct pack * p)
{
	for (size_t i = 0; i < p->files_count; i++)
		free(p->files[i].name);
	free(p->files);
}

#endif
