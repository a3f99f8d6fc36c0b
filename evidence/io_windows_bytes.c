/* io.h on Windows: what is done with an open file. */
#include <windows.h>

#include <winternl.h>

#include <io.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/io.h"
#include "evidence/io_windows_path.h"

#define PIECE_MAX ((size_t)1 << 30) /* Bytes of one call. */

int
io_write_all(int fd, const void * bytes, size_t len, struct err * e)
{
	const uint8_t * p = bytes;

	while (len > 0) {
		DWORD n = (DWORD)((len < PIECE_MAX) ? len : PIECE_MAX);

		if (!WriteFile(io_windows_handle(fd), p, n, &n, NULL)) {
			io_windows_failed(e, GetLastError(), "writing");
			return -1;
		}
		p += n;
		len -= n;
	}
	return 0;
}

/* Read once.  Return how many bytes, 0 at the end, or -1 with ${e} set. */
static ssize_t
read_at(int fd, void * bytes, size_t len, int64_t offset, struct err * e)
{
	OVERLAPPED at = { .Offset = (DWORD)((uint64_t)offset & 0xffffffff),
		.OffsetHigh = (DWORD)((uint64_t)offset >> 32) };
	DWORD n = (DWORD)((len < PIECE_MAX) ? len : PIECE_MAX);

	if (ReadFile(io_windows_handle(fd), bytes, n, &n, &at))
		return (ssize_t)n;
	if (GetLastError() == ERROR_HANDLE_EOF)
		return 0;
	io_windows_failed(e, GetLastError(), "reading");
	return -1;
}

/*
 * Reading moves the position of the file, which pread does not: it is put back,
 * for who writes there.  Where threads read one file at once nobody writes it.
 */
ssize_t
io_read_at(int fd, void * bytes, size_t len, int64_t offset, struct err * e)
{
	const LARGE_INTEGER stay = { .QuadPart = 0 };
	LARGE_INTEGER was = { .QuadPart = 0 };
	uint8_t * p = bytes;
	size_t done = 0;
	ssize_t n = 0;

	if (!SetFilePointerEx(
		io_windows_handle(fd), stay, &was, FILE_CURRENT)) {
		io_windows_failed(e, GetLastError(), "reading");
		return -1;
	}
	while (done < len) {
		n = read_at(
		    fd, p + done, len - done, offset + (int64_t)done, e);
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	(void)SetFilePointerEx(io_windows_handle(fd), was, NULL, FILE_BEGIN);
	return (n < 0) ? -1 : (ssize_t)done;
}

int
io_truncate(int fd, int64_t size, struct err * e)
{
	const LARGE_INTEGER end = { .QuadPart = size };
	int64_t now;

	if (io_size(fd, &now, e) != 0)
		return -1;
	if (now < size) {
		err_set(e, ERR_INPUT, NULL,
		    "a file has %lld bytes where %lld were made durable",
		    (long long)now, (long long)size);
		return -1;
	}
	if (!SetFilePointerEx(io_windows_handle(fd), end, NULL, FILE_BEGIN) ||
	    !SetEndOfFile(io_windows_handle(fd))) {
		io_windows_failed(e, GetLastError(), "cutting a file");
		return -1;
	}
	return 0;
}

/* The entries of a folder are in the file system's own journal. */
int
io_sync(int fd, struct err * e)
{
	struct io_facts facts;

	if (io_look(fd, &facts, e) != 0)
		return -1;
	if ((facts.sort == IO_FOLDER) ||
	    FlushFileBuffers(io_windows_handle(fd)))
		return 0;
	io_windows_failed(e, GetLastError(), "making data durable");
	return -1;
}

int
io_make_read_only(int fd, struct err * e)
{
	FILE_BASIC_INFO info = { .FileAttributes = FILE_ATTRIBUTE_READONLY };

	if (SetFileInformationByHandle(
		io_windows_handle(fd), FileBasicInfo, &info, sizeof(info)))
		return 0;
	io_windows_failed(e, GetLastError(), "making a file read-only");
	return -1;
}

int
io_close(int fd, struct err * e)
{
	if (_close(fd) == 0)
		return 0;
	err_set(e, ERR_SYSTEM, NULL, "closing a file");
	return -1;
}

void
io_drop(int fd)
{
	if (fd >= 0)
		(void)_close(fd);
}

/* To rename or remove something, of any sort. */
static const struct io_windows_way entry = { DELETE, FILE_OPEN, 0,
	IO_WINDOWS_SHARE_ALL };

void
io_remove(int dir, const char * name)
{
	FILE_DISPOSITION_INFO info = { .DeleteFile = TRUE };
	struct err ignored;
	HANDLE handle;

	err_init(&ignored);
	handle = io_windows_open(dir, name, &entry, &ignored);
	if (handle == NULL)
		return;
	(void)SetFileInformationByHandle(
	    handle, FileDispositionInfo, &info, sizeof(info));
	(void)CloseHandle(handle);
}

/* What the system renames to. */
union target {
	FILE_RENAME_INFORMATION info;
	uint8_t bytes[sizeof(FILE_RENAME_INFORMATION) +
	    (IO_PART_MAX + 1) * sizeof(wchar_t)];
};

int
io_rename_new(int from_dir, const char * from, int to_dir, const char * to,
    struct err * e)
{
	union target target = { .info = { .RootDirectory =
					      io_windows_handle(to_dir) } };
	IO_STATUS_BLOCK io = { 0 };
	HANDLE handle = NULL;
	NTSTATUS status;
	int n = io_windows_name(to, target.info.FileName, IO_PART_MAX + 1, e);

	if (n < 0)
		return -1;
	target.info.FileNameLength = (ULONG)((size_t)n * sizeof(wchar_t));
	handle = io_windows_open(from_dir, from, &entry, e);
	if (handle == NULL) {
		err_in(e, "renaming to %s", to);
		return -1;
	}
	status = NtSetInformationFile(
	    handle, &io, &target, sizeof(target), FileRenameInformation);
	(void)CloseHandle(handle);
	if (status >= 0)
		return 0;
	if (RtlNtStatusToDosError(status) == ERROR_ALREADY_EXISTS)
		err_set(e, ERR_USAGE,
		    "nothing is ever overwritten: move it away",
		    "%s is there already", to);
	else
		io_windows_failed(e, RtlNtStatusToDosError(status),
		    "renaming %s to %s", from, to);
	return -1;
}

int
io_free_space(int dir, int64_t * bytes, struct err * e)
{
	FILE_FS_SIZE_INFORMATION info;
	IO_STATUS_BLOCK io = { 0 };
	uint64_t unit;
	NTSTATUS status = NtQueryVolumeInformationFile(io_windows_handle(dir),
	    &io, &info, sizeof(info), FileFsSizeInformation);

	if (status < 0) {
		io_windows_failed(
		    e, RtlNtStatusToDosError(status), "asking for free space");
		return -1;
	}
	unit = (uint64_t)info.SectorsPerAllocationUnit * info.BytesPerSector;
	if ((uint64_t)info.AvailableAllocationUnits.QuadPart >
	    (uint64_t)INT64_MAX / unit)
		*bytes = INT64_MAX;
	else
		*bytes =
		    (int64_t)((uint64_t)info.AvailableAllocationUnits.QuadPart *
			unit);
	return 0;
}
