import Canon
import Crypto
import Foundation
import Support
import Testing

private let approvals = "approval@controlplane.example"

/// What stands between the marker lines.
private func blob(_ armored: [UInt8]) throws -> [UInt8] {
    let lines = String(decoding: armored, as: UTF8.self).split(separator: "\n")
    let text = lines.filter { !$0.hasPrefix("-----") }.joined()
    return [UInt8](try #require(Data(base64Encoded: text)))
}

private func verify(
    _ blob: [UInt8],
    _ message: [UInt8],
    _ namespace: String = approvals
) throws {
    _ = try SSHSignature(blob: blob).verify(message: message, namespace: namespace)
}

struct `An SSH signature` {
    @Test(arguments: ["ed25519", "ecdsa", "rsa", "ed25519_sk", "ecdsa_sk"])
    func `holds for its message in its namespace, and for no other`(name: String) throws {
        let armored = try Repository.vector("sshsig/message.\(name).sig")
        let message = try Repository.vector("sshsig/message.txt")
        let signature = try blob(armored)
        #expect(code { try verify(signature, message) } == "accepted")
        #expect(code { _ = try SSHSignature(armored: armored) } == "accepted")
        for index in message.indices {
            let said = code { try verify(signature, message.flipped(at: index)) }
            #expect(said == "crypto.signature-wrong")
        }
        let longer = code { try verify(signature, message + [10]) }
        #expect(longer == "crypto.signature-wrong")
        for namespace in ["file", approvals + "x", ""] {
            let said = code { try verify(signature, message, namespace) }
            #expect(said == "crypto.signature-namespace-wrong")
        }
    }

    @Test func `is malformed in any other form`() throws {
        let armored = try Repository.vector("sshsig/message.ed25519.sig")
        let signature = try blob(armored)
        func said(_ bytes: [UInt8]) -> String { code { _ = try SSHSignature(blob: bytes) } }
        #expect(said(signature) == "accepted")
        for count in signature.indices {
            #expect(said(Array(signature[..<count])) == "crypto.signature-malformed")
        }
        #expect(said(signature + [0]) == "crypto.signature-malformed")
        // The magic, the version, and the name of the hash.
        for index in 0..<10 {
            #expect(said(signature.flipped(at: index)) == "crypto.signature-malformed")
        }
        #expect(said(signature.replacing("sha512", with: "sha384")) == "crypto.signature-malformed")
        for spoilt in [armored + armored, [32] + armored, Array(armored.dropLast(8))] {
            let said = code { _ = try SSHSignature(armored: spoilt) }
            #expect(said == "crypto.signature-malformed")
        }
        let huge = code { _ = try SSHSignature(armored: [UInt8](repeating: 65, count: 70_000)) }
        #expect(huge == "crypto.signature-malformed")
    }

    @Test func `of a browser holds only for what it was asked, by whom it says`() throws {
        let message = try Repository.vector("webauthn_sshsig/message.txt")
        for number in 0..<6 {
            let armored = try Repository.vector("webauthn_sshsig/message.passkey\(number).sig")
            let signature = try blob(armored)
            func said(_ old: String, _ new: String) -> String {
                code { try verify(signature.replacing(old, with: new), message) }
            }
            #expect(said("webauthn.get", "webauthn.get") == "accepted")
            #expect(said("webauthn.get", "webauthn.put") == "crypto.client-data-wrong")
            #expect(said("\"origin\":", "\"Origin\":") == "crypto.client-data-wrong")
            #expect(said("\"crossOrigin\":f", "\"crossOrigin\":F") == "crypto.client-data-wrong")
            // Inside the rules, but not what was signed.
            #expect(said("\"crossOrigin\":", "\"crossorigin\":") == "crypto.signature-wrong")
            #expect(said("\"challenge\":\"", "\"challenge\":\"A") == "crypto.signature-malformed")
            let other = code { try verify(signature, message.flipped(at: 0)) }
            #expect(other == "crypto.signature-wrong")
        }
    }
}
