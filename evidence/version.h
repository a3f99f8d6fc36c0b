#ifndef EVIDENCE_VERSION_H
#define EVIDENCE_VERSION_H

/*
 * What build this is, for --version, meta/tool.json and the reports.
 */

/**
 * version_number():
 * Return the version, "0.1.0" for example.
 */
const char * version_number(void);

/**
 * version_commit():
 * Return the first 12 hex digits of the source's commit, or "unknown".
 */
const char * version_commit(void);

#endif
