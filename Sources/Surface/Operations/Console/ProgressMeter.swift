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

    private func show(_ progress: TreeScan.Progress) {
        // Small roots are done before anybody could read a number.
        guard progress.total > 5000 else { return }
        let percent = progress.done * 100 / max(1, progress.total)
        let isNew = shown.withLock { last in
            defer { last = percent }
            return last != percent
        }
        guard isNew else { return }
        let text = "\rreading \(progress.done) of \(progress.total) files, \(percent) %\u{1B}[K"
        try? StandardStream.errors.write(Array(text.utf8))
    }

    /// Takes the line away.
    package func clear() {
        guard isOn, shown.withLock({ $0 >= 0 }) else { return }
        try? StandardStream.errors.write(Array("\r\u{1B}[K".utf8))
    }
}
