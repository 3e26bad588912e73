#pragma once
#include <stddef.h>
#include <sqlite3.h>

// SQLITE_TRANSIENT is a macro that casts -1 to a function pointer, which Swift cannot import.
// It tells SQLite to copy the bytes before the call returns, so the caller keeps its memory.
static inline sqlite3_destructor_type charter_sqlite_transient(void) { return SQLITE_TRANSIENT; }

// sqlite3_db_config is variadic, and Swift cannot call variadic functions. This is its form for
// the options that take one on/off flag; the flag in force afterwards goes to *in_force, which
// the caller owns.
static inline int charter_sqlite_db_flag(sqlite3 *db, int option, int on, int *in_force) {
    return sqlite3_db_config(db, option, on, in_force);
}

// A VFS that is the system's but takes a path as it is. The system's looks at each part of it and
// follows links, which leads out of /proc/self/fd/N to a path that a confined process cannot walk.
static inline int charter_verbatim_path(sqlite3_vfs *vfs, const char *name, int capacity, char *out) {
    (void)vfs;
    sqlite3_snprintf(capacity, out, "%s", name);
    return SQLITE_OK;
}

// The name of that VFS, in static memory; made at first use, under a lock that SQLite lends to others.
static inline const char *charter_verbatim_vfs(void) {
    static sqlite3_vfs verbatim;
    static const char name[] = "charter-verbatim";
    if (sqlite3_initialize() != SQLITE_OK) return NULL;
    sqlite3_vfs *own = sqlite3_vfs_find(NULL);
    sqlite3_mutex *mutex = sqlite3_mutex_alloc(SQLITE_MUTEX_STATIC_APP1);
    sqlite3_mutex_enter(mutex);
    if (own && !verbatim.zName) {
        verbatim = *own;
        verbatim.zName = name;
        verbatim.pNext = NULL;
        verbatim.xFullPathname = charter_verbatim_path;
        if (sqlite3_vfs_register(&verbatim, 0) != SQLITE_OK) verbatim.zName = NULL;
    }
    sqlite3_mutex_leave(mutex);
    return name;
}
