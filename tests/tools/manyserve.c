/* SOCK_NONBLOCK of accept is not needed; memmem is beyond POSIX. */
#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/*
 * A blob service for large and many: one container "insights-activity-logs" of
 * the account "acct", whose blobs and bytes are made by counting, so that a
 * million blobs or 200 GB need neither disk nor memory.  One thread, loopback.
 *
 *	manyserve PORT-FILE BLOBS SIZE [FAULTS [DROP-AT]]
 *
 * BLOBS blobs "many/NNNNNNN.json".  With SIZE under 1000 blob n has (n modulo
 * SIZE + 1) bytes, else each has SIZE.  FAULTS percent of the requests for
 * blobs are spoiled in turn: 503, 500, cut in the middle of the body, closed
 * without an answer.  The first three reads that touch the byte DROP-AT are
 * cut there.  It ends on SIGTERM, or after 6 hours.
 */
#define CONTAINER "/acct/insights-activity-logs"
#define CLIENTS_MAX 256
#define HEAD_MAX 16384
#define PAGE 5000
#define CHUNK ((size_t)256 << 10)
#define RECORD 4096 /* Bytes; each begins with its own offset. */
#define LIMIT_SECONDS 21600

struct client {
	int fd;
	char head[HEAD_MAX];
	size_t head_len;
	char * text; /* What stands before the body, or all of a listing. */
	size_t text_len;
	size_t text_done;
	int64_t at;   /* The body's next byte in the blob ... */
	int64_t end;  /* ... the one behind its last ... */
	int64_t stop; /* ... and where it is cut; -1: nowhere. */
	bool is_closing;
	uint8_t * block; /* CHUNK bytes being sent. */
	size_t block_len;
	size_t block_done;
};

static int64_t blobs, size, faults, drop_at = -1;
static int drops = 3;
static uint64_t serial, spoiled;
static volatile sig_atomic_t is_stopped;

static void
on_signal(int number)
{
	(void)number;
	is_stopped = 1;
}

static int64_t
size_of(int64_t n)
{
	return (size < 1000) ? n % (size + 1) : size;
}

/* Fill ${len} bytes of a blob from ${at}. */
static void
fill(uint8_t * to, size_t len, int64_t at)
{
	static const char filler[] = "{\"time\":\"2026-11-01T00:00:00Z\"}\n";
	size_t done = 0;

	while (done < len) {
		int64_t record = (at + (int64_t)done) / RECORD;
		size_t skip = (size_t)((at + (int64_t)done) % RECORD);
		size_t n = RECORD - skip;
		uint8_t one[RECORD];

		for (size_t i = 0; i < RECORD; i += 32)
			memcpy(one + i, filler, 32);
		(void)snprintf((char *)one, 32, "{\"offset\":%020lld}",
		    (long long)(record * RECORD));
		one[31] = '\n';
		if (n > len - done)
			n = len - done;
		memcpy(to + done, one + skip, n);
		done += n;
	}
}

/* The lines that every answer has. */
static int
common(char * to, size_t room, int status, const char * id, int64_t length)
{
	char date[64];
	time_t now = time(NULL);
	struct tm tm;

	(void)gmtime_r(&now, &tm);
	(void)strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	return snprintf(to, room,
	    "HTTP/1.1 %d X\r\nContent-Length: %lld\r\nDate: %s\r\n"
	    "x-ms-request-id: %016llx\r\nx-ms-version: 2021-12-02\r\n"
	    "x-ms-client-request-id: %s\r\n",
	    status, (long long)length, date, (unsigned long long)++serial, id);
}

static void
answer_error(struct client * c, int status, const char * code, const char * id)
{
	c->text = malloc(2048);
	c->text_len = (size_t)common(c->text, 1024, status, id, 0);
	c->text_len += (size_t)snprintf(
	    c->text + c->text_len, 512, "x-ms-error-code: %s\r\n\r\n", code);
}

