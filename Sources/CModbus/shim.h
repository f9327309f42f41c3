#include <errno.h>
#include <modbus/modbus.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
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

/* The clock by which a thread waits for its next job, nanoseconds. Deadlines on it are of use to that thread alone. */
static inline int64_t aftercare_thread_time(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* A condition that is waited for by that clock; 0, or an error number. */
static inline int aftercare_init_condition(pthread_cond_t *condition) {
    pthread_condattr_t attributes;
    int result = pthread_condattr_init(&attributes);
    if (result != 0) { return result; }
    result = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    if (result == 0) { result = pthread_cond_init(condition, &attributes); }
    pthread_condattr_destroy(&attributes);
    return result;
}

/* Waits for the condition, at most until then. */
static inline void aftercare_wait_condition(pthread_cond_t *condition, pthread_mutex_t *mutex, int64_t deadline) {
    struct timespec until = {(time_t)(deadline / 1000000000), (long)(deadline % 1000000000)};
    pthread_cond_timedwait(condition, mutex, &until);
}

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
