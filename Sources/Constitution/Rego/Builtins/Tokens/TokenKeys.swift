import Canon
import Crypto

/// The keys with which a token is verified: one out of a PEM block, or those of a JSON Web Key set.
struct TokenKeys {
    private let keys: [JSONWebKey]

    /// Reads a certificate, a public key or a JSON Web Key (set).
    init(_ text: Text) throws(BuiltinError) {
        let bytes = text.bytes
        guard let (block, rest) = PEMBlock.first(in: bytes[...]) else {
            keys = try TokenKeys.webKeys(bytes)
            return
        }
        guard rest.isEmpty else { throw .failed("extra data after a PEM certificate block") }
        keys = [JSONWebKey(publicKey: try TokenKeys.publicKey(block))]
    }

    private static func publicKey(_ block: PEMBlock) throws(BuiltinError) -> ForeignPublicKey {
        switch block.label {
        case "CERTIFICATE":
            do {
                return try Certificate(der: block.bytes).publicKey
            } catch {
                throw .failed("failed to parse a PEM certificate: \(error.description)")
            }
        case "PUBLIC KEY":
            do {
                return try ForeignPublicKey(spki: block.bytes)
            } catch {
                throw .failed("failed to parse a PEM public key: \(error.description)")
            }
        default: throw .failed("failed to extract a Key from the PEM certificate")
        }
    }

    /// A key for an algorithm that is not one of signatures is left out, and one for encryption that
    /// names no algorithm at all.
    private static func webKeys(_ bytes: [UInt8]) throws(BuiltinError) -> [JSONWebKey] {
        do {
            return try JSONWebKey.keys(in: JSONValue(parsing: bytes)).filter { key in
                guard let name = key.algorithm else { return key.use != "enc" }
                return SigningAlgorithm(rawValue: name) != nil
            }
        } catch {
            throw .failed("failed to parse a JWK key (set): \(error)")
        }
    }

    /// Whether one of the keys has signed.
    ///
    /// If a key has the identifier that the header names, it is the only one asked; a key that is
    /// for one algorithm is never asked about another.
    func verify(
        _ signature: [UInt8],
        of message: [UInt8],
        algorithm: SigningAlgorithm,
        header: TokenHeader,
        _ context: inout BuiltinContext
    ) throws(BuiltinError) -> Bool {
        let named = header.keyIdentifier.flatMap { identifier in
            keys.first { $0.identifier.map { Text($0) } == identifier }
        }
        for key in named.map({ [$0] }) ?? keys {
            if let only = key.algorithm, header.algorithm != Text(only) { continue }
            try context.charge(hashing: message.count)
            switch key.material {
            case .secret(let secret):
                if TokenKeys.isAuthentic(signature, of: message, algorithm, secret) { return true }
            case .publicKey(let key):
                try context.charge(steps: key.weight)
                if key.verifies(signature, of: message, algorithm: algorithm) { return true }
            case .privateKey(let key):
                try context.charge(steps: key.publicKey.weight)
                if key.publicKey.verifies(signature, of: message, algorithm: algorithm) {
                    return true
                }
            }
        }
        return false
    }

    /// Whether somebody who knows the secret has signed.
    static func isAuthentic(
        _ signature: [UInt8],
        of message: [UInt8],
        _ algorithm: SigningAlgorithm,
        _ secret: [UInt8]
    ) -> Bool {
        guard algorithm.family == .secret else { return false }
        let wanted = algorithm.hash.authentication(of: message, key: secret)
        return ConstantTime.equal(signature, wanted)
    }
}
