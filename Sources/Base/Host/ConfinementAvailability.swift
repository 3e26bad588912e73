import CLinux

/// What this kernel has to build walls with.
package struct ConfinementAvailability: Sendable, Equatable {
    /// The version of Landlock; 0 where there is none.
    package let landlockVersion: Int
    package let hasSeccomp: Bool

    /// States an availability; `probe` asks the kernel.
    package init(landlockVersion: Int, hasSeccomp: Bool) {
        self.landlockVersion = landlockVersion
        self.hasSeccomp = hasSeccomp
    }

    /// Asks the kernel.
    ///
    ///     landlock_create_ruleset(VERSION) · seccomp(GET_ACTION_AVAIL)
    package static func probe() -> ConfinementAvailability {
        ConfinementAvailability(
            landlockVersion: Int(clinux_landlock_version()),
            hasSeccomp: clinux_seccomp_available() == 1
        )
    }

    /// The newest version that is made use of: later ones control more, which we do not know yet.
    static let newestVersion = 7

    /// The first version that controls truncation, without which a file can be emptied.
    static let oldestVersion = 3

    /// Why a full confinement is not possible; `nil` where it is.
    package var shortcoming: String? {
        if landlockVersion == 0 { return "the kernel offers no Landlock" }
        if landlockVersion < Self.oldestVersion {
            return "the kernel offers Landlock version \(landlockVersion), and 3 is needed"
        }
        return hasSeccomp ? nil : "the kernel offers no seccomp filters"
    }
}
