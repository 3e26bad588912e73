// The floors of a ledger: the least work that makes a chained record durable, or that reads the
// chain again. No names, no schema, no signatures, no index, no proof; whoever promises more must
// be slower, and by how much is the figure.
//
//   ledger_floor file N CALLERS grow|prealloc DIRECTORY   group commit into one flat file
//   ledger_floor sqlite N DIRECTORY                       SQLite, one transaction an append
//   ledger_floor verify N DIRECTORY                       hash a written chain again, two threads
//
// The first two print {"appends_per_second":…,"p50_us":…,"p99_us":…,"flushes":…}, the last
// {"records_per_second":…}. N is the number of records; the directory is made and must not exist.
//
// A record is the SHA-256 of the record before it (zeros for the first) and a body of 512 bytes.
// The file holds nothing else, so record i lies at byte 544 i. An append is over when its record is
// durable.
//
// Every function succeeds or ends the program with a line that says what failed.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
    body_bytes = 512,
    digest_bytes = 32,
    record_bytes = digest_bytes + body_bytes,
    callers_max = 4096,
    records_max = 100000000,
    // Whole records only, and more than that does not make reading faster.
    block_bytes = 2048 * record_bytes,
    verifiers = 2,
};

static void stop(const char *what) {
    fprintf(stderr, "ledger_floor: %s: %s\n", what, errno ? strerror(errno) : "failed");
    exit(2);
}

static void *memory(size_t count, size_t size) {
    void *made = calloc(count, size);
    if (!made) stop("asking for memory");
    return made;
}

static uint64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

// Makes the directory, so that nothing older can be measured. The caller owns the path.
static char *make_inside(const char *directory, const char *name) {
    char *path;
    if (mkdir(directory, 0700)) stop(directory);
    if (asprintf(&path, "%s/%s", directory, name) < 0) stop("naming a file");
    return path;
}

// Fetched once: looking the algorithm up costs as much as hashing a record.
static EVP_MD *sha256;

static EVP_MD_CTX *make_hasher(void) {
    EVP_MD_CTX *hasher = EVP_MD_CTX_new();
    if (!hasher) stop("starting SHA-256");
    return hasher;
}

static void hash(EVP_MD_CTX *hasher, const unsigned char *record, unsigned char *digest) {
    if (EVP_DigestInit_ex(hasher, sha256, NULL) != 1 ||
        EVP_DigestUpdate(hasher, record, record_bytes) != 1 ||
        EVP_DigestFinal_ex(hasher, digest, NULL) != 1)
        stop("hashing a record");
}

// Bodies differ, as those of a ledger do.
static void fill_body(unsigned char *body, size_t index) {
    memset(body, 'x', body_bytes);
    memcpy(body, &index, sizeof index);
}

static void write_all(int file, const unsigned char *bytes, size_t count, off_t at) {
    while (count) {
        ssize_t done = pwrite(file, bytes, count, at);
        if (done < 0) stop("writing");
        bytes += done;
        count -= (size_t)done;
        at += done;
    }
}

static uint64_t *latencies;

static int by_size(const void *a, const void *b) {
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return left < right ? -1 : left > right;
}

static void report(size_t count, uint64_t elapsed, size_t flushes) {
    qsort(latencies, count, sizeof *latencies, by_size);
    printf("{\"appends_per_second\":%.1f,\"p50_us\":%.1f,\"p99_us\":%.1f,\"flushes\":%zu}\n",
           (double)count / ((double)elapsed / 1e9), (double)latencies[count / 2] / 1e3,
           (double)latencies[count - 1 - count / 100] / 1e3, flushes);
}

// A batch is what one flush makes durable. Two are enough: one fills while the other is flushed. A
// caller has one record in them at most, so CALLERS records bound both.
struct batch {
    unsigned char *bytes;
    size_t count;
    // The last generation of this batch that is durable; callers sleep on it. Each batch has its
    // own, so that a flush wakes those it served and not those who wait for the next.
    _Atomic uint32_t durable;
};

