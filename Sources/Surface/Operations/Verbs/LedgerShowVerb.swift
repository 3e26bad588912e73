import Canon
import Crypto
import Ledger

/// `charter ledger show ENTRY`.
enum LedgerShowVerb {
    static let operation = Operation(
        words: ["ledger", "show"],
        summary: "show one entry whole, with its body",
        details: """
            An entry is named by its index, or by the beginning of its digest. The digest is its leaf hash
            in the log's Merkle tree, so 'charter ledger prove' shows that it is there.

            --raw prints the exact bytes that are hashed, --body the exact bytes of the body.
            Example: charter ledger show 7
            """,
        operands: [.init(name: "ENTRY", summary: "its index, or 6 digits of its digest or more")],
        options: [
            LedgerView.option,
            .init(name: "raw", value: nil, summary: "print the bytes that are hashed"),
            .init(name: "body", value: nil, summary: "print the bytes of the body"),
        ]
    ) { request, surroundings throws(OperationFault) in
        let reader = try LedgerView(request, surroundings).reader()
        let index = try LedgerView.index(request.operands[0], in: reader)
        do throws(LedgerFault) {
            let (entry, body) = try reader.entry(index)
            let shown = content(entry, body)
            var lines = String(decoding: entry.document.pretty, as: UTF8.self)
                .split(separator: "\n").map(String.init)
            lines += shown.lines
            if let body, let wanted = entry.bodyDigest, Digest.sha256(of: body) != wanted {
                return Answer(
                    .refused,
                    json: ["entry": entry.document, "code": "ledger.verify.body-edited"],
                    lines: lines + [
                        "",
                        "this body is NOT the one whose digest the entry names: see 'charter "
                            + "ledger verify'",
                    ]
                )
            }
            let raw =
                request.has("raw") ? entry.bytes : request.has("body") ? body ?? [] : nil
            return Answer(
                json: ["entry": entry.document, "body": shown.json],
                lines: lines,
                raw: raw
            )
        } catch {
            throw .ledger(error)
        }
    }

    private static func content(
        _ entry: LedgerEntry,
        _ body: [UInt8]?
    ) -> (json: JSONValue, lines: [String]) {
        guard let body else {
            return entry.bodyDigest == nil
                ? (.null, []) : (.null, ["", "its body was dropped; the digest stays"])
        }
        if let value = try? JSONValue(parsing: body) {
            let lines = String(decoding: value.pretty, as: UTF8.self).split(separator: "\n")
            return (value, ["", "body:"] + lines.map { "  " + $0 })
        }
        if let text = String(validating: body, as: UTF8.self) {
            return (.string(text), ["", "body:"] + text.split(separator: "\n").map { "  " + $0 })
        }
        let encoded = String(decoding: Base64.encode(body), as: UTF8.self)
        return (
            ["base64": .string(encoded)],
            ["", "body: \(Report.count(body.count, "byte")) that are no text (--body prints them)"]
        )
    }
}
