import Canon

/// What depends on what, by id.
///
/// Answers in one order, whatever order it was built in.
package struct LinkGraph: Sendable {
    private var edges: [String: [String]] = [:]

    /// A graph of nothing yet.
    package init() {}

    /// Says that one thing depends on others; naming it with none makes it known.
    package mutating func add(_ id: String, dependsOn others: [String]) {
        edges[id, default: []] += others
        for other in others where edges[other] == nil { edges[other] = [] }
    }

    /// Everything in an order in which each thing stands after what it depends on.
    ///
    /// Things that may stand in either order stand by their bytes. `nil` when there is a cycle.
    package func ordered() -> [String]? {
        var waiting = edges.mapValues { Set($0).count }
        var dependents: [String: [String]] = [:]
        for (id, others) in edges {
            for other in Set(others) { dependents[other, default: []].append(id) }
        }
        var ready = waiting.filter { $0.value == 0 }.keys.sorted { $0.precedesInBytes($1) }
        var out: [String] = []
        while let id = ready.first {
            ready.removeFirst()
            out.append(id)
            for dependent in dependents[id] ?? [] {
                waiting[dependent, default: 0] -= 1
                if waiting[dependent] == 0 {
                    let place = ready.firstIndex { dependent.precedesInBytes($0) } ?? ready.count
                    ready.insert(dependent, at: place)
                }
            }
        }
        return out.count == edges.count ? out : nil
    }

    /// One cycle, if there is any, beginning with its first id by bytes.
    package func cycle() -> [String]? {
        guard ordered() == nil else { return nil }
        // Everything that leads into no cycle falls away: what depends on nothing that remains.
        var remaining = edges
        var dependents: [String: [String]] = [:]
        var waiting: [String: Int] = [:]
        for (id, others) in edges {
            let others = Set(others)
            waiting[id] = others.count
            for other in others { dependents[other, default: []].append(id) }
        }
        var free = waiting.filter { $0.value == 0 }.map(\.key)
        while let id = free.popLast() {
            remaining[id] = nil
            for dependent in dependents[id] ?? [] {
                waiting[dependent, default: 0] -= 1
                if waiting[dependent] == 0 { free.append(dependent) }
            }
        }
        guard var at = remaining.keys.min(by: { $0.precedesInBytes($1) }) else { return nil }
        var path: [String] = []
        while !path.contains(at) {
            path.append(at)
            let next = (remaining[at] ?? []).filter { remaining[$0] != nil }
            guard let step = next.min(by: { $0.precedesInBytes($1) }) else { return nil }
            at = step
        }
        return Array(path[(path.firstIndex(of: at) ?? 0)...])
    }

    /// What a thing depends on directly.
    package func dependencies(of id: String) -> [String] { edges[id] ?? [] }

    /// Everything that depends on a thing, directly or through others.
    package func dependents(of id: String) -> [String] {
        var found: Set<String> = []
        var frontier = [id]
        while let next = frontier.popLast() {
            for (candidate, others) in edges
            where others.contains(next) && found.insert(candidate).inserted {
                frontier.append(candidate)
            }
        }
        return found.sorted { $0.precedesInBytes($1) }
    }
}
