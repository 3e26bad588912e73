// The least that two processes could do to speak to each other: frames of 1 KiB with a length in front
// over a pair of Unix sockets, answered with as many bytes; and the two flushes that a message cannot
// avoid that is durable at both ends.
//
//   plane_floor ping COUNT OUTSTANDING    prints p50_nanoseconds and per_second
//   plane_floor flush FOLDER COUNT        prints p50_nanoseconds of two appends, each flushed
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BYTES = 1024, FRAME = BYTES + 4, BUFFER = 64 * FRAME };

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static int compare(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

static void put(int socket, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t sent = write(socket, bytes, count);
        if (sent <= 0) exit(1);
        bytes += sent;
        count -= (size_t)sent;
    }
}

static void echo(int socket) {
    static char buffer[BUFFER];
    size_t have = 0;
    for (;;) {
        ssize_t came = read(socket, buffer + have, sizeof buffer - have);
        if (came <= 0) exit(0);
        have += (size_t)came;
        size_t whole = have / FRAME * FRAME;
        put(socket, buffer, whole);
        memmove(buffer, buffer + whole, have - whole);
        have -= whole;
    }
}

static void report(uint64_t *times, long count, uint64_t whole) {
    qsort(times, (size_t)count, sizeof *times, compare);
    printf(
        "{\"p50_nanoseconds\": %llu, \"p99_nanoseconds\": %llu, \"per_second\": %llu}\n",
        (unsigned long long)times[count / 2], (unsigned long long)times[count * 99 / 100],
        (unsigned long long)((double)count * 1e9 / (double)whole)
    );
}

static int ping(long count, long outstanding) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0) return 1;
    if (fork() == 0) {
        close(pair[0]);
        echo(pair[1]);
    }
    close(pair[1]);
    static char frame[FRAME], buffer[BUFFER];
    memset(frame, 'x', sizeof frame);
    uint64_t *starts = calloc((size_t)count, sizeof *starts);
    uint64_t *times = calloc((size_t)count, sizeof *times);
    long asked = 0, answered = 0;
    size_t have = 0;
    uint64_t began = now();
    while (answered < count) {
        while (asked < count && asked - answered < outstanding) {
            starts[asked++] = now();
            put(pair[0], frame, sizeof frame);
        }
        ssize_t came = read(pair[0], buffer, sizeof buffer);
        if (came <= 0) return 1;
        have += (size_t)came;
        for (; have >= FRAME; have -= FRAME) {
            times[answered] = now() - starts[answered];
            answered++;
        }
    }
    report(times, count, now() - began);
    return 0;
}

static int flush(const char *folder, long count) {
    if (chdir(folder) < 0) return 1;
    int files[2] = {
        open("one", O_WRONLY | O_CREAT | O_APPEND, 0600),
        open("other", O_WRONLY | O_CREAT | O_APPEND, 0600),
    };
    static char record[2 * BYTES];
    uint64_t *times = calloc((size_t)count, sizeof *times);
    uint64_t began = now();
    for (long index = 0; index < count; index++) {
        uint64_t start = now();
        for (int end = 0; end < 2; end++) {
            if (write(files[end], record, sizeof record) < 0 || fdatasync(files[end]) < 0) return 1;
        }
        times[index] = now() - start;
    }
    report(times, count, now() - began);
    return 0;
}

int main(int count, char **words) {
    if (count == 4 && strcmp(words[1], "ping") == 0) return ping(atol(words[2]), atol(words[3]));
    if (count == 4 && strcmp(words[1], "flush") == 0) return flush(words[2], atol(words[3]));
    return 64;
}
