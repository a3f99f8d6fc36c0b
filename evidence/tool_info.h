#ifndef EVIDENCE_TOOL_INFO_H
#define EVIDENCE_TOOL_INFO_H

#include <stddef.h>

#include "evidence/buf.h"
#include "evidence/document.h"
#include "evidence/err.h"

/*
 * meta/tool.json: which program made the package, on what machine, with which
 * options.
 */
#define TOOL_INFO_MAX ((size_t)1 << 20) /* Bytes. */
#define TOOL_INFO_MAX_LIST 256

struct tool_info_pair {
	const char * name;
	const char * value;
};

struct tool_info {
	const char * program;
	const char * version;
	const char * commit;       /* Of the source, or "unknown". */
	const char * build_sha256; /* Of the running program, 64 digits. */
	const struct tool_info_pair * libraries; /* Name and version. */
	size_t n_libraries;
	const char * host;   /* Name of the machine. */
	const char * system; /* Kernel name, release, machine. */
	const char * user;   /* Who ran it. */
	const struct tool_info_pair * options; /* No secret among them. */
	size_t n_options;

	/* Owned by a parsed one. */
	struct document doc;
	struct tool_info_pair * own_pairs;
};

/**
 * tool_info_format(tool, out, e):
 * Append the document of ${tool} to ${out}.  Return 0, or -1 with ${e} set.
 */
int tool_info_format(
    const struct tool_info * tool, struct buf * out, struct err * e);

/**
 * tool_info_parse(bytes, len, tool, e):
 * Parse the document into ${tool}.  Return 0, and tool_info_free releases it,
 * or -1 with ${e} set and ${tool} empty.
 */
int tool_info_parse(
    const void * bytes, size_t len, struct tool_info * tool, struct err * e);

/**
 * tool_info_free(tool):
 * Release what a parsed ${tool} owns and make it zeros.
 */
void tool_info_free(struct tool_info * tool);

#endif
