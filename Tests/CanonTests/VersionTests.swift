import Canon
import Support
import Testing

struct `A version` {
    @Test func `ranges admit what node-semver admits`() throws {
        let vectors = try JSONValue(parsing: Repository.vector("semver/node_semver.json"))
        let ranges = try #require(vectors["ranges"]?.object)
        #expect(ranges.count == 18)
        let universe = Set(
            ranges.members.flatMap { $0.value["satisfied_by"]?.array ?? [] }.compactMap(\.string)
        )
        for (text, expected) in ranges.members {
            let range = try #require(VersionRange(text), "\(text)")
            let admitted = Set(expected["satisfied_by"]?.array?.compactMap(\.string) ?? [])
            for version in universe {
                let parsed = try #require(SemanticVersion(version))
                #expect(range.contains(parsed) == admitted.contains(version), "\(text) \(version)")
            }
        }
    }

    @Test func `order is that of the standard`() throws {
        let vectors = try JSONValue(parsing: Repository.vector("semver/node_semver.json"))
        let order = try #require(vectors["order"]?.array).compactMap(\.string)
        let versions = try order.map { try #require(SemanticVersion($0)) }
        for (left, right) in zip(versions, versions.dropFirst()) {
            #expect(left < right || left == right, "\(left) \(right)")
            #expect(!(right < left), "\(left) \(right)")
        }
        #expect(SemanticVersion("1.0.0-alpha.beta") != SemanticVersion("1.0.0-alpha.1"))
    }

    @Test func `that is none is refused`() throws {
        let vectors = try JSONValue(parsing: Repository.vector("semver/node_semver.json"))
        for pair in try #require(vectors["invalid"]?.array) {
            let text = try #require(pair.array?.first?.string)
            #expect(SemanticVersion(text) == nil, "\(text)")
        }
        for range in [">1.2.3.4", "^a", "1.2.3 -", "=>1", "1..2", "~~~1"] {
            #expect(VersionRange(range) == nil, "\(range)")
        }
    }
}

struct `A path below a root` {
    @Test(arguments: [
        ("", "canon.path.empty"), ("/a", "canon.path.empty-segment"),
        ("a/", "canon.path.empty-segment"), ("a//b", "canon.path.empty-segment"),
        ("..", "canon.path.dot-segment"), ("a/../b", "canon.path.dot-segment"),
        ("./a", "canon.path.dot-segment"), ("a/.", "canon.path.dot-segment"),
        ("a\nb", "canon.path.control-character"), ("a\0b", "canon.path.control-character"),
        (String(repeating: "x", count: 256), "canon.path.too-long"),
        (String(repeating: "x/", count: 2048) + "x", "canon.path.too-long"),
    ])
    func `cannot lead out of it`(text: String, code: String) {
        #expect { try RelativePath(text) } throws: { ($0 as? PathFault)?.code == code }
    }

    @Test func `is refused when it is not UTF-8`() {
        #expect { try RelativePath(bytes: [0x61, 0xFF]) } throws: {
            ($0 as? PathFault)?.code == "canon.path.invalid-utf8"
        }
    }

    @Test func `may have dots and any letters in its names`() throws {
        for text in ["...", "a/.hidden", "a..b", "é/e\u{301}", "a b", ".file_registry.csv"] {
            #expect(try RelativePath(text).text.hasSameBytes(as: text))
        }
        #expect(try RelativePath("\u{E9}") != RelativePath("e\u{301}"))
    }

    @Test func `knows its parent and what it contains`() throws {
        let path = try RelativePath("a/b/c")
        #expect(path.parent?.text == "a/b")
        #expect(path.name == "c")
        #expect(try RelativePath("a").parent == nil)
        #expect(path.isWithin(try RelativePath("a/b")))
        #expect(!(try RelativePath("a/bc").isWithin(try RelativePath("a/b"))))
    }
}

