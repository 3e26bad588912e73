// What this machine and this thread are.
#pragma once

#include <stddef.h>
#include <stdint.h>

// gettid: the truth about the current thread. (pthread_self is declared constant, and an optimiser
// may fold it across a suspension.)
int clinux_thread_number(void);

// prctl(PR_SET_NAME), at most 15 bytes kept; and every signal is blocked on this thread except those
// that a fault of its own raises, so that the signals of the process reach the main thread.
int clinux_thread_prepare(const char *name);

// uname: the release, NUL-terminated. ERANGE where it does not fit.
int clinux_kernel_release(char *buffer, size_t capacity);

// sched_getaffinity: how many processors this process may run on.
int clinux_processor_count(void);

// fstatfs: the magic number of the file system a descriptor lies on.
int64_t clinux_file_system_magic(int descriptor);

// ioctl(TIOCGWINSZ): the columns of a terminal. ENOTTY where it is none.
int clinux_terminal_columns(int descriptor);

// signal(SIGPIPE, SIG_IGN) and signal(SIGXFSZ, SIG_IGN): the write itself then says EPIPE or EFBIG.
int clinux_ignore_write_signals(void);

// The arguments this process was started with; NULL past the last. They live as long as the process.
// The C library hands them to a constructor before main. (Swift's own CommandLine reads
// /proc/self/cmdline, which a confined process may not open: it then sees no arguments at all.)
const char *clinux_argument(int index);

// Threads: in /proc/self/status.
int clinux_thread_count(void);
