// Being told that something in a directory changed, without looking again and again.
#pragma once

// inotify_init1 and one watch on the directory: writes, and names that come or go. The caller closes
// the descriptor with clinux_close. `path` is NUL-terminated and borrowed.
int clinux_watch_open(const char *path);

// poll(watch). 1: something changed since the last call, and it is forgotten now; 0: nothing within the
// time. A negative time waits for ever.
int clinux_watch_wait(int watch, int milliseconds);

// inotify_init1(IN_NONBLOCK|IN_CLOEXEC)
int clinux_watches_create(void);

// inotify_add_watch for a directory: its entries, their contents and their modes, and the directory
// itself. Adding one again changes nothing.
int clinux_watches_add(int watches, const char *path);

// Empties the queue; 1 where anything was in it.
int clinux_watches_drain(int watches);
