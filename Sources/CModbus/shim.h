#include <errno.h>
#include <modbus/modbus.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/ioctl.h>

/* glibc declares it only for _GNU_SOURCE. */
extern int pthread_setname_np(pthread_t thread, const char *name);

/* Names the calling thread; at most 15 bytes. */
static inline int aftercare_name_this_thread(const char *name) { return pthread_setname_np(pthread_self(), name); }

/* Variadic in C, so out of Swift's reach: nobody else may open this terminal. */
static inline int aftercare_take_terminal(int fd) { return ioctl(fd, TIOCEXCL); }
static inline int aftercare_release_terminal(int fd) { return ioctl(fd, TIOCNXCL); }

/* Swift sees only the structure of the same name. */
static inline int aftercare_try_lock(int fd) { return flock(fd, LOCK_EX | LOCK_NB); }

/* Sums of macros, which Swift does not import. */
static const int aftercare_bad_crc = EMBBADCRC;
static const int aftercare_bad_data = EMBBADDATA;
