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

    private static func contains(_ text: Text, _ other: Text) throws(BuiltinError) -> Bool {
        let outer = try block(text)
        if let address = InternetAddress(other.bytes) { return outer.contains(address) }
        guard let inner = NetworkBlock(other) else {
            throw .failed(
                "not a valid textual representation of an IP address or CIDR: \(other.string)"
            )
        }
        return outer.contains(inner)
    }

    // MARK: - Many with many

    private static func containsMatches(
        _ arguments: Arguments,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Value {
        let blocks = try matches(arguments, 0)
        let others = try matches(arguments, 1)
        var found: [Value] = []
        for (outer, outerName) in blocks {
            for (inner, innerName) in others {
                try context.charge(steps: 4)
                guard case .string(let outer) = outer, case .string(let inner) = inner else {
                    throw .operand(1, must: "string", got: "another type")
                }
                guard try contains(outer, inner) else { continue }
                try context.charge(values: 3)
                found.append(.array(ArrayValue([outerName, innerName])))
            }
        }
        return .set(SetValue(found))
    }

    /// The blocks of an argument, each with what names it in the result.
    private static func matches(
        _ arguments: Arguments,
        _ index: Int
    ) throws(BuiltinError) -> [(block: Value, name: Value)] {
        let pairs: [(element: Value, name: Value)] =
            switch arguments[index] {
            case .string: [(arguments[index], arguments[index])]
            case .array(let array): array.elements.enumerated().map { ($1, .integer($0)) }
            case .set(let set): set.elements.map { ($0, $0) }
            case .object(let object): object.members.map { ($0.value, $0.key) }
            default: []
            }
        var found: [(block: Value, name: Value)] = []
        for (element, name) in pairs {
            switch element {
            case .string: found.append((element, name))
            case .array(let tuple) where !tuple.isEmpty: found.append((tuple[0], name))
            default:
                throw .failed("operand \(index + 1): element must be string or non-empty array")
            }
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
