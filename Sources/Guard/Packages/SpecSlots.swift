import Canon

/// What a template of a spec pack is filled in with.
package struct SpecSlots: Sendable {
    let spec: EntityID<SpecKind>
    let packageID: EntityID<PackageKind>
    private let values: [String: String]

    /// Why something cannot be filled in.
    package struct Unfit: Error, Sendable {
        /// The sentence for whoever asked.
        package let reason: String
    }

    /// States what to fill in; `module` is made from the id where it is `nil`.
    ///
    /// Words go into JSON, Markdown and programs as they are, so they hold nothing that means something
    /// there.
    package init(
        spec id: String,
        name: String,
        purpose: String,
        owner: String,
        module: String? = nil
    ) throws(Unfit) {
        guard let spec = EntityID<SpecKind>(id),
            let packageID = EntityID<PackageKind>("PKG-" + id.dropFirst("SPEC-".count))
        else {
            throw Unfit(reason: "\"\(Printable(id))\" is no id of a spec, such as SPEC-WREN.")
        }
        let slug = id.dropFirst("SPEC-".count).lowercased()
        let module = module ?? slug.replacing("-", with: "_")
        guard SpecSlots.isModule(module) else {
            throw Unfit(
                reason:
                    "\"\(Printable(module))\" is no name of a module: it begins with a letter and is made "
                    + "of a-z, 0-9 and _, 48 at most. --module names another."
            )
        }
        for (what, words) in [("name", name), ("purpose", purpose), ("owner", owner)] {
            guard SpecSlots.isPlain(words) else {
                throw Unfit(
                    reason:
                        "The \(what) \"\(Printable(words))\" cannot be filled in: it is one line of at "
                        + "most 200 bytes, without \" \\ { } ` and with no blank at its ends."
                )
            }
        }
        self.spec = spec
        self.packageID = packageID
        values = [
            "spec": spec.text, "package": packageID.text, "slug": slug, "module": module,
            "name": name, "purpose": purpose, "owner": owner,
        ]
    }

    private static func isModule(_ text: String) -> Bool {
        guard let first = text.utf8.first, (97...122).contains(first) else { return false }
        return text.utf8.count <= 48
            && text.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (97...122).contains(byte) || byte == 95
            }
    }

    private static func isPlain(_ text: String) -> Bool {
        let banned = Set("\"\\{}`".unicodeScalars)
        return (1...200).contains(text.utf8.count) && text.first != " " && text.last != " "
            && text.unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
                    .paragraphSeparator:
                    false
                default: !banned.contains(scalar)
                }
            }
    }

    /// Fills in `{{slot}}`; a slot that there is not is named.
    func filling(
        _ text: String,
        and others: [String: String] = [:]
    ) throws(Unfit) -> String {
        var filled = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "{{") {
            filled += rest[..<start.lowerBound]
            rest = rest[start.upperBound...]
            guard let end = rest.firstRange(of: "}}") else {
                throw Unfit(reason: "A slot in it is opened and not closed.")
            }
            let slot = String(rest[..<end.lowerBound])
            guard let value = values[slot] ?? others[slot] else {
                throw Unfit(
                    reason:
                        "It has the slot \"\(Printable(slot))\", which nothing fills; there are "
                        + (Array(values.keys) + others.keys).sorted().joined(separator: ", ") + "."
                )
            }
            filled += value
            rest = rest[end.upperBound...]
        }
        return filled + rest
    }
}
