/* Counts every allocation of the process, and the floor that the sample path is compared with. */
#include <stddef.h>
#include <stdint.h>

/* Calls of malloc, calloc, realloc and the aligned ones since the start. */
uint64_t aftercare_allocation_count(void);

/* What any sample path must do at least: make a double of each word and compare it with two limits.
   Returns how many values were outside. */
size_t aftercare_floor(const uint16_t *words, const double *scales, double *values, size_t count, double low, double high);
