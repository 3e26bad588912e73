import Canon

/// What a root says about itself: the file that makes a directory a governed root.
package struct RootManifest: Sendable {
    package let id: String
    package let name: String
    /// The package that owns compiled and local registries.
    package let registryOwner: String
    package let planes: [String]

    init(_ reader: inout DocumentReader) {
        id = reader.text("id")
        name = reader.text("name")
        registryOwner = reader.text("registry_owner")
        planes = (reader.value("planes")?.array ?? []).compactMap { $0["id"]?.string }
        for plane in planes where !RootManifest.isPlaneID(plane) {
            reader.complain(
                "The plane \"\(Printable(plane))\" is not made of a-z, 0-9, _ and hyphens."
            )
        }
        let allowed = id.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (97...122).contains(byte) || byte == 45
        }
        if id.isEmpty || id.utf8.count > 64 || !allowed {
            reader.complain("The field \"id\" is not made of a-z, 0-9 and hyphens (64 at most).")
        }
    }

    /// Plane ids become parts of paths, so they are plain.
    private static func isPlaneID(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 64
            && text.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (97...122).contains(byte) || byte == 45 || byte == 95
            }
    }
}
