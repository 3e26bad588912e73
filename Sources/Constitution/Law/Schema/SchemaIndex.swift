import Canon

/// What has a name in the documents read so far: resources by identifier, anchors in them.
///
/// Only places where a schema may stand are looked at, so an `$id` within an `enum` or under a
/// keyword that nobody knows names nothing.
struct SchemaIndex {
    private(set) var documents: [JSONValue] = []
    var resources: [SchemaResource] = []
    private var byIdentifier: [ExactText: Int] = [:]
    private var byPlace: [ExactText: Int] = [:]
    private var visited: Set<ExactText> = []
    private var locationBytes = 0
    private let library: SchemaLibrary
    private let partsMax: Int

    /// Keywords whose value is a schema.
    private static let single = [
        "additionalProperties", "contains", "contentSchema", "else", "if", "items", "not",
        "propertyNames", "then", "unevaluatedItems", "unevaluatedProperties",
    ]
    /// Keywords whose value is an array of schemas.
    private static let listed = ["allOf", "anyOf", "oneOf", "prefixItems"]
    /// Keywords whose value is an object of schemas; two are from earlier drafts.
    private static let named = [
        "$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties",
        "properties",
    ]

    private struct Place {
        let value: JSONValue
        let pointer: String
        let resource: Int
    }

    init(_ library: SchemaLibrary, partsMax: Int) {
        self.library = library
        self.partsMax = partsMax
    }

    /// Counts the text of a location: a long key above many schemas is in the location of each.
    mutating func charge(_ location: String) throws(LawFault) {
        locationBytes += location.utf8.count
        guard locationBytes <= partsMax * 1024 else {
            throw .tooLarge(location: String(location.prefix(200)), partsMax: partsMax)
        }
    }

    /// Takes a document in and returns the resource that its root is.
    mutating func add(_ value: JSONValue, _ identifier: String) throws(LawFault) -> Int {
        let document = documents.count
        documents.append(value)
        let base = URIReference(identifier).withoutFragment
        let own = value["$id"]?.string.map {
            URIReference($0).resolved(against: URIReference(base)).withoutFragment
        }
        let root = try resource(value, own ?? base, document, "", inherited: .standard)
        if byIdentifier[ExactText(base)] == nil { byIdentifier[ExactText(base)] = root }
        try walk(Place(value: value, pointer: "", resource: root), document)
        return root
    }

    /// The resource of an identifier without fragment, taken from the library at first need.
    mutating func find(_ identifier: String) throws(LawFault) -> Int? {
        if let known = byIdentifier[ExactText(identifier)] { return known }
        guard let document = library.document(identifier) else { return nil }
        return try add(document, identifier)
    }

    /// The resource whose root stands at this place, if one does.
    func resource(at pointer: String, _ document: Int) -> Int? {
        byPlace[SchemaIndex.key(document, pointer)]
    }

    /// Looks into a schema that stands where the standard knows none, because a reference led there.
    mutating func visit(
        _ value: JSONValue,
        _ pointer: String,
        _ document: Int,
        _ resource: Int
    ) throws(LawFault) {
        guard !visited.contains(SchemaIndex.key(document, pointer)) else { return }
        try walk(Place(value: value, pointer: pointer, resource: resource), document)
    }

    static func key(_ document: Int, _ pointer: String) -> ExactText {
        ExactText("\(document)#\(pointer)")
    }

    private mutating func resource(
        _ value: JSONValue,
        _ identifier: String,
        _ document: Int,
        _ pointer: String,
        inherited: Vocabularies
    ) throws(LawFault) -> Int {
        var vocabularies = inherited
        if let dialect = value["$schema"] {
            guard let text = dialect.string else {
                throw .badKeyword(location: identifier + "#/$schema", expected: "a string")
            }
            vocabularies = try Vocabularies(dialect: text, of: identifier + "#" + pointer, library)
        }
        let number = resources.count
        if let other = byIdentifier[ExactText(identifier)], resources[other].document == document {
            throw .duplicateIdentifier(location: "#" + pointer, identifier: identifier)
        }
        byIdentifier[ExactText(identifier)] = number
        byPlace[SchemaIndex.key(document, pointer)] = number
        resources.append(
            SchemaResource(
                identifier: identifier,
                vocabularies: vocabularies,
                document: document,
                pointer: pointer,
                value: value
            )
        )
        return number
    }

    private mutating func walk(_ start: Place, _ document: Int) throws(LawFault) {
        var pending = [start]
        while let place = pending.popLast() {
            guard case .object(let object) = place.value,
                visited.insert(SchemaIndex.key(document, place.pointer)).inserted
            else { continue }
            try charge(place.pointer)
            var resource = place.resource
            let isRoot = resources[resource].pointer.hasSameBytes(as: place.pointer)
            if let identifier = try self.identifier(of: object, place), !isRoot {
                resource = try self.resource(
                    place.value,
                    identifier,
                    document,
                    place.pointer,
                    inherited: resources[resource].vocabularies
                )
            }
            try anchor("$anchor", object, place.pointer, resource)
            try anchor("$dynamicAnchor", object, place.pointer, resource)
            for (key, value) in object.members {
                let inner = place.pointer + "/" + JSONPointer.escaped(key)
                if SchemaIndex.single.contains(key) {
                    pending.append(Place(value: value, pointer: inner, resource: resource))
                } else if SchemaIndex.listed.contains(key), let array = value.array {
                    for (index, element) in array.enumerated() {
                        let at = "\(inner)/\(index)"
                        pending.append(Place(value: element, pointer: at, resource: resource))
                    }
                } else if SchemaIndex.named.contains(key), let members = value.object {
                    for (name, element) in members.members {
                        let at = inner + "/" + JSONPointer.escaped(name)
                        pending.append(Place(value: element, pointer: at, resource: resource))
                    }
                }
            }
        }
    }

    private func identifier(of object: JSONObject, _ place: Place) throws(LawFault) -> String? {
        guard let value = object["$id"] else { return nil }
        let location = resources[place.resource].identifier + "#" + place.pointer + "/$id"
        guard let text = value.string, URIReference(text).fragment ?? "" == "" else {
            throw .badKeyword(location: location, expected: "a URI without a fragment")
        }
        let base = URIReference(resources[place.resource].identifier)
        return URIReference(text).resolved(against: base).withoutFragment
    }

    private mutating func anchor(
        _ keyword: String,
        _ object: JSONObject,
        _ pointer: String,
        _ resource: Int
    ) throws(LawFault) {
        guard let value = object[keyword] else { return }
        let location = resources[resource].identifier + "#" + pointer + "/" + keyword
        guard let name = value.string, SchemaIndex.isAnchor(name) else {
            throw .badKeyword(
                location: location,
                expected: "a name of letters, digits, '-', '_' and '.' that begins with a letter"
            )
        }
        let isTaken = resources[resource].anchors.contains {
            $0.name == name && !$0.pointer.hasSameBytes(as: pointer)
        }
        if isTaken { throw .duplicateIdentifier(location: location, identifier: name) }
        resources[resource].anchors.append((name, pointer))
        if keyword == "$dynamicAnchor" {
            resources[resource].dynamicAnchors.append((name, pointer, -1))
        }
    }

    /// The plain names of the core specification, §8.2.2; ASCII, so `==` on them is exact.
    private static func isAnchor(_ name: String) -> Bool {
        guard let first = name.utf8.first else { return false }
        let isLetter = { (byte: UInt8) in (0x61...0x7A).contains(byte | 0x20) || byte == 0x5F }
        return isLetter(first)
            && name.utf8.allSatisfy {
                isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x2E
            }
    }
}
