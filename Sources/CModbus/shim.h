#include <errno.h>
#include <modbus/modbus.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* glibc declares it only for _GNU_SOURCE. */
extern int pthread_setname_np(pthread_t thread, const char *name);

/* Names the calling thread; at most 15 bytes. */
static inline int aftercare_name_this_thread(const char *name) { return pthread_setname_np(pthread_self(), name); }

/* Variadic in C, so out of Swift's reach: nobody else may open this terminal. */
static inline int aftercare_take_terminal(int fd) { return ioctl(fd, TIOCEXCL); }
static inline int aftercare_release_terminal(int fd) { return ioctl(fd, TIOCNXCL); }

/* Swift sees only the structure of the same name. */
static inline int aftercare_try_lock(int fd) { return flock(fd, LOCK_EX | LOCK_NB); }

/* Waits until `fd` is ready for `events`, and lowers `nanoseconds` by the time that took: the system call tells what is
 * left, and glibc's ppoll hides it. So an answer in pieces has one time limit, and nobody reads a clock for it. */
static inline int aftercare_wait(int fd, short events, int64_t *nanoseconds) {
    struct pollfd watched = {fd, events, 0};
    /* The kernel's own: two words of 64 bits on every machine with this call. */
    struct { int64_t seconds, rest; } left = {*nanoseconds / 1000000000, *nanoseconds % 1000000000};
#ifdef SYS_ppoll_time64
    long result = syscall(SYS_ppoll_time64, &watched, 1, &left, (void *)0, (size_t)8);
#else
    long result = syscall(SYS_ppoll, &watched, 1, &left, (void *)0, (size_t)8);
#endif
    *nanoseconds = left.seconds * 1000000000 + left.rest;
    return (int)result;
}
