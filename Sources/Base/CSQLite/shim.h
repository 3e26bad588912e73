#pragma once
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
