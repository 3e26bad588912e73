extension BuiltinTable {
    /// What is asked of blocks of Internet addresses.
    static let networks: [Builtin] = [
        Builtin("net.cidr_contains", [.string, .string], .boolean) {
            arguments,
            context throws(BuiltinError) in
            let (block, other) = (try arguments.text(0), try arguments.text(1))
            try context.charge(steps: 4)
            return .bool(try contains(block, other))
        },
        // The old name, which existing libraries still call.
        Builtin("net.cidr_overlap", [.string, .string], .boolean) {
            arguments,
            context throws(BuiltinError) in
            let (block, other) = (try arguments.text(0), try arguments.text(1))
            try context.charge(steps: 4)
            return .bool(try contains(block, other))
        },
        Builtin("net.cidr_intersects", [.string, .string], .boolean) {
            arguments,
            context throws(BuiltinError) in
            try context.charge(steps: 4)
            let one = try block(try arguments.text(0))
            let two = try block(try arguments.text(1))
            return .bool(one.contains(two.first) || two.contains(one.first))
        },
        Builtin("net.cidr_is_valid", [.string], .boolean) { arguments, _ throws(BuiltinError) in
            guard case .string(let text) = arguments[0] else { return false }
            return .bool(NetworkBlock(text) != nil)
        },
        Builtin("net.cidr_contains_matches", [matchable, matchable], .set(of: .anyArray)) {
            arguments,
            context throws(BuiltinError) in
            try containsMatches(arguments, &context)
        },
        Builtin("net.cidr_expand", [.string], .set(of: .string)) {
            arguments,
            context throws(BuiltinError) in
            try expand(try arguments.text(0), &context)
        },
        Builtin("net.cidr_merge", [mergeable], .set(of: .string)) {
            arguments,
            context throws(BuiltinError) in
            try merge(arguments, &context)
        },
    ]

    private static let mergeable = TypeSchema.oneOf([.array(of: .string), .set(of: .string)])

    private static let matchable: TypeSchema = {
        let element = TypeSchema.oneOf([.string, .anyArray])
        return .oneOf([
            .string, .array(of: element), .set(of: element), .object(key: .any, value: element),
        ])
    }()

    private static func block(_ text: Text) throws(BuiltinError) -> NetworkBlock {
        guard let block = NetworkBlock(text) else {
            throw .failed("invalid CIDR address: \(text.string)")
        }
        return block
    }

    /// One address, or a block of them.
    private enum Addresses {
        case one(InternetAddress)
        case block(NetworkBlock)

        init(_ text: Text) throws(BuiltinError) {
            if let address = InternetAddress(text.bytes) {
                self = .one(address)
            } else if let block = NetworkBlock(text) {
                self = .block(block)
            } else {
                throw .failed(
                    "not a valid textual representation of an IP address or CIDR: \(text.string)"
                )
            }
        }

        func areIn(_ outer: NetworkBlock) -> Bool {
            switch self {
            case .one(let address): outer.contains(address)
            case .block(let block): outer.contains(block)
            }
        }
    }

    private static func contains(_ outer: Text, _ inner: Text) throws(BuiltinError) -> Bool {
        let outer = try block(outer)
        return try Addresses(inner).areIn(outer)
    }

    // MARK: - Many with many

    private static func containsMatches(
        _ arguments: Arguments,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Value {
        let outer = try matches(arguments, 0, &context)
        let inner = try matches(arguments, 1, &context)
        // A text is read only when there is something to compare it with.
        if outer.isEmpty || inner.isEmpty { return .set(.empty) }
        var blocks: [(NetworkBlock, name: Value)] = []
        for (text, name) in outer { blocks.append((try block(text), name)) }
        var others: [(Addresses, name: Value)] = []
        for (text, name) in inner { others.append((try Addresses(text), name)) }
        var found: [Value] = []
        for (block, outerName) in blocks {
            try context.charge(steps: others.count)
            for (addresses, innerName) in others where addresses.areIn(block) {
                try context.charge(values: 3)
                found.append(.array(ArrayValue([outerName, innerName])))
            }
        }
        return .set(SetValue(found))
    }

    /// The texts of an argument, each with what names it in the result.
    private static func matches(
        _ arguments: Arguments,
        _ index: Int,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> [(Text, name: Value)] {
        let pairs: [(element: Value, name: Value)] =
            switch arguments[index] {
            case .string: [(arguments[index], arguments[index])]
            case .array(let array): array.elements.enumerated().map { ($1, .integer($0)) }
            case .set(let set): set.elements.map { ($0, $0) }
            case .object(let object): object.members.map { ($0.value, $0.key) }
            default: []
            }
        try context.charge(steps: 8 * pairs.count)
        var found: [(Text, name: Value)] = []
        for (element, name) in pairs {
            var first = element
            if case .array(let tuple) = element, !tuple.isEmpty { first = tuple[0] }
            guard case .string(let text) = first else {
                throw .failed("operand \(index + 1): element must be string or non-empty array")
            }
            found.append((text, name))
        }
        return found
    }

    // MARK: - Whole sets

    private static func expand(
        _ text: Text,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Value {
        let block = try block(text)
        // A block that nobody could list is not begun.
        guard block.countLessOne < 1 << 40 else { throw .exhausted(.steps) }
        let count = Int(block.countLessOne) + 1
        try context.charge(values: count)
        try context.charge(bytes: count * 32)
        return .set(
            SetValue(
                (0..<count).map { offset in
                    let number = block.first.number + UInt128(offset)
                    return .text(
                        InternetAddress(number: number, bits: block.first.bits).description
                    )
                }
            )
        )
    }

    private static func merge(
        _ arguments: Arguments,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Value {
        let elements: [Value]
        switch arguments[0] {
        case .array(let array): elements = array.elements
        case .set(let set): elements = set.elements
        default: throw .failed("operand must be an array")
        }
        try context.charge(steps: 8 * elements.count)
        var blocks: [NetworkBlock] = []
        for element in elements {
            guard case .string(let text) = element else { throw .failed("element must be string") }
            blocks.append(try mergeable(text))
        }
        let merged = NetworkBlock.merged(blocks)
        try context.charge(values: merged.count)
        return .set(SetValue(merged.map { .text($0.description) }))
    }

    /// A block, or an address of version 4 with the prefix that its class once had (RFC 791).
    private static func mergeable(_ text: Text) throws(BuiltinError) -> NetworkBlock {
        guard let address = InternetAddress(text.bytes) else { return try block(text) }
        guard address.bits == 32 else { throw .failed("IPv6 invalid: needs prefix length") }
        switch address.number >> 24 {
        case 0..<128: return NetworkBlock(address, prefix: 8)
        case 128..<192: return NetworkBlock(address, prefix: 16)
        case 192..<224: return NetworkBlock(address, prefix: 24)
        default: throw .failed("IPv4 invalid: needs prefix length")
        }
    }
}