static struct {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct batch batches[2];
    // Batch generation % 2 fills. It begins at 2, because 0 and 1 count as durable.
    uint32_t generation;
    unsigned char head[digest_bytes];
    EVP_MD_CTX *hasher;
    int over;
} queue = {.lock = PTHREAD_MUTEX_INITIALIZER, .filled = PTHREAD_COND_INITIALIZER, .generation = 2};

// These three belong to whoever commits.
static int log_file;
static off_t log_end;
static size_t flushes;

static size_t append_count;
static atomic_size_t next_append;
static int callers;
static pthread_barrier_t start_line;
static _Atomic uint64_t started;

// Good path: pwrite, fdatasync, futex(FUTEX_WAKE). The lock is held on entry and on return, and not
// in between, so that the next batch fills while this one is flushed.
static void commit(void) {
    uint32_t generation = queue.generation++;
    struct batch *batch = &queue.batches[generation % 2];
    pthread_mutex_unlock(&queue.lock);
    size_t bytes = batch->count * record_bytes;
    write_all(log_file, batch->bytes, bytes, log_end);
    if (fdatasync(log_file)) stop("flushing");
    log_end += (off_t)bytes;
    flushes++;
    batch->count = 0;
    atomic_store(&batch->durable, generation);
    if (callers > 1)
        syscall(SYS_futex, &batch->durable, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
    pthread_mutex_lock(&queue.lock);
}

static void *run_committer(void *unused) {
    (void)unused;
    pthread_mutex_lock(&queue.lock);
    for (;;) {
        while (!queue.batches[queue.generation % 2].count && !queue.over)
            pthread_cond_wait(&queue.filled, &queue.lock);
        if (!queue.batches[queue.generation % 2].count) break;
        commit();
    }
    pthread_mutex_unlock(&queue.lock);
    return NULL;
}

static void append(const unsigned char *body) {
    pthread_mutex_lock(&queue.lock);
    uint32_t generation = queue.generation;
    struct batch *batch = &queue.batches[generation % 2];
    unsigned char *record = batch->bytes + batch->count * record_bytes;
    memcpy(record, queue.head, digest_bytes);
    memcpy(record + digest_bytes, body, body_bytes);
    // Here and not by the committer, so that records are hashed while others are flushed.
    hash(queue.hasher, record, queue.head);
    int first = ++batch->count == 1;
    if (callers == 1) {
        // With nobody to share a flush with, a committer would only add two wake-ups.
        commit();
        pthread_mutex_unlock(&queue.lock);
        return;
    }
    pthread_mutex_unlock(&queue.lock);
    if (first) pthread_cond_signal(&queue.filled);
    uint32_t durable;
    while ((int32_t)((durable = atomic_load(&batch->durable)) - generation) < 0)
        syscall(SYS_futex, &batch->durable, FUTEX_WAIT_PRIVATE, durable, NULL, NULL, 0);
}

static void *run_caller(void *unused) {
    (void)unused;
    unsigned char body[body_bytes];
    pthread_barrier_wait(&start_line);
    // Whoever runs first starts the clock: the main thread may be the last to run again.
    uint64_t unset = 0;
    atomic_compare_exchange_strong(&started, &unset, nanoseconds());
    size_t index;
    while ((index = atomic_fetch_add(&next_append, 1)) < append_count) {
        fill_body(body, index);
        uint64_t start = nanoseconds();
        append(body);
        latencies[index] = nanoseconds() - start;
    }
    return NULL;
}

// Zeros that are on the disk before the clock starts: a flush into them has no length and no block
// to record. That is what a ledger gains by preparing its next segment ahead of time.
static void preallocate(void) {
    unsigned char *zeros = memory(1, block_bytes);
    off_t size = (off_t)append_count * record_bytes;
    for (off_t at = 0; at < size; at += block_bytes)
        write_all(log_file, zeros, size - at < block_bytes ? (size_t)(size - at) : block_bytes, at);
    if (fsync(log_file)) stop("flushing");
    free(zeros);
}

static void measure_file(int prepared, const char *directory) {
    char *path = make_inside(directory, "log");
    log_file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (log_file < 0) stop(path);
    if (prepared) preallocate();
    queue.hasher = make_hasher();
    for (int i = 0; i < 2; i++) {
        queue.batches[i].bytes = memory((size_t)callers, record_bytes);
        atomic_store(&queue.batches[i].durable, (uint32_t)i);
    }
    pthread_t committer, *threads = memory((size_t)callers, sizeof *threads);
    pthread_barrier_init(&start_line, NULL, (unsigned)callers);
    errno = pthread_create(&committer, NULL, run_committer, NULL);
    if (errno) stop("starting the committer");
    for (int i = 0; i < callers; i++) {
        errno = pthread_create(&threads[i], NULL, run_caller, NULL);
        if (errno) stop("starting a caller");
    }
    for (int i = 0; i < callers; i++) pthread_join(threads[i], NULL);
    uint64_t elapsed = nanoseconds() - atomic_load(&started);
    pthread_mutex_lock(&queue.lock);
    queue.over = 1;
    pthread_mutex_unlock(&queue.lock);
    pthread_cond_signal(&queue.filled);
    pthread_join(committer, NULL);
    report(append_count, elapsed, flushes);
    close(log_file);
    free(threads);
    free(path);
}

static void run(sqlite3 *database, const char *sql) {
    char *reason = NULL;
    errno = 0;
    if (sqlite3_exec(database, sql, NULL, NULL, &reason) != SQLITE_OK) stop(reason ? reason : sql);
}

// The statement is its own transaction: the least that makes an append durable here. It flushes the
// write-ahead log once; the two flushes of a checkpoint, every thousand pages, are not counted.
static void measure_sqlite(const char *directory) {
    char *path = make_inside(directory, "log.sqlite");
    sqlite3 *database;
    sqlite3_stmt *insert;
    if (sqlite3_open(path, &database) != SQLITE_OK) stop(path);
    run(database, "PRAGMA journal_mode = WAL");
    run(database, "PRAGMA synchronous = FULL");
    run(database, "CREATE TABLE log (number INTEGER PRIMARY KEY, previous BLOB, body BLOB)");
    if (sqlite3_prepare_v2(database, "INSERT INTO log (previous, body) VALUES (?, ?)", -1, &insert,
                           NULL) != SQLITE_OK)
        stop(sqlite3_errmsg(database));
    EVP_MD_CTX *hasher = make_hasher();
    unsigned char record[record_bytes] = {0}, *body = record + digest_bytes;
    uint64_t start = nanoseconds();
    for (size_t index = 0; index < append_count; index++) {
        fill_body(body, index);
        uint64_t begun = nanoseconds();
        sqlite3_bind_blob(insert, 1, record, digest_bytes, SQLITE_STATIC);
        sqlite3_bind_blob(insert, 2, body, body_bytes, SQLITE_STATIC);
        if (sqlite3_step(insert) != SQLITE_DONE) stop(sqlite3_errmsg(database));
        sqlite3_reset(insert);
        hash(hasher, record, record);
        latencies[index] = nanoseconds() - begun;
    }
    report(append_count, nanoseconds() - start, append_count);
    sqlite3_finalize(insert);
    sqlite3_close(database);
    EVP_MD_CTX_free(hasher);
    free(path);
}

// The digest of the last record, which nothing in the file holds.
static void write_log(unsigned char *head) {
    EVP_MD_CTX *hasher = make_hasher();
    unsigned char *block = memory(1, block_bytes);
    memset(head, 0, digest_bytes);
    size_t used = 0;
    off_t end = 0;
    for (size_t index = 0; index < append_count; index++) {
        unsigned char *record = block + used;
        memcpy(record, head, digest_bytes);
        fill_body(record + digest_bytes, index);
        hash(hasher, record, head);
        used += record_bytes;
        if (used < block_bytes && index + 1 < append_count) continue;
        write_all(log_file, block, used, end);
        end += (off_t)used;
        used = 0;
    }
    EVP_MD_CTX_free(hasher);
    free(block);
}

// A stretch of the log. A record holds the digest of the one before it, so a thread can begin
// anywhere: what its first record holds is trusted until the stretch before has been computed.
struct stretch {
    pthread_t thread;
    size_t first, end;
    unsigned char before[digest_bytes], after[digest_bytes];
};

static void *verify_stretch(void *argument) {
    struct stretch *self = argument;
    EVP_MD_CTX *hasher = make_hasher();
    unsigned char *block = memory(1, block_bytes);
    for (size_t index = self->first; index < self->end;) {
        size_t count = self->end - index, most = block_bytes / record_bytes;
        if (count > most) count = most;
        size_t wanted = count * record_bytes;
        errno = 0;
        if (pread(log_file, block, wanted, (off_t)index * record_bytes) != (ssize_t)wanted)
            stop("reading the log");
        if (index == self->first) {
            memcpy(self->before, block, digest_bytes);
            memcpy(self->after, block, digest_bytes);
        }
        for (size_t i = 0; i < count; i++) {
            const unsigned char *record = block + i * record_bytes;
            if (memcmp(record, self->after, digest_bytes)) stop("verifying a record");
            hash(hasher, record, self->after);
        }
        index += count;
    }
    EVP_MD_CTX_free(hasher);
    free(block);
    return NULL;
}

// Nothing waits for the disk here: what was just written is still in memory when it is read.
static void measure_verify(const char *directory) {
    char *path = make_inside(directory, "log");
    log_file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (log_file < 0) stop(path);
    unsigned char head[digest_bytes], expected[digest_bytes] = {0};
    write_log(head);
    struct stretch stretches[verifiers];
    uint64_t start = nanoseconds();
    for (int i = 0; i < verifiers; i++) {
        stretches[i].first = append_count * (size_t)i / verifiers;
        stretches[i].end = append_count * (size_t)(i + 1) / verifiers;
        errno = pthread_create(&stretches[i].thread, NULL, verify_stretch, &stretches[i]);
        if (errno) stop("starting a thread");
    }
    for (int i = 0; i < verifiers; i++) {
        pthread_join(stretches[i].thread, NULL);
        if (memcmp(stretches[i].before, expected, digest_bytes)) stop("joining the stretches");
        memcpy(expected, stretches[i].after, digest_bytes);
    }
    uint64_t elapsed = nanoseconds() - start;
    if (memcmp(expected, head, digest_bytes)) stop("comparing the last digest");
    printf("{\"records_per_second\":%.1f}\n", (double)append_count / ((double)elapsed / 1e9));
    close(log_file);
    free(path);
}

static int usage(void) {
    fprintf(stderr, "usage: ledger_floor file N CALLERS grow|prealloc DIRECTORY\n"
                    "       ledger_floor sqlite|verify N DIRECTORY\n");
    return 64;
}

int main(int argc, char **argv) {
    long count = argc > 2 ? atol(argv[2]) : 0;
    if (count < verifiers || count > records_max) return usage();
    append_count = (size_t)count;
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (!sha256) stop("finding SHA-256");
    latencies = memory(append_count, sizeof *latencies);
    if (!strcmp(argv[1], "file") && argc == 6) {
        callers = atoi(argv[3]);
        int prepared = !strcmp(argv[4], "prealloc");
        if (callers < 1 || callers > callers_max || (!prepared && strcmp(argv[4], "grow")))
            return usage();
        measure_file(prepared, argv[5]);
    } else if (!strcmp(argv[1], "sqlite") && argc == 4) {
        measure_sqlite(argv[3]);
    } else if (!strcmp(argv[1], "verify") && argc == 4) {
        measure_verify(argv[3]);
    } else {
        return usage();
    }
    return 0;
}
