/* What Linux offers and Swift's Glibc module does not show. */
#include <stdint.h>
#include <sys/timex.h>
#include <time.h>

/* Nanoseconds of a clock; -1 where the kernel does not have it. `timespec` belongs to several Swift modules at once. */
static inline int64_t aftercare_clock_nanoseconds(clockid_t clock) {
    struct timespec time;
    if (clock_gettime(clock, &time) != 0) { return -1; }
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}
