#include "clinux_watch.h"

#include <errno.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

int clinux_watch_open(const char *path) {
    int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (watch < 0) return -errno;
    unsigned mask = IN_MODIFY | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR;
    if (inotify_add_watch(watch, path, mask) < 0) {
        int error = errno;
        close(watch);
        return -error;
    }
    return watch;
}

int clinux_watch_wait(int watch, int milliseconds) {
    struct pollfd event = {.fd = watch, .events = POLLIN};
    int ready = poll(&event, 1, milliseconds);
    if (ready < 0) return errno == EINTR ? 0 : -errno;
    if (ready == 0) return 0;
    // What changed does not matter, only that something did; the queue is emptied.
    char buffer[4096] __attribute__((aligned(8)));
    while (read(watch, buffer, sizeof buffer) > 0) {
    }
    return 1;
}

int clinux_watches_create(void) {
    int made = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    return made < 0 ? -errno : made;
}

int clinux_watches_add(int watches, const char *path) {
    unsigned mask = IN_MODIFY | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB
        | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_DONT_FOLLOW;
    return inotify_add_watch(watches, path, mask) < 0 ? -errno : 0;
}

int clinux_watches_drain(int watches) {
    char buffer[16384] __attribute__((aligned(8)));
    int any = 0;
    while (read(watches, buffer, sizeof buffer) > 0) any = 1;
    return any;
}
