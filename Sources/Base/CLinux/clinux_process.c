#define _GNU_SOURCE
#include "clinux_process.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

enum { DESCRIPTORS_MAX = 64, STACK_BYTES = 64 * 1024 };

struct birth {
    const struct clinux_start *start;
    pid_t parent;
    int step;
    int error;
};

// Moves a descriptor out of the way of the numbers that are about to be given out.
static int lifted(int descriptor, int above) {
    return fcntl(descriptor, F_DUPFD_CLOEXEC, above);
}

static int place_descriptors(const struct clinux_start *start) {
    int count = (int)start->descriptor_count;
    int moved[DESCRIPTORS_MAX];
    for (int index = 0; index < count; index++) {
        int from = start->descriptors[index];
        int opened = -1;
        if (from < 0) from = opened = open("/dev/null", O_RDWR | O_CLOEXEC);
        moved[index] = from < 0 ? -1 : lifted(from, count);
        if (moved[index] < 0) return -errno;
        if (opened >= 0) close(opened);
    }
    for (int index = 0; index < count; index++) {
        if (dup2(moved[index], index) < 0) return -errno;
    }
    return 0;
}

// The number that the filter of a process without CLINUX_KEEP_EXECUTE lets through. The soft limit
// is raised for the moment it takes; the confinement then sets it below that number for good.
static int executable_at_its_number(int executable) {
    struct rlimit64 now;
    if (syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, &now) < 0) return -errno;
    if (now.rlim_cur <= CLINUX_EXECUTE_DESCRIPTOR) {
        now.rlim_cur = CLINUX_EXECUTE_DESCRIPTOR + 1;
        if (now.rlim_max < now.rlim_cur) return -EMFILE;
        if (syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &now, NULL) < 0) return -errno;
    }
    int placed = dup3(executable, CLINUX_EXECUTE_DESCRIPTOR, O_CLOEXEC);
    return placed < 0 ? -errno : placed;
}

static int confine_and_execute(const struct clinux_start *start, int executable, int *step) {
    int done;
    if (start->confinement) {
        if (start->executes_once) {
            *step = CLINUX_STEP_EXECUTE;
            executable = executable_at_its_number(executable);
            if (executable < 0) return executable;
        }
        done = clinux_confine(start->confinement, step);
        if (done < 0) return done;
    }
    *step = CLINUX_STEP_EXECUTE;
    syscall(
        SYS_execveat, executable, "", start->arguments, start->environment, AT_EMPTY_PATH
    );
    return -errno;
}

// By number: the C library would make all threads of the parent, whose memory this is, follow.
static int become_user(const struct clinux_start *start) {
    if (start->changes_user) {
        if (syscall(SYS_setgroups, 0, NULL) < 0) return -errno;
        gid_t group = start->group;
        if (syscall(SYS_setresgid, group, group, group) < 0) return -errno;
        uid_t user = start->user;
        if (syscall(SYS_setresuid, user, user, user) < 0) return -errno;
    }
    if (start->changes_user || start->drops_capabilities) {
        struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
        struct __user_cap_data_struct none[2] = {{0}};
        if (syscall(SYS_capset, &header, none) < 0) return -errno;
    }
    return 0;
}

