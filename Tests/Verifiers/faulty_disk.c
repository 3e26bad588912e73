// A disk that fails, or loses its power, at a moment of our choice.
//
//     gcc -shared -fPIC -O2 -o faulty_disk.so faulty_disk.c
//     LD_PRELOAD=./faulty_disk.so FAULTY_PATH=/ledger/ FAULTY_KILL_AT=17 program …
//
// Stands in front of libc's pwrite, pwritev, write, writev, fsync, fdatasync, syncfs, ftruncate,
// rename and unlink families, and counts their calls on files whose path contains FAULTY_PATH. The
// path of a directory ends in a slash, so "/ledger/root/" means that directory too.
//
//     FAULTY_KILL_AT=N    the process dies of SIGKILL before its N-th call is performed
//     FAULTY_LOSE=1       … and what was written and not flushed is taken back first, as when power
//                         fails before any of it reached the disk
//     FAULTY_FAIL_AT=N    the N-th call and all later ones fail with FAULTY_ERRNO (EIO if unsaid)
//     FAULTY_FAIL_FOR=K   … or only so many of them
//     FAULTY_AFTER=TEXT   counting begins with the first call on a path that contains TEXT
//     FAULTY_COUNT=FILE   the number of calls is written there when the process ends by itself
//     FAULTY_TRACE=FILE   a line for each call before it is performed: its number, name and path
//
// FAULTY_LOSE takes back bytes and lengths, and no names: a file that was made, renamed or removed
// stays so although nobody flushed its directory. Writes through a mapping are not seen; SQLite
// makes them only in its -shm file, which does not outlive a crash.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

// What lies on the disk of a range of a file, for as long as a change of it is not flushed.
struct undo {
    struct undo *older;
    char path[PATH_MAX];
    dev_t device;
    ino_t number;
    off_t length;
    off_t offset;
    size_t count;
    unsigned char bytes[];
};

// A descriptor that only reads what is about to be overwritten.
struct reader {
    struct reader *next;
    dev_t device;
    ino_t number;
    int descriptor;
};

// One lock for everything, held while a call is performed: calls happen in the order of their
// numbers.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct undo *newest;
static struct reader *readers;
static long calls;

static const char *wanted, *count_file, *after;
static _Atomic int is_due;
static long kill_at, fail_at, fail_for;
static int fail_errno, loses, trace = -1;

static long number(const char *name, long otherwise) {
    const char *text = getenv(name);
    return text && *text ? atol(text) : otherwise;
}

// Past our own functions, so that none of this is counted.
static void put(int descriptor, const char *text, int count) {
    while (count > 0) {
        long written = syscall(SYS_write, descriptor, text, count);
        if (written <= 0) return;
        text += written;
        count -= (int)written;
    }
}

__attribute__((constructor)) static void begin(void) {
    const char *file = getenv("FAULTY_TRACE");
    wanted = getenv("FAULTY_PATH");
    count_file = getenv("FAULTY_COUNT");
    after = getenv("FAULTY_AFTER");
    is_due = !after || !*after;
    kill_at = number("FAULTY_KILL_AT", 0);
    fail_at = number("FAULTY_FAIL_AT", 0);
    fail_for = number("FAULTY_FAIL_FOR", LONG_MAX);
    fail_errno = (int)number("FAULTY_ERRNO", EIO);
    loses = number("FAULTY_LOSE", 0) != 0;
    if (file) trace = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

__attribute__((destructor)) static void end(void) {
    char text[32];
    if (!count_file) return;
    int descriptor = open(count_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor >= 0) put(descriptor, text, snprintf(text, sizeof text, "%ld\n", calls));
}

// The paths of open files and of names, with a slash behind a directory; empty where there is none.

static void path_of(int descriptor, char path[static PATH_MAX]) {
    char link[64];
    struct stat status;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    long count = readlink(link, path, PATH_MAX - 2);
    path[count < 0 ? 0 : count] = 0;
    if (path[0] == '/' && fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode)) {
        strcat(path, "/");
    }
}

static void path_at(int directory, const char *name, char path[static PATH_MAX]) {
    path[0] = 0;
    if (name[0] != '/') {
        if (directory != AT_FDCWD) {
            path_of(directory, path);
        } else if (getcwd(path, PATH_MAX - 1)) {
            strcat(path, "/");
        }
    }
    strncat(path, name, PATH_MAX - 1 - strlen(path));
}

static int is_wanted(const char *path) {
    if (!is_due && strstr(path, after)) is_due = 1;
    return wanted && *wanted && path[0] == '/' && strstr(path, wanted);
}

// What is not flushed.

