/* For syscall(), which POSIX does not have. */
#define _DEFAULT_SOURCE

#include <sys/prctl.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/sched.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <seccomp.h>

#include "evidence/sandbox.h"

/*
 * Landlock by its bare system calls: the C library has none.  Only what ABI 1
 * has (Linux 5.13) is asked for by name; later rights are taken away as well
 * where the kernel knows them, by number, since Debian 12's header does not.
 */
#define LANDLOCK_READ \
	(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define LANDLOCK_WRITE                                                  \
	(LANDLOCK_READ | LANDLOCK_ACCESS_FS_WRITE_FILE |                \
	    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR | \
	    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR)
#define LANDLOCK_ALL_V1 ((UINT64_C(1) << 13) - 1)
#define LANDLOCK_REFER (UINT64_C(1) << 13)    /* ABI 2 */
#define LANDLOCK_TRUNCATE (UINT64_C(1) << 14) /* ABI 3 */

/*
 * A sanitizer stops its own process and starts another to look at it when the
 * program ends, which is just what the filter forbids.
 */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED 1
#else
#define IS_SANITIZED 0
#endif

#define ALL_CALLS(list) list, (int)(sizeof(list) / sizeof((list)[0]))

/* Never needed by who only reads evidence: the process ends. */
static const int forbidden[] = { SCMP_SYS(socket), SCMP_SYS(socketpair),
	SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(listen), SCMP_SYS(accept),
	SCMP_SYS(accept4), SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork),
	SCMP_SYS(vfork), SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev), SCMP_SYS(mount), SCMP_SYS(umount2),
	SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(setns),
	SCMP_SYS(unshare), SCMP_SYS(bpf), SCMP_SYS(perf_event_open),
	SCMP_SYS(keyctl), SCMP_SYS(add_key), SCMP_SYS(request_key),
	SCMP_SYS(userfaultfd), SCMP_SYS(io_uring_setup),
	SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register),
	SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(delete_module),
	SCMP_SYS(kexec_load), SCMP_SYS(reboot), SCMP_SYS(swapon),
	SCMP_SYS(swapoff), SCMP_SYS(mknod), SCMP_SYS(mknodat),
	SCMP_SYS(symlink), SCMP_SYS(symlinkat), SCMP_SYS(link),
	SCMP_SYS(linkat), SCMP_SYS(chown), SCMP_SYS(fchownat), SCMP_SYS(lchown),
	SCMP_SYS(setxattr), SCMP_SYS(lsetxattr), SCMP_SYS(open_by_handle_at) };

/* Talking over a connection that is open already. */
static const int talking[] = { SCMP_SYS(sendto), SCMP_SYS(sendmsg),
	SCMP_SYS(sendmmsg), SCMP_SYS(recvfrom), SCMP_SYS(recvmsg) };

/* Changes to a file system, where nothing may be written at all. */
static const int changing[] = { SCMP_SYS(unlink), SCMP_SYS(unlinkat),
	SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2),
	SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(rmdir), SCMP_SYS(truncate),
	SCMP_SYS(chmod), SCMP_SYS(fchmodat), SCMP_SYS(utimensat),
	SCMP_SYS(creat) };

static int
add_calls(scmp_filter_ctx filter, uint32_t action, const int * calls, int n)
{
	for (int i = 0; i < n; i++)
		if (seccomp_rule_add(filter, action, calls[i], 0) != 0)
			return -1;
	return 0;
}

/* Opening with any right to write fails; openat2 hides its flags. */
static int
add_read_only(scmp_filter_ctx filter)
{
	static const uint64_t flags[] = { O_WRONLY, O_RDWR, O_CREAT, O_TRUNC };

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		struct scmp_arg_cmp third =
		    SCMP_A2(SCMP_CMP_MASKED_EQ, flags[i], flags[i]);
		struct scmp_arg_cmp second =
		    SCMP_A1(SCMP_CMP_MASKED_EQ, flags[i], flags[i]);

		if ((seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EACCES),
			 SCMP_SYS(openat), 1, &third) != 0) ||
		    (seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EACCES),
			 SCMP_SYS(open), 1, &second) != 0))
			return -1;
	}
	return add_calls(filter, SCMP_ACT_KILL_PROCESS, ALL_CALLS(changing));
}

