import COpenSSL
package import Canon

/// The way from a certificate that is trusted to one that is shown (RFC 5280 §6).
package struct CertificateChain: Sendable {
    /// How many certificates a chain may have.
    package static let lengthMax = 16

    /// The certificates, from the one that was shown to the one that is trusted.
    package let certificates: [Certificate]

    /// What is asked of a chain.
    package struct Question: Sendable {
        /// The moment at which all of it must be valid.
        package var moment: Timestamp

        /// The host name or address that the certificate must be for, or `nil` for any.
        package var host: String?

        /// What the certificate must be for: one of these is enough.
        package var usages: [ExtendedKeyUsage]

        /// Asks for a server's certificate at a moment.
        package init(
            moment: Timestamp,
            host: String? = nil,
            usages: [ExtendedKeyUsage] = [.serverAuth]
        ) {
            self.moment = moment
            self.host = host
            self.usages = usages
        }
    }

    /// Finds the way from a certificate to the one that is trusted.
    ///
    /// The trusted one need not have signed itself. Hashes and keys of less than 80 bits of strength
    /// are refused, which ends SHA-1, MD5 and RSA below 1,024 bits. A name in the subject is never
    /// taken for a host name.
    package init(
        of leaf: Certificate,
        through intermediates: [Certificate],
        to root: Certificate,
        asking question: Question
    ) throws(CryptoFault) {
        guard intermediates.count + 2 <= CertificateChain.lengthMax else {
            throw .certificateUntrusted(
                reason: "more than \(CertificateChain.lengthMax) certificates were given"
            )
        }
        let search = try ChainSearch(leaf: leaf, intermediates: intermediates, root: root)
        let found = try search.run(question)
        var certificates: [Certificate] = []
        for der in found { certificates.append(try Certificate(der: der)) }
        guard CertificateChain.allows(certificates, usages: question.usages) else {
            throw .certificateUntrusted(reason: "it is not made for the use that is asked for")
        }
        guard !CertificateChain.hidesExcludedName(certificates) else {
            throw .certificateUntrusted(reason: "a wildcard stands for a name that is excluded")
        }
        self.certificates = certificates
    }

    /// Whether one of the uses is allowed by every certificate that restricts its use.
    private static func allows(_ chain: [Certificate], usages: [ExtendedKeyUsage]) -> Bool {
        guard !usages.isEmpty, !usages.contains(.any) else { return true }
        var left = usages
        for profile in chain.map(\.profile) {
            let isUnrestricted =
                profile.extendedKeyUsages.isEmpty && profile.unknownExtendedKeyUsages.isEmpty
            if isUnrestricted || profile.extendedKeyUsages.contains(.any) { continue }
            left.removeAll { !profile.extendedKeyUsages.contains($0) }
        }
        return !left.isEmpty
    }

    /// Whether a name such as `*.example.org` stands for `x.example.org`, which an authority above may
    /// not certify.
    ///
    /// OpenSSL compares the two as they are written and sees nothing in common.
    private static func hidesExcludedName(_ chain: [Certificate]) -> Bool {
        for (depth, authority) in chain.enumerated() {
            for excluded in authority.profile.excludedNames.hosts {
                // What is left of it behind its first label, with the dot.
                let rest = excluded.utf8.drop { $0 != UInt8(ascii: ".") }
                let wildcard = "*" + String(Substring(rest)).lowercased()
                let names = chain[..<depth].flatMap(\.profile.names.hosts)
                if rest.count > 1, names.contains(where: { $0.lowercased() == wildcard }) {
                    return true
                }
            }
        }
        return false
    }
}

/// One search for a chain inside OpenSSL, which it owns until it is done.
@safe private struct ChainSearch: ~Copyable {
    private let store: OpaquePointer
    private let untrusted: OpaquePointer
    private let intermediates: [CertificateHandle]
    private let leaf: CertificateHandle

