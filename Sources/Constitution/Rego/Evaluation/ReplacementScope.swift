/// What `with` has put in place of input, data and functions, in one stretch of evaluation.
///
/// Scopes are never changed but for their memo: leaving one goes back to its parent, and backtracking
/// into a line with `with` takes up the scope that the line had.
struct ReplacementScope {
    /// What stands in place of a function.
    enum Mock {
        case value(Value)
        case procedure(Int32)
        case builtin(Int32)
    }

    /// What is known of the value of a rule.
    enum Memo {
        case undefined
        case value(Value)
    }

    let parent: Int32
    var input: Value?
    var data: Value
    /// For each target of the program, whether it is replaced.
    var replaced: [Bool]
    var mocks: [Int32: Mock] = [:]
    var memo: [Int32: Memo] = [:]
}

extension Value {
    /// This value with what stands at a path put in; whatever is in the way becomes an object.
    func replacing(_ path: ArraySlice<Text>, with value: Value) -> Value {
        guard let name = path.first else { return value }
        guard case .object(let object) = self else {
            let inner = Value.object(.empty).replacing(path.dropFirst(), with: value)
            return .object(ObjectValue(ordered: [.init(key: .string(name), value: inner)]))
        }
        let inner = (object[name] ?? .object(.empty)).replacing(path.dropFirst(), with: value)
        return .object(object.setting(.string(name), to: inner))
    }

    /// What stands at a path of names.
    func at(_ path: some Sequence<Text>) -> Value? {
        var value = self
        for name in path {
            guard case .object(let object) = value, let next = object[name] else { return nil }
            value = next
        }
        return value
    }
}
