// Unix sockets of kind SOCK_STREAM. A descriptor that a function returns belongs to the caller.
#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
    CLINUX_SOCKET_PATH_MAX = 107,  // sizeof sun_path less the NUL.
    CLINUX_DESCRIPTORS_MAX = 64,   // In one message; the kernel's own limit is 253.
};

struct clinux_peer {
    int32_t process;
    uint32_t user;
    uint32_t group;
};

// socket · fchmod (so that the name never exists with another mode) · bind · listen.
// ENAMETOOLONG over CLINUX_SOCKET_PATH_MAX bytes.
int clinux_socket_listen(const char *path, uint32_t mode, int backlog);

// accept4(SOCK_CLOEXEC), again after EINTR and ECONNABORTED. A listener that does not block says
// EAGAIN.
int clinux_socket_accept(int listener);

// socket · connect
int clinux_socket_connect(const char *path);

// socketpair(SOCK_CLOEXEC)
int clinux_socket_pair(int pair[2]);

// sendmsg(MSG_NOSIGNAL), SCM_RIGHTS with the first byte. The descriptors stay the caller's. Returns
// the byte count, which may be less than asked.
int64_t clinux_socket_send(
    int socket, const void *bytes, size_t count, const int *descriptors, size_t descriptor_count
);

// recvmsg(MSG_CMSG_CLOEXEC). Up to `descriptor_capacity` received descriptors, which then belong to
// the caller, are stored; EMSGSIZE, with everything received closed, where there were more. Returns
// the byte count, 0 at the end.
int64_t clinux_socket_receive(
    int socket,
    void *buffer,
    size_t capacity,
    int *descriptors,
    size_t descriptor_capacity,
    size_t *descriptor_count
);

// recv(MSG_DONTWAIT): EAGAIN where nothing is there. Descriptors that somebody sends are never made:
// the kernel drops what it has no room to tell of.
int64_t clinux_socket_read(int socket, void *buffer, size_t capacity);

// send(MSG_DONTWAIT|MSG_NOSIGNAL): EAGAIN where there is no room.
int64_t clinux_socket_write(int socket, const void *bytes, size_t count);

// shutdown(SHUT_WR)
int clinux_socket_finish(int socket);

// SO_PEERCRED: who connected. On a socketpair it names the one that made the pair.
int clinux_socket_peer(int socket, struct clinux_peer *peer);

// SO_PEERPIDFD: a pidfd of who connected. ENOPROTOOPT before Linux 6.5.
int clinux_socket_peer_process(int socket);
