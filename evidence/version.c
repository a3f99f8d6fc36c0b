#include "evidence/version.h"

const char *
version_number(void)
{
	return AZCUSTODY_VERSION;
}

const char *
version_commit(void)
{
	return AZCUSTODY_COMMIT;
}
