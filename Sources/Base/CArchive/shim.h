#pragma once
#include <archive.h>
#include <archive_entry.h>

// AE_IFREG and the return codes are macros with casts, which Swift cannot import.
static inline unsigned int charter_archive_regular_file(void) { return AE_IFREG; }
static inline int charter_archive_end(void) { return ARCHIVE_EOF; }
static inline int charter_archive_ok(void) { return ARCHIVE_OK; }

// Why a read or a write that Swift did came to nothing: the message stands in the archive then.
// archive_set_error is variadic, and Swift cannot call variadic functions.
static inline void charter_archive_stop(struct archive *archive) {
    archive_set_error(archive, -1, "%s", "stopped");
}
