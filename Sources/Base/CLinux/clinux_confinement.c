#define _GNU_SOURCE
#include "clinux_confinement.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

// Debian's headers know Landlock up to version 2; these are the numbers up to version 7.
enum {
    FS_EXECUTE = 1 << 0,
    FS_WRITE_FILE = 1 << 1,
    FS_READ_FILE = 1 << 2,
    FS_READ_DIR = 1 << 3,
    FS_REMOVE_DIR = 1 << 4,
    FS_REMOVE_FILE = 1 << 5,
    FS_MAKE_CHAR = 1 << 6,
    FS_MAKE_DIR = 1 << 7,
    FS_MAKE_REG = 1 << 8,
    FS_MAKE_SOCK = 1 << 9,
    FS_MAKE_FIFO = 1 << 10,
    FS_MAKE_BLOCK = 1 << 11,
    FS_MAKE_SYM = 1 << 12,
    FS_REFER = 1 << 13,      // 2
    FS_TRUNCATE = 1 << 14,   // 3
    FS_IOCTL_DEV = 1 << 15,  // 5
    NET_BIND_TCP = 1 << 0,   // 4
    NET_CONNECT_TCP = 1 << 1,
    SCOPE_ABSTRACT_UNIX_SOCKET = 1 << 0,  // 6
    SCOPE_SIGNAL = 1 << 1,
    CREATE_VERSION = 1 << 0,
    RULE_PATH_BENEATH = 1,
};

struct ruleset_attributes {
    uint64_t handled_fs;
    uint64_t handled_net;
    uint64_t scoped;
};

struct path_beneath {
    uint64_t allowed;
    int32_t parent;
} __attribute__((packed));

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

// System calls younger than the headers; one number on every architecture since 424.
enum {
    NR_PROCESS_MADVISE = 440,
    NR_QUOTACTL_FD = 443,
    NR_MEMFD_SECRET = 447,
    NR_PROCESS_MRELEASE = 448,
    NR_FCHMODAT2 = 452,
    NR_SETXATTRAT = 463,
    NR_REMOVEXATTRAT = 466,
    NR_OPEN_TREE_ATTR = 467,
    NR_FILE_SETATTR = 469,
};

int clinux_landlock_version(void) {
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_VERSION);
    return version < 0 ? 0 : (int)version;
}

int clinux_seccomp_available(void) {
    uint32_t action = SECCOMP_RET_ERRNO;
    return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

static uint64_t known_fs(int version) {
    uint64_t known = (FS_MAKE_SYM << 1) - 1;
    if (version >= 2) known |= FS_REFER;
    if (version >= 3) known |= FS_TRUNCATE;
    if (version >= 5) known |= FS_IOCTL_DEV;
    return known;
}

int clinux_landlock_create(int version, uint32_t keep) {
    struct ruleset_attributes attributes = {.handled_fs = known_fs(version)};
    size_t size = sizeof attributes.handled_fs;
    if (version >= 4) {
        size = 2 * sizeof(uint64_t);
        if (!(keep & CLINUX_KEEP_NETWORK)) {
            attributes.handled_net = NET_BIND_TCP | NET_CONNECT_TCP;
        }
    }
    if (version >= 6) {
        size = sizeof attributes;
        attributes.scoped = SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL;
    }
    long made = syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
    return made < 0 ? -errno : (int)made;
}

int clinux_landlock_name(const char *path) {
    int opened = open(path, O_PATH | O_CLOEXEC);
    return opened < 0 ? -errno : opened;
}

int clinux_landlock_grant(int ruleset, int version, int descriptor, uint32_t grant) {
    struct path_beneath rule = {.parent = descriptor};
    if (grant & (CLINUX_GRANT_READ | CLINUX_GRANT_EXECUTE | CLINUX_GRANT_WRITE)) {
        rule.allowed |= FS_READ_FILE | FS_READ_DIR;
    }
    if (grant & CLINUX_GRANT_EXECUTE) rule.allowed |= FS_EXECUTE;
    if (grant & CLINUX_GRANT_WRITE) {
        rule.allowed |= FS_WRITE_FILE | FS_REMOVE_DIR | FS_REMOVE_FILE | FS_MAKE_DIR
            | FS_MAKE_REG | FS_MAKE_SOCK | FS_MAKE_FIFO | FS_MAKE_SYM | FS_REFER | FS_TRUNCATE;
    }
    struct stat status;
    if (fstat(descriptor, &status) < 0) return -errno;
    if (!S_ISDIR(status.st_mode)) {
        rule.allowed &= FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE;
    }
    rule.allowed &= known_fs(version);
    if (syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0) < 0) return -errno;
    return 0;
}

