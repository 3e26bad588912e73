/// Something that went wrong in a known way: the second of the three kinds (denial, fault, broken
/// invariant).
///
/// Each module has one enum of its own faults. The same `code` appears in the exit text, in JSON
/// and, later, in the ledger, so it is stable and never reused.
package protocol Fault: Error, CustomStringConvertible {
    /// Stable and dotted, module first: `canon.json.duplicate-key`.
    var code: String { get }

    /// A whole sentence naming the thing and, where there is one, the next step. It never contains
    /// the description of `cause`; whoever prints the chain does that.
    var description: String { get }

    /// What lies underneath, if another fault caused this one.
    var cause: (any Fault)? { get }
}

extension Fault {
    package var cause: (any Fault)? { nil }

    /// This fault and everything underneath it, outermost first.
    package var chain: [any Fault] {
        var links: [any Fault] = [self]
        while let next = links[links.count - 1].cause { links.append(next) }
        return links
    }
}
