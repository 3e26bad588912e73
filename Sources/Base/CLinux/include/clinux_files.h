// Files and directories by descriptor. A descriptor that a function returns belongs to the caller,
// who closes it with clinux_close. Paths are NUL-terminated and borrowed.
#pragma once

#include <stddef.h>
#include <stdint.h>

// What a thing in the file system is. The numbers are ours and stable.
enum {
    CLINUX_KIND_UNKNOWN = 0,
    CLINUX_KIND_FILE = 1,
    CLINUX_KIND_DIRECTORY = 2,
    CLINUX_KIND_SYMLINK = 3,
    CLINUX_KIND_SOCKET = 4,
    CLINUX_KIND_FIFO = 5,
    CLINUX_KIND_CHARACTER_DEVICE = 6,
    CLINUX_KIND_BLOCK_DEVICE = 7,
};

struct clinux_facts {
    uint64_t size;
    int64_t modified_ns;  // Nanoseconds since 1970, saturated.
    int64_t changed_ns;   // The inode's change time (ctime), saturated.
    uint64_t inode;
    uint64_t device;
    uint64_t links;
    uint32_t permissions;  // The low twelve bits of st_mode.
    uint32_t owner;
    uint32_t group;
    uint32_t kind;
};

// open(path, O_RDONLY|O_DIRECTORY|O_NOFOLLOW|O_CLOEXEC)
int clinux_directory_open(const char *path);

// openat2 with RESOLVE_BENEATH|NO_SYMLINKS|NO_MAGICLINKS|NO_XDEV; on ENOSYS the same by steps.
int clinux_directory_open_beneath(int directory, const char *path);

// As above for a file: O_RDONLY|O_NOFOLLOW|O_NONBLOCK|O_NOCTTY, so a FIFO or terminal cannot hold us.
int clinux_file_open_beneath(int directory, const char *path);

// The directory that a file was last opened in. `descriptor` belongs to whoever holds the struct, who
// starts with it at -1 and gives it back with clinux_near_leave.
struct clinux_near {
    int descriptor;
    size_t length;
    char path[4096];
};

// clinux_file_open_beneath for many files of few directories: the directory is opened once, beneath
// `directory` as any other, and its files by their last part alone. One struct serves one `directory`.
int clinux_file_open_near(int directory, const char *path, struct clinux_near *near);
void clinux_near_leave(struct clinux_near *near);

// As above with O_PATH: names the thing itself (a symbolic link too) and opens nothing.
int clinux_name_open_beneath(int directory, const char *path);

// What a kernel without openat2 gets: one openat(O_NOFOLLOW) a component, st_dev compared by fstat.
// `flags` are those of the last component. A path with "." or ".." or an empty part is EXDEV.
int clinux_open_beneath_by_steps(int directory, const char *path, int flags);

// 1 where the kernel has openat2, else 0.
int clinux_has_openat2(void);

// openat(O_WRONLY|O_CREAT|O_EXCL|O_NOFOLLOW|O_CLOEXEC, mode). `name` is one component.
int clinux_file_create(int directory, const char *name, uint32_t mode);

// openat(O_RDWR|O_CREAT|O_NOFOLLOW|O_CLOEXEC, 0600). `name` is one component.
int clinux_file_open_or_create(int directory, const char *name);

// openat(O_WRONLY|O_APPEND|O_CREAT|O_NOFOLLOW|O_CLOEXEC, 0600). `name` is one component.
int clinux_file_open_appending(int directory, const char *name);

// fstat, asked of the kernel directly: the C library's goes by way of a path.
int clinux_facts_of(int descriptor, struct clinux_facts *facts);

// statx(STATX_BTIME): when the thing was made, in nanoseconds since 1970; 0 where nobody knows.
int64_t clinux_birth_of(int descriptor);

// openat(directory, "..", O_PATH|O_DIRECTORY): the directory above; that of "/" is itself.
int clinux_directory_parent(int directory);

// openat(directory, "."): the same directory with an open description of its own, as flock needs.
int clinux_directory_again(int directory);

// readlink(/proc/self/fd/N): the path of an open thing, free of links. Not NUL-terminated.
int64_t clinux_descriptor_path(int descriptor, char *buffer, size_t capacity);

// fstatat(AT_SYMLINK_NOFOLLOW). `name` is one component.
int clinux_facts_at(int directory, const char *name, struct clinux_facts *facts);

// read, again after EINTR. Returns the byte count, 0 at the end.
int64_t clinux_read(int descriptor, void *buffer, size_t capacity);

// write until everything is written, again after EINTR.
int clinux_write_all(int descriptor, const void *bytes, size_t count);

// One write that never raises SIGPIPE: it is blocked for the call, and taken back if it came.
int64_t clinux_write_quietly(int descriptor, const void *bytes, size_t count);

// pwrite at 0 after ftruncate(0): the whole small content at once.
int clinux_overwrite(int descriptor, const void *bytes, size_t count);

// readlinkat(descriptor, "") of an O_PATH descriptor. Returns the byte count; not NUL-terminated.
int64_t clinux_link_target(int descriptor, char *buffer, size_t capacity);

int clinux_fsync(int descriptor);
int clinux_syncfs(int descriptor);
int clinux_fchmod(int descriptor, uint32_t mode);
int clinux_close(int descriptor);

// fchown, and fchownat(AT_SYMLINK_NOFOLLOW) for one component beneath.
int clinux_give(int descriptor, uint32_t user, uint32_t group);
int clinux_give_at(int directory, const char *name, uint32_t user, uint32_t group);

// mkdirat, unlinkat, unlinkat(AT_REMOVEDIR), symlinkat. Each name is one component.
int clinux_make_directory(int directory, const char *name, uint32_t mode);
int clinux_remove_file(int directory, const char *name);
int clinux_remove_directory(int directory, const char *name);

// renameat: replaces what stands there.
int clinux_rename(int from, const char *name, int to, const char *new_name);

// renameat2(RENAME_NOREPLACE): EEXIST where something stands there.
int clinux_rename_no_replace(int from, const char *name, int to, const char *new_name);

// flock(LOCK_EX|LOCK_NB): EWOULDBLOCK where another open description holds it.
int clinux_lock_exclusively(int descriptor, int waits);

// flock(LOCK_UN): for every copy of the descriptor.
int clinux_unlock(int descriptor);

// clock_gettime(CLOCK_REALTIME_COARSE): never later than the timestamp of a change made after it.
int64_t clinux_coarse_now(void);

// The words of an errno, in static memory of the C library.
const char *clinux_error_words(int error);
