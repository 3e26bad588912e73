import Host
package import Integrity
import Synchronization

/// One line on a terminal that says how far a scan has come; silent everywhere else.
package final class ProgressMeter: Sendable {
    private let isOn: Bool
    private let shown = Mutex<Int>(-1)

    /// A meter that shows itself only where somebody watches.
    package init(isOn: Bool) { self.isOn = isOn }

    /// What a scan calls; `nil` where nobody watches.
    package var callback: (@Sendable (TreeScan.Progress) -> Void)? {
        guard isOn else { return nil }
        return { progress in self.show(progress) }
    }

    /// What counts other things than files; `nil` where nobody watches.
    package var counted: (@Sendable (_ things: String, _ done: Int, _ of: Int) -> Void)? {
        guard isOn else { return nil }
        return { things, done, total in self.show(things, done, total) }
    }

    private func show(_ progress: TreeScan.Progress) {
        show("files", progress.done, progress.total)
    }

    private func show(_ things: String, _ done: Int, _ total: Int) {
        // Few of them are done before anybody could read a number.
        guard total > 5000 else { return }
        let percent = done * 100 / max(1, total)
        let isNew = shown.withLock { last in
            defer { last = percent }
            return last != percent
        }
        guard isNew else { return }
        let text = "\rreading \(done) of \(total) \(things), \(percent) %\u{1B}[K"
        try? StandardStream.errors.write(Array(text.utf8))
    }

    /// Takes the line away.
    package func clear() {
        guard isOn, shown.withLock({ $0 >= 0 }) else { return }
        try? StandardStream.errors.write(Array("\r\u{1B}[K".utf8))
    }
}
