/* What the wire is measured against: bare libmodbus loops, and devices that cost nothing to speak of. */
#ifndef AFTERCARE_WIRE_FLOOR_H
#define AFTERCARE_WIRE_FLOOR_H

#include <stdint.h>

/* What one loop did. */
struct wire_result {
    uint64_t reads;
    uint64_t failures;
    double seconds;
    /* Of the whole process. */
    double cpu_seconds;
};

/* Asks one device for `blocks` blocks of `registers`, block n at address n * 125, as fast as it goes. */
struct wire_result wire_floor_tcp(int port, int blocks, int registers, double seconds);

/* The same on a serial line 8N1, with 3.5 characters of silence between two frames. */
struct wire_result wire_floor_rtu(const char *path, int baud, int blocks, int registers, double seconds);

/* Asks `devices` TCP devices on ports from `port` on, each second, for `seconds` whole seconds. */
struct wire_result wire_floor_many(int port, int devices, int blocks, int registers, int seconds);

/* Processor time of this process so far, in seconds. */
double wire_cpu_seconds(void);

/* Forks a process that serves holding registers on `count` free TCP ports of 127.0.0.1 in a row; ends with its parent.
   Returns the first port, or -1. Call it before any thread is started. */
int wire_fork_tcp_devices(int count);

/* What a serial line has carried since it was made. */
struct wire_line_counts {
    volatile uint64_t busy_nanoseconds;
    volatile uint64_t answers;
    /* Requests that came before the line had been silent for 3.5 characters. */
    volatile uint64_t rude;
};

/* Forks a process that is a serial line with one device: every byte takes its true time at `baud`, 8N1, the device
   answers after `turn_around_nanoseconds`. Writes the path of the port into `path` (64 bytes). Returns the counts in
   shared memory, or NULL. */
struct wire_line_counts *wire_fork_line(int baud, int64_t turn_around_nanoseconds, char *path);

#endif
