import Canon
import Crypto
import Foundation
import Support
import Testing

private let message = Array("what is signed".utf8)

/// A key that openssl has made, and the directory that it lies in.
private struct Made {
    let directory = TemporaryDirectory()
    let key: ForeignPrivateKey

    init(_ arguments: [String]) throws {
        let made = try Command.run(
            "openssl",
            ["genpkey", "-out", "key.pem"] + arguments,
            directory: directory.path
        )
        try #require(made.status == 0)
        let block = try #require(PEMBlock.all(in: directory.read("key.pem")).first)
        key = try ForeignPrivateKey(der: block.bytes, form: .pkcs8)
        let wrote = try Command.run(
            "openssl",
            ["pkey", "-in", "key.pem", "-pubout", "-out", "pub.pem"],
            directory: directory.path
        )
        try #require(wrote.status == 0)
        directory.write("message", bytes: message)
    }

    func openssl(_ arguments: [String]) throws -> Int32 {
        try Command.run("openssl", arguments, directory: directory.path).status
    }

    /// The public key out of the file that openssl wrote.
    func publicKey() throws -> ForeignPublicKey {
        let block = try #require(PEMBlock.all(in: directory.read("pub.pem")).first)
        return try ForeignPublicKey(spki: block.bytes)
    }
}

/// One algorithm, how openssl makes its keys, and what it calls the way of signing.
private struct Case: CustomTestStringConvertible, Sendable {
    let algorithm: SigningAlgorithm
    let key: [String]
    let digest: [String]
    var testDescription: String { algorithm.rawValue }

    static let rsa = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
    static let padding = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"]

    static func curve(_ name: String) -> [String] {
        ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:" + name]
    }

    static let all = [
        Case(algorithm: .rs256, key: rsa, digest: ["-sha256"]),
        Case(algorithm: .rs384, key: rsa, digest: ["-sha384"]),
        Case(algorithm: .rs512, key: rsa, digest: ["-sha512"]),
        Case(algorithm: .ps256, key: rsa, digest: ["-sha256"] + padding),
        Case(algorithm: .ps384, key: rsa, digest: ["-sha384"] + padding),
        Case(algorithm: .ps512, key: rsa, digest: ["-sha512"] + padding),
        Case(algorithm: .es256, key: curve("P-256"), digest: ["-sha256"]),
        Case(algorithm: .es384, key: curve("P-384"), digest: ["-sha384"]),
        Case(algorithm: .es512, key: curve("P-521"), digest: ["-sha512"]),
    ]
}

/// Two numbers in DER as two numbers of a width, and back: only what tests need.
private enum Pair {
    static func raw(_ der: [UInt8], width: Int) -> [UInt8] {
        var at = der[1] > 0x80 ? 3 : 2
        return (0..<2).flatMap { _ in
            let count = Int(der[at + 1])
            let digits = der[(at + 2)..<(at + 2 + count)].drop { $0 == 0 }
            at += 2 + count
            return [UInt8](repeating: 0, count: width - digits.count) + digits
        }
    }

    static func der(_ raw: [UInt8]) -> [UInt8] {
        let numbers = [raw.prefix(raw.count / 2), raw.suffix(raw.count / 2)].flatMap { half in
            let digits = Array(half.drop { $0 == 0 })
            let content = (digits.first ?? 0x80) >= 0x80 ? [0] + digits : digits
            return [2, UInt8(content.count)] + content
        }
        let length = numbers.count > 127 ? [0x81, UInt8(numbers.count)] : [UInt8(numbers.count)]
        return [0x30] + length + numbers
    }
}

