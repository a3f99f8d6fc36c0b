#include "evidence/io.h"
#include "evidence/words.h"

#include "verify/receipts.h"

int
receipts_take(struct receipts * receipts, const char * path, struct err * e)
{
	if (receipts->n == RECEIPTS_MAX)
		return words_refuse(e, "too many receipts: ", path);
	receipts->paths[receipts->n++] = path;
	return 0;
}

int
receipts_open(struct receipts * receipts, struct err * e)
{
	int rc = 0;

	for (size_t i = 0; (i < receipts->n) && (rc == 0); i++) {
		const char * path = receipts->paths[i];
		struct receipt_place * to = &receipts->list[i];

		to->path = path;
		to->dir = io_open_dir_of(path, &to->name, e);
		if (to->dir < 0) {
			err_in(e, "%s", path);
			rc = -1;
			break;
		}
		receipts->dirs[i] = to->dir;
		receipts->open++;
	}
	return rc;
}

void
receipts_close(struct receipts * receipts)
{
	for (size_t i = 0; i < receipts->open; i++)
		io_drop(receipts->dirs[i]);
	receipts->open = 0;
}
