extension BuiltinTable {
    /// What makes sets of sets; the operator `-` is among the numbers.
    static let sets: [Builtin] = [
        Builtin("and", [.anySet, .anySet], .anySet) { arguments, context throws(BuiltinError) in
            let (left, right) = (try arguments.set(0), try arguments.set(1))
            try context.charge(values: min(left.count, right.count))
            return .set(
                left.count <= right.count ? left.intersection(right) : right.intersection(left)
            )
        },
        Builtin("or", [.anySet, .anySet], .anySet) { arguments, context throws(BuiltinError) in
            let (left, right) = (try arguments.set(0), try arguments.set(1))
            try context.charge(values: left.count + right.count)
            return .set(left.union(right))
        },
        Builtin("union", [.set(of: .anySet)], .anySet) { arguments, context throws(BuiltinError) in
            var members: [Value] = []
            for element in try arguments.set(0).elements {
                let set = try arguments.inner(element)
                try context.charge(values: set.count)
                members += set.elements
            }
            return .set(SetValue(members))
        },
        Builtin("intersection", [.set(of: .anySet)], .anySet) {
            arguments,
            context throws(BuiltinError) in
            var common: SetValue?
            for element in try arguments.set(0).elements {
                let set = try arguments.inner(element)
                try context.charge(values: min(set.count, common?.count ?? set.count))
                common = common?.intersection(set) ?? set
            }
            return .set(common ?? .empty)
        },
        Builtin("set_diff", [.anySet, .anySet], .anySet, isDeprecated: true) {
            arguments,
            context throws(BuiltinError) in
            let (left, right) = (try arguments.set(0), try arguments.set(1))
            try context.charge(values: left.count)
            return .set(left.subtracting(right))
        },
    ]
}

extension Span where Element == Value {
    /// A member of the first argument, which must be a set of sets.
    fileprivate func inner(_ element: Value) throws(BuiltinError) -> SetValue {
        if case .set(let set) = element { return set }
        throw wrongElement(0, element, "set")
    }
}