struct `A key in a foreign format` {
    @Test(arguments: Case.all)
    fileprivate func `and openssl accept each other's signatures, and no changed one`(
        test: Case
    ) throws {
        let made = try Made(test.key)
        var width: Int?
        if case .ecdsa(let curve) = test.algorithm.family { width = curve.coordinateByteCount }

        let ours = try made.key.sign(message, algorithm: test.algorithm)
        #expect(try made.key.sign(message, algorithm: test.algorithm) == ours)
        made.directory.write("ours", bytes: width == nil ? ours : Pair.der(ours))
        let verify =
            ["dgst"] + test.digest + ["-verify", "pub.pem", "-signature", "ours", "message"]
        #expect(try made.openssl(verify) == 0)
        made.directory.write("message", "what is signee")
        #expect(try made.openssl(verify) != 0)
        made.directory.write("message", bytes: message)

        let sign = ["dgst"] + test.digest + ["-sign", "key.pem", "-out", "theirs", "message"]
        #expect(try made.openssl(sign) == 0)
        let written = try made.directory.read("theirs")
        let theirs = width.map { Pair.raw(written, width: $0) } ?? written
        let key = try made.publicKey()
        #expect(key == made.key.publicKey)
        func isAccepted(_ signature: [UInt8], _ text: [UInt8] = message) -> Bool {
            key.verifies(signature, of: text, algorithm: test.algorithm)
        }
        #expect(isAccepted(theirs))
        #expect(!isAccepted(theirs, message.flipped(at: 3)))
        #expect(!isAccepted(theirs + [0]))
        #expect(!isAccepted(Array(theirs.dropLast())))
        #expect(!isAccepted([]))
        for index in stride(from: 0, to: theirs.count, by: 7) {
            let spoilt = isAccepted(theirs.flipped(at: index))
            #expect(!spoilt, "byte \(index)")
        }
        for other in SigningAlgorithm.allCases where other != test.algorithm {
            let said = key.verifies(theirs, of: message, algorithm: other)
            #expect(!said, "\(other)")
        }
    }

    @Test func `of Ed25519 signs as our own key does`() throws {
        let made = try Made(["-algorithm", "ED25519"])
        let own = try SigningKey(pem: made.directory.read("key.pem"))
        let signature = try made.key.sign(message, algorithm: .edDSA)
        #expect(signature == own.sign(message))
        let key = try made.publicKey()
        #expect(key.verifies(signature, of: message, algorithm: .edDSA))
        for index in signature.indices {
            let spoilt = key.verifies(
                signature.flipped(at: index),
                of: message,
                algorithm: .edDSA
            )
            #expect(!spoilt)
        }
    }

    /// RFC 6979 §A.2.5 to §A.2.7, for the message "sample".
    @Test(arguments: [
        (
            EllipticCurve.p256, SigningAlgorithm.es256,
            "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721",
            "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
                + "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
        ),
        (
            .p384, .es384,
            "6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D8"
                + "96D5724E4C70A825F872C9EA60D2EDF5",
            "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C"
                + "81A648152E44ACF96E36DD1E80FABE46"
                + "99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94F"
                + "A329C145786E679E7B82C71A38628AC8"
        ),
        (
            .p521, .es512,
            "00FAD06DAA62BA3B25D2FB40133DA757205DE67F5BB0018FEE8C86E1B68C7E75"
                + "CAA896EB32F1F47C70855836A6D16FCC1466F6D8FBEC67DB89EC0C08B0E996B83538",
            "00C328FAFCBD79DD77850370C46325D987CB525569FB63C5D3BC53950E6D4C5F"
                + "174E25A1EE9017B5D450606ADD152B534931D7D4E8455CC91F9B15BF05EC36E377FA"
                + "00617CCE7CF5064806C467F678D3B4080D6F1CC50AF26CA209417308281B68AF"
                + "282623EAA63E5B5C0723D8B8C37FF0777B1A20F8CCB1DCCC43997F1EE0E44DA4A67A"
        ),
    ])
    func `signs with the nonces of RFC 6979`(
        curve: EllipticCurve,
        algorithm: SigningAlgorithm,
        secret: String,
        signature: String
    ) throws {
        let key = try ForeignPrivateKey(numbers: .ecdsa(curve, secret: bytes(hex: secret)))
        let made = try key.sign(Array("sample".utf8), algorithm: algorithm)
        #expect(made == bytes(hex: signature))
    }

