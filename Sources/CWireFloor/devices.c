#define _GNU_SOURCE
#include "wire_floor.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { most_sockets = 256, most_frame = 260 };

/* The register at an address: any content will do. */
static void put_registers(uint8_t *room, int address, int count) {
    for (int index = 0; index < count; index++) {
        room[2 * index] = (uint8_t)((address + index) >> 8);
        room[2 * index + 1] = (uint8_t)(address + index);
    }
}

/* One whole request in, one answer out; 0 when it is none that this device knows. */
static size_t answer_tcp(const uint8_t *request, uint8_t *answer) {
    int address = request[8] << 8 | request[9];
    int count = request[10] << 8 | request[11];
    if (request[7] != 3 || count < 1 || count > 125)
        return 0;
    memcpy(answer, request, 4);
    answer[4] = (uint8_t)((3 + 2 * count) >> 8);
    answer[5] = (uint8_t)(3 + 2 * count);
    answer[6] = request[6];
    answer[7] = 3;
    answer[8] = (uint8_t)(2 * count);
    put_registers(answer + 9, address, count);
    return (size_t)(9 + 2 * count);
}

static void serve_tcp(struct pollfd *sockets, int listeners) {
    int used = listeners;
    uint8_t request[most_frame], answer[most_frame];
    while (poll(sockets, (nfds_t)used, -1) > 0) {
        for (int index = 0; index < used; index++) {
            if (sockets[index].revents == 0)
                continue;
            if (index < listeners) {
                int on = 1, client = accept(sockets[index].fd, NULL, NULL);
                if (client < 0 || used == most_sockets) {
                    close(client);
                    continue;
                }
                setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                sockets[used].fd = client;
                sockets[used].events = POLLIN;
                sockets[used++].revents = 0;
                continue;
            }
            ssize_t length = recv(sockets[index].fd, request, sizeof request, 0);
            size_t answered = length == 12 ? answer_tcp(request, answer) : 0;
            if (answered == 0 || send(sockets[index].fd, answer, answered, MSG_NOSIGNAL) < 0) {
                close(sockets[index].fd);
                sockets[index--] = sockets[--used];
            }
        }
    }
    _exit(1);
}

static int listen_on(int port) {
    int on = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) == 0 && listen(listener, 8) == 0)
        return listener;
    close(listener);
    return -1;
}

int wire_fork_tcp_devices(int count) {
    struct pollfd sockets[most_sockets];
    for (int first = 20000; first < 60000; first += count) {
        int opened = 0;
        while (opened < count && (sockets[opened].fd = listen_on(first + opened)) >= 0) {
            sockets[opened].events = POLLIN;
            sockets[opened++].revents = 0;
        }
        if (opened == count) {
            if (fork() == 0) {
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                serve_tcp(sockets, count);
            }
            for (int index = 0; index < count; index++)
                close(sockets[index].fd);
            return first;
        }
        while (opened > 0)
            close(sockets[--opened].fd);
    }
    return -1;
}

static int64_t now_nanoseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void wait_until(int64_t instant) {
    struct timespec until = {(time_t)(instant / 1000000000), (long)(instant % 1000000000)};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

static uint16_t crc_of(const uint8_t *bytes, size_t count) {
    uint16_t crc = 0xFFFF;
    for (size_t index = 0; index < count; index++) {
        crc ^= bytes[index];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? (uint16_t)(crc >> 1 ^ 0xA001) : (uint16_t)(crc >> 1);
    }
    return crc;
}

static size_t answer_rtu(const uint8_t *request, uint8_t *answer) {
    int address = request[2] << 8 | request[3];
    int count = request[4] << 8 | request[5];
    uint16_t came = (uint16_t)(request[6] | request[7] << 8);
    if (request[0] != 1 || request[1] != 3 || count < 1 || count > 125 || crc_of(request, 6) != came)
        return 0;
    answer[0] = 1;
    answer[1] = 3;
    answer[2] = (uint8_t)(2 * count);
    put_registers(answer + 3, address, count);
    uint16_t crc = crc_of(answer, (size_t)(3 + 2 * count));
    answer[3 + 2 * count] = (uint8_t)crc;
    answer[4 + 2 * count] = (uint8_t)(crc >> 8);
    return (size_t)(5 + 2 * count);
}

static void serve_line(int line, int64_t character, int64_t turn_around, struct wire_line_counts *counts) {
    uint8_t request[64], answer[most_frame];
    int64_t last_end = 0;
    while (1) {
        size_t length = 0;
        while (length < 8) {
            ssize_t count = read(line, request + length, 8 - length);
            if (count <= 0)
                _exit(1);
            length += (size_t)count;
        }
        int64_t start = now_nanoseconds();
        if (start - last_end < 7 * character / 2)
            counts->rude++;
        size_t answered = answer_rtu(request, answer);
        if (answered == 0)
            continue;
        /* A terminal takes the request at once; on a wire its bytes need their time. */
        int64_t next = start + 8 * character + turn_around;
        for (size_t index = 0; index < answered; index++) {
            next += character;
            wait_until(next);
            if (write(line, answer + index, 1) != 1)
                _exit(1);
        }
        last_end = now_nanoseconds();
        counts->busy_nanoseconds += (uint64_t)((8 + (int64_t)answered) * character);
        counts->answers++;
    }
}

struct wire_line_counts *wire_fork_line(int baud, int64_t turn_around_nanoseconds, char *path) {
    struct wire_line_counts *counts =
        mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct termios raw;
    int line, port;
    memset(&raw, 0, sizeof raw);
    cfmakeraw(&raw);
    if (counts == MAP_FAILED || openpty(&line, &port, path, &raw, NULL) != 0)
        return NULL;
    /* The port stays open here, so that the line does not end when a client closes it. */
    if (fork() == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve_line(line, 10 * (int64_t)1000000000 / baud, turn_around_nanoseconds, counts);
    }
    close(line);
    return counts;
}
