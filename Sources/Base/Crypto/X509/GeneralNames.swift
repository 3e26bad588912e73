/// The names that a certificate is for, beside its subject (RFC 5280 §4.2.1.6).
package struct GeneralNames: Hashable, Sendable {
    /// Host names.
    package internal(set) var hosts: [String] = []

    /// Mail addresses.
    package internal(set) var mailboxes: [String] = []

    /// Addresses of machines, four or sixteen bytes each.
    package internal(set) var addresses: [[UInt8]] = []

    /// Identifiers such as those of SPIFFE.
    package internal(set) var identifiers: [String] = []

    /// Whether there is none of these kinds.
    package var isEmpty: Bool {
        hosts.isEmpty && mailboxes.isEmpty && addresses.isEmpty && identifiers.isEmpty
    }

    private enum Tag {
        static let mailbox = DERTag.implicit(1)
        static let host = DERTag.implicit(2)
        static let identifier = DERTag.implicit(6)
        static let address = DERTag.implicit(7)
    }

    /// No names.
    init() {}

    /// Reads names up to the end; `nil` where the bytes do not have their form.
    ///
    /// Kinds that nobody asks for are passed over.
    init?(_ reader: DERReader) {
        var reader = reader
        while !reader.isAtEnd {
            guard let element = reader.element(), take(element, addressBytes: [4, 16]) else {
                return nil
            }
        }
    }

    /// Reads the names that a constraint allows or forbids (RFC 5280 §4.2.1.10), where an address
    /// has a mask behind it.
    init?(subtrees reader: DERReader) {
        var reader = reader
        while !reader.isAtEnd {
            guard var subtree = reader.sequence(), let base = subtree.element(),
                subtree.isAtEnd, take(base, addressBytes: [8, 32])
            else { return nil }
        }
    }

    private mutating func take(_ element: DERReader.Element, addressBytes: [Int]) -> Bool {
        if element.tag == Tag.address {
            addresses.append(Array(element.content))
            return addressBytes.contains(element.content.count)
        }
        guard [Tag.mailbox, Tag.host, Tag.identifier].contains(element.tag) else { return true }
        guard element.content.allSatisfy({ $0 < 0x80 }) else { return false }
        let text = String(decoding: element.content, as: UTF8.self)
        switch element.tag {
        case Tag.mailbox: mailboxes.append(text)
        case Tag.host: hosts.append(text)
        default: identifiers.append(text)
        }
        return true
    }
}
