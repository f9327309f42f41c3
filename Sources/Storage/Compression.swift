internal import CZlib

/// The bytes as a zlib stream (RFC 1950); nil where that saves nothing.
func compressed(_ bytes: [UInt8]) -> [UInt8]? {
    guard !bytes.isEmpty else { return nil }
    var count = compressBound(uLong(bytes.count))
    var packed = [UInt8](repeating: 0, count: Int(count))
    // The default level: the best one takes thrice the time and saves a few percent.
    guard compress2(&packed, &count, bytes, uLong(bytes.count), Z_DEFAULT_COMPRESSION) == Z_OK,
        Int(count) < bytes.count
    else { return nil }
    return Array(packed.prefix(Int(count)))
}

/// What a zlib stream holds; nil unless that is exactly `count` bytes, of which there may be 16 MiB.
func decompressed(_ packed: [UInt8], to count: Int) -> [UInt8]? {
    guard (1...16 * 1_024 * 1_024).contains(count) else { return nil }
    var bytes = [UInt8](repeating: 0, count: count)
    var written = uLongf(count)
    guard uncompress(&bytes, &written, packed, uLong(packed.count)) == Z_OK, Int(written) == count else { return nil }
    return bytes
}
