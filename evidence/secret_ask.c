#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "evidence/io.h"
#include "evidence/secret_read.h"

struct secret *
secret_ask(const char * prompt, struct err * e)
{
	return secret_check(secret_ask_optional(prompt, e), e);
}

struct secret *
secret_ask_optional(const char * prompt, struct err * e)
{
	struct secret * s = NULL;
	struct termios old, quiet;
	int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

	if ((fd < 0) || (tcgetattr(fd, &old) != 0)) {
		err_set(e, ERR_USAGE, "give it in a file",
		    "no terminal to ask for a password on");
		goto out;
	}
	quiet = old;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	if ((tcsetattr(fd, TCSAFLUSH, &quiet) != 0) ||
	    (io_write_all(fd, prompt, strlen(prompt), e) != 0))
		goto out;
	s = secret_read(fd, true, e);
	(void)tcsetattr(fd, TCSAFLUSH, &old);
	(void)!write(fd, "\n", 1);

out:
	io_drop(fd);
	return s;
}
