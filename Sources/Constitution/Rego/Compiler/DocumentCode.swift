/// The code of documents: packages and what lies between them, as one object.
extension ProcedureAssembler {
    /// All that rules under a node give, over the base data that lies there.
    func assembleDocument(_ node: RuleTree.NodeID) {
        let collector = newCollector()
        emit(.collect(collector))
        for name in assembler.tree[node].childNames {
            guard let child = assembler.tree[node].children[name] else { continue }
            guard !assembler.tree.isFunction(child) || !assembler.tree[child].children.isEmpty
            else { continue }
            let next = newLabel()
            attempt(otherwise: next) {
                let value = newSlot()
                whole(child, into: value)
                emit(.insert(collector, key: assembler.constant(.string(name)), .slot(value)))
                emit(.fail)
            }
            land(next)
        }
        let done = newLabel()
        attempt(otherwise: done) {
            let base = newSlot()
            emit(.base(path: assembler.path(assembler.tree[node].path), into: base))
            emit(.mergeBase(collector, .slot(base)))
            emit(.fail)
        }
        land(done)
        finish(collector, .rules)
        close()
    }

    /// The whole document of a node: what its rules give, or base data where that was put in place.
    func whole(_ node: RuleTree.NodeID, into: Slot) {
        let path = assembler.tree[node].path
        guard let target = assembler.target(.data(path)) else {
            wholeOfRules(node, into: into)
            return
        }
        let (isReplaced, end) = (newLabel(), newLabel())
        emit(.replaced(target: target, isReplaced))
        wholeOfRules(node, into: into)
        emit(.jump(end))
        land(isReplaced)
        emit(.base(path: assembler.path(path), into: into))
        land(end)
    }

    private func wholeOfRules(_ node: RuleTree.NodeID, into: Slot) {
        if assembler.tree[node].rules.isEmpty || assembler.tree.isFunction(node) {
            emit(.rule(assembler.procedure(ofDocument: node), into: into))
        } else {
            emit(.rule(assembler.procedure(ofRule: node), into: into))
        }
    }
}
