#define _GNU_SOURCE
#include "clinux_loop.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif

enum { BATCH_MAX = 64 };

int clinux_loop_create(void) {
    int made = epoll_create1(EPOLL_CLOEXEC);
    return made < 0 ? -errno : made;
}

int clinux_loop_watch(
    int loop, int descriptor, uint64_t token, uint32_t before, uint32_t events
) {
    struct epoll_event event = {.data.u64 = token};
    if (events & CLINUX_READABLE) event.events |= EPOLLIN | EPOLLRDHUP;
    if (events & CLINUX_WRITABLE) event.events |= EPOLLOUT;
    if (before == events) return 0;
    int action = before == 0 ? EPOLL_CTL_ADD : events == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
    return epoll_ctl(loop, action, descriptor, &event) < 0 ? -errno : 0;
}

int clinux_loop_wait(int loop, struct clinux_ready *ready, int capacity, int64_t nanoseconds) {
    struct epoll_event events[BATCH_MAX];
    if (capacity > BATCH_MAX) capacity = BATCH_MAX;
    struct timespec time = {
        .tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000
    };
    const struct timespec *limit = nanoseconds < 0 ? NULL : &time;
    long count = syscall(SYS_epoll_pwait2, loop, events, capacity, limit, NULL, 0);
    if (count < 0 && errno == ENOSYS) {
        int milliseconds = nanoseconds < 0 ? -1 : (int)((nanoseconds + 999999) / 1000000);
        count = epoll_wait(loop, events, capacity, milliseconds);
    }
    if (count < 0) return errno == EINTR ? 0 : -errno;
    for (long index = 0; index < count; index++) {
        uint32_t came = 0;
        if (events[index].events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) {
            came |= CLINUX_READABLE;
        }
        if (events[index].events & (EPOLLOUT | EPOLLERR)) came |= CLINUX_WRITABLE;
        ready[index] = (struct clinux_ready){.token = events[index].data.u64, .events = came};
    }
    return (int)count;
}

int clinux_bell_create(void) {
    int made = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return made < 0 ? -errno : made;
}

int clinux_bell_ring(int bell) {
    uint64_t one = 1;
    // EAGAIN: it has been rung more often than it can count, so it rings.
    return write(bell, &one, sizeof one) < 0 && errno != EAGAIN ? -errno : 0;
}

int clinux_bell_clear(int bell) {
    uint64_t count;
    return read(bell, &count, sizeof count) < 0 && errno != EAGAIN ? -errno : 0;
}

int clinux_signals_open(const int *numbers, int count) {
    sigset_t set;
    sigemptyset(&set);
    for (int index = 0; index < count; index++) sigaddset(&set, numbers[index]);
    if (sigprocmask(SIG_BLOCK, &set, NULL) < 0) return -errno;
    int made = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return made < 0 ? -errno : made;
}

int clinux_signals_next(int signals) {
    struct signalfd_siginfo info;
    ssize_t count = read(signals, &info, sizeof info);
    if (count < 0) return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    return count == sizeof info ? (int)info.ssi_signo : 0;
}

int clinux_set_nonblocking(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0) return -errno;
    return fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) < 0 ? -errno : 0;
}