    @Test func `is refused where it is no key`() throws {
        let made = try Made(Case.curve("P-256"))
        let spki = try made.publicKey().spki
        func said(_ bytes: [UInt8]) -> String { code { _ = try ForeignPublicKey(spki: bytes) } }
        #expect(said(spki) == "accepted")
        // A point that does not lie on the curve.
        #expect(said(spki.flipped(at: spki.count - 1)) == "crypto.key-malformed")
        #expect(said(spki + [0]) == "crypto.key-malformed")
        for count in spki.indices {
            #expect(said(Array(spki[..<count])) == "crypto.key-malformed")
        }
        let zero = [UInt8](repeating: 0, count: 32)
        let nought = code { _ = try ForeignPrivateKey(numbers: .ecdsa(.p256, secret: zero)) }
        #expect(nought == "crypto.key-malformed")
    }

    @Test func `of RSA below 2048 bits verifies and signs nothing`() throws {
        let made = try Made(["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"])
        #expect(
            try made.openssl(["dgst", "-sha256", "-sign", "key.pem", "-out", "theirs", "message"])
                == 0
        )
        let theirs = try made.directory.read("theirs")
        #expect(try !made.publicKey().verifies(theirs, of: message, algorithm: .rs256))
        let said = code { _ = try made.key.sign(message, algorithm: .rs256) }
        #expect(said == "crypto.key-weak")
    }

    @Test func `signs only with the algorithms of its kind`() throws {
        let made = try Made(Case.curve("P-256"))
        for algorithm in SigningAlgorithm.allCases where algorithm != .es256 {
            let said = code { _ = try made.key.sign(message, algorithm: algorithm) }
            #expect(said == "crypto.key-unsupported", "\(algorithm)")
        }
    }

    @Test func `comes out of the older forms that openssl writes`() throws {
        let rsa = try Made(Case.rsa)
        #expect(try rsa.openssl(["rsa", "-traditional", "-in", "key.pem", "-out", "old.pem"]) == 0)
        let old = try #require(PEMBlock.all(in: rsa.directory.read("old.pem")).first)
        #expect(old.label == "RSA PRIVATE KEY")
        #expect(try ForeignPrivateKey(der: old.bytes).numbers == rsa.key.numbers)
        let curve = try Made(Case.curve("P-384"))
        #expect(try curve.openssl(["ec", "-in", "key.pem", "-out", "old.pem"]) == 0)
        let sec1 = try #require(PEMBlock.all(in: curve.directory.read("old.pem")).first)
        #expect(sec1.label == "EC PRIVATE KEY")
        #expect(try ForeignPrivateKey(der: sec1.bytes).numbers == curve.key.numbers)
        for count in stride(from: 0, to: sec1.bytes.count, by: 5) {
            let said = code { _ = try ForeignPrivateKey(der: Array(sec1.bytes[..<count])) }
            #expect(said == "crypto.key-malformed")
        }
    }
}

struct `A JSON Web Key` {
    /// RFC 7515 §A.3.1, §A.1.1 and RFC 8037 §A.1.
    private static let curve = """
        {"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",\
        "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",\
        "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}
        """
    private static let twisted = """
        {"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",\
        "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
        """
    private static let secret = #"{"kty":"oct","kid":"k","alg":"HS256","use":"sig","k":"AyM1"}"#

    private func keys(_ text: String) throws -> [JSONWebKey] {
        try JSONWebKey.keys(in: JSONValue(parsing: text))
    }

    @Test func `is read with what it says of itself`() throws {
        let key = try #require(try keys(Self.secret).first)
        #expect(key.identifier == "k")
        #expect(key.algorithm == "HS256")
        #expect(key.use == "sig")
        guard case .secret([3, 35, 53]) = key.material else {
            Issue.record("The secret is another.")
            return
        }
        let set = try keys("{\"keys\":[\(Self.curve),\(Self.twisted),\(Self.secret)]}")
        #expect(set.count == 3)
    }

    /// RFC 8037 §A.4.
    @Test func `signs as the standard's example does`() throws {
        let key = try #require(try keys(Self.twisted).first)
        guard case .privateKey(let key) = key.material else {
            Issue.record("The key is not private.")
            return
        }
        let text = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
        let wanted =
            "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
        let signature = try key.sign(Array(text.utf8), algorithm: .edDSA)
        #expect(Base64.encodeURLSafe(signature) == Array(wanted.utf8))
    }

