/// What a certificate may be used for (RFC 5280 §4.2.1.12), numbered as policies know them.
package enum ExtendedKeyUsage: Int, CaseIterable, Hashable, Sendable {
    case any = 0
    case serverAuth
    case clientAuth
    case codeSigning
    case emailProtection
    case ipsecEndSystem
    case ipsecTunnel
    case ipsecUser
    case timeStamping
    case ocspSigning
    case microsoftServerGatedCrypto
    case netscapeServerGatedCrypto
    case microsoftCommercialCodeSigning
    case microsoftKernelCodeSigning

    /// The object identifier with dots.
    var path: String {
        switch self {
        case .any: "2.5.29.37.0"
        case .serverAuth: "1.3.6.1.5.5.7.3.1"
        case .clientAuth: "1.3.6.1.5.5.7.3.2"
        case .codeSigning: "1.3.6.1.5.5.7.3.3"
        case .emailProtection: "1.3.6.1.5.5.7.3.4"
        case .ipsecEndSystem: "1.3.6.1.5.5.7.3.5"
        case .ipsecTunnel: "1.3.6.1.5.5.7.3.6"
        case .ipsecUser: "1.3.6.1.5.5.7.3.7"
        case .timeStamping: "1.3.6.1.5.5.7.3.8"
        case .ocspSigning: "1.3.6.1.5.5.7.3.9"
        case .microsoftServerGatedCrypto: "1.3.6.1.4.1.311.10.3.3"
        case .netscapeServerGatedCrypto: "2.16.840.1.113730.4.1"
        case .microsoftCommercialCodeSigning: "1.3.6.1.4.1.311.2.1.22"
        case .microsoftKernelCodeSigning: "1.3.6.1.4.1.311.61.1.1"
        }
    }

    init?(_ identifier: ObjectIdentifier) {
        let path = identifier.description
        guard let found = ExtendedKeyUsage.allCases.first(where: { $0.path == path }) else {
            return nil
        }
        self = found
    }
}