// Denied to everyone: other processes' memory, kernel doors, mounts, namespaces, keys, modules,
// clocks; and memfd_create, because a file without a name is executed past every Landlock rule.
static const uint16_t always[] = {
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp, SYS_pidfd_getfd,
    NR_PROCESS_MADVISE, NR_PROCESS_MRELEASE, SYS_io_uring_setup, SYS_io_uring_enter,
    SYS_io_uring_register, SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_keyctl, SYS_add_key,
    SYS_request_key, SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_move_mount,
    SYS_open_tree, NR_OPEN_TREE_ATTR, SYS_fsopen, SYS_fsconfig, SYS_fsmount, SYS_fspick,
    SYS_mount_setattr, SYS_open_by_handle_at, SYS_name_to_handle_at, SYS_unshare, SYS_setns,
    SYS_swapon, SYS_swapoff, SYS_reboot, SYS_kexec_load, SYS_kexec_file_load, SYS_init_module,
    SYS_finit_module, SYS_delete_module, SYS_acct, SYS_quotactl, NR_QUOTACTL_FD, SYS_settimeofday,
    SYS_clock_settime, SYS_clock_adjtime, SYS_adjtimex, SYS_sethostname, SYS_setdomainname,
    SYS_syslog, SYS_vhangup, SYS_fanotify_init, SYS_memfd_create, NR_MEMFD_SECRET,
    SYS_lookup_dcookie,
#ifdef __x86_64__
    SYS_iopl, SYS_ioperm, SYS_modify_ldt,
#endif
};

static const uint16_t network[] = {SYS_socket, SYS_connect, SYS_bind, SYS_listen};

static const uint16_t modes[] = {
    SYS_fchmod, SYS_fchmodat, NR_FCHMODAT2, SYS_fchown, SYS_fchownat, SYS_utimensat, SYS_setxattr,
    SYS_lsetxattr, SYS_fsetxattr, SYS_removexattr, SYS_lremovexattr, SYS_fremovexattr,
    NR_SETXATTRAT, NR_REMOVEXATTRAT, NR_FILE_SETATTR,
#ifdef __x86_64__
    SYS_chmod, SYS_chown, SYS_lchown, SYS_utime, SYS_utimes, SYS_futimesat,
#endif
};

static const uint16_t session[] = {SYS_setsid, SYS_setpgid};

#define WORDS(list) list, sizeof list / sizeof *list
#define LOAD(field) \
    (struct sock_filter) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define DENY(error) \
    (struct sock_filter) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error))
#define IF(test, value, yes, no) \
    (struct sock_filter) BPF_JUMP(BPF_JMP | (test) | BPF_K, (value), (yes), (no))

struct program {
    struct sock_filter *next;
    struct sock_filter *end;
};

static void put(struct program *program, struct sock_filter instruction) {
    if (program->next < program->end) *program->next = instruction;
    program->next++;
}

// Every list below leaves the number of the call in the accumulator, as it found it.
static void deny_all(struct program *program, const uint16_t *numbers, size_t count) {
    for (size_t index = 0; index < count; index++) {
        put(program, IF(BPF_JEQ, numbers[index], 0, 1));
        put(program, DENY(EPERM));
    }
}

// The low half of a 64-bit argument, on a little-endian machine.
#define ARGUMENT(number) args[number]

