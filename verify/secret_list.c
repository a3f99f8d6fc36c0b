#include "evidence/buf.h"
#include "evidence/io.h"
#include "evidence/secret_end.h"
#include "evidence/text.h"

#include "verify/secret_list.h"

int
secret_list_open(struct secret_list * list, const char * path, struct err * e)
{
	struct io_facts facts;
	const char * name;
	int dir = io_open_dir_of(path, &name, e);

	list->fd = -1;
	list->path = path;
	if ((dir >= 0) && (io_find(dir, name, &facts, e) == 1))
		err_set(e, ERR_USAGE,
		    "nothing is ever overwritten: move it away",
		    "it is there already");
	if ((dir >= 0) && (e->kind == ERR_NONE))
		list->fd = io_create(dir, name, 0644, e);
	io_drop(dir);
	if (list->fd >= 0)
		return 0;
	err_in(e, "%s", path);
	return -1;
}

/* Append how many of which sort. */
static int
add_sorts(struct buf * out, const int64_t of[SECRET_SORTS], struct err * e)
{
	const char * comma = "";

	for (int i = 0; i < SECRET_SORTS; i++) {
		if (of[i] == 0)
			continue;
		if (buf_addf(out, e, "%s%lld %s", comma, (long long)of[i],
			secret_sort_text((enum secret_sort)i)) != 0)
			return -1;
		comma = ", ";
	}
	return 0;
}

static int
write_out(const struct secret_list * list, struct buf * out, struct err * e)
{
	int rc = io_write_all(list->fd, buf_text(out), out->len, e);

	if (rc != 0)
		err_in(e, "%s", list->path);
	return rc;
}

int
secret_list_add(const struct secret_list * list, const char * member,
    const struct secret_counts * counts, struct err * e)
{
	struct buf out = { 0 };
	int rc = -1;

	if (buf_add_text(&out, "# ", e) != 0)
		goto out;
	if (counts->is_closed &&
	    (buf_add_text(&out,
		 (counts->all > 0)
		     ? "could not be looked into; found all the same: "
		     : "could not be looked into\n",
		 e) != 0))
		goto out;
	if (counts->all == 0) {
		if (buf_addf(&out, e, "%s\n", member) == 0)
			rc = write_out(list, &out, e);
		goto out;
	}
	if ((add_sorts(&out, counts->of, e) != 0) ||
	    (buf_addf(&out, e, "; in %lld lines; at",
		 (long long)counts->records) != 0))
		goto out;
	for (int64_t i = 0; (i < counts->all) && (i < SECRET_SCAN_PLACES); i++)
		if (buf_addf(&out, e, " %lld", (long long)counts->places[i]) !=
		    0)
			goto out;
	if (buf_addf(&out, e, "%s\n%s\n",
		(counts->all > SECRET_SCAN_PLACES) ? " and more" : "",
		member) == 0)
		rc = write_out(list, &out, e);

out:
	buf_free(&out);
	return rc;
}

int
secret_list_end(const struct secret_list * list,
    const struct package_result * result, struct err * e)
{
	struct buf out = { 0 };
	int rc = -1;

	if (secret_end_format(result, result->secrets.listed, &out, e) == 0)
		rc = write_out(list, &out, e);
	buf_free(&out);
	return (rc == 0) ? io_sync(list->fd, e) : -1;
}

void
secret_list_close(struct secret_list * list)
{
	io_drop(list->fd);
	list->fd = -1;
}