struct `A moment` {
    @Test(arguments: [
        ("2026-11-20T15:04:05Z", 1_795_187_045_000_000_000),
        ("1970-01-01T00:00:00Z", 0),
        ("2000-02-29T23:59:59.5Z", 951_868_799_500_000_000),
        ("1969-12-31T23:59:59.999999999Z", -1),
        ("1700-03-01T00:00:00Z", -8_515_238_400_000_000_000),
    ])
    func `reads and writes`(text: String, nanoseconds: Int) throws {
        let moment = try #require(Timestamp(text))
        #expect(moment.nanoseconds == Int64(nanoseconds))
        #expect(moment.description == text)
    }

    @Test func `takes an offset into account`() {
        #expect(Timestamp("2026-11-20T17:04:05+02:00") == Timestamp("2026-11-20T15:04:05Z"))
        #expect(Timestamp("2026-01-01T00:30:00+01:00")?.description == "2025-12-31T23:30:00Z")
        #expect(Timestamp(nanoseconds: 1_795_187_045_000_000_000).compact == "20261120150405")
    }

    @Test(arguments: [
        "2026-11-20", "2026-11-20T15:04:05", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z",
        "2026-11-20T24:00:00Z", "2026-11-20T15:04:60Z", "2026-11-20T15:04:05.Z",
        "2026-11-20T15:04:05-00:00", "2026-11-20T15:04:05.1234567890Z", "0001-01-01T00:00:00Z",
        "2026-11-20T15:04:05Zx", "2026-11-20 15:04:05Z",
    ])
    func `is refused when it is not RFC 3339`(text: String) {
        #expect(Timestamp(text) == nil)
    }
}

struct `An id` {
    @Test(.covers("C60"))
    func `obeys its written form`() {
        for good in ["FMWK-100", "FMWK-PKG-001", "FMWK-REG"] {
            #expect(FrameworkID(good)?.text == good)
        }
        for bad in ["FMWK", "FMWK-", "SPEC-100", "FMWK-a", "FMWK--1", "fmwk-1", " FMWK-1"] {
            #expect(FrameworkID(bad) == nil, "\(bad)")
        }
        #expect(PackageID("PKG-IAM-CORE") != nil)
    }
}

struct `A digest` {
    @Test func `reads back what it wrote and nothing else`() {
        let hex = String(repeating: "0123456789abcdef", count: 4)
        #expect(Digest(hex: hex)?.hex == hex)
        #expect(Digest(bytes: Digest(hex: hex)?.bytes ?? [])?.hex == hex)
        #expect(Digest(hex: hex.uppercased()) == nil)
        #expect(Digest(hex: String(hex.dropLast())) == nil)
        #expect(Digest(bytes: [1, 2, 3]) == nil)
    }

    @Test func `takes every digit at every place and no other byte`() throws {
        for place in 0..<64 {
            for byte in UInt8.min...UInt8.max {
                var text = [UInt8](repeating: UInt8(ascii: "0"), count: 64)
                text[place] = byte
                let digit = Array("0123456789abcdef".utf8).firstIndex(of: byte)
                let digest = Digest(hex: text[...])
                #expect((digest != nil) == (digit != nil), "byte \(byte) at \(place)")
                guard let digest, let digit else { continue }
                #expect(digest.hexBytes == text)
                var bytes = [UInt8](repeating: 0, count: 32)
                bytes[place / 2] = UInt8(place.isMultiple(of: 2) ? digit << 4 : digit)
                #expect(digest.bytes == bytes)
                #expect(Digest(bytes, at: 0) == digest)
            }
        }
    }
}

struct `Text from a stranger` {
    @Test func `cannot move the cursor or hide`() {
        #expect(Printable("a\u{1B}[2Jb").description == "a\\u{1b}[2Jb")
        #expect(Printable("x\u{202E}y").description == "x\\u{202e}y")
        #expect(Printable(bytes: [0x61, 0xFF]).description == "a\\x{invalid}")
        #expect(Printable("é 漢字 😀").description == "é 漢字 😀")
    }
}
