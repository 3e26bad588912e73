import Canon
import Crypto
import Foundation
import Support
import Testing

/// An authority that openssl plays: a root, one authority below it, and servers below that.
private struct Authority {
    let directory = TemporaryDirectory()
    let root: Certificate
    let middle: Certificate

    /// A moment at which everything that is made here is valid.
    let now: Timestamp

    private static let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

    init(middle extensions: String = "") throws {
        now = Timestamp(seconds: Int64(Date().timeIntervalSince1970) + 3600)
        directory.write(
            "extensions",
            """
            [middle]
            basicConstraints=critical,CA:true,pathlen:0
            keyUsage=critical,keyCertSign
            \(extensions)
            [server]
            basicConstraints=CA:false
            keyUsage=critical,digitalSignature
            extendedKeyUsage=serverAuth
            subjectAltName=DNS:a.example,DNS:*.b.example,IP:192.0.2.7,URI:spiffe://example/a,\
            email:who@example.org
            [client]
            extendedKeyUsage=clientAuth
            subjectAltName=DNS:a.example
            [plain]
            subjectAltName=DNS:a.example
            [odd]
            subjectAltName=DNS:a.example
            1.2.3.4=critical,ASN1:UTF8String:nobody knows this
            """
        )
        try Authority.openssl(
            directory,
            ["req", "-x509", "-keyout", "root.key", "-out", "root.pem", "-days", "3650"]
                + ["-subj", "/O=Test/CN=Root", "-addext", "keyUsage=critical,keyCertSign"]
                + Authority.curve
        )
        root = try Authority.read(directory, "root.pem")
        try Authority.issue(directory, "middle", "middle", by: "root", days: 3650)
        middle = try Authority.read(directory, "middle.pem")
    }

    /// A certificate with the extensions of a section.
    func issue(
        _ section: String,
        subject: String = "/CN=a.example",
        by issuer: String = "middle",
        days: Int = 30,
        options: [String] = []
    ) throws -> Certificate {
        let name = section + "-\(days)-" + issuer
        try Authority.issue(
            directory,
            name,
            section,
            by: issuer,
            days: days,
            subject: subject,
            options: options
        )
        return try Authority.read(directory, name + ".pem")
    }

    private static func issue(
        _ directory: TemporaryDirectory,
        _ name: String,
        _ section: String,
        by issuer: String,
        days: Int,
        subject: String = "/CN=Middle",
        options: [String] = ["-sha256"]
    ) throws {
        try openssl(
            directory,
            ["req", "-new", "-keyout", name + ".key", "-out", name + ".csr", "-subj", subject]
                + curve
        )
        try openssl(
            directory,
            ["x509", "-req", "-in", name + ".csr", "-out", name + ".pem", "-CA", issuer + ".pem"]
                + ["-CAkey", issuer + ".key", "-CAcreateserial", "-days", "\(days)"]
                + ["-extfile", "extensions", "-extensions", section] + options
        )
    }

    private static func openssl(
        _ directory: TemporaryDirectory,
        _ arguments: [String]
    ) throws {
        let said = try Command.run("openssl", arguments, directory: directory.path)
        try #require(said.status == 0, "\(said)")
    }

    private static func read(_ directory: TemporaryDirectory, _ name: String) throws -> Certificate
    {
        let block = try #require(PEMBlock.all(in: directory.read(name)).first)
        return try Certificate(der: block.bytes)
    }

    /// The code of the fault that the search for a chain ends with.
    func said(
        _ leaf: Certificate,
        through middles: [Certificate]? = nil,
        to root: Certificate? = nil,
        at moment: Timestamp? = nil,
        host: String? = nil,
        usages: [ExtendedKeyUsage] = [.serverAuth]
    ) -> String {
        code {
            _ = try CertificateChain(
                of: leaf,
                through: middles ?? [middle],
                to: root ?? self.root,
                asking: CertificateChain.Question(
                    moment: moment ?? now,
                    host: host,
                    usages: usages
                )
            )
        }
    }
}

private let untrusted = "crypto.certificate-untrusted"

