/* Tells ThreadSanitizer of the half of a Mutex that it cannot see.
 *
 * The quick ways of Swift's Mutex lie in the program and are instrumented; those of a lock that is taken lie in
 * libswiftSynchronization.so, which is not, so what one thread wrote under the lock would look unordered to the next.
 * Loaded before the program (LD_PRELOAD, make sanitize); in a program without ThreadSanitizer it changes nothing. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

typedef void (*note)(void *);
typedef SWIFT void (*locking)(uint32_t thread, SELF void *mutex);
typedef SWIFT void (*unlocking)(SELF void *mutex);

static void tell(const char *name, void *mutex) {
    note known = (note)dlsym(RTLD_DEFAULT, name);
    if (known) known(mutex);
}

/* Synchronization._MutexHandle._lockSlow(UInt32) */
SWIFT void lock_slow(uint32_t thread, SELF void *mutex) __asm__("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");

SWIFT void lock_slow(uint32_t thread, SELF void *mutex) {
    ((locking)dlsym(RTLD_NEXT, "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"))(thread, mutex);
    tell("__tsan_acquire", mutex);
}

/* Synchronization._MutexHandle._unlockSlow() */
SWIFT void unlock_slow(SELF void *mutex) __asm__("$s15Synchronization12_MutexHandleV11_unlockSlowyyF");

SWIFT void unlock_slow(SELF void *mutex) {
    tell("__tsan_release", mutex);
    ((unlocking)dlsym(RTLD_NEXT, "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"))(mutex);
}
