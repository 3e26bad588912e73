// Walls around a process: Landlock, seccomp, no new privileges, resource limits.
//
// The walls are prepared in the parent, where anything may fail at leisure, and put up in one call
// that only makes system calls, so that it can run between clone and execve.
#pragma once

#include <stddef.h>
#include <stdint.h>

// What a path is granted. A file gets only those rights that a file can have.
enum {
    CLINUX_GRANT_READ = 1,
    CLINUX_GRANT_EXECUTE = 2,  // Reading included.
    CLINUX_GRANT_WRITE = 4,    // Reading, making, removing, renaming and truncating included.
};

// What a process keeps, against the deny list.
enum {
    CLINUX_KEEP_NETWORK = 1,  // socket, connect, bind, listen.
    CLINUX_KEEP_EXECUTE = 2,  // execve and execveat, and setting resource limits.
    CLINUX_KEEP_MODES = 4,    // The chmod, chown, utimens and xattr families.
    CLINUX_KEEP_SESSION = 8,  // setsid and setpgid, with which a process leaves its group.
};

// The only descriptor that execveat accepts without CLINUX_KEEP_EXECUTE. It is above the limit on
// open files that is then set, closed by the exec itself, and no later call can fill it again: so
// what this number names is executed once.
// Limit: an absolute path makes execveat ignore the descriptor, and a filter cannot read a path.
// Landlock then admits nothing but what was granted EXECUTE (the program and its loader), and an
// image of ours closes even that with clinux_seal.
enum { CLINUX_EXECUTE_DESCRIPTOR = 1024 };

enum {
    CLINUX_LIMIT_NONE = 0,
    CLINUX_FILTER_CAPACITY = 512,
    CLINUX_FILTER_INSTRUCTION_BYTES = 8,
};

// 0 in a limit leaves it as it is.
struct clinux_confinement {
    int ruleset;         // A Landlock ruleset, or -1. Borrowed.
    const void *filter;  // `filter_count` BPF instructions, or NULL. Borrowed.
    uint16_t filter_count;
    uint64_t limit_cpu_seconds;
    uint64_t limit_file_bytes;
    uint64_t limit_memory_bytes;
    uint64_t limit_processes;
    uint64_t limit_open_files;
};

// Which step of clinux_confine failed.
enum {
    CLINUX_STEP_NONE = 0,
    CLINUX_STEP_LIMITS,
    CLINUX_STEP_NO_NEW_PRIVILEGES,
    CLINUX_STEP_LANDLOCK,
    CLINUX_STEP_SECCOMP,
    CLINUX_STEP_SESSION,
    CLINUX_STEP_PARENT,
    CLINUX_STEP_DESCRIPTORS,
    CLINUX_STEP_DIRECTORY,
    CLINUX_STEP_USER,
    CLINUX_STEP_EXECUTE,
};

// The Landlock version of this kernel, 0 where there is none.
int clinux_landlock_version(void);

// 1 where seccomp filters can be installed, else 0.
int clinux_seccomp_available(void);

// landlock_create_ruleset with everything this version knows; TCP only where `keep` has no network.
// Returns a descriptor that belongs to the caller.
int clinux_landlock_create(int version, uint32_t keep);

// landlock_add_rule for what `descriptor` names (borrowed; O_PATH is enough).
int clinux_landlock_grant(int ruleset, int version, int descriptor, uint32_t grant);

// open(O_PATH|O_CLOEXEC), links followed: a rule is on the inode, not on the name.
int clinux_landlock_name(const char *path);

// Writes the deny list as BPF into `buffer` of CLINUX_FILTER_CAPACITY instructions; returns their
// number.
int clinux_seccomp_build(uint32_t keep, void *buffer);

// setrlimit … · prctl(NO_NEW_PRIVS) · landlock_restrict_self · seccomp(SET_MODE_FILTER), for the
// calling thread, which must be the only one of its process. Only system calls: safe after clone.
int clinux_confine(const struct clinux_confinement *confinement, int *step);

// seccomp(SET_MODE_FILTER, TSYNC): from now on no thread of this process executes anything.
int clinux_seal(void);

// prctl(PR_SET_DUMPABLE, 0): no core, and nobody but the superuser may look into this process. An
// exec undoes it, so the new image calls it for itself.
int clinux_hide_memory(void);

// prctl(PR_GET_NO_NEW_PRIVS), prctl(PR_GET_SECCOMP): 2 is a filter.
int clinux_no_new_privileges(void);
int clinux_seccomp_mode(void);

// Tries one thing that does nothing where it is allowed. 0: allowed; 1: denied (EPERM or EACCES).
enum {
    CLINUX_PROBE_NETWORK = 1,
    CLINUX_PROBE_EXECUTE,
    CLINUX_PROBE_MODES,
    CLINUX_PROBE_NAMESPACES,
    CLINUX_PROBE_OTHER_MEMORY,
    CLINUX_PROBE_IO_URING,
    CLINUX_PROBE_ROOT_DIRECTORY,
    CLINUX_PROBE_SESSION,
};
int clinux_probe_denied(int probe);
