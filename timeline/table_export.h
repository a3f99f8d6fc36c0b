#ifndef TIMELINE_TABLE_EXPORT_H
#define TIMELINE_TABLE_EXPORT_H

#include "evidence/err.h"
#include "timeline/output.h"
#include "timeline/store.h"

/**
 * table_export(s, columns, from, name, o, e):
 * Write what "SELECT COLUMNS FROM FROM" gives as the CSV file ${name} into ${o};
 * ${columns} are its first row, and both are our own.  Texts are cells as
 * export_csv_cell writes them; bytes are SHA-256 digests, in hex; a column whose name ends in _time holds moments;
 * and -1 as dst_port or protocol_number is what is not logged, and empty.  Return
 * 0, or -1 with ${e} set.
 */
int table_export(struct store * s, const char * columns, const char * from,
    const char * name, struct output * o, struct err * e);

#endif
