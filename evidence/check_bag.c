#include <stdio.h>
#include <string.h>

#include "evidence/bag.h"
#include "evidence/check.h"
#include "evidence/package_lines.h"
#include "evidence/text.h"

/*
 * The bag.  Both manifests are made again from the members as they pass, and
 * compared as a whole by digest; a tag manifest also line by line, so that a
 * finding names its member.  Where the payload's differs, check_members finds
 * out which members.
 */
#define PATH_AT (2 * DIGEST_SHA256_LEN + 2)
#define LINE_SIZE (PACKAGE_MANIFEST_LINE_MAX + 2)

void
check_bagit(struct check * c, const uint8_t * bytes, size_t len)
{
	struct buf want = { 0 };
	struct err why;

	err_init(&why);
	if (bag_format_declaration(&want, &why) != 0)
		check_find_err(c, CHECK_BAGIT, c->item.path, &why);
	else if ((len != want.len) || (memcmp(bytes, want.bytes, len) != 0))
		check_find(c, CHECK_BAGIT, c->item.path,
		    "it is not the declaration of a BagIt 1.0 bag");
	buf_free(&want);
}

void
check_bag_info(struct check * c, const uint8_t * bytes, size_t len)
{
	int64_t payload_bytes, payload_objects;
	struct err why;
	int rc;

	err_init(&why);
	if (!text_is_utf8(bytes, len) || (memchr(bytes, '\0', len) != NULL)) {
		check_find(c, CHECK_DOCUMENT, c->item.path, "it is no text");
		return;
	}
	if (bag_parse_oxum(
		bytes, len, &payload_bytes, &payload_objects, &why) != 0) {
		check_find_err(c, CHECK_OXUM, c->item.path, &why);
		return;
	}
	rc = bag_parse_group(bytes, len, &c->bag_group, &why);
	if (rc < 0)
		check_find_err(c, CHECK_GROUP, c->item.path, &why);
	c->has_bag_group = (rc == 1);
	if (c->is_damaged)
		return;
	if ((payload_bytes != c->result->object_bytes) ||
	    (payload_objects != c->result->objects))
		check_find(c, CHECK_OXUM, c->item.path,
		    "Payload-Oxum says %lld.%lld, the payload is %lld.%lld",
		    (long long)payload_bytes, (long long)payload_objects,
		    (long long)c->result->object_bytes,
		    (long long)c->result->objects);
}

void
check_manifest_add(struct check * c)
{
	char hex[DIGEST_SHA256_HEX], line[LINE_SIZE];
	bool is_payload = (c->item.kind == MEMBER_PAYLOAD);
	struct err why;
	int len;

	if (!is_payload && !member_is_tag(c->item.kind))
		return;
	text_hex_encode(c->sha256, DIGEST_SHA256_LEN, hex);
	len = snprintf(line, sizeof(line), "%s  %s\n", hex, c->item.name);
	if (is_payload) {
		digest_update(c->manifest, line, (size_t)len);
		return;
	}
	digest_update(c->tagmanifest, line, (size_t)len);
	err_init(&why);
	if ((c->tags.len < CHECK_TAGS_MAX) &&
	    (buf_add(&c->tags, line, (size_t)len, &why) != 0))
		check_find_err(c, CHECK_TAGMANIFEST, "", &why);
}

void
check_manifest_end(struct check * c)
{
	uint8_t want[DIGEST_SHA256_LEN];

	if (c->is_tail)
		return; /* check_members compares what is left. */
	digest_peek(c->manifest, want);
	if (memcmp(want, c->sha256, sizeof(want)) != 0)
		check_find(c, CHECK_MANIFEST, c->item.path,
		    "it does not list exactly the payload that is here");
}

/* Find the line of tags for ${path} from tags_at on; NULL: none. */
static const char *
find_tag(const struct check * c, const char * path)
{
	const char * at = buf_text(&c->tags) + c->tags_at;
	size_t len = strlen(path);

	while (*at != '\0') {
		const char * lf = strchr(at, '\n');

		if ((strncmp(at + PATH_AT, path, len) == 0) &&
		    (at[PATH_AT + len] == '\n'))
			return at;
		at = lf + 1;
	}
	return NULL;
}

/* Report the members of tags between tags_at and ${to} as left out. */
static void
pass_tags(struct check * c, const char * to)
{
	const char * at = buf_text(&c->tags) + c->tags_at;

	while (at < to) {
		const char * lf = strchr(at, '\n');
		char path[LINE_SIZE];

		(void)snprintf(path, sizeof(path), "%.*s",
		    (int)(lf - at) - PATH_AT, at + PATH_AT);
		check_find(c, CHECK_TAGMANIFEST, path,
		    "the tag manifest does not name it");
		at = lf + 1;
	}
	c->tags_at = (size_t)(at - buf_text(&c->tags));
}

void
check_tagmanifest_line(struct check * c, const uint8_t * line, size_t len)
{
	struct package_manifest_line said;
	struct err why;
	char hex[DIGEST_SHA256_HEX];
	const char * tag = NULL;
	enum member_kind kind;

	err_init(&why);
	if (package_manifest_parse(line, len, &said, &why) != 0) {
		check_find_err(c, CHECK_TAGMANIFEST, c->item.path, &why);
		return;
	}
	if (c->found[CHECK_TAGMANIFEST] >= CHECK_REPORT_MAX)
		return; /* The digest has the last word. */
	tag = find_tag(c, said.path);
	if (tag == NULL) {
		check_find(c, CHECK_TAGMANIFEST, said.path,
		    c->is_damaged ? "it was not read"
				  : "the tag manifest names it, but it is not "
				    "here or not in its place");
		return;
	}
	pass_tags(c, tag);
	text_hex_encode(said.sha256, DIGEST_SHA256_LEN, hex);
	if (strncmp(tag, hex, sizeof(hex) - 1) != 0)
		check_find(c, CHECK_TAGMANIFEST, said.path,
		    "SHA-256 differs from the tag manifest");
	else if (member_order_kind(said.path, &kind) == 0)
		c->is_tag_proved[kind] = true;
	c->tags_at += PATH_AT + strlen(said.path) + 1;
}

void
check_tagmanifest_end(struct check * c)
{
	uint8_t want[DIGEST_SHA256_LEN];

	pass_tags(c, buf_text(&c->tags) + c->tags.len);
	digest_peek(c->tagmanifest, want);
	if ((memcmp(want, c->sha256, sizeof(want)) != 0) && !c->is_damaged &&
	    (c->found[CHECK_TAGMANIFEST] == 0))
		check_find(c, CHECK_TAGMANIFEST, c->item.path,
		    "it does not list exactly the members that are here");
}
