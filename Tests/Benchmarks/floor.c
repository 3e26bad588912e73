// The floor: the least work that can tell whether a tree is what it was. Walk it, open every file,
// read every byte, hash it with SHA-256. No registry, no law, no report; whoever promises more must
// be slower, and by how much is the figure.
//
//   floor THREADS DIRECTORY   prints: files, bytes, exclusive-or of all digests
//
// Every function returns 0 or a negative errno, or ends the program with a sentence.

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { buffer_bytes = 1 << 20, digest_bytes = 32, threads_max = 64 };

// Paths relative to the root; owned by main, read by all threads once the walk is over.
static char **paths;
static size_t path_count, path_capacity;
static int root;
static atomic_size_t next_path;

struct worker {
    pthread_t thread;
    unsigned long long bytes;
    unsigned char digest[digest_bytes];
};

static void stop(const char *what, const char *path) {
    fprintf(stderr, "floor: %s %s: %s\n", what, path, strerror(errno));
    exit(2);
}

static void remember(char *path) {
    if (path_count == path_capacity) {
        path_capacity = path_capacity ? path_capacity * 2 : 4096;
        paths = realloc(paths, path_capacity * sizeof *paths);
        if (!paths) stop("remembering", path);
    }
    paths[path_count++] = path;
}

// Takes ownership of the descriptor.
static void walk(int descriptor, const char *prefix) {
    DIR *directory = fdopendir(descriptor);
    if (!directory) stop("walking", prefix);
    struct dirent *entry;
    while ((entry = readdir(directory))) {
        const char *name = entry->d_name;
        if (!strcmp(name, ".") || !strcmp(name, "..") || !strcmp(name, ".git")) continue;
        char *path;
        if (asprintf(&path, "%s%s%s", prefix, *prefix ? "/" : "", name) < 0) stop("naming", name);
        unsigned char kind = entry->d_type;
        if (kind == DT_UNKNOWN) {
            struct stat facts;
            if (fstatat(descriptor, name, &facts, AT_SYMLINK_NOFOLLOW)) stop("looking at", path);
            kind = S_ISDIR(facts.st_mode) ? DT_DIR : S_ISREG(facts.st_mode) ? DT_REG : DT_LNK;
        }
        if (kind == DT_REG) {
            remember(path);
            continue;
        }
        if (kind == DT_DIR) {
            int below = openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            if (below < 0) stop("opening", path);
            walk(below, path);
        }
        free(path);
    }
    closedir(directory);
}

static void *work(void *argument) {
    struct worker *self = argument;
    unsigned char *buffer = malloc(buffer_bytes);
    EVP_MD *sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (!buffer || !sha256 || !context) stop("starting", "a thread");
    size_t index;
    while ((index = atomic_fetch_add(&next_path, 1)) < path_count) {
        const char *path = paths[index];
        int file = openat(root, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        struct stat facts;
        if (file < 0 || fstat(file, &facts)) stop("opening", path);
        EVP_DigestInit_ex(context, sha256, NULL);
        ssize_t got;
        while ((got = read(file, buffer, buffer_bytes)) > 0) {
            EVP_DigestUpdate(context, buffer, (size_t)got);
            self->bytes += (unsigned long long)got;
            // A regular file that gave all its bytes needs no second read to say so.
            if (got < buffer_bytes && got == facts.st_size) break;
        }
        if (got < 0) stop("reading", path);
        close(file);
        unsigned char digest[digest_bytes];
        EVP_DigestFinal_ex(context, digest, NULL);
        for (int i = 0; i < digest_bytes; i++) self->digest[i] ^= digest[i];
    }
    EVP_MD_CTX_free(context);
    EVP_MD_free(sha256);
    free(buffer);
    return NULL;
}

int main(int argc, char **argv) {
    int threads = argc == 3 ? atoi(argv[1]) : 0;
    if (threads < 1 || threads > threads_max) {
        fprintf(stderr, "usage: floor THREADS DIRECTORY\n");
        return 64;
    }
    root = open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int top = open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root < 0 || top < 0) stop("opening", argv[2]);
    walk(top, "");

    static struct worker workers[threads_max];
    for (int i = 1; i < threads; i++) {
        errno = pthread_create(&workers[i].thread, NULL, work, &workers[i]);
        if (errno) stop("starting", "a thread");
    }
    work(&workers[0]);
    for (int i = 1; i < threads; i++) {
        pthread_join(workers[i].thread, NULL);
        workers[0].bytes += workers[i].bytes;
        for (int j = 0; j < digest_bytes; j++) workers[0].digest[j] ^= workers[i].digest[j];
    }
    printf("%zu files %llu bytes ", path_count, workers[0].bytes);
    for (int i = 0; i < digest_bytes; i++) printf("%02x", workers[0].digest[i]);
    printf("\n");
    return 0;
}
