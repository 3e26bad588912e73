// Waiting for many things on one thread: epoll, eventfd, signalfd. A descriptor that a function
// returns belongs to the caller.
#pragma once

#include <stdint.h>

// What is waited for, and what came.
enum {
    CLINUX_READABLE = 1,  // Or its other end is gone.
    CLINUX_WRITABLE = 2,
};

struct clinux_ready {
    uint64_t token;
    uint32_t events;
};

// epoll_create1(EPOLL_CLOEXEC)
int clinux_loop_create(void);

// epoll_ctl(ADD) for the first time, epoll_ctl(MOD) afterwards; level-triggered. With no events
// nothing is reported, not even that the other end is gone (EPOLL_CTL_DEL until there are some).
int clinux_loop_watch(
    int loop, int descriptor, uint64_t token, uint32_t before, uint32_t events
);

// epoll_pwait2, or epoll_wait where the kernel lacks it. A negative time waits for ever. Returns how
// many are ready; 0 after EINTR.
int clinux_loop_wait(int loop, struct clinux_ready *ready, int capacity, int64_t nanoseconds);

// eventfd(EFD_CLOEXEC|EFD_NONBLOCK); readable between a ring and the next clear.
int clinux_bell_create(void);
int clinux_bell_ring(int bell);
int clinux_bell_clear(int bell);

// sigprocmask(SIG_BLOCK) on this thread, which must be the only one or the first, and
// signalfd(SFD_CLOEXEC|SFD_NONBLOCK).
int clinux_signals_open(const int *numbers, int count);

// The number of the next signal that came, 0 where there is none.
int clinux_signals_next(int signals);

// fcntl(O_NONBLOCK)
int clinux_set_nonblocking(int descriptor);
