extension Value {
    /// This document, changed by the operations of a JSON Patch (RFC 6902) in their order.
    ///
    /// `nil` where one of them is none, does not apply, or makes more than the budget allows: a
    /// patch holds whole or not at all.
    package func patched(
        by operations: [Value],
        within budget: WorkBudget = WorkBudget()
    ) -> Value? {
        var context = BuiltinContext(budget: budget)
        var document = self
        for operation in operations {
            guard let patch = PatchOperation(operation),
                let changed = try? patch.apply(to: document, &context)
            else { return nil }
            document = changed
        }
        return document
    }
}
