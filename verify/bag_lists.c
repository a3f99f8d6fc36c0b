#include <stdio.h>
#include <string.h>

#include "evidence/text.h"

#include "verify/bag_parts.h"
#include "verify/path_policy.h"

const struct bag_digest bag_digests[BAG_DIGESTS] = {
	{ "md5", DIGEST_MD5 },
	{ "sha1", DIGEST_SHA1 },
	{ "sha224", DIGEST_SHA224 },
	{ "sha256", DIGEST_SHA256 },
	{ "sha384", DIGEST_SHA384 },
	{ "sha512", DIGEST_SHA512 },
};

#define EXTENSION ".txt"

static bool
is_blank(char c)
{
	return (c == ' ') || (c == '\t');
}

int
bag_list_of(const char * name, int * list)
{
	static const char * const begins[] = { "manifest-", "tagmanifest-" };
	size_t end = strlen(EXTENSION);
	size_t len = strlen(name);

	for (int i = 0; i < 2; i++) {
		size_t begin = strlen(begins[i]);
		char digest[64];

		if (!text_has_prefix(name, begins[i]) || (len < begin + end) ||
		    (len - begin - end >= sizeof(digest)) ||
		    (strcmp(name + len - end, EXTENSION) != 0))
			continue;
		memcpy(digest, name + begin, len - begin - end);
		digest[len - begin - end] = '\0';
		*list = -1;
		for (int k = 0; k < BAG_DIGESTS; k++)
			if (text_compare_nocase(digest, bag_digests[k].name) ==
			    0)
				*list = i * BAG_DIGESTS + k;
		return 1;
	}
	return 0;
}

void
bag_list_name(int list, char name[64])
{
	(void)snprintf(name, 64, "%smanifest-%s" EXTENSION,
	    (list >= BAG_DIGESTS) ? "tag" : "",
	    bag_digests[list % BAG_DIGESTS].name);
}

/* Either case; -1 if it is not exactly ${len} bytes in hex. */
static int
decode_hex(const char * hex, size_t hex_len, uint8_t * bytes, size_t len)
{
	char copy[2 * DIGEST_MAX_LEN + 1];

	if (hex_len != 2 * len)
		return -1;
	for (size_t i = 0; i < hex_len; i++)
		copy[i] = ((hex[i] >= 'A') && (hex[i] <= 'F'))
		    ? (char)(hex[i] - 'A' + 'a')
		    : hex[i];
	copy[hex_len] = '\0';
	return text_hex_decode(copy, bytes, len);
}

/* Take back what a list must write as %0A, %0D and, since 1.0, %25. */
static int
decode_path(const char * path, size_t len, bool has_percent, struct buf * out,
    struct err * e)
{
	for (size_t i = 0; i < len; i++) {
		char c = path[i];

		if ((c == '%') && (i + 2 < len + 0) && (path[i + 1] == '0') &&
		    ((path[i + 2] | 0x20) == 'a' ||
			(path[i + 2] | 0x20) == 'd')) {
			c = ((path[i + 2] | 0x20) == 'a') ? '\n' : '\r';
			i += 2;
		} else if (has_percent && (c == '%') && (i + 2 < len) &&
		    (path[i + 1] == '2') && (path[i + 2] == '5')) {
			i += 2;
		}
		if (buf_add(out, &c, 1, e) != 0)
			return -1;
	}
	return 0;
}

/* The file that a list calls ${path}, or NULL if the check has failed. */
static struct bag_file *
file_of(struct bag * b, const char * path, size_t len)
{
	struct bag_file * file = NULL;
	struct buf real = { 0 };
	struct err why;

	err_init(&why);
	if (!b->is_strict)
		file = bag_files_find(&b->files, path, len);
	if ((file == NULL) &&
	    (decode_path(path, len, b->is_strict, &real, &why) == 0)) {
		if (!b->is_strict &&
		    (bag_files_find(&b->files, buf_text(&real), real.len) ==
			NULL)) {
			buf_clear(&real);
			(void)buf_add(&real, path, len, &why);
		}
		file =
		    bag_files_get(&b->files, buf_text(&real), real.len, &why);
	}
	buf_free(&real);
	if (file == NULL)
		bag_find_err(b, BAG_LIMIT, "", &why);
	return file;
}

/* Take "./" off the front of a path.  Return whether it was there. */
static bool
trim(const char ** path, size_t * len)
{
	bool is_trimmed = false;

	while ((*len > 2) && (memcmp(*path, "./", 2) == 0)) {
		*path += 2;
		*len -= 2;
		is_trimmed = true;
	}
	return is_trimmed;
}

/* May a list name ${path}?  payload: below data/. */
static const char *
why_not_listed(const char * path, size_t len, bool is_tag)
{
	const char * why = path_policy_escape(path, len);

	if (why != NULL)
		return why;
	if (!is_tag && !bag_is_payload(path, len))
		return "a path that is not below data/";
	if (is_tag && bag_is_payload(path, len))
		return "payload, in a list of tag files";
	return NULL;
}