    init(
        leaf: Certificate,
        intermediates: [Certificate],
        root: Certificate
    ) throws(CryptoFault) {
        let shown = try CertificateHandle(leaf)
        let trusted = try CertificateHandle(root)
        var handles: [CertificateHandle] = []
        for certificate in intermediates { handles.append(try CertificateHandle(certificate)) }
        guard let store = unsafe X509_STORE_new(), let stack = unsafe OPENSSL_sk_new_null() else {
            preconditionFailure("OpenSSL could not make a store: the memory is exhausted.")
        }
        // The store takes references of its own; the stack only points at what is held here.
        unsafe X509_STORE_add_cert(store, trusted.pointer)
        for handle in handles { unsafe OPENSSL_sk_push(stack, UnsafeRawPointer(handle.pointer)) }
        unsafe self.store = store
        unsafe untrusted = stack
        self.intermediates = handles
        self.leaf = shown
    }

    deinit {
        unsafe OPENSSL_sk_free(untrusted)
        unsafe X509_STORE_free(store)
        ERR_clear_error()
    }

    /// The chain in DER, the leaf first.
    func run(_ question: CertificateChain.Question) throws(CryptoFault) -> [[UInt8]] {
        guard let context = unsafe X509_STORE_CTX_new() else {
            preconditionFailure("OpenSSL could not make a context: the memory is exhausted.")
        }
        defer { unsafe X509_STORE_CTX_free(context) }
        guard unsafe X509_STORE_CTX_init(context, store, leaf.pointer, untrusted) == 1,
            let parameters = unsafe X509_STORE_CTX_get0_param(context)
        else { preconditionFailure("OpenSSL could not begin to verify a certificate.") }
        let flags = X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_POLICY_CHECK
        unsafe X509_VERIFY_PARAM_set_flags(parameters, UInt(flags))
        unsafe X509_VERIFY_PARAM_set_time(parameters, Int(question.moment.seconds))
        unsafe X509_VERIFY_PARAM_set_auth_level(parameters, 1)
        if let host = question.host { try unsafe ask(host, parameters) }
        guard unsafe X509_verify_cert(context) == 1 else {
            let number = unsafe X509_STORE_CTX_get_error(context)
            let reason = unsafe String(cString: X509_verify_cert_error_string(Int(number)))
            throw .certificateUntrusted(reason: reason)
        }
        let chain = unsafe X509_STORE_CTX_get0_chain(context)
        var found: [[UInt8]] = []
        for index in 0..<(unsafe OPENSSL_sk_num(chain)) {
            let certificate = unsafe OpaquePointer(OPENSSL_sk_value(chain, index))
            var bytes: UnsafeMutablePointer<UInt8>?
            let count = unsafe i2d_X509(certificate, &bytes)
            guard count > 0, let start = unsafe bytes else {
                preconditionFailure("OpenSSL could not write a certificate that it had read.")
            }
            found.append(unsafe [UInt8](UnsafeBufferPointer(start: start, count: Int(count))))
            unsafe CRYPTO_free(start, nil, 0)
        }
        return found
    }

    /// An address is compared with addresses, anything else with host names.
    private func ask(_ asked: String, _ parameters: OpaquePointer) throws(CryptoFault) {
        // A dot at its end only says that a name is whole.
        let host = asked.hasSuffix(".") ? String(asked.dropLast()) : asked
        let bytes = Array(host.utf8)
        guard !bytes.isEmpty, !bytes.contains(0) else {
            throw .certificateUntrusted(reason: "the host name that is asked for is empty")
        }
        var address = host
        if host.hasPrefix("["), host.hasSuffix("]") {
            address = String(host.dropFirst().dropLast())
        }
        if unsafe X509_VERIFY_PARAM_set1_ip_asc(parameters, address) == 1 { return }
        let flags = X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS
        unsafe X509_VERIFY_PARAM_set_hostflags(parameters, UInt32(flags))
        guard unsafe X509_VERIFY_PARAM_set1_host(parameters, host, bytes.count) == 1 else {
            throw .certificateUntrusted(reason: "the host name that is asked for is none")
        }
    }
}

/// A certificate inside OpenSSL, freed when nobody holds it any more.
@safe private final class CertificateHandle {
    let pointer: OpaquePointer

    init(_ certificate: Certificate) throws(CryptoFault) {
        let made = unsafe certificate.der.withUnsafeBufferPointer { buffer in
            var cursor = buffer.baseAddress
            return unsafe d2i_X509(nil, &cursor, buffer.count)
        }
        guard let made = unsafe made else {
            ERR_clear_error()
            throw .certificateMalformed(reason: "OpenSSL does not read it")
        }
        unsafe pointer = made
    }

    deinit { unsafe X509_free(pointer) }
}
