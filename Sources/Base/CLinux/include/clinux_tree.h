// The names of a whole tree, read by descriptor and in order.
#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
    CLINUX_TREE_SKIPPED = 1,    // A directory on the skip list: named, not entered.
    CLINUX_TREE_MOUNT = 2,      // Something is mounted here: named, not entered.
    CLINUX_TREE_TOO_DEEP = 4,   // Below depth_max: named, not entered.
};

struct clinux_tree_entry {
    uint64_t offset;  // Of the path in the arena; a NUL follows the path.
    uint32_t length;
    int32_t error;    // errno of what could not be read here, else 0.
    uint8_t kind;     // CLINUX_KIND_…
    uint8_t flags;    // CLINUX_TREE_…
};

// Both blocks belong to the caller, who gives them back with clinux_tree_free.
struct clinux_tree {
    uint8_t *arena;
    size_t arena_bytes;
    struct clinux_tree_entry *entries;
    size_t count;
};

// Walks everything beneath `directory` and fills `tree`, ordered by the bytes of the full relative
// path. No symbolic link is followed and no mount entered. A directory that cannot be read is an
// entry with its error. `skip` holds `skip_bytes` bytes of NUL-terminated relative directory paths.
// E2BIG where there are more than entries_max entries.
//
// Per directory: openat2(O_DIRECTORY, NO_XDEV), getdents64 until 0, close. fstatat only where the
// file system does not say what an entry is.
int clinux_tree_walk(
    int directory,
    const char *skip,
    size_t skip_bytes,
    uint32_t depth_max,
    uint64_t entries_max,
    struct clinux_tree *tree
);

void clinux_tree_free(struct clinux_tree *tree);