/* Note one line's claim. */
static void
add_want(struct bag * b, const char * name, int list, const char * path,
    size_t len, const uint8_t * digest)
{
	size_t digest_size = digest_len(bag_digests[list % BAG_DIGESTS].kind);
	struct bag_file * file = file_of(b, path, len);
	const struct bag_want * before;
	struct err why;

	if (file == NULL)
		return;
	err_init(&why);
	before = bag_files_wanted(file, list);
	if (before == NULL) {
		if (bag_files_want(file, list, digest, digest_size, &why) != 0)
			bag_find_err(b, BAG_LIMIT, name, &why);
	} else if (memcmp(before->digest, digest, digest_size) != 0) {
		bag_find(b, BAG_DUPLICATE, file->path,
		    "%s lists it twice with different digests", name);
	} else {
		bag_find(b, b->is_strict ? BAG_DUPLICATE : BAG_REPEATED,
		    file->path, "%s lists it twice", name);
	}
}

/* One line of a manifest: digest, blanks, path. */
static void
take_line(
    struct bag * b, const char * name, int list, const char * line, size_t len)
{
	uint8_t digest[DIGEST_MAX_LEN];
	size_t hex = 0;
	const char * path;
	const char * why;

	while ((hex < len) && !is_blank(line[hex]))
		hex++;
	path = line + hex;
	len -= hex;
	while ((len > 0) && is_blank(*path)) {
		path++;
		len--;
	}
	if ((len == 0) ||
	    (decode_hex(line, hex, digest,
		 digest_len(bag_digests[list % BAG_DIGESTS].kind)) != 0)) {
		bag_find(b, BAG_MANIFEST, name,
		    "a line is not a digest, blanks and a path: %.*s",
		    (hex > 200) ? 200 : (int)hex, line);
		return;
	}
	if ((*path == '*') && (len > 1)) {
		bag_find(b, BAG_STAR, name,
		    "written as md5sum does, with \"*\" before a path");
		path++;
		len--;
	}
	if (trim(&path, &len))
		bag_find(b, BAG_RELATIVE, name,
		    "a path with \"./\" at its front: ./%.*s",
		    (len > 200) ? 200 : (int)len, path);
	why = why_not_listed(path, len, list >= BAG_DIGESTS);
	if (why != NULL)
		bag_find(b, BAG_PATH, name, "%s: %.*s", why,
		    (len > 200) ? 200 : (int)len, path);
	else
		add_want(b, name, list, path, len, digest);
}

static void
take_manifest(struct bag * b, const struct bag_text * text, int list)
{
	const char * line;
	size_t at = 0;
	size_t len;

	if (list < 0) {
		bag_find(b, BAG_ALGORITHM, text->name,
		    "its digest is none that is known here");
		return;
	}
	if (b->has_list[list])
		bag_find(b, BAG_MANIFEST, text->name, "a second one");
	b->has_list[list] = true;
	if (!text->is_readable)
		return;
	while (!b->is_failed && bag_text_line(&text->text, &at, &line, &len))
		if (len > 0)
			take_line(b, text->name, list, line, len);
}

/* One line of fetch.txt: an address, a length or "-", a path. */
static void
take_fetch(struct bag * b, const char * line, size_t len)
{
	const char * end = line + len;
	const char * part[2];
	size_t part_len[2];
	struct bag_file * file;
	const char * why;

	for (int i = 0; i < 2; i++) {
		part[i] = line;
		while ((line < end) && !is_blank(*line))
			line++;
		part_len[i] = (size_t)(line - part[i]);
		while ((line < end) && is_blank(*line))
			line++;
	}
	len = (size_t)(end - line);
	if ((part_len[0] == 0) || (part_len[1] == 0) || (len == 0) ||
	    ((part[1][0] != '-') &&
		(strspn(part[1], "0123456789") < part_len[1]))) {
		bag_find(b, BAG_FETCH_LINE, "fetch.txt",
		    "a line is not an address, a length and a path");
		return;
	}
	(void)trim(&line, &len);
	why = why_not_listed(line, len, false);
	if (why != NULL) {
		bag_find(b, BAG_PATH, "fetch.txt", "%s: %.*s", why,
		    (len > 200) ? 200 : (int)len, line);
		return;
	}
	file = file_of(b, line, len);
	if (file != NULL)
		file->is_fetched = true;
}

void
bag_manifests(struct bag * b)
{
	const struct bag_text * fetch = bag_text_named(b, "fetch.txt");
	bool has_payload = false;
	const char * line;
	size_t at = 0;
	size_t len;
	int list;

	for (int i = 0; i < b->n_texts; i++) {
		if (bag_list_of(b->texts[i].name, &list) == 0)
			continue;
		take_manifest(b, &b->texts[i], list);
		has_payload |= (b->texts[i].name[0] == 'm');
	}
	if (!has_payload)
		bag_find(b, BAG_NO_MANIFEST, "",
		    "there is no manifest of the payload");
	if (fetch == NULL)
		return;
	bag_find(b, BAG_FETCH, "fetch.txt",
	    "it names addresses; nothing is fetched here");
	while (!b->is_failed && fetch->is_readable &&
	    bag_text_line(&fetch->text, &at, &line, &len))
		if (len > 0)
			take_fetch(b, line, len);
}
