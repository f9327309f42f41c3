import CModbus
import Glibc

/// The server's thread: waits on the listening socket and its clients, and answers one request at a time.
///
/// libmodbus carries one connection in a context, so the context is lent to the client whose request is due.
final class ServerLoop {
    let port: UInt16
    private let desk: ServerDesk
    private let wakeDescriptor: Int32
    private let context: OpaquePointer
    private let listener: Int32
    private var clients: [Int32] = []

    static let largestClientCount = 8
    /// libmodbus waits with select(2), whose sets end here.
    private static let descriptorLimit: Int32 = 1_024
    /// A client that stops in the middle of a request holds up the others for this long a byte.
    private static let byteTimeoutMicroseconds: UInt32 = 20_000
    private static let illegalFunction = UInt32(MODBUS_EXCEPTION_ILLEGAL_FUNCTION)
    private static let noAnswerFromTarget = UInt32(MODBUS_EXCEPTION_GATEWAY_TARGET)
    private static let writeFunctions: Set<UInt8> = [5, 6, 15, 16, 21, 22, 23]

    init(desk: ServerDesk, port: UInt16, wakeDescriptor: Int32) throws(ServerFailure) {
        guard let context = modbus_new_tcp("127.0.0.1", Int32(port)) else {
            throw ServerFailure(step: .context, errorNumber: errno)
        }
        let listener = modbus_tcp_listen(context, Int32(Self.largestClientCount))
        guard listener >= 0 else {
            let number = errno
            modbus_free(context)
            throw ServerFailure(step: .listen, errorNumber: number)
        }
        modbus_set_byte_timeout(context, 0, Self.byteTimeoutMicroseconds)
        // libmodbus waits this long before it refuses a malformed request.
        modbus_set_response_timeout(context, 0, 1_000)
        self.desk = desk
        self.wakeDescriptor = wakeDescriptor
        self.context = context
        self.listener = listener
        self.port = Self.localPort(of: listener)
    }

    deinit {
        for client in clients { close(client) }
        close(listener)
        // Otherwise the context would close a descriptor that is no longer its own.
        modbus_set_socket(context, -1)
        modbus_free(context)
    }

    /// Serves until the wake-up descriptor says stop.
    func run() {
        while true {
            var waits = [pollfd(fd: wakeDescriptor, events: Int16(POLLIN), revents: 0)]
            let hasRoom = clients.count < Self.largestClientCount
            waits.append(pollfd(fd: hasRoom ? listener : -1, events: Int16(POLLIN), revents: 0))
            for client in clients { waits.append(pollfd(fd: client, events: Int16(POLLIN), revents: 0)) }
            if poll(&waits, nfds_t(waits.count), -1) < 0 {
                if errno == EINTR { continue }
                return
            }
            if waits[0].revents != 0 { return }
            for wait in waits.dropFirst(2) where wait.revents != 0 { serve(wait.fd) }
            if waits[1].revents != 0 { admit() }
        }
    }

    private func admit() {
        let client = accept(listener, nil, nil)
        guard client >= 0 else { return }
        guard client < Self.descriptorLimit, fcntl(client, F_SETFD, FD_CLOEXEC) == 0 else {
            close(client)
            return
        }
        var isOn: Int32 = 1
        setsockopt(client, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<Int32>.size))
        // A client that never reads its answers is dropped instead of holding up the others.
        var patience = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        clients.append(client)
    }

    private func serve(_ client: Int32) {
        var request = [UInt8](repeating: 0, count: Int(MODBUS_TCP_MAX_ADU_LENGTH))
        modbus_set_socket(context, client)
        let length = modbus_receive(context, &request)
        guard length >= 0, length == 0 || reply(to: request, length: length) >= 0 else {
            close(client)
            clients.removeAll { $0 == client }
            return
        }
    }

    /// What libmodbus's reply functions return: -1 where the answer could not be sent, 0 for silence.
    private func reply(to request: [UInt8], length: Int32) -> Int32 {
        let headerLength = Int(modbus_get_header_length(context))
        let unit = request[headerLength - 1]
        let function = request[headerLength]
        if Self.writeFunctions.contains(function) { desk.countRefusedWrite() }
        let registers = desk.registers
        guard !registers.silentUnits.contains(unit) else { return 0 }
        guard let block = registers.blocks[unit] else {
            return modbus_reply_exception(context, request, Self.noAnswerFromTarget)
        }
        guard function == 3 else { return modbus_reply_exception(context, request, Self.illegalFunction) }
        return replyRegisters(of: block, to: request, length: length)
    }

    private func replyRegisters(of block: RegisterBlock, to request: [UInt8], length: Int32) -> Int32 {
        let mapping = modbus_mapping_new_start_address(
            0, 0, 0, 0, UInt32(block.firstAddress), UInt32(block.words.count), 0, 0)
        guard let mapping else { return -1 }
        defer { modbus_mapping_free(mapping) }
        for (place, word) in block.words.enumerated() { mapping.pointee.tab_registers[place] = word }
        // Counted before it is sent: whoever has the answer finds it counted.
        if isInside(block, request) { desk.countAnsweredRead() }
        return modbus_reply(context, request, length, mapping)
    }

    /// Whether a request for registers asks for 1 to 125 of those that exist.
    private func isInside(_ block: RegisterBlock, _ request: [UInt8]) -> Bool {
        let start = Int(modbus_get_header_length(context)) + 1
        let address = Int(request[start]) << 8 | Int(request[start + 1])
        let count = Int(request[start + 2]) << 8 | Int(request[start + 3])
        return (1...Int(MODBUS_MAX_READ_REGISTERS)).contains(count) && address >= block.firstAddress
            && address + count <= block.firstAddress + block.words.count
    }

    private static func localPort(of socket: Int32) -> UInt16 {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &size) }
        }
        return status == 0 ? UInt16(bigEndian: address.sin_port) : 0
    }
}
