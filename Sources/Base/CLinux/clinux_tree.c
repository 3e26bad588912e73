#define _GNU_SOURCE
#include "clinux_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clinux_files.h"

enum { BATCH_BYTES = 256 * 1024 };

struct record {
    uint64_t inode;
    int64_t next;
    uint16_t length;
    uint8_t type;
    char name[];
};

// One thing to emit while a directory is visited. A directory gives two: its own name, and its name
// with a slash, which stands for its contents. Sorting these sorts the full paths, because no other
// name of this directory can begin with "name/".
struct item {
    size_t name;    // Offset in walk.names.
    uint32_t length;
    uint8_t kind;
    uint8_t contents;
    int32_t error;
};

// names and items are stacks: a visit pushes, recurses and pops. Offsets, since they may move.
struct walk {
    struct clinux_tree *tree;
    size_t arena_capacity, entries_capacity;
    char *names, *path, *batch;
    size_t names_used, names_capacity, path_used, path_capacity;
    struct item *items;
    size_t items_used, items_capacity;
    const char *skip;
    size_t skip_bytes;
    uint32_t depth_max;
    uint64_t entries_max;
};

static int reserve(void **block, size_t *capacity, size_t needed, size_t unit) {
    if (needed <= *capacity) return 0;
    size_t wanted = *capacity ? *capacity * 2 : 1024;
    while (wanted < needed) wanted *= 2;
    void *moved = realloc(*block, wanted * unit);
    if (!moved) return -ENOMEM;
    *block = moved;
    *capacity = wanted;
    return 0;
}

static int compare(const void *left, const void *right, void *names) {
    const struct item *a = left, *b = right;
    const char *base = names;
    size_t shared = a->length < b->length ? a->length : b->length;
    int order = memcmp(base + a->name, base + b->name, shared);
    if (order) return order;
    return a->length < b->length ? -1 : a->length > b->length;
}

static uint8_t kind_of(uint8_t type) {
    switch (type) {
        case DT_REG: return CLINUX_KIND_FILE;
        case DT_DIR: return CLINUX_KIND_DIRECTORY;
        case DT_LNK: return CLINUX_KIND_SYMLINK;
        case DT_SOCK: return CLINUX_KIND_SOCKET;
        case DT_FIFO: return CLINUX_KIND_FIFO;
        case DT_CHR: return CLINUX_KIND_CHARACTER_DEVICE;
        case DT_BLK: return CLINUX_KIND_BLOCK_DEVICE;
        default: return CLINUX_KIND_UNKNOWN;
    }
}

static int push_item(struct walk *walk, struct item item) {
    int done = reserve(
        (void **)&walk->items, &walk->items_capacity, walk->items_used + 1, sizeof item
    );
    if (done < 0) return done;
    walk->items[walk->items_used++] = item;
    return 0;
}

static int push_name(struct walk *walk, int directory, const char *name, uint8_t type) {
    size_t length = strlen(name);
    int done = reserve(
        (void **)&walk->names, &walk->names_capacity, walk->names_used + length + 2 + sizeof(size_t), 1
    );
    if (done < 0) return done;
    struct item item = {
        .name = walk->names_used, .length = (uint32_t)length, .kind = kind_of(type),
    };
    if (item.kind == CLINUX_KIND_UNKNOWN) {
        struct clinux_facts facts = {0};
        int asked = clinux_facts_at(directory, name, &facts);
        item.error = asked < 0 ? -asked : 0;
        item.kind = (uint8_t)facts.kind;
    }
    memcpy(walk->names + walk->names_used, name, length);
    walk->names[walk->names_used + length] = '/';
    walk->names[walk->names_used + length + 1] = 0;
    walk->names_used += length + 2 + sizeof(size_t);
    done = push_item(walk, item);
    if (done < 0 || item.kind != CLINUX_KIND_DIRECTORY) return done;
    item.length += 1;
    item.contents = 1;
    return push_item(walk, item);
}

static int read_names(struct walk *walk, int directory) {
    for (;;) {
        long count = syscall(SYS_getdents64, directory, walk->batch, BATCH_BYTES);
        if (count < 0) return -errno;
        if (count == 0) return 0;
        for (long at = 0; at < count;) {
            const struct record *record = (const struct record *)(walk->batch + at);
            at += record->length;
            const char *name = record->name;
            if (name[0] == '.' && (name[1] == 0 || (name[1] == '.' && name[2] == 0))) continue;
            int done = push_name(walk, directory, name, record->type);
            if (done < 0) return done;
        }
    }
}

// Where the entry of the directory at `name` (its length without the slash) stands in the tree: kept
// behind the name's slash and NUL when it is emitted, read again when it is entered.
static uint8_t *place_of(struct walk *walk, size_t name, size_t length) {
    return (uint8_t *)walk->names + name + length + 2;
}

