#include "evidence/check_secret.h"
#include "evidence/check.h"

/* Secrets in the payload, if they are looked for. */
void
check_payload_begin(struct check * c)
{
	if (c->options->secrets != NULL)
		secret_scan_begin(&c->scan);
}

void
check_payload_data(struct check * c, const uint8_t * bytes, size_t len)
{
	if (c->options->secrets != NULL)
		secret_scan_add(&c->scan, bytes, len);
}

void
check_secret_end(struct check * c)
{
	struct package_secrets_found * all = &c->result->secrets;
	const struct secret_counts * counts;

	if (c->options->secrets == NULL)
		return;
	counts = secret_scan_end(&c->scan);
	if ((counts->all == 0) && !counts->is_closed)
		return;
	all->objects += (counts->all > 0) ? 1 : 0;
	all->closed += counts->is_closed ? 1 : 0;
	all->listed++;
	all->records += counts->records;
	all->all += counts->all;
	for (int i = 0; i < SECRET_SORTS; i++)
		all->of[i] += counts->of[i];
	if (c->options->secrets(
		c->options->context, c->item.name, counts, c->e) != 0)
		c->is_failed = true;
}
