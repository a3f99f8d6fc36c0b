/*
 * Whatever a blob is called: the stored name made of it can be stored, the hour
 * in it is an hour, and the catalogue gives the same bytes back.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/document.h"
#include "evidence/kind.h"
#include "evidence/name.h"

int LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len);

static void
check_stored(const uint8_t * bytes, size_t len)
{
	char name[NAME_SIZE];
	struct err e;

	err_init(&e);
	name_make_object(1, bytes, len, name);
	if ((name_check_stored(name, &e) != 0) ||
	    (strlen(name) > 10 + NAME_SLUG_MAX))
		abort();
}

static void
check_time(const uint8_t * bytes, size_t len, enum kind kind)
{
	const int64_t minute = 60 * CLOCK_TICKS_PER_SECOND;
	int64_t from, to;

	if (kind_time_of_blob(kind, bytes, len, &from, &to) != 0)
		return;
	if ((to - from != 5 * minute) && (to - from != 60 * minute))
		abort();
}

static void
check_round_trip(const uint8_t * bytes, size_t len)
{
	struct json_out j;
	struct buf text = { 0 };
	struct buf back = { 0 };
	struct json * root;
	struct err e;

	err_init(&e);
	json_begin(&j, &text, &e);
	json_open_object(&j, NULL);
	if (document_put_name(&j, bytes, len, &e) != 0)
		abort();
	json_close_object(&j);
	if (json_end(&j, false) != 0)
		abort();
	root = json_parse(text.bytes, text.len, &e);
	if ((root == NULL) || (document_parse_name(root, &back, &e) != 0) ||
	    (back.len != len) ||
	    ((len > 0) && (memcmp(back.bytes, bytes, len) != 0)))
		abort();
	json_free(root);
	buf_free(&text);
	buf_free(&back);
}

int
LLVMFuzzerTestOneInput(const uint8_t * bytes, size_t len)
{
	char text[4097];
	struct err e;

	if (len > sizeof(text) - 1)
		return 0;
	check_stored(bytes, len);
	check_time(bytes, len, KIND_NSG_FLOW);
	check_time(bytes, len, KIND_CLASSIC);
	check_round_trip(bytes, len);
	memcpy(text, bytes, len);
	text[len] = '\0';
	err_init(&e);
	(void)name_check_stored(text, &e);
	err_init(&e);
	(void)name_check_package(text, &e);
	return 0;
}