    /// RFC 7515 §A.3.
    @Test func `verifies the standard's example with ECDSA, and no changed one`() throws {
        let key = try #require(try keys(Self.curve).first)
        guard case .privateKey(let key) = key.material else {
            Issue.record("The key is not private.")
            return
        }
        let text = Array(
            ("eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQog"
                + "Imh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ").utf8
        )
        let signature = try #require(
            Base64.decodeEitherAlphabet(
                Array(
                    ("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSA"
                        + "pmWQxfKTUJqPP3-Kg6NU1Q").utf8
                )
            )
        )
        #expect(key.publicKey.verifies(signature, of: text, algorithm: .es256))
        #expect(!key.publicKey.verifies(signature.flipped(at: 9), of: text, algorithm: .es256))
        #expect(!key.publicKey.verifies(signature, of: text.flipped(at: 9), algorithm: .es256))
    }

    @Test(arguments: [
        ("{}", "crypto.key-malformed"),
        ("[]", "crypto.key-malformed"),
        (#"{"keys":1}"#, "crypto.key-malformed"),
        (#"{"kty":"oct"}"#, "crypto.key-malformed"),
        (#"{"kty":"oct","k":""}"#, "crypto.key-malformed"),
        (#"{"kty":"oct","k":"???"}"#, "crypto.key-malformed"),
        (#"{"kty":"oct","k":1}"#, "crypto.key-malformed"),
        (#"{"kty":"AES"}"#, "crypto.key-unsupported"),
        (#"{"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"}"#, "crypto.key-unsupported"),
        (#"{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"#, "crypto.key-malformed"),
        (#"{"kty":"OKP","crv":"X25519","x":"AA"}"#, "crypto.key-unsupported"),
        (#"{"kty":"RSA","n":"AQAB","e":"AQAB","d":"AQ"}"#, "crypto.key-malformed"),
    ])
    func `is refused in any other form`(text: String, wanted: String) {
        let said = code { _ = try keys(text) }
        #expect(said == wanted)
    }

    @Test func `whose halves do not belong together is refused`() throws {
        #expect(code { _ = try keys(Self.curve) } == "accepted")
        let curve = Self.curve.replacing("\"d\":\"jps", with: "\"d\":\"jpt")
        #expect(code { _ = try keys(curve) } == "crypto.key-malformed")
        let twisted = Self.twisted.replacing("\"d\":\"nWG", with: "\"d\":\"nWH")
        #expect(code { _ = try keys(twisted) } == "crypto.key-malformed")
    }
}

struct `A block of PEM among others` {
    private static let block = "-----BEGIN A THING-----\nAAEC\nAwQ=\n-----END A THING-----\n"

    @Test func `is found behind other lines, and says what is left`() throws {
        let text = Array("a remark\n\(Self.block)the rest".utf8)
        let (block, rest) = try #require(PEMBlock.first(in: text[...]))
        #expect(block == (try #require(PEMBlock.all(in: Array(Self.block.utf8)).first)))
        #expect(block.label == "A THING")
        #expect(block.bytes == [0, 1, 2, 3, 4])
        #expect(rest.elementsEqual("the rest".utf8))
        #expect(PEMBlock.all(in: Array((Self.block + Self.block).utf8)).count == 2)
        let carriage = Self.block.replacing("\n", with: " \r\n")
        #expect(PEMBlock.all(in: Array(carriage.utf8)) == [block])
    }

    @Test(arguments: [
        "", "-----BEGIN A-----", "-----BEGIN A-----\nAAEC\n",
        "-----BEGIN A-----\nA\n-----END A-----",
        "-----BEGIN A-----\nAAEC\n-----END B-----", "-----BEGIN A----\nAAEC\n-----END A-----",
        "-----BEGIN A-----\nX: y\n\nAAEC\n-----END A-----",
        "-----BEGIN A-----\n-----BEGIN A-----\nAAE\n-----END A-----",
    ])
    func `is none in any other form`(text: String) {
        #expect(PEMBlock.all(in: Array(text.utf8)).isEmpty)
    }
}
