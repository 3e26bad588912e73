#pragma once
#include <stddef.h>

/// One file of the law. All pointers are to constants of the executable; nobody frees them.
struct genesis_file {
    const char *path;
    const char *owner;
    const unsigned char *bytes;
    size_t count;
};

/// How many files there are.
size_t genesis_count(void);

/// The file at an index below the count.
struct genesis_file genesis_file(size_t index);
