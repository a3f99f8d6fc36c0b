#include <string.h>

#include "verify/verdict.h"

/*
 * A kept finding: two bytes, question and weight, then code, member and text,
 * each ended by a NUL.
 */
static int
add_text(struct buf * findings, const char * text, struct err * e)
{
	return buf_add(findings, text, strlen(text) + 1, e);
}

int
verdict_note(struct buf * findings, const struct package_finding * finding,
    struct err * e)
{
	uint8_t head[2] = { (uint8_t)finding->question,
		(uint8_t)finding->weight };

	if ((buf_add(findings, head, sizeof(head), e) != 0) ||
	    (add_text(findings, finding->code, e) != 0) ||
	    (add_text(findings, finding->member, e) != 0) ||
	    (add_text(findings, finding->text, e) != 0))
		return -1;
	return 0;
}

bool
verdict_read(
    const struct buf * findings, size_t * at, struct package_finding * finding)
{
	const char * text;

	if (*at >= findings->len)
		return false;
	finding->question = (enum package_question)findings->bytes[*at];
	finding->weight = (enum package_verdict)findings->bytes[*at + 1];
	text = (const char *)findings->bytes + *at + 2;
	finding->code = text;
	text += strlen(text) + 1;
	finding->member = text;
	text += strlen(text) + 1;
	finding->text = text;
	text += strlen(text) + 1;
	*at = (size_t)(text - (const char *)findings->bytes);
	return true;
}
