extension RegularExpression {
    /// What a search for a match found with bounded work.
    package enum BoundedMatch: Hashable, Sendable {
        case found(Match)
        case absent
        /// The work that was allowed was not enough to tell.
        case stopped
    }

    /// The leftmost match that begins at or after a byte offset, taking at most so many steps.
    ///
    /// Adds to `work` the steps it took: whoever looks for one match after another pays for all the
    /// text that each search had to read, which may be far more than the match.
    package func firstMatch(
        in text: Span<UInt8>,
        from start: Int,
        workMax: Int,
        work: inout Int
    ) -> BoundedMatch {
        precondition(start >= 0 && start <= text.count, "A search begins within its text.")
        var threads = RegexThreads(program)
        let slots = threads.run(text, from: start, workMax: workMax)
        work += threads.work
        if threads.isStopped { return .stopped }
        guard let slots else { return .absent }
        var groups: [Range<Int>?] = []
        for index in stride(from: 0, to: slots.count, by: 2) {
            let isSet = slots[index] >= 0 && slots[index + 1] >= 0
            groups.append(isSet ? slots[index]..<slots[index + 1] : nil)
        }
        return .found(Match(groups: groups, range: slots[0]..<slots[1]))
    }
}
