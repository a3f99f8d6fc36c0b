#include <stdlib.h>
#include <string.h>

#include "evidence/secret.h"

struct secret *
secret_from_env(const char * name, struct err * e)
{
	char * value = getenv(name);
	struct secret * s;
	size_t len;

	if ((value == NULL) || (value[0] == '\0'))
		return NULL;
	len = strlen(value);
	if (len > SECRET_MAX) {
		err_set(e, ERR_LIMIT, NULL, "%s is longer than 64 KiB", name);
		return NULL;
	}
	s = secret_new(len, e);
	if (s != NULL)
		memcpy(s->bytes, value, len);
	secret_wipe(value, len);
	(void)unsetenv(name);
	return s;
}
