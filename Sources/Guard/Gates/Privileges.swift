import Canon
import Rego

/// Whether one document gives more than another: the parts of both that hold privileges, compared.
///
/// Which members hold privileges is data of the policies. Such a part may lose members, turn from true
/// to false, or go away; anything else counts as more.
struct Privileges {
    private let names: Set<String>

    /// The members that hold privileges, at any depth; `id` is always among them.
    init(named names: [String]) { self.names = Set(names).union(["id"]) }

    /// The first place at which `after` gives more than `before`, as a JSON Pointer.
    func widening(from before: Value?, to after: Value, at place: String = "") -> String? {
        switch after {
        case .object(let object):
            for member in object.members {
                let name = Privileges.name(of: member.key)
                let inner = "\(place)/\(name)"
                let earlier = before?[member.key]
                if names.contains(name) {
                    if !Privileges.isNarrower(member.value, than: earlier) { return inner }
                } else if let found = widening(from: earlier, to: member.value, at: inner) {
                    return found
                }
            }
            return nil
        case .array(let array):
            // Elements may have moved. One that is another than before counts as new: beside another
            // name the same roles are somebody else's.
            for (index, element) in array.elements.enumerated() {
                let inner = "\(place)/\(index)"
                let earlier = before.flatMap(Privileges.elements) ?? []
                if earlier.contains(element) { continue }
                if let found = widening(from: nil, to: element, at: inner) { return found }
            }
            return nil
        case .set(let set):
            return widening(from: before, to: .array(ArrayValue(set.elements)), at: place)
        case .null, .bool, .number, .string: return nil
        }
    }

    private static func isNarrower(_ after: Value, than before: Value?) -> Bool {
        guard let before else { return after.memberCount == 0 || after == .bool(false) }
        if after == before { return true }
        switch (before, after) {
        case (.bool(true), .bool(false)): return true
        case (.object(let one), .object(let other)):
            return other.members.allSatisfy { isNarrower($0.value, than: one[$0.key]) }
        default:
            guard let one = elements(before), let other = elements(after) else { return false }
            return other.allSatisfy(one.contains)
        }
    }

    private static func elements(_ value: Value) -> [Value]? {
        switch value {
        case .array(let array): array.elements
        case .set(let set): set.elements
        default: nil
        }
    }

    private static func name(of key: Value) -> String {
        if case .string(let text) = key { text.string } else { "" }
    }
}
