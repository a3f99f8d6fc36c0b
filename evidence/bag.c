#include <string.h>

#include "evidence/bag.h"
#include "evidence/clock.h"
#include "evidence/text.h"

#define OXUM "Payload-Oxum: "
#define GROUP "Bag-Group-Identifier: "
#define COUNT "Bag-Count: "

int
bag_format_declaration(struct buf * out, struct err * e)
{
	return buf_add_text(out,
	    "BagIt-Version: 1.0\n"
	    "Tag-File-Character-Encoding: UTF-8\n",
	    e);
}

/* Put "LABEL: VALUE"; nothing for NULL and for an empty value. */
static int
put_line(
    struct buf * out, const char * label, const char * value, struct err * e)
{
	size_t from;

	if ((value == NULL) || (value[0] == '\0'))
		return 0;
	if (buf_addf(out, e, "%s: ", label) != 0)
		return -1;
	from = out->len;
	if (buf_add_text(out, value, e) != 0)
		return -1;
	for (size_t i = from; i < out->len; i++) {
		if ((out->bytes[i] < 0x20) || (out->bytes[i] == 0x7f))
			out->bytes[i] = ' ';
	}
	if (!text_is_utf8(out->bytes + from, out->len - from)) {
		err_set(e, ERR_USAGE, NULL, "%s is not UTF-8", label);
		return -1;
	}
	return buf_add(out, "\n", 1, e);
}

int
bag_format_info(const struct bag_info * info, struct buf * out, struct err * e)
{
	char date[CLOCK_TEXT_SIZE] = "";

	if (info->at != CLOCK_UNKNOWN) {
		clock_format(info->at, date);
		date[10] = '\0';
	}
	if ((put_line(out, "Source-Organization", info->organisation, e) !=
		0) ||
	    (put_line(out, "Contact-Name", info->examiner, e) != 0) ||
	    (put_line(out, "External-Identifier", info->package, e) != 0) ||
	    (put_line(out, "Internal-Sender-Identifier", info->case_number,
		 e) != 0) ||
	    (put_line(out, "Internal-Sender-Description", info->exhibit, e) !=
		0) ||
	    (put_line(out, "Bagging-Date", date, e) != 0) ||
	    (put_line(out, "Bag-Software-Agent", info->tool, e) != 0))
		return -1;
	if ((info->group != NULL) &&
	    (buf_addf(out, e, GROUP "%s\n" COUNT "%lld of %lld\n",
		 info->group->id, (long long)info->group->number,
		 (long long)info->group->count) != 0))
		return -1;
	return buf_addf(out, e, OXUM "%lld.%lld\n",
	    (long long)info->payload_bytes, (long long)info->payload_objects);
}

/* Read "BYTES.OBJECTS" of ${len} characters. */
static int
parse_pair(const char * text, size_t len, int64_t * bytes, int64_t * objects)
{
	const char * dot = memchr(text, '.', len);
	size_t n = (dot == NULL) ? 0 : (size_t)(dot - text);
	int64_t b, o;

	if ((dot == NULL) || (text_parse_integer(text, n, &b) != 0) ||
	    (text_parse_integer(dot + 1, len - n - 1, &o) != 0) || (b < 0) ||
	    (o < 0))
		return -1;
	*bytes = b;
	*objects = o;
	return 0;
}

/* What stands behind ${label} in the one line that begins with it: how many
 * such lines there are, the last one's value in ${value} and ${n}. */
static int
find_line(const char * p, size_t len, const char * label, const char ** value,
    size_t * n)
{
	const char * end = p + len;
	size_t label_len = strlen(label);
	int found = 0;

	while (p < end) {
		const char * lf = memchr(p, '\n', (size_t)(end - p));
		size_t line = (size_t)(((lf == NULL) ? end : lf) - p);

		if ((line > label_len) && (memcmp(p, label, label_len) == 0)) {
			found++;
			*value = p + label_len;
			*n = line - label_len;
		}
		if (lf == NULL)
			break;
		p = lf + 1;
	}
	return found;
}

int
bag_parse_oxum(const void * bytes, size_t len, int64_t * payload_bytes,
    int64_t * payload_objects, struct err * e)
{
	const char * value = NULL;
	size_t n = 0;

	if ((find_line(bytes, len, OXUM, &value, &n) != 1) ||
	    (parse_pair(value, n, payload_bytes, payload_objects) != 0)) {
		err_set(e, ERR_INPUT, NULL, "no one well-formed Payload-Oxum");
		return -1;
	}
	return 0;
}

/* Read "N of M" of ${len} characters. */
static int
parse_count(const char * text, size_t len, struct group * group)
{
	static const char of[] = " of ";
	size_t at = 0;

	while ((at < len) && (text[at] != ' '))
		at++;
	if ((len - at < sizeof(of) - 1) ||
	    (memcmp(text + at, of, sizeof(of) - 1) != 0) ||
	    (text_parse_integer(text, at, &group->number) != 0))
		return -1;
	at += sizeof(of) - 1;
	return text_parse_integer(text + at, len - at, &group->count);
}

int
bag_parse_group(
    const void * bytes, size_t len, struct group * group, struct err * e)
{
	const char * id = NULL;
	const char * count = NULL;
	size_t id_len = 0;
	size_t count_len = 0;
	int ids = find_line(bytes, len, GROUP, &id, &id_len);
	int counts = find_line(bytes, len, COUNT, &count, &count_len);

	if ((ids == 0) && (counts == 0))
		return 0;
	if ((ids != 1) || (counts != 1) || (id_len >= sizeof(group->id)) ||
	    (parse_count(count, count_len, group) != 0)) {
		err_set(e, ERR_INPUT, NULL,
		    "no one well-formed Bag-Group-Identifier and Bag-Count");
		return -1;
	}
	memcpy(group->id, id, id_len);
	group->id[id_len] = '\0';
	return 1;
}