struct `A certificate` {
    @Test func `is read as openssl reads it`() throws {
        let authority = try Authority()
        let leaf = try authority.issue("server", subject: "/C=DE/O=An Office/CN=a.example")
        #expect(leaf.subject.values(.commonName) == ["a.example"])
        #expect(leaf.subject.values(.organization) == ["An Office"])
        #expect(leaf.subject.values(.country) == ["DE"])
        #expect(leaf.issuer == authority.middle.subject)
        #expect(leaf.version == 3)
        #expect(leaf.signatureKind == .ecdsa(.sha256))
        let profile = leaf.profile
        #expect(profile.names.hosts == ["a.example", "*.b.example"])
        #expect(profile.names.addresses == [[192, 0, 2, 7]])
        #expect(profile.names.identifiers == ["spiffe://example/a"])
        #expect(profile.names.mailboxes == ["who@example.org"])
        #expect(profile.extendedKeyUsages == [.serverAuth])
        #expect(profile.keyUsage == 1)
        #expect(profile.hasBasicConstraints && !profile.isAuthority)
        #expect(authority.middle.profile.pathLengthMax == 0)
        #expect(authority.middle.profile.isAuthority)
        #expect(profile.authorityKeyIdentifier == authority.middle.profile.subjectKeyIdentifier)
        let shown = try Command.run(
            "openssl",
            ["x509", "-in", "server-30-middle.pem", "-noout", "-dates", "-serial"]
                + ["-dateopt", "iso_8601"],
            directory: authority.directory.path
        ).output
        let serial = leaf.serialNumber.drop { $0 == 0 }.map { String(format: "%02X", $0) }.joined()
        #expect(shown.contains("serial=" + serial))
        let start = leaf.notBefore.description.replacing("T", with: " ")
        #expect(shown.contains("notBefore=" + start))
        let key = try #require(
            PEMBlock.all(in: authority.directory.read("server-30-middle.key")).first
        )
        #expect(try ForeignPrivateKey(der: key.bytes).publicKey == leaf.publicKey)
    }

    @Test func `is malformed in any other form`() throws {
        let der = try Authority().root.der
        func said(_ bytes: [UInt8]) -> String { code { _ = try Certificate(der: bytes) } }
        #expect(said(der) == "accepted")
        for count in der.indices {
            #expect(said(Array(der[..<count])) == "crypto.certificate-malformed")
        }
        #expect(said(der + [0]) == "crypto.certificate-malformed")
        #expect(throws: CryptoFault.self) { try Certificate.list(der: der + [0]) }
        #expect(try Certificate.list(der: der + der).count == 2)
    }

    @Test func `for any damage is refused or read, and never ends the process`() throws {
        let der = try Authority().middle.der
        var generator = Generator(seed: 5)
        for _ in 0..<2_000 { _ = try? Certificate(der: der.mutated(by: &generator)) }
    }

    @Test func `of any year is read`() throws {
        let directory = TemporaryDirectory()
        for (end, wanted) in [
            ("20491231235959Z", "2049-12-31T23:59:59Z"),
            ("99991231235959Z", "9999-12-31T23:59:59Z"),
        ] {
            let said = try Command.run(
                "openssl",
                ["req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", "k", "-out", "c"]
                    + ["-subj", "/CN=x", "-days", "1"],
                directory: directory.path
            )
            try #require(said.status == 0)
            let block = try #require(PEMBlock.all(in: directory.read("c")).first)
            let certificate = try Certificate(der: block.bytes)
            // Any time of the same form and length may stand in its place: nobody verifies it here.
            let old = certificate.notAfter.description.filter { $0.isNumber }.dropFirst(2) + "Z"
            guard end.hasPrefix("20") else { continue }
            let changed = block.bytes.replacing(String(old), with: String(end.dropFirst(2)))
            #expect(try Certificate(der: changed).notAfter.description == wanted)
        }
    }
}

struct `A chain of certificates` {
    @Test func `leads from a server to the root, and by no other way`() throws {
        let authority = try Authority()
        let leaf = try authority.issue("server")
        #expect(authority.said(leaf) == "accepted")
        #expect(authority.said(leaf, through: []) == untrusted)
        #expect(authority.said(leaf, to: try Authority().root) == untrusted)
        // The one in the middle may itself be trusted, though it did not sign itself.
        #expect(authority.said(leaf, through: [], to: authority.middle) == "accepted")
        let question = CertificateChain.Question(moment: authority.now)
        let chain = try CertificateChain(
            of: leaf,
            through: [authority.middle],
            to: authority.root,
            asking: question
        )
        #expect(chain.certificates == [leaf, authority.middle, authority.root])
    }

    @Test func `does not hold when a bit of a signature is another`() throws {
        let authority = try Authority()
        let leaf = try authority.issue("server")
        for certificate in [leaf, authority.middle] {
            let der = certificate.der
            // The signature stands last, and what is signed begins after a few bytes.
            for index in [40, der.count - 1, der.count - 20] {
                guard let spoilt = try? Certificate(der: der.flipped(at: index)) else { continue }
                let said =
                    certificate == leaf
                    ? authority.said(spoilt) : authority.said(leaf, through: [spoilt])
                #expect(said == untrusted)
            }
        }
    }

    @Test func `holds only while all of it is valid`() throws {
        let authority = try Authority()
        let leaf = try authority.issue("server")
        let (start, end) = (leaf.notBefore.seconds, leaf.notAfter.seconds)
        for (seconds, wanted) in [
            (start - 1, untrusted), (start, "accepted"), (end - 1, "accepted"),
            (end + 1, untrusted),
        ] {
            #expect(authority.said(leaf, at: Timestamp(seconds: seconds)) == wanted)
        }
    }