static int emit(struct walk *walk, const struct item *item) {
    struct clinux_tree *tree = walk->tree;
    if (tree->count >= walk->entries_max) return -E2BIG;
    size_t length = walk->path_used + item->length;
    int done = reserve(
        (void **)&tree->arena, &walk->arena_capacity, tree->arena_bytes + length + 1, 1
    );
    if (done == 0) {
        done = reserve(
            (void **)&tree->entries, &walk->entries_capacity, tree->count + 1,
            sizeof *tree->entries
        );
    }
    if (done < 0) return done;
    uint8_t *at = tree->arena + tree->arena_bytes;
    if (walk->path_used) memcpy(at, walk->path, walk->path_used);
    memcpy(at + walk->path_used, walk->names + item->name, item->length);
    at[length] = 0;
    if (item->kind == CLINUX_KIND_DIRECTORY) {
        memcpy(place_of(walk, item->name, item->length), &tree->count, sizeof tree->count);
    }
    tree->entries[tree->count++] = (struct clinux_tree_entry){
        .offset = tree->arena_bytes,
        .length = (uint32_t)length,
        .error = item->error,
        .kind = item->kind,
    };
    tree->arena_bytes += length + 1;
    return 0;
}

static int is_skipped(const struct walk *walk) {
    size_t length = walk->path_used - 1;
    for (size_t at = 0; at < walk->skip_bytes;) {
        size_t next = strlen(walk->skip + at);
        if (next == length && memcmp(walk->skip + at, walk->path, length) == 0) return 1;
        at += next + 1;
    }
    return 0;
}

static int visit(struct walk *walk, int directory, uint32_t depth);

// Enters the directory `item` of `parent`. Only a lack of memory or room stops the walk; everything
// else is noted on the directory's own entry.
static int enter(struct walk *walk, int parent, const struct item *item, uint32_t depth) {
    size_t path_before = walk->path_used;
    int done = reserve(
        (void **)&walk->path, &walk->path_capacity, path_before + item->length + 1, 1
    );
    if (done < 0) return done;
    memcpy(walk->path + path_before, walk->names + item->name, item->length);
    walk->path_used += item->length;

    size_t index;
    memcpy(&index, place_of(walk, item->name, item->length - 1), sizeof index);
    uint8_t flags = 0;
    int error = 0;
    if (is_skipped(walk)) {
        flags = CLINUX_TREE_SKIPPED;
    } else if (depth >= walk->depth_max) {
        flags = CLINUX_TREE_TOO_DEEP;
    } else {
        char *name = walk->names + item->name;
        name[item->length - 1] = 0;
        int child = clinux_directory_open_beneath(parent, name);
        name[item->length - 1] = '/';
        if (child == -EXDEV) {
            flags = CLINUX_TREE_MOUNT;
        } else if (child < 0) {
            error = -child;
        } else {
            done = visit(walk, child, depth + 1);
            clinux_close(child);
            if (done == -ENOMEM || done == -E2BIG) return done;
            error = -done;
        }
    }
    walk->tree->entries[index].flags |= flags;
    if (error) walk->tree->entries[index].error = error;
    walk->path_used = path_before;
    return 0;
}

static int visit(struct walk *walk, int directory, uint32_t depth) {
    size_t names_before = walk->names_used, items_before = walk->items_used;
    int failure = read_names(walk, directory);
    size_t items_after = walk->items_used;
    if (items_after > items_before) {
        qsort_r(
            walk->items + items_before, items_after - items_before, sizeof *walk->items, compare,
            walk->names
        );
    }
    int done = failure == -ENOMEM ? failure : 0;
    for (size_t index = items_before; index < items_after && done == 0; index++) {
        struct item item = walk->items[index];
        done = item.contents ? enter(walk, directory, &item, depth) : emit(walk, &item);
    }
    walk->names_used = names_before;
    walk->items_used = items_before;
    return done < 0 ? done : failure;
}

int clinux_tree_walk(
    int directory,
    const char *skip,
    size_t skip_bytes,
    uint32_t depth_max,
    uint64_t entries_max,
    struct clinux_tree *tree
) {
    *tree = (struct clinux_tree){0};
    struct walk walk = {
        .tree = tree,
        .skip = skip,
        .skip_bytes = skip_bytes,
        .depth_max = depth_max,
        .entries_max = entries_max,
        .batch = malloc(BATCH_BYTES),
    };
    int done = -ENOMEM;
    if (walk.batch) {
        // A description of our own: the position of getdents64 is not shared with anybody.
        int root = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        done = root < 0 ? -errno : visit(&walk, root, 0);
        if (root >= 0) close(root);
    }
    free(walk.batch);
    free(walk.names);
    free(walk.items);
    free(walk.path);
    if (done < 0) clinux_tree_free(tree);
    return done;
}

void clinux_tree_free(struct clinux_tree *tree) {
    free(tree->arena);
    free(tree->entries);
    *tree = (struct clinux_tree){0};
}
