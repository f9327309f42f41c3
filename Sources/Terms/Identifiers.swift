/// A site: one home, as the configuration names it.
package struct SiteID: Hashable, Sendable, CustomStringConvertible {
    package let text: String
    package init(_ text: String) { self.text = text }
    package var description: String { text }
}

/// A device as the configuration names it: `hybrid`, `pack-1`. Unique within a site.
package struct DeviceName: Hashable, Sendable, CustomStringConvertible {
    package let text: String
    package init(_ text: String) { self.text = text }
    package var description: String { text }
}

/// A ticket: the site's id, a dot and a number that counts from 1 (`home-1.3`). Never used twice.
package struct TicketID: Hashable, Sendable, CustomStringConvertible {
    package let text: String
    package init(_ text: String) { self.text = text }
    package init(site: SiteID, number: Int) { text = "\(site.text).\(number)" }
    package var description: String { text }

    /// The number after the last dot; nil where the text has none, or one that is not written as tickets write it.
    package var number: Int? {
        guard let dot = text.lastIndex(of: "."), let number = Int(text[text.index(after: dot)...]), number > 0,
            text.hasSuffix(".\(number)")
        else { return nil }
        return number
    }
}

/// An order: a purchase from the request to the delivery (`home-1-o.2`). Never used twice.
package struct OrderID: Hashable, Sendable, CustomStringConvertible {
    package let text: String
    package init(_ text: String) { self.text = text }
    package var description: String { text }
}

/// What makes two faults the same: the site, the device's serial (else its configured name) and the fault code.
/// The cell or probe belongs to the occurrence, never to the key.
package struct FaultKey: Hashable, Sendable, CustomStringConvertible {
    package let site: String
    package let device: String
    package let code: String

    package init(site: SiteID, device: String, code: FaultCode) {
        self.site = site.text
        self.device = device
        self.code = code.text
    }

    /// Reads `site/device/code`. Site and code cannot hold a slash; the device may, as serials do.
    package init?(text: String) {
        guard let first = text.firstIndex(of: "/"), let last = text.lastIndex(of: "/"), first < last else { return nil }
        site = String(text[..<first])
        device = String(text[text.index(after: first)..<last])
        code = String(text[text.index(after: last)...])
        guard !site.isEmpty, !device.isEmpty, !code.isEmpty else { return nil }
    }

    package var description: String { "\(site)/\(device)/\(code)" }
}

/// What is wrong, as a ticket names it: `overTemperature`, `dataLost`, or a maker's alarm (`goodwe.gridFault`).
package struct FaultCode: Hashable, Sendable, CustomStringConvertible {
    package let text: String
    package init(_ text: String) { self.text = text }
    package var description: String { text }
}