static int be_born(struct birth *birth) {
    const struct clinux_start *start = birth->start;
    for (int number = 1; number < NSIG; number++) {
        // The table is a copy: CLONE_SIGHAND is not given. SIGKILL and the like say EINVAL.
        signal(number, SIG_DFL);
    }
    birth->step = CLINUX_STEP_SESSION;
    if (start->new_session && setsid() < 0) return -errno;
    birth->step = CLINUX_STEP_DIRECTORY;
    if (start->directory >= 0 && fchdir(start->directory) < 0) return -errno;

    birth->step = CLINUX_STEP_DESCRIPTORS;
    int count = (int)start->descriptor_count;
    struct clinux_start own = *start;
    struct clinux_confinement walls;
    int executable = lifted(start->executable, count);
    if (executable < 0) return -errno;
    if (start->confinement) {
        walls = *start->confinement;
        if (walls.ruleset >= 0) {
            walls.ruleset = lifted(walls.ruleset, count);
            if (walls.ruleset < 0) return -errno;
        }
        own.confinement = &walls;
    }
    int done = place_descriptors(start);
    if (done < 0) return done;
    if (syscall(SYS_close_range, count, ~0U, CLOSE_RANGE_CLOEXEC) < 0) return -errno;

    birth->step = CLINUX_STEP_USER;
    done = become_user(start);
    if (done < 0) return done;
    birth->step = CLINUX_STEP_PARENT;
    if (start->dies_with_parent) {
        if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0) return -errno;
        if (getppid() != birth->parent) return -ESRCH;
    }

    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    return confine_and_execute(&own, executable, &birth->step);
}

static int child(void *argument) {
    struct birth *birth = argument;
    // Shared memory: the parent, which is suspended, reads this when we are gone.
    birth->error = -be_born(birth);
    _exit(127);
}

int clinux_process_start(const struct clinux_start *start, int *handle, int *step) {
    *step = CLINUX_STEP_DESCRIPTORS;
    if (start->descriptor_count > DESCRIPTORS_MAX) return -E2BIG;
    struct birth birth = {.start = start, .parent = getpid()};
    // The parent is suspended until the child executes or ends, so its frame can hold the stack.
    char stack[STACK_BYTES] __attribute__((aligned(16)));
    // No handler of the parent may run in the child, which shares its memory.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int pidfd = -1;
    int flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD;
    int made = clone(child, stack + sizeof stack, flags, &birth, &pidfd);
    int failure = made < 0 ? -errno : -birth.error;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    *step = birth.step;
    if (made < 0) return failure;
    if (failure < 0) {
        waitid((idtype_t)P_PIDFD, (id_t)pidfd, &(siginfo_t){0}, WEXITED);
        close(pidfd);
        return failure;
    }
    *handle = pidfd;
    return made;
}

int clinux_process_become(const struct clinux_start *start, int *step) {
    return confine_and_execute(start, start->executable, step);
}

int clinux_executable_open(const char *path) {
    int opened = open(path, O_PATH | O_CLOEXEC);
    return opened < 0 ? -errno : opened;
}

int clinux_executable_self(void) { return clinux_executable_open("/proc/self/exe"); }

int clinux_executable_reopen(int executable) {
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", executable);
    int opened = open(path, O_RDONLY | O_CLOEXEC);
    return opened < 0 ? -errno : opened;
}

int clinux_process_poll(int handle, int milliseconds) {
    struct pollfd waiting = {.fd = handle, .events = POLLIN};
    int ready = poll(&waiting, 1, milliseconds);
    return ready < 0 ? -errno : ready;
}

int clinux_process_reap(int handle, int *signalled, int *value) {
    siginfo_t info = {0};
    int waited;
    do {
        waited = waitid((idtype_t)P_PIDFD, (id_t)handle, &info, WEXITED);
    } while (waited < 0 && errno == EINTR);
    if (waited < 0) return -errno;
    *signalled = info.si_code != CLD_EXITED;
    *value = info.si_status;
    return 0;
}

int clinux_process_signal(int handle, int number) {
    return syscall(SYS_pidfd_send_signal, handle, number, NULL, 0) < 0 ? -errno : 0;
}

int clinux_group_signal(int group, int number) {
    return kill(-group, number) < 0 ? -errno : 0;
}

int clinux_pipe(int pair[2], int ours) {
    if (pipe2(pair, O_CLOEXEC) < 0) return -errno;
    if (fcntl(pair[ours], F_SETFL, O_NONBLOCK) < 0) {
        int error = errno;
        close(pair[0]);
        close(pair[1]);
        return -error;
    }
    return 0;
}