static void deny_some_arguments(struct program *program, uint32_t keep) {
    // clone3 takes its flags by pointer, which a filter cannot follow: the C library then falls
    // back to clone.
    put(program, IF(BPF_JEQ, SYS_clone3, 0, 1));
    put(program, DENY(ENOSYS));
    uint32_t namespaces = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC
        | CLONE_NEWUTS | CLONE_NEWCGROUP;
    put(program, IF(BPF_JEQ, SYS_clone, 0, 4));
    put(program, LOAD(ARGUMENT(0)));
    put(program, IF(BPF_JSET, namespaces, 0, 1));
    put(program, DENY(EPERM));
    put(program, LOAD(nr));
    // Typing into the terminal that a parent reads.
    put(program, IF(BPF_JEQ, SYS_ioctl, 0, 4));
    put(program, LOAD(ARGUMENT(1)));
    put(program, IF(BPF_JEQ, TIOCSTI, 0, 1));
    put(program, DENY(EPERM));
    put(program, LOAD(nr));
    if (!(keep & CLINUX_KEEP_NETWORK)) {
        // A datagram socket of a pair can still send to any address; a stream cannot.
        put(program, IF(BPF_JEQ, SYS_socketpair, 0, 5));
        put(program, LOAD(ARGUMENT(1)));
        put(program, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xF));
        put(program, IF(BPF_JEQ, SOCK_DGRAM, 0, 1));
        put(program, DENY(EPERM));
        put(program, LOAD(nr));
    }
    if (!(keep & CLINUX_KEEP_EXECUTE)) {
        put(program, IF(BPF_JEQ, SYS_execve, 0, 1));
        put(program, DENY(EPERM));
        put(program, IF(BPF_JEQ, SYS_execveat, 0, 6));
        put(program, LOAD(ARGUMENT(0)));
        put(program, IF(BPF_JEQ, CLINUX_EXECUTE_DESCRIPTOR, 0, 2));
        put(program, LOAD(ARGUMENT(4)));
        put(program, IF(BPF_JEQ, AT_EMPTY_PATH, 1, 0));
        put(program, DENY(EPERM));
        put(program, LOAD(nr));
        // Raising the limit on open files would bring the descriptor of the exec back in reach.
        put(program, IF(BPF_JEQ, SYS_setrlimit, 0, 1));
        put(program, DENY(EPERM));
        put(program, IF(BPF_JEQ, SYS_prlimit64, 0, 6));
        put(program, LOAD(ARGUMENT(2)));
        put(program, IF(BPF_JEQ, 0, 0, 2));
        put(
            program,
            (struct sock_filter)BPF_STMT(
                BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2]) + 4
            )
        );
        put(program, IF(BPF_JEQ, 0, 1, 0));
        put(program, DENY(EPERM));
        put(program, LOAD(nr));
    }
}

