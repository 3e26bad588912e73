// Child processes.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "clinux_confinement.h"

// How to start a child. Everything is borrowed for the call.
struct clinux_start {
    int executable;            // What to execute: any descriptor that names the file, O_PATH too.
    const char *const *arguments;    // NULL-terminated.
    const char *const *environment;  // NULL-terminated.
    int directory;             // To work in, or -1 for the parent's.
    const int *descriptors;    // Element i becomes descriptor i; -1 is /dev/null. All others close.
    size_t descriptor_count;   // At most 64.
    int new_session;           // setsid: the child leads a group of its own.
    int dies_with_parent;      // PR_SET_PDEATHSIG: with the *thread* that calls this.
    const struct clinux_confinement *confinement;  // Or NULL.
    int executes_once;         // The confinement's filter knows no CLINUX_KEEP_EXECUTE.
    int changes_user;          // To `user` and `group`, with no other groups and no capability.
    uint32_t user;
    uint32_t group;
    int drops_capabilities;    // All of them, where the user stays.
};

// clone(CLONE_VM|CLONE_VFORK|CLONE_PIDFD) and, in the child: default signals · setsid · fchdir ·
// dup2 … · close_range · setgroups · setresgid · setresuid · capset · prctl(PDEATHSIG), which another
// user would take back · clinux_confine · execveat(AT_EMPTY_PATH).
// Returns the process number and stores a pidfd that belongs to the caller. When the child could not
// be made what it should be, it is gone, and `step` says where it failed.
int clinux_process_start(const struct clinux_start *start, int *handle, int *step);

// dup · clinux_confine · execveat, in this process, which must have one thread. Returns only on
// failure; the process may then be half confined and should end.
int clinux_process_become(const struct clinux_start *start, int *step);

// open(O_PATH|O_CLOEXEC)
int clinux_executable_open(const char *path);

// open("/proc/self/exe", O_PATH|O_CLOEXEC): the running image itself, even where its name has gone.
int clinux_executable_self(void);

// open("/proc/self/fd/N", O_RDONLY): the thing itself, for reading.
int clinux_executable_reopen(int executable);

// poll(pidfd). 1: it has ended; 0: not within the time. A negative time waits for ever.
int clinux_process_poll(int handle, int milliseconds);

// waitid(P_PIDFD, WEXITED). `signalled` tells an exit code from a signal number.
int clinux_process_reap(int handle, int *signalled, int *value);

// pidfd_send_signal
int clinux_process_signal(int handle, int number);

// kill(-group)
int clinux_group_signal(int group, int number);

// pipe2(O_CLOEXEC); with O_NONBLOCK on the end that `ours` names (0 reads, 1 writes).
int clinux_pipe(int pair[2], int ours);
