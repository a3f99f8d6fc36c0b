/*
 * sandbox.h on Windows, which has no filter of system calls: what can be given
 * up is given up, the system is asked whether it is, and the level says less than
 * that rather than more.
 */
#include <windows.h>

#include <sddl.h>
#include <stddef.h>
#include <stdint.h>

#include "evidence/sandbox.h"

/* A mitigation policy of the process, set and then read back. */
static bool
set_policy(PROCESS_MITIGATION_POLICY which, DWORD flags)
{
	DWORD have = 0;

	return SetProcessMitigationPolicy(which, &flags, sizeof(flags)) &&
	    GetProcessMitigationPolicy(
		GetCurrentProcess(), which, &have, sizeof(have)) &&
	    ((have & flags) == flags);
}

/* No further process, from this one or from what may come to run in it. */
static bool
forbid_processes(void)
{
	JOBOBJECT_BASIC_LIMIT_INFORMATION limits = {
		.LimitFlags = JOB_OBJECT_LIMIT_ACTIVE_PROCESS,
		.ActiveProcessLimit = 1
	};
	HANDLE job = CreateJobObjectW(NULL, NULL);
	BOOL is_in = FALSE;

	/* The handle stays open as long as the process. */
	return (job != NULL) &&
	    SetInformationJobObject(
		job, JobObjectBasicLimitInformation, &limits, sizeof(limits)) &&
	    AssignProcessToJobObject(job, GetCurrentProcess()) &&
	    IsProcessInJob(GetCurrentProcess(), job, &is_in) && is_in;
}

/* No code that is not here by now, from a file or made at run time. */
static bool
forbid_code(void)
{
	const PROCESS_MITIGATION_DYNAMIC_CODE_POLICY code = {
		.ProhibitDynamicCode = 1
	};
	const PROCESS_MITIGATION_IMAGE_LOAD_POLICY image = { .NoRemoteImages =
								 1,
		.NoLowMandatoryLabelImages = 1,
		.PreferSystem32Images = 1 };
	const PROCESS_MITIGATION_EXTENSION_POINT_DISABLE_POLICY points = {
		.DisableExtensionPoints = 1
	};

	return set_policy(ProcessDynamicCodePolicy, code.Flags) &&
	    set_policy(ProcessImageLoadPolicy, image.Flags) &&
	    set_policy(ProcessExtensionPointDisablePolicy, points.Flags);
}

/* Whether the process's integrity level is ${rid}. */
static bool
has_integrity(HANDLE token, DWORD rid)
{
	union {
		TOKEN_MANDATORY_LABEL label;
		uint8_t bytes[sizeof(TOKEN_MANDATORY_LABEL) +
		    SECURITY_MAX_SID_SIZE];
	} have;
	DWORD n = 0;
	PSID sid;

	if (!GetTokenInformation(
		token, TokenIntegrityLevel, &have, sizeof(have), &n))
		return false;
	sid = have.label.Label.Sid;
	n = *GetSidSubAuthorityCount(sid);
	return (n > 0) && (*GetSidSubAuthority(sid, n - 1) == rid);
}

/*
 * Low integrity: what is not labelled as low itself, which is all that is not
 * meant for such programs, cannot be written.
 */
static bool
forbid_writing(void)
{
	TOKEN_MANDATORY_LABEL label = { .Label = { .Attributes =
						       SE_GROUP_INTEGRITY } };
	HANDLE token = NULL;
	bool is_done = false;

	if (!ConvertStringSidToSidA("S-1-16-4096", &label.Label.Sid))
		return false;
	if (OpenProcessToken(GetCurrentProcess(),
		TOKEN_ADJUST_DEFAULT | TOKEN_QUERY, &token)) {
		is_done = SetTokenInformation(token, TokenIntegrityLevel,
			      &label, sizeof(label)) &&
		    has_integrity(token, SECURITY_MANDATORY_LOW_RID);
		(void)CloseHandle(token);
	}
	(void)LocalFree(label.Label.Sid);
	return is_done;
}

int
sandbox_enter(const struct sandbox_rules * rules, enum sandbox_level * level,
    struct err * e)
{
	bool is_closed = forbid_processes();

	(void)e; /* None of it has to be there. */
	is_closed &= forbid_code();
	if ((rules != NULL) && (rules->n_write_dirs > 0))
		is_closed = false;
	else
		is_closed &= forbid_writing();
	*level = is_closed ? SANDBOX_PART : SANDBOX_NONE;
	return 0;
}

const char *
sandbox_level_text(enum sandbox_level level)
{
	if (level == SANDBOX_PART)
		return "in part: no writing, new process or new code; Windows "
		       "keeps neither other files nor the network from it";
	return "none: not on this Windows, or not with what was asked for";
}