int clinux_seccomp_build(uint32_t keep, void *buffer) {
    struct sock_filter *first = buffer;
    struct program program = {.next = first, .end = first + CLINUX_FILTER_CAPACITY};
#if defined(__x86_64__)
    uint32_t architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
    uint32_t architecture = AUDIT_ARCH_AARCH64;
#else
    return -ENOSYS;
#endif
    put(&program, LOAD(arch));
    put(&program, IF(BPF_JEQ, architecture, 1, 0));
    put(&program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
    put(&program, LOAD(nr));
#ifdef __x86_64__
    // The x32 numbers of the same calls.
    put(&program, IF(BPF_JGE, 0x40000000, 0, 1));
    put(&program, DENY(EPERM));
#endif
    deny_all(&program, WORDS(always));
    if (!(keep & CLINUX_KEEP_NETWORK)) deny_all(&program, WORDS(network));
    if (!(keep & CLINUX_KEEP_MODES)) deny_all(&program, WORDS(modes));
    if (!(keep & CLINUX_KEEP_SESSION)) deny_all(&program, WORDS(session));
    deny_some_arguments(&program, keep);
    put(&program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    if (program.next > program.end) return -E2BIG;
    return (int)(program.next - first);
}

// prlimit64 by number: the C library's setrlimit may do more than one call.
static int limit(int resource, uint64_t value) {
    if (value == CLINUX_LIMIT_NONE) return 0;
    struct rlimit64 now;
    if (syscall(SYS_prlimit64, 0, resource, NULL, &now) < 0) return -errno;
    if (value > now.rlim_max) value = now.rlim_max;
    struct rlimit64 wanted = {.rlim_cur = value, .rlim_max = value};
    return syscall(SYS_prlimit64, 0, resource, &wanted, NULL) < 0 ? -errno : 0;
}

static int set_limits(const struct clinux_confinement *confinement) {
    struct rlimit64 none = {0, 0};
    if (syscall(SYS_prlimit64, 0, RLIMIT_CORE, &none, NULL) < 0) return -errno;
    int done = limit(RLIMIT_CPU, confinement->limit_cpu_seconds);
    if (done == 0) done = limit(RLIMIT_FSIZE, confinement->limit_file_bytes);
    if (done == 0) done = limit(RLIMIT_AS, confinement->limit_memory_bytes);
    if (done == 0) done = limit(RLIMIT_NPROC, confinement->limit_processes);
    if (done == 0) done = limit(RLIMIT_NOFILE, confinement->limit_open_files);
    return done;
}

int clinux_confine(const struct clinux_confinement *confinement, int *step) {
    *step = CLINUX_STEP_LIMITS;
    int done = set_limits(confinement);
    if (done < 0) return done;
    *step = CLINUX_STEP_NO_NEW_PRIVILEGES;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return -errno;
    *step = CLINUX_STEP_LANDLOCK;
    if (confinement->ruleset >= 0
        && syscall(SYS_landlock_restrict_self, confinement->ruleset, 0) < 0) {
        return -errno;
    }
    *step = CLINUX_STEP_SECCOMP;
    if (confinement->filter) {
        struct sock_fprog program = {
            .len = confinement->filter_count,
            .filter = (struct sock_filter *)confinement->filter,
        };
        if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0) return -errno;
    }
    *step = CLINUX_STEP_NONE;
    return 0;
}

int clinux_seal(void) {
    struct sock_filter instructions[] = {
        LOAD(nr),
        IF(BPF_JEQ, SYS_execve, 1, 0),
        IF(BPF_JEQ, SYS_execveat, 0, 1),
        DENY(EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {
        .len = sizeof instructions / sizeof *instructions,
        .filter = instructions,
    };
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return -errno;
    long done = syscall(
        SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program
    );
    // A positive answer is the number of a thread that could not be brought along.
    return done < 0 ? -errno : done > 0 ? -ESRCH : 0;
}

int clinux_hide_memory(void) {
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ? -errno : 0;
}

int clinux_no_new_privileges(void) {
    int value = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
    return value < 0 ? -errno : value;
}

int clinux_seccomp_mode(void) {
    int mode = prctl(PR_GET_SECCOMP, 0, 0, 0, 0);
    return mode < 0 ? -errno : mode;
}

// Each call is one that fails with another errno, or does nothing, where it is allowed.
static long try_probe(int probe) {
    switch (probe) {
        case CLINUX_PROBE_NETWORK: {
            int made = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
            if (made >= 0) close(made);
            return made;
        }
        case CLINUX_PROBE_EXECUTE: return syscall(SYS_execveat, -1, "", NULL, NULL, AT_EMPTY_PATH);
        case CLINUX_PROBE_MODES: return syscall(SYS_fchmod, -1, 0);
        case CLINUX_PROBE_NAMESPACES: return syscall(SYS_unshare, 0);
        case CLINUX_PROBE_OTHER_MEMORY:
            return syscall(SYS_process_vm_readv, getpid(), NULL, 0, NULL, 0, 0);
        case CLINUX_PROBE_IO_URING: return syscall(SYS_io_uring_setup, 0, NULL);
        case CLINUX_PROBE_SESSION: return syscall(SYS_setpgid, -1, -1);
        case CLINUX_PROBE_ROOT_DIRECTORY: {
            int opened = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
            if (opened >= 0) close(opened);
            return opened;
        }
        default: errno = EINVAL; return -1;
    }
}

int clinux_probe_denied(int probe) {
    if (try_probe(probe) >= 0) return 0;
    return errno == EPERM || errno == EACCES;
}