    private static let hosts = [
        ("a.example", true), ("a.example.", true), ("a.example..", false), ("A.EXAMPLE", true),
        ("x.b.example", true), ("192.0.2.7", true),
        ("[192.0.2.7]", true), ("b.example", false), ("y.x.b.example", false),
        ("c.example", false), ("192.0.2.8", false), ("", false), ("a.example\0.evil", false),
        ("Middle", false),
    ]

    @Test func `is for its hosts only`() throws {
        let authority = try Authority()
        let leaf = try authority.issue("server", subject: "/CN=c.example")
        for (host, isFor) in Self.hosts {
            let said = authority.said(leaf, host: host)
            #expect(said == (isFor ? "accepted" : untrusted), "\(host)")
        }
    }

    @Test func `is for its uses only`() throws {
        let authority = try Authority()
        let client = try authority.issue("client")
        #expect(authority.said(client) == untrusted)
        #expect(authority.said(client, usages: [.clientAuth]) == "accepted")
        #expect(authority.said(client, usages: [.codeSigning, .clientAuth]) == "accepted")
        #expect(authority.said(client, usages: [.any]) == "accepted")
        let plain = try authority.issue("plain")
        #expect(authority.said(plain, usages: [.codeSigning]) == "accepted")
        let narrow = try Authority(middle: "extendedKeyUsage=clientAuth")
        #expect(narrow.said(try narrow.issue("plain")) == untrusted)
        #expect(narrow.said(try narrow.issue("plain"), usages: [.clientAuth]) == "accepted")
    }

    @Test func `ends at an unknown critical extension, at SHA-1, and at who may not sign`() throws {
        let authority = try Authority()
        let odd = try authority.issue("odd")
        #expect(odd.profile.unhandled.map(\.description) == ["1.2.3.4"])
        #expect(authority.said(odd) == untrusted)
        let weak = try authority.issue("plain", options: ["-sha1"])
        #expect(weak.signatureKind == .ecdsa(.sha1))
        #expect(authority.said(weak) == untrusted)
        let server = try authority.issue("server")
        let stray = try authority.issue("plain", by: "server-30-middle", days: 29)
        #expect(authority.said(stray, through: [authority.middle, server]) == untrusted)
    }

    @Test func `keeps to the names that an authority is bound to`() throws {
        let bound = try Authority(
            middle: "nameConstraints=critical,permitted;DNS:a.example,excluded;DNS:x.a.example"
        )
        #expect(bound.middle.profile.permittedNames.hosts == ["a.example"])
        #expect(bound.middle.profile.excludedNames.hosts == ["x.a.example"])
        #expect(bound.said(try bound.issue("plain")) == "accepted")
        #expect(bound.said(try bound.issue("server")) == untrusted)
        // The server's wildcard stands for a name that is excluded, and for others.
        let hidden = try Authority(middle: "nameConstraints=critical,excluded;DNS:x.b.example")
        #expect(hidden.said(try hidden.issue("plain")) == "accepted")
        #expect(hidden.said(try hidden.issue("server")) == untrusted)
        let other = try Authority(middle: "nameConstraints=critical,excluded;DNS:x.c.example")
        #expect(other.said(try other.issue("server")) == "accepted")
    }

    @Test func `keeps to the policies that an authority demands`() throws {
        let strict = try Authority(middle: "policyConstraints=critical,requireExplicitPolicy:0")
        #expect(strict.said(try strict.issue("plain")) == untrusted)
    }

    @Test func `is never longer than it may be`() throws {
        let authority = try Authority()
        let leaf = try authority.issue("server")
        let many = [Certificate](repeating: authority.middle, count: CertificateChain.lengthMax)
        #expect(authority.said(leaf, through: many) == untrusted)
    }
}

struct `A request for a certificate` {
    @Test func `is read with the names that it asks for, and in no other form`() throws {
        let directory = TemporaryDirectory()
        let said = try Command.run(
            "openssl",
            ["req", "-new", "-newkey", "ed25519", "-nodes", "-keyout", "k", "-out", "r"]
                + ["-subj", "/O=An Office/CN=r.example"]
                + ["-addext", "subjectAltName=DNS:r.example,IP:2001:db8::1"],
            directory: directory.path
        )
        try #require(said.status == 0)
        let block = try #require(PEMBlock.all(in: directory.read("r")).first)
        #expect(block.label == "CERTIFICATE REQUEST")
        let request = try CertificateRequest(der: block.bytes)
        #expect(request.subject.values(.commonName) == ["r.example"])
        #expect(request.names.hosts == ["r.example"])
        #expect(request.names.addresses.map(\.count) == [16])
        #expect(request.signatureKind == .ed25519)
        #expect(
            request.publicKey.verifies(
                request.signature,
                of: request.signedPart,
                algorithm: .edDSA
            )
        )
        for count in block.bytes.indices {
            let said = code { _ = try CertificateRequest(der: Array(block.bytes[..<count])) }
            #expect(said == "crypto.certificate-malformed")
        }
        let longer = code { _ = try CertificateRequest(der: block.bytes + [0]) }
        #expect(longer == "crypto.certificate-malformed")
    }
}
