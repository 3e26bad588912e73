#define _GNU_SOURCE
#include "clinux_host.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

static int argument_count;
static char **arguments;

__attribute__((constructor)) static void keep_arguments(int count, char **values) {
    argument_count = count;
    arguments = values;
}

const char *clinux_argument(int index) {
    return index >= 0 && index < argument_count ? arguments[index] : NULL;
}

int clinux_thread_number(void) { return (int)syscall(SYS_gettid); }

int clinux_thread_prepare(const char *name) {
    static const int own[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS};
    sigset_t blocked;
    sigfillset(&blocked);
    for (size_t index = 0; index < sizeof own / sizeof *own; index++) {
        sigdelset(&blocked, own[index]);
    }
    int failed = pthread_sigmask(SIG_BLOCK, &blocked, NULL);
    if (failed) return -failed;
    return prctl(PR_SET_NAME, name, 0, 0, 0) < 0 ? -errno : 0;
}

int clinux_kernel_release(char *buffer, size_t capacity) {
    struct utsname names;
    if (uname(&names) < 0) return -errno;
    size_t length = strlen(names.release);
    if (length >= capacity) return -ERANGE;
    memcpy(buffer, names.release, length + 1);
    return 0;
}

int clinux_processor_count(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) < 0) return -errno;
    return CPU_COUNT(&set);
}

int64_t clinux_file_system_magic(int descriptor) {
    struct statfs status;
    if (fstatfs(descriptor, &status) < 0) return -errno;
    return (uint32_t)status.f_type;
}

int clinux_terminal_columns(int descriptor) {
    struct winsize size;
    if (ioctl(descriptor, TIOCGWINSZ, &size) < 0) return -errno;
    return size.ws_col;
}

int clinux_ignore_write_signals(void) {
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR) return -errno;
    return signal(SIGXFSZ, SIG_IGN) == SIG_ERR ? -errno : 0;
}

int clinux_thread_count(void) {
    char text[4096];
    int opened = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    if (opened < 0) return -errno;
    ssize_t count = read(opened, text, sizeof text - 1);
    close(opened);
    if (count <= 0) return -EIO;
    text[count] = 0;
    const char *line = strstr(text, "\nThreads:");
    return line ? atoi(line + sizeof "\nThreads:" - 1) : -EIO;
}