/* New threads, but no new processes. */
static int
add_threads_only(scmp_filter_ctx filter)
{
	struct scmp_arg_cmp no_thread =
	    SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0);

	if (seccomp_rule_add_array(filter, SCMP_ACT_KILL_PROCESS,
		SCMP_SYS(clone), 1, &no_thread) != 0)
		return -1;
	/* The C library then falls back to clone, whose flags can be seen. */
	return seccomp_rule_add(
	    filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
}

/* Filter the system calls.  Return 0, 1 if the kernel cannot, or -1. */
static int
enter_seccomp(bool may_write, bool may_talk)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int rc = -1;

	if (filter == NULL)
		return -1;
	if ((add_calls(filter, SCMP_ACT_KILL_PROCESS, ALL_CALLS(forbidden)) ==
		0) &&
	    (may_talk ||
		(add_calls(filter, SCMP_ACT_KILL_PROCESS, ALL_CALLS(talking)) ==
		    0)) &&
	    (add_threads_only(filter) == 0) &&
	    (seccomp_rule_add(
		 filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(openat2), 0) == 0) &&
	    (may_write || (add_read_only(filter) == 0)))
		rc = (seccomp_load(filter) == 0) ? 0 : 1;
	seccomp_release(filter);
	return rc;
}

/* Allow ${access} below the directory ${dir}. */
static int
allow_below(int ruleset, int dir, uint64_t access)
{
	struct landlock_path_beneath_attr below = { .allowed_access = access,
		.parent_fd = dir };

	return (int)syscall(SYS_landlock_add_rule, ruleset,
	    LANDLOCK_RULE_PATH_BENEATH, &below, 0U);
}

/* Restrict files.  Return 0, 1 if the kernel cannot, or -1. */
static int
enter_landlock(const struct sandbox_rules * rules)
{
	struct landlock_ruleset_attr all = { .handled_access_fs =
						 LANDLOCK_ALL_V1 };
	uint64_t write = LANDLOCK_WRITE;
	long abi = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	int ruleset = -1;
	int rc = -1;

	if (abi < 1)
		return 1;
	if (abi >= 2) {
		all.handled_access_fs |= LANDLOCK_REFER;
		write |= LANDLOCK_REFER;
	}
	if (abi >= 3) {
		all.handled_access_fs |= LANDLOCK_TRUNCATE;
		write |= LANDLOCK_TRUNCATE;
	}
	ruleset =
	    (int)syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0U);
	if (ruleset < 0)
		return 1;
	for (int i = 0; i < rules->n_read_dirs; i++)
		if (allow_below(ruleset, rules->read_dirs[i], LANDLOCK_READ) !=
		    0)
			goto out;
	for (int i = 0; i < rules->n_write_dirs; i++)
		if (allow_below(ruleset, rules->write_dirs[i], write) != 0)
			goto out;
	if (syscall(SYS_landlock_restrict_self, ruleset, 0U) == 0)
		rc = 0;

out:
	(void)close(ruleset);
	return rc;
}

int
sandbox_enter(const struct sandbox_rules * rules, enum sandbox_level * level,
    struct err * e)
{
	static const struct sandbox_rules nothing;
	int files, calls;

	*level = SANDBOX_NONE;
	if (IS_SANITIZED)
		return 0;
	if (rules == NULL)
		rules = &nothing;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
		err_set_errno(e, errno, "giving up rights");
		return -1;
	}
	files = enter_landlock(rules);
	calls = (files < 0)
	    ? -1
	    : enter_seccomp(rules->n_write_dirs > 0, rules->may_talk);
	if (calls < 0) {
		err_set(e, ERR_SYSTEM, NULL, "giving up rights failed");
		return -1;
	}
	if (calls == 0)
		*level = (files == 0) ? SANDBOX_FULL : SANDBOX_PART;
	return 0;
}

const char *
sandbox_level_text(enum sandbox_level level)
{
	switch (level) {
	case SANDBOX_FULL:
		return "system calls filtered, files by Landlock";
	case SANDBOX_PART:
		return "system calls filtered; this kernel has no Landlock";
	case SANDBOX_NONE:
		return "none: this kernel or build has no filter";
	}
	return "";
}
