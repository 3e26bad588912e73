import Canon
import Patterns

/// Turns a schema, and every schema that it refers to, into nodes.
///
/// Nodes are read from a list of what is still to do, never by recursion, so a schema of any shape
/// costs no stack.
struct SchemaCompiler {
    private(set) var nodes: [SchemaNode] = []
    private(set) var tracksEvaluation = false
    var index: SchemaIndex

    private let options: Schema.Options
    private var numbers: [ExactText: Int] = [:]
    private var pending: [Place] = []
    private var instructions = 0

    private struct Place {
        let node: Int
        let value: JSONValue
        let pointer: String
        let document: Int
    }

    init(_ library: SchemaLibrary, _ options: Schema.Options) {
        index = SchemaIndex(library, partsMax: options.partsMax)
        self.options = options
    }

    /// Reads everything and returns the node of the document's root.
    mutating func compile(_ document: JSONValue, _ identifier: String) throws(LawFault) -> Int {
        let root = try index.add(document, identifier)
        let node = try self.node(document, "", index.resources[root].document, root)
        var anchored = 0
        while true {
            while let place = pending.popLast() { try read(place) }
            // Any resource met may be on the way to a `$dynamicRef`, so its anchors need nodes.
            guard anchored < index.resources.count else { break }
            for entry in index.resources[anchored].dynamicAnchors.indices {
                let resource = index.resources[anchored]
                let pointer = resource.dynamicAnchors[entry].pointer
                guard let target = value(at: pointer, in: index.documents[resource.document]) else {
                    continue
                }
                let number = try self.node(target, pointer, resource.document, anchored)
                index.resources[anchored].dynamicAnchors[entry].node = number
            }
            anchored += 1
        }
        return node
    }

    /// The node of a place, made at the first request.
    private mutating func node(
        _ value: JSONValue,
        _ pointer: String,
        _ document: Int,
        _ resource: Int
    ) throws(LawFault) -> Int {
        let key = SchemaIndex.key(document, pointer)
        if let known = numbers[key] { return known }
        let owner = index.resource(at: pointer, document) ?? resource
        let inner = pointer.dropFirst(index.resources[owner].pointer.count)
        let location = index.resources[owner].identifier + "#" + inner
        guard nodes.count < options.partsMax else {
            throw .tooLarge(location: location, partsMax: options.partsMax)
        }
        try index.charge(location)
        let number = nodes.count
        numbers[key] = number
        nodes.append(SchemaNode(location: location, resource: owner, keywords: []))
        pending.append(Place(node: number, value: value, pointer: pointer, document: document))
        return number
    }

    /// Counts what the patterns of the whole schema need; a short pattern can be a large program.
    mutating func charge(instructions count: Int, _ location: String) throws(LawFault) {
        instructions += count
        guard instructions <= options.partsMax * 20 else {
            throw .tooLarge(location: location, partsMax: options.partsMax)
        }
    }

    private mutating func read(_ place: Place) throws(LawFault) {
        let location = nodes[place.node].location
        switch place.value {
        case .bool(let isTrue):
            if !isTrue { nodes[place.node].keywords = [.never] }
        case .object(let object):
            let resource = nodes[place.node].resource
            var reader = KeywordReader(
                object: object,
                location: location,
                pointer: place.pointer,
                document: place.document,
                resource: resource,
                vocabularies: index.resources[resource].vocabularies,
                assertsFormats: options.assertsFormats
            )
            nodes[place.node].keywords = try reader.read(&self)
        default:
            throw .notASchema(location: location, found: place.value.kind)
        }
    }

    /// The node of a subschema of a schema object, given the way to it from there.
    mutating func child(
        _ value: JSONValue,
        _ path: String,
        of reader: KeywordReader
    ) throws(LawFault) -> Int {
        tracksEvaluation = tracksEvaluation || path.hasPrefix("/unevaluated")
        return try node(value, reader.pointer + path, reader.document, reader.resource)
    }

    /// The node that a reference leads to, and the dynamic anchor that it names, if it does.
    mutating func target(
        _ reference: String,
        _ keyword: String,
        of reader: KeywordReader
    ) throws(LawFault) -> (node: Int, dynamicAnchor: String?) {
        let location = reader.location + "/" + keyword
        let unresolved = LawFault.unresolvedReference(location: location, reference: reference)
        let base = URIReference(index.resources[reader.resource].identifier)
        let target = URIReference(reference).resolved(against: base)
        guard let resource = try index.find(target.withoutFragment),
            let fragment = target.decodedFragment ?? .some("")
        else { throw unresolved }
        let found = index.resources[resource]
        if fragment.isEmpty || fragment.utf8.first == UInt8(ascii: "/") {
            guard let place = try follow(fragment, from: resource) else { throw unresolved }
            try index.visit(place.value, place.pointer, found.document, place.resource)
            let node = try self.node(place.value, place.pointer, found.document, place.resource)
            return (node, nil)
        }
        guard let anchor = found.anchors.first(where: { $0.name.hasSameBytes(as: fragment) }),
            let value = value(at: anchor.pointer, in: index.documents[found.document])
        else { throw unresolved }
        let node = try self.node(value, anchor.pointer, found.document, resource)
        let isDynamic = found.dynamicAnchors.contains { $0.name.hasSameBytes(as: fragment) }
        return (node, isDynamic ? fragment : nil)
    }

    /// Follows a pointer from a resource's root, noticing where it enters another resource.
    private func follow(
        _ pointer: String,
        from resource: Int
    )
        throws(LawFault) -> (value: JSONValue, pointer: String, resource: Int)?
    {
        guard let tokens = JSONPointer.tokens(pointer) else { return nil }
        var value = index.resources[resource].value
        var at = index.resources[resource].pointer
        var owner = resource
        for token in tokens {
            guard let next = step(value, token) else { return nil }
            value = next
            at += "/" + JSONPointer.escaped(token)
            owner = index.resource(at: at, index.resources[resource].document) ?? owner
        }
        return (value, at, owner)
    }

    private func value(at pointer: String, in document: JSONValue) -> JSONValue? {
        var value = document
        for token in JSONPointer.tokens(pointer) ?? [] {
            guard let next = step(value, token) else { return nil }
            value = next
        }
        return value
    }

    private func step(_ value: JSONValue, _ token: String) -> JSONValue? {
        switch value {
        case .object(let object): return object[token]
        case .array(let array):
            guard let index = JSONPointer.index(token), index < array.count else { return nil }
            return array[index]
        default: return nil
        }
    }
}
