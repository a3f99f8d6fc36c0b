#ifndef EVIDENCE_ERR_ERRNO_H
#define EVIDENCE_ERR_ERRNO_H

#include <stddef.h>

#include "evidence/err.h"

/* What the system's error numbers mean, for err_set_errno. */

/**
 * err_errno_kind(number):
 * Return what people do about errno ${number}.
 */
enum err_kind err_errno_kind(int number);

/**
 * err_errno_text(number, text, size):
 * Put the words for errno ${number} into ${text}, cut to ${size} bytes.
 */
void err_errno_text(int number, char * text, size_t size);

#endif
