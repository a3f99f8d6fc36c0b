#ifndef EVIDENCE_AGE_FILE_H
#define EVIDENCE_AGE_FILE_H

#include <stddef.h>

#include "evidence/age.h"
#include "evidence/err.h"

/*
 * NAME.age beside a sealed file: the same bytes, for those who are named.  The
 * clear file stays what is verified.
 */
#define AGE_FILE_END ".age"

struct age_recipients {
	struct age_recipient list[AGE_RECIPIENTS_MAX];
	size_t n;
};

/**
 * age_recipients_take(recipients, word, e):
 * Add ${word}, an "age1..." or the path of a file with one a line (empty lines
 * and those that begin with "#" are passed over), to ${recipients}.  Return 0,
 * or -1 with ${e} set.
 */
int age_recipients_take(
    struct age_recipients * recipients, const char * word, struct err * e);

/**
 * age_file_make(in, dir, name, recipients, e):
 * Encrypt the regular file ${in}, from its first byte, into ${name}.age in
 * ${dir}, which must not be there, for ${recipients}: whole and durable, or not
 * at all.  Return 0, or -1 with ${e} set.
 */
int age_file_make(int in, int dir, const char * name,
    const struct age_recipients * recipients, struct err * e);

#endif
