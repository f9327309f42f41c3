#include <zlib.h>

/* A macro in C, so out of Swift's reach. 15 bits of window, and 16: a gzip header and its checksum, nothing else. */
static inline int aftercare_begin_gunzip(z_stream *stream) { return inflateInit2(stream, 15 + 16); }
