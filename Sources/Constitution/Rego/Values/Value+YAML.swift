package import Canon

extension Value {
    /// Reads one YAML document: blocks, flow and scalars, without anchors, aliases and tags.
    package init(
        yaml bytes: [UInt8],
        limits: JSONLimits = .standard
    ) throws(InputFault) {
        guard bytes.count <= limits.bytesMax else {
            throw .json(.tooLarge(bytes: bytes.count, limit: limits.bytesMax))
        }
        guard let text = Text(validating: bytes) else {
            throw .yaml(line: 1, reason: "it is not UTF-8")
        }
        // Readers differ in whether the mark belongs to what follows it.
        guard !bytes.starts(with: [0xEF, 0xBB, 0xBF]) else {
            throw .yaml(line: 1, reason: "it begins with a byte order mark")
        }
        do {
            var reader = try YAMLReader(text)
            self = try reader.document()
        } catch {
            throw .yaml(line: error.line, reason: error.reason)
        }
    }
}
