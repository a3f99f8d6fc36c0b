/*
 * io.h on Windows: descriptors are those of the C library, each with a handle of
 * the system behind it.  A name is opened by NtCreateFile from its folder's
 * handle, which is what openat is on Linux, and a reparse point (a symbolic link,
 * a junction, and whatever else is not the file itself) is opened as such and
 * refused.  All is binary.
 */
#include <windows.h>

#include <winternl.h>

#include <fcntl.h>
#include <io.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/io.h"
#include "evidence/io_windows_path.h"

#define READ ((unsigned long)FILE_GENERIC_READ)
#define WRITE ((unsigned long)(FILE_GENERIC_READ | FILE_GENERIC_WRITE))
#define UNNAMED_TRIES 10000

/* 1601-01-01 to 1970-01-01, in units of 100 ns. */
#define EPOCH INT64_C(116444736000000000)

struct io_list {
	int fd;
	bool is_started;
	const uint8_t * next; /* In bytes, or NULL. */
	char name[IO_PART_MAX * 3 + 1];
	_Alignas(16) uint8_t bytes[65536];
};

/* A descriptor for ${handle}, which it takes. */
static int
give_descriptor(HANDLE handle, struct err * e)
{
	int fd = _open_osfhandle((intptr_t)handle, _O_BINARY | _O_NOINHERIT);

	if (fd < 0) {
		err_set(e, ERR_SYSTEM, NULL, "too many files are open");
		(void)CloseHandle(handle);
	}
	return fd;
}

