#define _GNU_SOURCE
#include "clinux_socket.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

static int address_of(const char *path, struct sockaddr_un *address) {
    size_t length = strlen(path);
    if (length > CLINUX_SOCKET_PATH_MAX) return -ENAMETOOLONG;
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(address->sun_path, path, length);
    return 0;
}

static int closing(int descriptor) {
    int error = errno;
    close(descriptor);
    return -error;
}

int clinux_socket_listen(const char *path, uint32_t mode, int backlog) {
    struct sockaddr_un address;
    int done = address_of(path, &address);
    if (done < 0) return done;
    int made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (made < 0) return -errno;
    if (fchmod(made, (mode_t)mode) < 0) return closing(made);
    if (bind(made, (const struct sockaddr *)&address, sizeof address) < 0) return closing(made);
    if (listen(made, backlog) < 0) return closing(made);
    return made;
}

int clinux_socket_accept(int listener) {
    for (;;) {
        int accepted = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (accepted >= 0) return accepted;
        if (errno != EINTR && errno != ECONNABORTED) return -errno;
    }
}

int clinux_socket_connect(const char *path) {
    struct sockaddr_un address;
    int done = address_of(path, &address);
    if (done < 0) return done;
    int made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (made < 0) return -errno;
    if (connect(made, (const struct sockaddr *)&address, sizeof address) < 0) return closing(made);
    return made;
}

int clinux_socket_pair(int pair[2]) {
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0 ? -errno : 0;
}

int64_t clinux_socket_send(
    int socket, const void *bytes, size_t count, const int *descriptors, size_t descriptor_count
) {
    if (descriptor_count > CLINUX_DESCRIPTORS_MAX) return -EMSGSIZE;
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int) * CLINUX_DESCRIPTORS_MAX)];
    } control = {0};
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = count};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (descriptor_count > 0) {
        size_t size = sizeof(int) * descriptor_count;
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(size);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(size);
        memcpy(CMSG_DATA(header), descriptors, size);
    }
    for (;;) {
        ssize_t sent = sendmsg(socket, &message, MSG_NOSIGNAL);
        if (sent >= 0) return sent;
        if (errno != EINTR) return -errno;
    }
}

int64_t clinux_socket_receive(
    int socket,
    void *buffer,
    size_t capacity,
    int *descriptors,
    size_t descriptor_capacity,
    size_t *descriptor_count
) {
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int) * CLINUX_DESCRIPTORS_MAX)];
    } control;
    struct iovec part = {.iov_base = buffer, .iov_len = capacity};
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = control.bytes,
        .msg_controllen = sizeof control.bytes,
    };
    *descriptor_count = 0;
    ssize_t received;
    do {
        received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    } while (received < 0 && errno == EINTR);
    if (received < 0) return -errno;
    int too_many = (message.msg_flags & MSG_CTRUNC) != 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header;
         header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t index = 0; index < count; index++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(header) + index * sizeof(int), sizeof descriptor);
            if (*descriptor_count < descriptor_capacity) {
                descriptors[(*descriptor_count)++] = descriptor;
            } else {
                close(descriptor);
                too_many = 1;
            }
        }
    }
    if (!too_many) return received;
    for (size_t index = 0; index < *descriptor_count; index++) close(descriptors[index]);
    *descriptor_count = 0;
    return -EMSGSIZE;
}

int64_t clinux_socket_read(int socket, void *buffer, size_t capacity) {
    for (;;) {
        ssize_t count = recv(socket, buffer, capacity, MSG_DONTWAIT);
        if (count >= 0) return count;
        if (errno != EINTR) return -errno;
    }
}

int64_t clinux_socket_write(int socket, const void *bytes, size_t count) {
    for (;;) {
        ssize_t sent = send(socket, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent >= 0) return sent;
        if (errno != EINTR) return -errno;
    }
}

int clinux_socket_finish(int socket) { return shutdown(socket, SHUT_WR) < 0 ? -errno : 0; }

int clinux_socket_peer(int socket, struct clinux_peer *peer) {
    struct ucred who;
    socklen_t size = sizeof who;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &who, &size) < 0) return -errno;
    *peer = (struct clinux_peer){.process = who.pid, .user = who.uid, .group = who.gid};
    return 0;
}

int clinux_socket_peer_process(int socket) {
    int descriptor = -1;
    socklen_t size = sizeof descriptor;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERPIDFD, &descriptor, &size) < 0) return -errno;
    return descriptor;
}
