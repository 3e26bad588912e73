/// Every verb there is, in the order in which help shows them.
package enum Catalog {
    package static let operations: [Operation] = [
        .initialise,
        .integrityCheck, .integrityInstalled, .integrityDrill,
        .registryCompile, .registryShow, .registryLink, .registryExport, .registryImport,
        .registrySelect,
        .explain, .owner, .ownerAssign, .chain,
        .validate, .idAllocate,
        .quarantine, .seal, .sealVerify, .sealOpen,
        .doctor, .version, .completions,
    ]

    /// The verb of these first words: the longest that fits.
    package static func find(_ words: [String]) -> (operation: Operation, used: Int)? {
        operations
            .filter { words.starts(with: $0.words) }
            .max { $0.words.count < $1.words.count }
            .map { ($0, $0.words.count) }
    }

    /// Verbs that share a first word.
    package static func family(_ noun: String) -> [Operation] {
        operations.filter { $0.words.first == noun }
    }
}
