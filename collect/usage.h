#ifndef COLLECT_USAGE_H
#define COLLECT_USAGE_H

/*
 * The words of azcustody-collect --help.
 */

/**
 * usage_text():
 * Return the whole text of --help, its last LF included.
 */
const char * usage_text(void);

#endif
