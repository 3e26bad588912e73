/// All addresses that begin with the same bits, written `10.0.0.0/8` (RFC 4632).
struct NetworkBlock: Hashable, Sendable {
    /// The first address, with zeros behind the prefix.
    let first: InternetAddress

    /// How many bits all addresses have in common.
    let prefix: Int

    /// The block of an address.
    init(_ address: InternetAddress, prefix: Int) {
        let mask = NetworkBlock.hostMask(address.bits - prefix)
        first = InternetAddress(number: address.number & ~mask, bits: address.bits)
        self.prefix = prefix
    }

    /// Reads a block; the address may have bits behind the prefix.
    init?(_ text: Text) {
        guard text.count <= 49 else { return nil }
        let bytes = text.bytes
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        let digits = bytes[(slash + 1)...]
        guard let (number, bits) = InternetAddress.parse(bytes[..<slash]),
            (1...3).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        let prefix = digits.reduce(0) { $0 * 10 + Int($1 - 48) }
        guard prefix <= bits else { return nil }
        let address = InternetAddress(number: number, bits: bits)
        if address.bits == bits {
            self.init(address, prefix: prefix)
        } else if prefix >= 96 {
            self.init(address, prefix: prefix - 96)
        } else {
            // So wide a block holds more than the addresses of version 4 that it is written with.
            let kept = number & ~NetworkBlock.hostMask(128 - prefix)
            self.init(InternetAddress(number: kept, bits: 128), prefix: prefix)
        }
    }

    /// The number of the last address.
    var lastNumber: UInt128 { first.number | NetworkBlock.hostMask(first.bits - prefix) }

    /// How many addresses there are, less one.
    var countLessOne: UInt128 { NetworkBlock.hostMask(first.bits - prefix) }

    /// Whether the address is one of the block.
    func contains(_ address: InternetAddress) -> Bool {
        address.bits == first.bits
            && address.number & ~NetworkBlock.hostMask(first.bits - prefix) == first.number
    }

    /// Whether all addresses of the other block are of this one.
    func contains(_ other: NetworkBlock) -> Bool {
        prefix <= other.prefix && contains(other.first)
    }

    /// The fewest blocks that hold the same addresses as these.
    static func merged(_ blocks: [NetworkBlock]) -> [NetworkBlock] {
        [32, 128].flatMap { bits in
            let ordered = blocks.filter { $0.first.bits == bits }
                .sorted { $0.first.number < $1.first.number }
            var ranges: [ClosedRange<UInt128>] = []
            for block in ordered {
                let next = block.first.number...block.lastNumber
                guard let open = ranges.last,
                    next.lowerBound <= open.upperBound
                        || next.lowerBound - 1 == open.upperBound
                else {
                    ranges.append(next)
                    continue
                }
                let end = max(open.upperBound, next.upperBound)
                ranges[ranges.count - 1] = open.lowerBound...end
            }
            return ranges.flatMap { covering($0, bits: bits) }
        }
    }

    /// The fewest blocks for a range: each the largest that begins there and fits.
    private static func covering(_ range: ClosedRange<UInt128>, bits: Int) -> [NetworkBlock] {
        var blocks: [NetworkBlock] = []
        var start = range.lowerBound
        while true {
            var free = min(start.trailingZeroBitCount, bits)
            while hostMask(free) > range.upperBound - start { free -= 1 }
            let address = InternetAddress(number: start, bits: bits)
            blocks.append(NetworkBlock(address, prefix: bits - free))
            let end = start + hostMask(free)
            if end >= range.upperBound { return blocks }
            start = end + 1
        }
    }

    /// So many ones at the end.
    private static func hostMask(_ count: Int) -> UInt128 {
        count >= 128 ? .max : (1 << UInt128(count)) - 1
    }
}

extension NetworkBlock: CustomStringConvertible {
    var description: String { "\(first)/\(prefix)" }
}