/* A page of the listing, or the one container. */
static void
answer_list(struct client * c, const char * target, const char * id)
{
	const char * marker = strstr(target, "marker=");
	int64_t first = (marker == NULL)
	    ? 0
	    : strtoll(marker + strlen("marker="), NULL, 10);
	bool is_account = (strncmp(target, CONTAINER, strlen(CONTAINER)) != 0);
	size_t room = (size_t)PAGE * 400 + 4096;
	char * body = malloc(room);
	int64_t n = first;
	size_t len = (size_t)snprintf(body, room,
	    "<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults "
	    "ServiceEndpoint=\"https://acct.blob.core.windows.net/\"%s>",
	    is_account ? "><Containers><Container><Name>insights-activity-logs"
			 "</Name></Container></Containers><NextMarker />"
			 "</EnumerationResults"
		       : " ContainerName=\"insights-activity-logs\"");

	if (!is_account) {
		if (first > 0)
			len += (size_t)snprintf(body + len, room - len,
			    "<Marker>%lld</Marker>", (long long)first);
		len += (size_t)snprintf(body + len, room - len, "<Blobs>");
		for (; (n < blobs) && (n < first + PAGE); n++)
			len += (size_t)snprintf(body + len, room - len,
			    "<Blob><Name>many/%07lld.json</Name><Properties>"
			    "<Last-Modified>Sun, 01 Nov 2026 01:00:00 GMT"
			    "</Last-Modified><Etag>0x%llX</Etag>"
			    "<Content-Length>%lld</Content-Length>"
			    "<BlobType>BlockBlob</BlobType></Properties>"
			    "</Blob>",
			    (long long)n, (unsigned long long)n + 1,
			    (long long)size_of(n));
		len += (size_t)snprintf(body + len, room - len, "</Blobs>");
		if (n < blobs)
			len += (size_t)snprintf(body + len, room - len,
			    "<NextMarker>%lld</NextMarker>", (long long)n);
		else
			len += (size_t)snprintf(
			    body + len, room - len, "<NextMarker />");
		len += (size_t)snprintf(
		    body + len, room - len, "</EnumerationResults>");
	}
	c->text = malloc(len + 1024);
	c->text_len = (size_t)common(c->text, 1000, 200, id, (int64_t)len);
	memcpy(c->text + c->text_len, "\r\n", 2);
	memcpy(c->text + c->text_len + 2, body, len);
	c->text_len += 2 + len;
	free(body);
}

/* Do one of the four wrong things now and then; true if nothing is left. */
static bool
spoil(struct client * c, const char * id)
{
	static uint64_t chance = 88172645463325252ULL;

	chance ^= chance << 13;
	chance ^= chance >> 7;
	chance ^= chance << 17;
	if ((int64_t)(chance % 100) >= faults)
		return false;
	switch (spoiled++ % 4) {
	case 0:
		answer_error(c, 503, "ServerBusy", id);
		return true;
	case 1:
		answer_error(c, 500, "OperationTimedOut", id);
		return true;
	case 2:
		c->stop = c->at + (c->end - c->at) / 2;
		return false;
	default:
		c->is_closing = true;
		return true;
	}
}

static void
answer_blob(struct client * c, bool is_head, const char * target,
    const char * range, const char * id)
{
	int64_t n = strtoll(target + strlen(CONTAINER "/many/"), NULL, 10);
	int64_t length = size_of(n);
	int64_t first = 0, last = length - 1;
	bool is_range = (range != NULL) && !is_head;

	if ((n < 0) || (n >= blobs)) {
		answer_error(c, 404, "BlobNotFound", id);
		return;
	}
	if (is_range) {
		char * rest;

		first = strtoll(range, &rest, 10);
		last = strtoll(rest + 1, NULL, 10);
		if (last >= length)
			last = length - 1;
		if ((first < 0) || (first >= length)) {
			answer_error(c, 416, "InvalidRange", id);
			return;
		}
	}
	c->at = first;
	c->end = is_head ? first : last + 1;
	if ((faults > 0) && spoil(c, id))
		return;
	if ((drop_at >= c->at) && (drop_at < c->end) && (drops > 0)) {
		drops--;
		c->stop = drop_at;
	}
	c->text = malloc(2048);
	c->text_len = (size_t)common(c->text, 1024, is_range ? 206 : 200, id,
	    is_head ? length : last - first + 1);
	if (is_range)
		c->text_len += (size_t)snprintf(c->text + c->text_len, 256,
		    "Content-Range: bytes %lld-%lld/%lld\r\n", (long long)first,
		    (long long)last, (long long)length);
	c->text_len += (size_t)snprintf(c->text + c->text_len, 512,
	    "ETag: \"0x%llX\"\r\nLast-Modified: Sun, 01 Nov 2026 01:00:00 "
	    "GMT\r\nx-ms-blob-type: BlockBlob\r\n"
	    "x-ms-creation-time: Sun, 01 Nov 2026 00:00:00 GMT\r\n\r\n",
	    (unsigned long long)n + 1);
}