// It is never closed: with any descriptor of a file its locks would go, and SQLite holds some.
static int reader_of(const char *path, const struct stat *status) {
    for (struct reader *reader = readers; reader; reader = reader->next) {
        if (reader->device == status->st_dev && reader->number == status->st_ino) {
            return reader->descriptor;
        }
    }
    struct stat found;
    struct reader *reader = malloc(sizeof *reader);
    if (!reader) abort();
    reader->descriptor = open(path, O_RDONLY | O_CLOEXEC);
    // A file that has lost its name is lost with the power anyhow.
    if (reader->descriptor < 0 || fstat(reader->descriptor, &found) < 0) return -1;
    if (found.st_dev != status->st_dev || found.st_ino != status->st_ino) return -1;
    reader->device = found.st_dev;
    reader->number = found.st_ino;
    reader->next = readers;
    readers = reader;
    return reader->descriptor;
}

// An offset of -1 is the one at which the file stands.
static void remember(int descriptor, const char *path, off_t offset, size_t count) {
    struct stat status;
    if (fstat(descriptor, &status) < 0 || !S_ISREG(status.st_mode)) return;
    if (offset < 0) {
        int appends = fcntl(descriptor, F_GETFL) & O_APPEND;
        offset = appends ? status.st_size : lseek(descriptor, 0, SEEK_CUR);
    }
    size_t kept = 0;
    if (offset < status.st_size) {
        size_t behind = (size_t)(status.st_size - offset);
        kept = behind < count ? behind : count;
    }
    struct undo *undo = malloc(sizeof *undo + kept);
    if (!undo) abort();
    strcpy(undo->path, path);
    undo->device = status.st_dev;
    undo->number = status.st_ino;
    undo->length = status.st_size;
    undo->offset = offset;
    undo->count = kept;
    if (kept > 0) {
        int reader = reader_of(path, &status);
        if (reader < 0 || pread(reader, undo->bytes, kept, offset) != (ssize_t)kept) abort();
    }
    undo->older = newest;
    newest = undo;
}

// Of one file that was flushed, or of all of them where none is given.
static void forget(const struct stat *status) {
    for (struct undo **place = &newest; *place;) {
        struct undo *undo = *place;
        if (!status || (undo->device == status->st_dev && undo->number == status->st_ino)) {
            *place = undo->older;
            free(undo);
        } else {
            place = &undo->older;
        }
    }
}

static void lose(void) {
    for (struct undo *undo = newest; undo; undo = undo->older) {
        struct stat status;
        int descriptor = open(undo->path, O_WRONLY | O_CLOEXEC);
        if (descriptor < 0 || fstat(descriptor, &status) < 0) continue;
        if (status.st_dev != undo->device || status.st_ino != undo->number) continue;
        if (undo->count > 0) {
            syscall(SYS_pwrite64, descriptor, undo->bytes, undo->count, undo->offset);
        }
        syscall(SYS_ftruncate, descriptor, undo->length);
    }
}

// One call: `enter` says what becomes of it, `leave` stands behind it. Neither changes errno, but
// for a call that is refused. The lock is held between them, unless the file is none of ours.

enum verdict { NOT_OURS, ADMITTED, REFUSED };

static enum verdict count_call(const char *name, const char *path, const char *other) {
    if (!is_due) return ADMITTED;
    calls++;
    if (trace >= 0) {
        char line[2 * PATH_MAX + 64];
        const char *to = *other ? " -> " : "";
        int length =
            snprintf(line, sizeof line, "%ld %s %s%s%s\n", calls, name, path, to, other);
        put(trace, line, length);
    }
    if (calls == kill_at) {
        if (loses) lose();
        kill(getpid(), SIGKILL);
        for (;;) pause();
    }
    return fail_at > 0 && calls >= fail_at && calls - fail_at < fail_for ? REFUSED : ADMITTED;
}

// The call is about to change a range of the file; a count of 0 is a flush.
static enum verdict enter(const char *name, int descriptor, off_t offset, size_t count) {
    int was = errno;
    char path[PATH_MAX];
    enum verdict verdict = NOT_OURS;
    path_of(descriptor, path);
    if (is_wanted(path)) {
        pthread_mutex_lock(&lock);
        verdict = count_call(name, path, "");
        if (verdict == ADMITTED && loses && count > 0) remember(descriptor, path, offset, count);
    }
    errno = verdict == REFUSED ? fail_errno : was;
    return verdict;
}

static enum verdict enter_names(
    const char *name, int directory, const char *from, int other, const char *to
) {
    int was = errno;
    char path[PATH_MAX], new_path[PATH_MAX] = "";
    enum verdict verdict = NOT_OURS;
    path_at(directory, from, path);
    if (to) path_at(other, to, new_path);
    int is_ours = is_wanted(path);
    if (is_wanted(new_path) || is_ours) {
        pthread_mutex_lock(&lock);
        verdict = count_call(name, path, new_path);
    }
    errno = verdict == REFUSED ? fail_errno : was;
    return verdict;
}

static void leave(enum verdict verdict) {
    if (verdict != NOT_OURS) pthread_mutex_unlock(&lock);
}

static int leave_flush(enum verdict verdict, int descriptor, int result, int is_all) {
    struct stat status;
    if (verdict == ADMITTED && loses && result == 0 && fstat(descriptor, &status) == 0) {
        forget(is_all ? NULL : &status);
    }
    leave(verdict);
    return result;
}

