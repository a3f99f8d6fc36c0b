#ifndef EVIDENCE_PROCESS_H
#define EVIDENCE_PROCESS_H

#include <pthread.h>
#include <stdbool.h>

#include "evidence/err.h"

/*
 * The first lines of every main: what a program takes from its surroundings.
 */

/**
 * process_start(e):
 * Open missing descriptors 0 to 2 on /dev/null, set umask 077, turn core dumps
 * and ptrace by others off, forbid new privileges, ignore SIGPIPE and SIGXFSZ,
 * reduce the environment to a few harmless names (AZURE_STORAGE_* are kept, to
 * be read and wiped), refuse to run set-uid, start libsodium and libcrypto
 * without configuration files.  Return 0, or -1 with ${e} set.
 */
int process_start(struct err * e);

/**
 * process_catch_stop():
 * Let SIGINT, SIGTERM and SIGHUP set a flag instead of ending the program.
 */
void process_catch_stop(void);

/**
 * process_is_stopped():
 * Return whether a stop signal came since process_catch_stop.
 */
bool process_is_stopped(void);

/**
 * process_cores():
 * Return how many processors this process may use, at least 1, at most 64.
 */
int process_cores(void);

/* What a thread runs. */
typedef void * process_run(void * argument);

/**
 * process_start_thread(thread, run, argument):
 * Start a thread to which no signal of the process is delivered.  Return as
 * pthread_create.
 */
int process_start_thread(
    pthread_t * thread, process_run * run, void * argument);

#endif
