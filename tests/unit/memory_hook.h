#ifndef TESTS_UNIT_MEMORY_HOOK_H
#define TESTS_UNIT_MEMORY_HOOK_H

#include <errno.h>
#include <stdlib.h>

/*
 * An allocator that fails once, when ${fail_at} has counted down.  Programs with
 * a sanitizer have an allocator of their own: there it never does.
 */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_OWN_MALLOC 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_OWN_MALLOC 0
#endif
#endif
#ifndef HAS_OWN_MALLOC
#define HAS_OWN_MALLOC 1
#endif

static long fail_at; /* 0: never; else counts down. */
static long failed;  /* How many did. */

#if HAS_OWN_MALLOC
void * __libc_malloc(size_t size);
void * __libc_calloc(size_t count, size_t size);
void * __libc_realloc(void * old, size_t size);

static int
must_fail(void)
{
	if (fail_at == 0)
		return 0;
	fail_at--;
	if (fail_at > 0)
		return 0;
	failed++;
	errno = ENOMEM;
	return 1;
}

void *
malloc(size_t size)
{
	return must_fail() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t count, size_t size)
{
	return must_fail() ? NULL : __libc_calloc(count, size);
}

void *
realloc(void * old, size_t size)
{
	return must_fail() ? NULL : __libc_realloc(old, size);
}
#endif

#endif