static size_t length_of(const struct iovec *parts, int count) {
    size_t sum = 0;
    for (int place = 0; place < count; place++) sum += parts[place].iov_len;
    return sum;
}

// In front of libc. `real` is the function of the same name behind us.

#define BEHIND(type, name, ...)                                      \
    static type (*real)(__VA_ARGS__);                                \
    if (!real) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name);  \
    if (!real) abort()

ssize_t write(int descriptor, const void *bytes, size_t count) {
    BEHIND(ssize_t, "write", int, const void *, size_t);
    enum verdict verdict = enter("write", descriptor, -1, count);
    ssize_t result = verdict == REFUSED ? -1 : real(descriptor, bytes, count);
    leave(verdict);
    return result;
}

ssize_t writev(int descriptor, const struct iovec *parts, int count) {
    BEHIND(ssize_t, "writev", int, const struct iovec *, int);
    enum verdict verdict = enter("writev", descriptor, -1, length_of(parts, count));
    ssize_t result = verdict == REFUSED ? -1 : real(descriptor, parts, count);
    leave(verdict);
    return result;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
    BEHIND(ssize_t, "pwrite", int, const void *, size_t, off_t);
    enum verdict verdict = enter("pwrite", descriptor, offset, count);
    ssize_t result = verdict == REFUSED ? -1 : real(descriptor, bytes, count, offset);
    leave(verdict);
    return result;
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
    BEHIND(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    enum verdict verdict = enter("pwrite64", descriptor, offset, count);
    ssize_t result = verdict == REFUSED ? -1 : real(descriptor, bytes, count, offset);
    leave(verdict);
    return result;
}

ssize_t pwritev(int descriptor, const struct iovec *parts, int count, off_t offset) {
    BEHIND(ssize_t, "pwritev", int, const struct iovec *, int, off_t);
    enum verdict verdict = enter("pwritev", descriptor, offset, length_of(parts, count));
    ssize_t result = verdict == REFUSED ? -1 : real(descriptor, parts, count, offset);
    leave(verdict);
    return result;
}

int ftruncate(int descriptor, off_t length) {
    BEHIND(int, "ftruncate", int, off_t);
    enum verdict verdict = enter("ftruncate", descriptor, length, SIZE_MAX);
    int result = verdict == REFUSED ? -1 : real(descriptor, length);
    leave(verdict);
    return result;
}

int ftruncate64(int descriptor, off64_t length) {
    BEHIND(int, "ftruncate64", int, off64_t);
    enum verdict verdict = enter("ftruncate64", descriptor, length, SIZE_MAX);
    int result = verdict == REFUSED ? -1 : real(descriptor, length);
    leave(verdict);
    return result;
}

int fsync(int descriptor) {
    BEHIND(int, "fsync", int);
    enum verdict verdict = enter("fsync", descriptor, 0, 0);
    return leave_flush(verdict, descriptor, verdict == REFUSED ? -1 : real(descriptor), 0);
}

int fdatasync(int descriptor) {
    BEHIND(int, "fdatasync", int);
    enum verdict verdict = enter("fdatasync", descriptor, 0, 0);
    return leave_flush(verdict, descriptor, verdict == REFUSED ? -1 : real(descriptor), 0);
}

int syncfs(int descriptor) {
    BEHIND(int, "syncfs", int);
    enum verdict verdict = enter("syncfs", descriptor, 0, 0);
    return leave_flush(verdict, descriptor, verdict == REFUSED ? -1 : real(descriptor), 1);
}

int unlink(const char *name) {
    BEHIND(int, "unlink", const char *);
    enum verdict verdict = enter_names("unlink", AT_FDCWD, name, AT_FDCWD, NULL);
    int result = verdict == REFUSED ? -1 : real(name);
    leave(verdict);
    return result;
}

int unlinkat(int directory, const char *name, int flags) {
    BEHIND(int, "unlinkat", int, const char *, int);
    enum verdict verdict = enter_names("unlinkat", directory, name, AT_FDCWD, NULL);
    int result = verdict == REFUSED ? -1 : real(directory, name, flags);
    leave(verdict);
    return result;
}

int rename(const char *from, const char *to) {
    BEHIND(int, "rename", const char *, const char *);
    enum verdict verdict = enter_names("rename", AT_FDCWD, from, AT_FDCWD, to);
    int result = verdict == REFUSED ? -1 : real(from, to);
    leave(verdict);
    return result;
}

int renameat(int directory, const char *from, int other, const char *to) {
    BEHIND(int, "renameat", int, const char *, int, const char *);
    enum verdict verdict = enter_names("renameat", directory, from, other, to);
    int result = verdict == REFUSED ? -1 : real(directory, from, other, to);
    leave(verdict);
    return result;
}

int renameat2(int directory, const char *from, int other, const char *to, unsigned flags) {
    BEHIND(int, "renameat2", int, const char *, int, const char *, unsigned);
    enum verdict verdict = enter_names("renameat2", directory, from, other, to);
    int result = verdict == REFUSED ? -1 : real(directory, from, other, to, flags);
    leave(verdict);
    return result;
}