/* The value of the header ${name}, NUL-terminated in ${head}; NULL: none. */
static char *
header(char * head, const char * name)
{
	char * at = strcasestr(head, name);

	return (at == NULL) ? NULL : at + strlen(name);
}

/* A whole head stands at the front of ${c}. */
static void
answer(struct client * c, size_t head_len)
{
	char head[HEAD_MAX + 1], id[128] = "";
	char * target;
	const char *found, *range;
	bool is_head;

	memcpy(head, c->head, head_len);
	head[head_len] = '\0';
	memmove(c->head, c->head + head_len, c->head_len - head_len);
	c->head_len -= head_len;
	c->at = c->end = 0;
	c->stop = -1;
	found = header(head, "\r\nx-ms-client-request-id: ");
	if (found != NULL)
		(void)snprintf(
		    id, sizeof(id), "%.*s", (int)strcspn(found, "\r\n"), found);
	range = header(head, "\r\nx-ms-range: bytes=");
	is_head = (strncmp(head, "HEAD ", 5) == 0);
	target = strchr(head, ' ');
	if (target == NULL) {
		c->is_closing = true;
		return;
	}
	target++;
	target[strcspn(target, " \r\n")] = '\0';
	if (strncmp(target, CONTAINER "/many/", strlen(CONTAINER "/many/")) ==
	    0)
		answer_blob(c, is_head, target, range, id);
	else if (strstr(target, "comp=list") != NULL)
		answer_list(c, target, id);
	else
		answer_error(c, 404, "ResourceNotFound", id);
}

static void
drop(struct client * c)
{
	(void)close(c->fd);
	free(c->text);
	free(c->block);
	memset(c, 0, sizeof(*c));
	c->fd = -1;
}

/* Send what can be sent; false when the peer has to be dropped. */
static bool
push(struct client * c)
{
	for (;;) {
		const void * from = c->text + c->text_done;
		size_t len = c->text_len - c->text_done;
		ssize_t n;

		if (len == 0) {
			from = c->block + c->block_done;
			len = c->block_len - c->block_done;
		}
		if (len == 0) {
			if ((c->stop >= 0) && (c->at >= c->stop))
				return false;
			if (c->at >= c->end)
				return !c->is_closing;
			len = (size_t)(c->end - c->at);
			len = (len > CHUNK) ? CHUNK : len;
			if ((c->stop >= 0) && ((int64_t)len > c->stop - c->at))
				len = (size_t)(c->stop - c->at);
			if (c->block == NULL)
				c->block = malloc(CHUNK);
			fill(c->block, len, c->at);
			c->block_len = len;
			c->block_done = 0;
			c->at += (int64_t)len;
			continue;
		}
		n = send(c->fd, from, len, MSG_NOSIGNAL);
		if (n < 0)
			return (errno == EAGAIN) || (errno == EINTR);
		if (c->text_done < c->text_len)
			c->text_done += (size_t)n;
		else
			c->block_done += (size_t)n;
	}
}

static bool
is_sending(const struct client * c)
{
	return (c->text_done < c->text_len) || (c->block_done < c->block_len) ||
	    (c->at < c->end) || (c->stop >= 0);
}

