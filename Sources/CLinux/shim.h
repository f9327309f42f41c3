// What Linux offers and Swift's Glibc module does not show.
#include <sys/timex.h>
