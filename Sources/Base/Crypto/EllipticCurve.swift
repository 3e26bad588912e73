/// The curves of NIST that keys in other people's formats may lie on.
package enum EllipticCurve: CaseIterable, Hashable, Sendable {
    case p256
    case p384
    case p521

    /// The name in a JSON Web Key.
    package var name: String {
        switch self {
        case .p256: "P-256"
        case .p384: "P-384"
        case .p521: "P-521"
        }
    }

    /// The name in a key of OpenSSH.
    var nameInSSH: String {
        switch self {
        case .p256: "nistp256"
        case .p384: "nistp384"
        case .p521: "nistp521"
        }
    }

    /// How many bytes a coordinate has.
    package var coordinateByteCount: Int {
        switch self {
        case .p256: 32
        case .p384: 48
        case .p521: 66
        }
    }

    /// How many bytes an uncompressed point has: the mark 04 and two coordinates.
    var pointByteCount: Int { 1 + 2 * coordinateByteCount }

    /// The object identifier (RFC 5480 §2.1.1.1), without tag and length.
    var objectIdentifier: [UInt8] {
        switch self {
        case .p256: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]
        case .p384: [0x2b, 0x81, 0x04, 0x00, 0x22]
        case .p521: [0x2b, 0x81, 0x04, 0x00, 0x23]
        }
    }

    /// How many points the group has, which is how many nonces there are, less one.
    var order: [UInt8] {
        switch self {
        case .p256: EllipticCurve.orderOfP256
        case .p384: EllipticCurve.orderOfP384
        case .p521: EllipticCurve.orderOfP521
        }
    }

    // SEC 2 version 2, §2.4.2, §2.5.1 and §2.6.1.
    private static let orderOfP256 = bytes(
        "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
    )
    private static let orderOfP384 = bytes(
        "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf"
            + "581a0db248b0a77aecec196accc52973"
    )
    private static let orderOfP521 = bytes(
        "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
            + "fa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409"
    )

    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = hex.utf8.map { $0 < 58 ? $0 - 48 : $0 - 87 }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