/* Read, and answer as long as whole requests are there. */
static bool
pull(struct client * c)
{
	ssize_t n = recv(
	    c->fd, c->head + c->head_len, sizeof(c->head) - c->head_len, 0);
	const char * end;

	if (n == 0)
		return false;
	if (n < 0)
		return (errno == EAGAIN) || (errno == EINTR);
	c->head_len += (size_t)n;
	while (!is_sending(c)) {
		end = memmem(c->head, c->head_len, "\r\n\r\n", 4);
		if (end == NULL)
			return c->head_len < sizeof(c->head);
		free(c->text);
		c->text = NULL;
		c->text_len = c->text_done = 0;
		c->block_len = c->block_done = 0;
		answer(c, (size_t)(end - c->head) + 4);
		if (!push(c))
			return false;
	}
	return true;
}

static int
listen_on(const char * port_file)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	char name[512];
	FILE * f;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if ((fd < 0) || (bind(fd, (struct sockaddr *)&at, len) != 0) ||
	    (listen(fd, 256) != 0) ||
	    (getsockname(fd, (struct sockaddr *)&at, &len) != 0))
		return -1;
	(void)snprintf(name, sizeof(name), "%s.new", port_file);
	f = fopen(name, "w");
	if (f == NULL)
		return -1;
	(void)fprintf(f, "%d\n", ntohs(at.sin_port));
	if ((fclose(f) != 0) || (rename(name, port_file) != 0))
		return -1;
	return fd;
}

static void
take_client(int listener, struct client * clients)
{
	int one = 1;
	int fd = accept(listener, NULL, NULL);

	if (fd < 0)
		return;
	(void)fcntl(fd, F_SETFL, O_NONBLOCK);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		if (clients[i].fd < 0) {
			clients[i].fd = fd;
			clients[i].stop = -1;
			return;
		}
	}
	(void)close(fd);
}

static void
serve(int listener)
{
	static struct client clients[CLIENTS_MAX];
	struct pollfd fds[CLIENTS_MAX + 1];
	time_t until = time(NULL) + LIMIT_SECONDS;

	for (size_t i = 0; i < CLIENTS_MAX; i++)
		clients[i].fd = -1;
	while (!is_stopped && (time(NULL) < until)) {
		for (size_t i = 0; i < CLIENTS_MAX; i++) {
			fds[i].fd = clients[i].fd;
			fds[i].events =
			    is_sending(&clients[i]) ? POLLOUT : POLLIN;
			fds[i].revents = 0;
		}
		fds[CLIENTS_MAX].fd = listener;
		fds[CLIENTS_MAX].events = POLLIN;
		if (poll(fds, CLIENTS_MAX + 1, 1000) <= 0)
			continue;
		if ((fds[CLIENTS_MAX].revents & POLLIN) != 0)
			take_client(listener, clients);
		for (size_t i = 0; i < CLIENTS_MAX; i++) {
			struct client * c = &clients[i];

			if ((c->fd < 0) || (fds[i].revents == 0))
				continue;
			if (!(is_sending(c) ? push(c) : pull(c)))
				drop(c);
		}
	}
}

int
main(int argc, char ** argv)
{
	struct sigaction action = { .sa_handler = on_signal };
	int listener;

	if (argc < 4)
		return 64;
	blobs = strtoll(argv[2], NULL, 10);
	size = strtoll(argv[3], NULL, 10);
	faults = (argc > 4) ? strtoll(argv[4], NULL, 10) : 0;
	drop_at = (argc > 5) ? strtoll(argv[5], NULL, 10) : -1;
	(void)sigaction(SIGTERM, &action, NULL);
	(void)sigaction(SIGINT, &action, NULL);
	listener = listen_on(argv[1]);
	if (listener < 0)
		return 71;
	serve(listener);
	(void)fprintf(stderr, "%llu answers, %llu spoiled\n",
	    (unsigned long long)serial, (unsigned long long)spoiled);
	return 0;
}
