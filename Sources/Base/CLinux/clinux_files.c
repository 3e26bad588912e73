#define _GNU_SOURCE
#include "clinux_files.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int result(int value) { return value < 0 ? -errno : value; }

int clinux_close(int descriptor) { return result(close(descriptor)); }

int clinux_directory_open(const char *path) {
    return result(open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

int clinux_open_beneath_by_steps(int directory, const char *path, int flags) {
    struct stat root;
    if (fstat(directory, &root) < 0) return -errno;
    int current = directory;
    char name[256];
    for (;;) {
        const char *slash = strchr(path, '/');
        size_t length = slash ? (size_t)(slash - path) : strlen(path);
        int found;
        if (length == 0 || (length == 1 && path[0] == '.')
            || (length == 2 && path[0] == '.' && path[1] == '.')) {
            found = -EXDEV;
        } else if (length >= sizeof name) {
            found = -ENAMETOOLONG;
        } else {
            memcpy(name, path, length);
            name[length] = 0;
            int step = slash ? O_PATH | O_DIRECTORY : flags;
            found = result(openat(current, name, step | O_NOFOLLOW | O_CLOEXEC));
            // O_PATH|O_DIRECTORY says ENOTDIR for a link in the middle; openat2 says ELOOP.
            struct stat link;
            if (found == -ENOTDIR && fstatat(current, name, &link, AT_SYMLINK_NOFOLLOW) == 0
                && S_ISLNK(link.st_mode)) {
                found = -ELOOP;
            }
        }
        if (current != directory) close(current);
        if (found < 0) return found;
        struct stat here;
        if (fstat(found, &here) < 0 || here.st_dev != root.st_dev) {
            close(found);
            return -EXDEV;
        }
        if (!slash) return found;
        current = found;
        path = slash + 1;
    }
}

static int open_beneath(int directory, const char *path, int flags) {
    struct open_how how = {
        .flags = (uint64_t)(flags | O_NOFOLLOW | O_CLOEXEC),
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS
            | RESOLVE_NO_XDEV,
    };
    long descriptor = syscall(SYS_openat2, directory, path, &how, sizeof how);
    if (descriptor >= 0) return (int)descriptor;
    if (errno == ENOSYS) return clinux_open_beneath_by_steps(directory, path, flags);
    return -errno;
}

int clinux_has_openat2(void) {
    struct open_how how = {.flags = O_PATH | O_CLOEXEC};
    long descriptor = syscall(SYS_openat2, AT_FDCWD, "/", &how, sizeof how);
    if (descriptor >= 0) close((int)descriptor);
    return descriptor >= 0;
}

int clinux_directory_open_beneath(int directory, const char *path) {
    return open_beneath(directory, path, O_RDONLY | O_DIRECTORY);
}

int clinux_file_open_beneath(int directory, const char *path) {
    return open_beneath(directory, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
}

void clinux_near_leave(struct clinux_near *near) {
    if (near->descriptor >= 0) close(near->descriptor);
    near->descriptor = -1;
    near->length = 0;
}

int clinux_file_open_near(int directory, const char *path, struct clinux_near *near) {
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) : 0;
    if (!slash || length >= sizeof near->path) return clinux_file_open_beneath(directory, path);
    if (near->descriptor < 0 || near->length != length || memcmp(near->path, path, length)) {
        clinux_near_leave(near);
        memcpy(near->path, path, length);
        near->path[length] = 0;
        near->descriptor = open_beneath(directory, near->path, O_PATH | O_DIRECTORY);
        // The whole path says best what is wrong with it.
        if (near->descriptor < 0) return clinux_file_open_beneath(directory, path);
        near->length = length;
    }
    return clinux_file_open_beneath(near->descriptor, slash + 1);
}

int clinux_name_open_beneath(int directory, const char *path) {
    return open_beneath(directory, path, O_PATH);
}

int clinux_file_create(int directory, const char *name, uint32_t mode) {
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    return result(openat(directory, name, flags, (mode_t)mode));
}

int clinux_file_open_appending(int directory, const char *name) {
    int flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC;
    return result(openat(directory, name, flags, 0600));
}

int clinux_file_open_or_create(int directory, const char *name) {
    int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    return result(openat(directory, name, flags, (mode_t)0600));
}

static int64_t nanoseconds(struct timespec time) {
    int64_t value;
    if (__builtin_mul_overflow((int64_t)time.tv_sec, (int64_t)1000000000, &value)
        || __builtin_add_overflow(value, (int64_t)time.tv_nsec, &value)) {
        return time.tv_sec < 0 ? INT64_MIN : INT64_MAX;
    }
    return value;
}

static uint32_t kind_of(mode_t mode) {
    switch (mode & S_IFMT) {
        case S_IFREG: return CLINUX_KIND_FILE;
        case S_IFDIR: return CLINUX_KIND_DIRECTORY;
        case S_IFLNK: return CLINUX_KIND_SYMLINK;
        case S_IFSOCK: return CLINUX_KIND_SOCKET;
        case S_IFIFO: return CLINUX_KIND_FIFO;
        case S_IFCHR: return CLINUX_KIND_CHARACTER_DEVICE;
        case S_IFBLK: return CLINUX_KIND_BLOCK_DEVICE;
        default: return CLINUX_KIND_UNKNOWN;
    }
}

static void take(const struct stat *from, struct clinux_facts *facts) {
    facts->size = (uint64_t)from->st_size;
    facts->modified_ns = nanoseconds(from->st_mtim);
    facts->changed_ns = nanoseconds(from->st_ctim);
    facts->inode = from->st_ino;
    facts->device = from->st_dev;
    facts->links = from->st_nlink;
    facts->permissions = from->st_mode & 07777;
    facts->owner = from->st_uid;
    facts->group = from->st_gid;
    facts->kind = kind_of(from->st_mode);
}

int clinux_facts_of(int descriptor, struct clinux_facts *facts) {
    struct stat status;
    if (syscall(SYS_fstat, descriptor, &status) < 0) return -errno;
    take(&status, facts);
    return 0;
}

int64_t clinux_birth_of(int descriptor) {
    struct statx status;
    if (statx(descriptor, "", AT_EMPTY_PATH, STATX_BTIME, &status) < 0) return 0;
    if (!(status.stx_mask & STATX_BTIME)) return 0;
    return nanoseconds((struct timespec){
        .tv_sec = status.stx_btime.tv_sec,
        .tv_nsec = status.stx_btime.tv_nsec,
    });
}

int clinux_directory_parent(int directory) {
    return result(openat(directory, "..", O_PATH | O_DIRECTORY | O_CLOEXEC));
}

int clinux_directory_again(int directory) {
    return result(openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

int64_t clinux_descriptor_path(int descriptor, char *buffer, size_t capacity) {
    char link[32];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t count = readlink(link, buffer, capacity);
    return count < 0 ? -errno : count;
}

int clinux_facts_at(int directory, const char *name, struct clinux_facts *facts) {
    struct stat status;
    if (fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) < 0) return -errno;
    take(&status, facts);
    return 0;
}

int64_t clinux_read(int descriptor, void *buffer, size_t capacity) {
    for (;;) {
        ssize_t count = read(descriptor, buffer, capacity);
        if (count >= 0) return count;
        if (errno != EINTR) return -errno;
    }
}

int clinux_write_all(int descriptor, const void *bytes, size_t count) {
    const char *next = bytes;
    while (count > 0) {
        ssize_t written = write(descriptor, next, count);
        if (written < 0) {
            if (errno == EINTR) continue;
            return -errno;
        }
        next += written;
        count -= (size_t)written;
    }
    return 0;
}

int64_t clinux_write_quietly(int descriptor, const void *bytes, size_t count) {
    sigset_t pipe_only, before, pending;
    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
    ssize_t written = write(descriptor, bytes, count);
    int error = errno;
    if (written < 0 && error == EPIPE && !sigismember(&pending, SIGPIPE)) {
        sigtimedwait(&pipe_only, NULL, &(struct timespec){0});
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return written < 0 ? -error : written;
}

int clinux_overwrite(int descriptor, const void *bytes, size_t count) {
    if (ftruncate(descriptor, 0) < 0) return -errno;
    ssize_t written = pwrite(descriptor, bytes, count, 0);
    if (written < 0) return -errno;
    return (size_t)written == count ? 0 : -EIO;
}

int64_t clinux_link_target(int descriptor, char *buffer, size_t capacity) {
    ssize_t count = readlinkat(descriptor, "", buffer, capacity);
    return count < 0 ? -errno : count;
}

int clinux_fsync(int descriptor) { return result(fsync(descriptor)); }

int clinux_syncfs(int descriptor) { return result(syncfs(descriptor)); }

int clinux_fchmod(int descriptor, uint32_t mode) {
    return result(fchmod(descriptor, (mode_t)mode));
}

int clinux_give(int descriptor, uint32_t user, uint32_t group) {
    return result(fchown(descriptor, (uid_t)user, (gid_t)group));
}

int clinux_give_at(int directory, const char *name, uint32_t user, uint32_t group) {
    return result(fchownat(directory, name, (uid_t)user, (gid_t)group, AT_SYMLINK_NOFOLLOW));
}

int clinux_make_directory(int directory, const char *name, uint32_t mode) {
    return result(mkdirat(directory, name, (mode_t)mode));
}

int clinux_remove_file(int directory, const char *name) {
    return result(unlinkat(directory, name, 0));
}

int clinux_remove_directory(int directory, const char *name) {
    return result(unlinkat(directory, name, AT_REMOVEDIR));
}

int clinux_rename(int from, const char *name, int to, const char *new_name) {
    return result(renameat(from, name, to, new_name));
}

int clinux_rename_no_replace(int from, const char *name, int to, const char *new_name) {
    return result(renameat2(from, name, to, new_name, RENAME_NOREPLACE));
}

int clinux_lock_exclusively(int descriptor, int waits) {
    int done;
    do {
        done = flock(descriptor, waits ? LOCK_EX : LOCK_EX | LOCK_NB);
    } while (done < 0 && errno == EINTR);
    return result(done);
}

int clinux_unlock(int descriptor) { return result(flock(descriptor, LOCK_UN)); }

int64_t clinux_coarse_now(void) {
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME_COARSE, &now) < 0) return -errno;
    return nanoseconds(now);
}

const char *clinux_error_words(int error) {
    const char *words = strerrordesc_np(error);
    return words ? words : "an error this C library has no words for";
}
