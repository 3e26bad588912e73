import Crypto

extension BuiltinTable {
    /// Hashes and message authentication, in hexadecimal.
    ///
    /// MD5 and SHA-1 are here because policies compare what others have hashed with them.
    static let cryptoHashes: [Builtin] = [
        hash("crypto.md5", .md5),
        hash("crypto.sha1", .sha1),
        hash("crypto.sha256", .sha256),
        authentication("crypto.hmac.md5", .md5),
        authentication("crypto.hmac.sha1", .sha1),
        authentication("crypto.hmac.sha256", .sha256),
        authentication("crypto.hmac.sha512", .sha512),
        Builtin("crypto.hmac.equal", [.string, .string], .boolean) {
            arguments,
            context throws(BuiltinError) in
            let (one, two) = (try arguments.text(0), try arguments.text(1))
            try context.charge(hashing: one.count)
            return .bool(ConstantTime.equal(one.bytes, two.bytes))
        },
    ]

    private static func hash(_ name: String, _ hash: ForeignHash) -> Builtin {
        Builtin(name, [.string], .string) { arguments, context throws(BuiltinError) in
            let text = try arguments.text(0)
            try context.charge(hashing: text.count)
            try demand(hash)
            return .string(Text(hexadecimal: hash.of(text.bytes)))
        }
    }

    private static func demand(_ hash: ForeignHash) throws(BuiltinError) {
        guard hash.isOffered else { throw .failed("this machine does not offer \(hash)") }
    }

    private static func authentication(_ name: String, _ hash: ForeignHash) -> Builtin {
        Builtin(name, [.string, .string], .string) { arguments, context throws(BuiltinError) in
            let (message, key) = (try arguments.text(0), try arguments.text(1))
            try context.charge(hashing: message.count + key.count)
            try demand(hash)
            return .string(
                Text(hexadecimal: hash.authentication(of: message.bytes, key: key.bytes))
            )
        }
    }
}

extension BuiltinContext {
    /// Charges what hashing so many bytes takes: about a step for each block of 64, and a start.
    mutating func charge(hashing count: Int) throws(BuiltinError) {
        try charge(steps: 16 + count / 32)
    }

    /// Charges what reading keys and certificates takes, by the bytes that they stand in.
    mutating func charge(readingKeys count: Int) throws(BuiltinError) {
        try charge(bytes: 4 * count)
        try charge(steps: 1_000 + 8 * count)
    }
}

extension Text {
    /// Bytes as lower-case hexadecimal digits.
    init(hexadecimal bytes: [UInt8]) {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            for nibble in [byte >> 4, byte & 15] { out.append(nibble + (nibble < 10 ? 48 : 87)) }
        }
        self.init(out)
    }
}