static int
set_facts(HANDLE handle, struct io_facts * facts)
{
	BY_HANDLE_FILE_INFORMATION info;
	int64_t at;

	memset(facts, 0, sizeof(*facts));
	if (GetFileType(handle) != FILE_TYPE_DISK) {
		facts->sort = IO_OTHER;
		return 0;
	}
	if (!GetFileInformationByHandle(handle, &info))
		return -1;
	facts->sort = ((info.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0)
	    ? IO_FOLDER
	    : IO_FILE;
	if ((info.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0)
		facts->sort = IO_LINK;
	facts->size =
	    ((int64_t)info.nFileSizeHigh << 32) | (int64_t)info.nFileSizeLow;
	at = (((int64_t)info.ftLastWriteTime.dwHighDateTime << 32) |
		 (int64_t)info.ftLastWriteTime.dwLowDateTime) -
	    EPOCH;
	facts->modified_s = at / 10000000;
	facts->modified_ns = at % 10000000 * 100;
	facts->device = info.dwVolumeSerialNumber;
	facts->number =
	    ((uint64_t)info.nFileIndexHigh << 32) | info.nFileIndexLow;
	return 0;
}

/* As io_windows_open, but only what is of that sort. */
static int
open_sort(int dir, const char * name, const struct io_windows_way * way,
    enum io_sort sort, struct err * e)
{
	HANDLE handle = io_windows_open(dir, name, way, e);
	struct io_facts facts;

	if (handle == NULL)
		return -1;
	if (set_facts(handle, &facts) != 0)
		io_windows_failed(e, GetLastError(), "%s", name);
	else if (facts.sort == sort)
		return give_descriptor(handle, e);
	else
		err_set(e, ERR_NOINPUT, NULL, "%s: not a %s", name,
		    (sort == IO_FILE) ? "regular file" : "folder");
	(void)CloseHandle(handle);
	return -1;
}

/* Open ${path} as the user gave it: links are followed. */
static int
open_path(const char * path, struct io_facts * facts, struct err * e)
{
	wchar_t * wide = io_windows_path(path, e);
	HANDLE handle;

	if (wide == NULL)
		return -1;
	handle = CreateFileW(wide, GENERIC_READ, IO_WINDOWS_SHARE_ALL, NULL,
	    OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
	free(wide);
	if (handle == INVALID_HANDLE_VALUE) {
		io_windows_failed(e, GetLastError(), "%s", path);
		return -1;
	}
	if (set_facts(handle, facts) == 0) {
		/* It was followed: what is left says how it is stored. */
		if (facts->sort == IO_LINK)
			facts->sort = IO_FILE;
		return give_descriptor(handle, e);
	}
	io_windows_failed(e, GetLastError(), "%s", path);
	(void)CloseHandle(handle);
	return -1;
}

int
io_open_dir(const char * path, struct err * e)
{
	struct io_facts facts;
	int fd = open_path(path, &facts, e);

	if ((fd < 0) || (facts.sort == IO_FOLDER))
		return fd;
	err_set(e, ERR_NOINPUT, NULL, "%s: not a folder", path);
	io_drop(fd);
	return -1;
}

int
io_open_any(const char * path, struct io_facts * facts, struct err * e)
{
	int fd = open_path(path, facts, e);

	if ((fd < 0) || (facts->sort == IO_FILE) || (facts->sort == IO_FOLDER))
		return fd;
	err_set(e, ERR_NOINPUT, NULL, "%s: not a regular file", path);
	io_drop(fd);
	return -1;
}

int
io_enter(int dir, const char * name, struct err * e)
{
	static const struct io_windows_way way = { READ, FILE_OPEN, 0,
		IO_WINDOWS_SHARE_ALL };

	return open_sort(dir, name, &way, IO_FOLDER, e);
}

int
io_make_dir(int dir, const char * name, struct err * e)
{
	static const struct io_windows_way way = { READ, FILE_CREATE,
		FILE_DIRECTORY_FILE, IO_WINDOWS_SHARE_ALL };

	return open_sort(dir, name, &way, IO_FOLDER, e);
}

int
io_reach_dir(int dir, const char * name, struct err * e)
{
	static const struct io_windows_way way = { READ, FILE_OPEN_IF,
		FILE_DIRECTORY_FILE, IO_WINDOWS_SHARE_ALL };

	return open_sort(dir, name, &way, IO_FOLDER, e);
}

int
io_create(int dir, const char * name, mode_t mode, struct err * e)
{
	static const struct io_windows_way way = { WRITE, FILE_CREATE,
		FILE_NON_DIRECTORY_FILE, FILE_SHARE_READ | FILE_SHARE_DELETE };

	(void)mode; /* Rights are those of the folder it is made in. */
	return open_sort(dir, name, &way, IO_FILE, e);
}

int
io_create_unnamed(int dir, struct err * e)
{
	static const struct io_windows_way way = { WRITE | DELETE, FILE_CREATE,
		FILE_NON_DIRECTORY_FILE | FILE_DELETE_ON_CLOSE, 0 };
	char name[64];

	for (int i = 0; i < UNNAMED_TRIES; i++) {
		struct err why;
		int fd;

		err_init(&why);
		(void)snprintf(name, sizeof(name), ".azcustody-%lu-%d",
		    (unsigned long)GetCurrentProcessId(), i);
		fd = open_sort(dir, name, &way, IO_FILE, &why);
		if (fd >= 0)
			return fd;
		/* ERR_SYSTEM: the name is taken, among others. */
		if (why.kind != ERR_SYSTEM) {
			err_set(e, why.kind, NULL, "%s", why.text);
			return -1;
		}
	}
	err_set(e, ERR_SYSTEM, NULL, "making a file that nobody else opens");
	return -1;
}

int
io_open_read(int dir, const char * name, struct err * e)
{
	static const struct io_windows_way way = { READ, FILE_OPEN, 0,
		IO_WINDOWS_SHARE_ALL };
	struct io_facts facts;
	int fd;

	if (dir != IO_PATH)
		return open_sort(dir, name, &way, IO_FILE, e);
	fd = io_open_any(name, &facts, e);
	if ((fd < 0) || (facts.sort == IO_FILE))
		return fd;
	err_set(e, ERR_NOINPUT, NULL, "%s: not a regular file", name);
	io_drop(fd);
	return -1;
}

int
io_open_write(int dir, const char * name, struct err * e)
{
	static const struct io_windows_way way = { WRITE, FILE_OPEN, 0,
		IO_WINDOWS_SHARE_ALL };

	return open_sort(dir, name, &way, IO_FILE, e);
}

int
io_look(int fd, struct io_facts * facts, struct err * e)
{
	if (set_facts(io_windows_handle(fd), facts) != 0) {
		io_windows_failed(e, GetLastError(), "looking at an open file");
		return -1;
	}
	/* A link is never open: see open_sort and open_path. */
	if (facts->sort == IO_LINK)
		facts->sort = IO_FILE;
	return 0;
}

int
io_find(int dir, const char * name, struct io_facts * facts, struct err * e)
{
	static const struct io_windows_way way = { FILE_READ_ATTRIBUTES,
		FILE_OPEN, 0, IO_WINDOWS_SHARE_ALL };
	HANDLE handle = INVALID_HANDLE_VALUE;
	struct err why;
	int rc = -1;

	err_init(&why);
	if (dir == IO_PATH) {
		wchar_t * wide = io_windows_path(name, &why);

		if (wide != NULL)
			handle = CreateFileW(wide, FILE_READ_ATTRIBUTES,
			    IO_WINDOWS_SHARE_ALL, NULL, OPEN_EXISTING,
			    FILE_FLAG_BACKUP_SEMANTICS |
				FILE_FLAG_OPEN_REPARSE_POINT,
			    NULL);
		if ((wide != NULL) && (handle == INVALID_HANDLE_VALUE))
			io_windows_failed(&why, GetLastError(), "%s", name);
		free(wide);
	} else {
		handle = io_windows_open(dir, name, &way, &why);
	}
	if (why.kind == ERR_NONE) {
		rc = (set_facts(handle, facts) == 0) ? 1 : -1;
		if (rc < 0)
			io_windows_failed(&why, GetLastError(), "%s", name);
		(void)CloseHandle(handle);
	}
	if (why.kind == ERR_NOINPUT)
		return 0;
	if (rc < 0)
		err_set(e, why.kind, NULL, "%s", why.text);
	return rc;
}

struct io_list *
io_list_open(int dir, const char * name, struct err * e)
{
	struct io_list * list = calloc(1, sizeof(*list));

	if (list == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	list->fd = io_enter(dir, name, e);
	if (list->fd >= 0)
		return list;
	free(list);
	return NULL;
}

/* Have the system fill ${list}.  1, 0 at the end, -1. */
static int
fill_list(struct io_list * list, struct err * e)
{
	FILE_INFO_BY_HANDLE_CLASS class = list->is_started
	    ? FileIdBothDirectoryInfo
	    : FileIdBothDirectoryRestartInfo;

	list->is_started = true;
	if (GetFileInformationByHandleEx(io_windows_handle(list->fd), class,
		list->bytes, sizeof(list->bytes))) {
		list->next = list->bytes;
		return 1;
	}
	if ((GetLastError() == ERROR_NO_MORE_FILES) ||
	    (GetLastError() == ERROR_FILE_NOT_FOUND))
		return 0;
	io_windows_failed(e, GetLastError(), "listing a folder");
	return -1;
}

int
io_list_next(struct io_list * list, const char ** name, struct err * e)
{
	const FILE_ID_BOTH_DIR_INFO * one;

	do {
		if (list->next == NULL) {
			int rc = fill_list(list, e);

			if (rc != 1)
				return rc;
		}
		one = (const FILE_ID_BOTH_DIR_INFO *)(const void *)list->next;
		list->next = (one->NextEntryOffset == 0)
		    ? NULL
		    : list->next + one->NextEntryOffset;
		if (io_windows_text(one->FileName,
			one->FileNameLength / sizeof(wchar_t), list->name,
			sizeof(list->name)) != 0) {
			err_set(e, ERR_INPUT, NULL,
			    "a name in a folder is no Unicode");
			return -1;
		}
	} while (
	    (strcmp(list->name, ".") == 0) || (strcmp(list->name, "..") == 0));
	*name = list->name;
	return 1;
}

int
io_list_dir(const struct io_list * list)
{
	return list->fd;
}

void
io_list_close(struct io_list * list)
{
	if (list == NULL)
		return;
	io_drop(list->fd);
	free(list);
}
