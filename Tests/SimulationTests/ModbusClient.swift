import CModbus
import Glibc

/// A plain libmodbus client on loopback, for tests.
final class ModbusClient {
    private let context: OpaquePointer

    /// What a request came to.
    enum Answer: Equatable {
        case words([UInt16])
        /// A Modbus exception's code.
        case exception(Int32)
        /// An error number of the system.
        case failed(Int32)
    }

    /// Nil where the server cannot be reached.
    init?(port: UInt16) {
        guard let context = modbus_new_tcp("127.0.0.1", Int32(port)) else { return nil }
        modbus_set_response_timeout(context, 2, 0)
        guard modbus_connect(context) == 0 else {
            modbus_free(context)
            return nil
        }
        self.context = context
    }

    deinit {
        modbus_close(context)
        modbus_free(context)
    }

    func patience(milliseconds: UInt32) { modbus_set_response_timeout(context, 0, milliseconds * 1_000) }

    func read(unit: Int32, address: Int32, count: Int32) -> Answer {
        modbus_set_slave(context, unit)
        var words = [UInt16](repeating: 0, count: Int(count))
        return answer(modbus_read_registers(context, address, count, &words), words)
    }

    func readInput(unit: Int32, address: Int32) -> Answer {
        modbus_set_slave(context, unit)
        var words: [UInt16] = [0]
        return answer(modbus_read_input_registers(context, address, 1, &words), words)
    }

    func write(unit: Int32, address: Int32, value: UInt16) -> Answer {
        modbus_set_slave(context, unit)
        return answer(modbus_write_register(context, address, value), [])
    }

    /// Every write function that libmodbus has.
    func writeInEveryWay(unit: Int32) -> [Answer] {
        modbus_set_slave(context, unit)
        var word: UInt16 = 1
        var read: UInt16 = 0
        var bit: UInt8 = 1
        return [
            answer(modbus_write_bit(context, 0, 1), []),
            answer(modbus_write_register(context, 0, 1), []),
            answer(modbus_write_bits(context, 0, 1, &bit), []),
            answer(modbus_write_registers(context, 0, 1, &word), []),
            answer(modbus_mask_write_register(context, 0, 1, 1), []),
            answer(modbus_write_and_read_registers(context, 0, 1, &word, 0, 1, &read), []),
        ]
    }

    private func answer(_ status: Int32, _ words: [UInt16]) -> Answer {
        guard status < 0 else { return .words(words) }
        let number = errno
        let exception = number - Self.firstErrorNumber
        return (1..<20).contains(exception) ? .exception(exception) : .failed(number)
    }

    /// MODBUS_ENOBASE, a macro that Swift does not see.
    private static let firstErrorNumber: Int32 = 112_345_678
}
