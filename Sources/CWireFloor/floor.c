#define _GNU_SOURCE
#include "wire_floor.h"

#include <errno.h>
#include <modbus/modbus.h>
#include <stdlib.h>
#include <time.h>

static double now_seconds(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

double wire_cpu_seconds(void) { return now_seconds(CLOCK_PROCESS_CPUTIME_ID); }

static void wait_until(double instant) {
    struct timespec until = {(time_t)instant, (long)((instant - (double)(time_t)instant) * 1e9)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {
    }
}

static void read_blocks(modbus_t *context, int blocks, int registers, double silence, struct wire_result *result) {
    uint16_t words[125];
    for (int block = 0; block < blocks; block++) {
        if (modbus_read_registers(context, block * 125, registers, words) == registers)
            result->reads++;
        else
            result->failures++;
        if (silence > 0)
            wait_until(now_seconds(CLOCK_MONOTONIC) + silence);
    }
}

static modbus_t *connected(modbus_t *context) {
    if (context == NULL)
        return NULL;
    modbus_set_slave(context, 1);
    modbus_set_response_timeout(context, 5, 0);
    if (modbus_connect(context) == 0)
        return context;
    modbus_free(context);
    return NULL;
}

static struct wire_result run(modbus_t *context, int blocks, int registers, double silence, double seconds) {
    struct wire_result result = {0, 0, 0, 0};
    if (context == NULL) {
        result.failures = 1;
        return result;
    }
    double cpu = wire_cpu_seconds();
    double start = now_seconds(CLOCK_MONOTONIC);
    while (now_seconds(CLOCK_MONOTONIC) - start < seconds)
        read_blocks(context, blocks, registers, silence, &result);
    result.seconds = now_seconds(CLOCK_MONOTONIC) - start;
    result.cpu_seconds = wire_cpu_seconds() - cpu;
    modbus_close(context);
    modbus_free(context);
    return result;
}

struct wire_result wire_floor_tcp(int port, int blocks, int registers, double seconds) {
    return run(connected(modbus_new_tcp("127.0.0.1", port)), blocks, registers, 0, seconds);
}

struct wire_result wire_floor_rtu(const char *path, int baud, int blocks, int registers, double seconds) {
    double silence = 3.5 * 10.0 / baud;
    return run(connected(modbus_new_rtu(path, baud, 'N', 8, 1)), blocks, registers, silence, seconds);
}

struct wire_result wire_floor_many(int port, int devices, int blocks, int registers, int seconds) {
    struct wire_result result = {0, 0, 0, 0};
    modbus_t **contexts = calloc((size_t)devices, sizeof *contexts);
    for (int device = 0; device < devices; device++)
        contexts[device] = connected(modbus_new_tcp("127.0.0.1", port + device));
    double cpu = wire_cpu_seconds();
    double start = now_seconds(CLOCK_MONOTONIC);
    for (int second = 0; second < seconds; second++) {
        wait_until(start + second);
        for (int device = 0; device < devices; device++) {
            if (contexts[device] != NULL)
                read_blocks(contexts[device], blocks, registers, 0, &result);
            else
                result.failures++;
        }
    }
    wait_until(start + seconds);
    result.seconds = now_seconds(CLOCK_MONOTONIC) - start;
    result.cpu_seconds = wire_cpu_seconds() - cpu;
    for (int device = 0; device < devices; device++) {
        if (contexts[device] == NULL)
            continue;
        modbus_close(contexts[device]);
        modbus_free(contexts[device]);
    }
    free(contexts);
    return result;
}
