/// Every verb there is, in the order in which help shows them.
package enum Catalog {
    package static let operations: [Operation] = [
        InitVerb.operation,
        IntegrityCheckVerb.operation,
        IntegrityInstalledVerb.operation,
        IntegrityDrillVerb.operation,
        RegistryCompileVerb.operation,
        RegistryShowVerb.operation,
        RegistryLinkVerb.operation,
        RegistryExportVerb.operation,
        RegistryImportVerb.operation,
        RegistrySelectVerb.operation,
        ExplainVerb.operation,
        OwnerVerb.operation,
        OwnerAssignVerb.operation,
        ChainVerb.operation,
        ValidateVerb.operation,
        IdAllocateVerb.operation,
        QuarantineVerb.operation,
        SealVerb.operation,
        SealVerifyVerb.operation,
        SealOpenVerb.operation,
        SpecNewVerb.operation,
        PackagePackVerb.operation,
        PackageInstallVerb.operation,
        PackageUninstallVerb.operation,
        PackageApplyVerb.operation,
        PackageSyncVerb.operation,
        PackageExportVerb.operation,
        PackageVerifyVerb.operation,
        PackageListVerb.operation,
        PackageAuditVerb.operation,
        PackageShowVerb.operation,
        PackageHistoryVerb.operation,
        PackageSignerListVerb.operation,
        PackageSignerAddVerb.operation,
        PackageSignerRevokeVerb.operation,
        VersionCheckpointVerb.operation,
        VersionListVerb.operation,
        VersionShowVerb.operation,
        VersionDiffVerb.operation,
        VersionRollbackVerb.operation,
        PolicyCheckVerb.operation,
        PolicyTestVerb.operation,
        PolicyEvalVerb.operation,
        PolicyExplainVerb.operation,
        PolicyDecideVerb.operation,
        PolicyFmtVerb.operation,
        PolicyBenchVerb.operation,
        PolicyBundleVerb.operation,
        PolicySignVerb.operation,
        PolicyTrustVerb.operation,
        PolicyActivateVerb.operation,
        PolicyRollbackVerb.operation,
        PolicyListVerb.operation,
        PolicyDiffVerb.operation,
        GateListVerb.operation,
        GateCheckVerb.operation,
        LedgerListVerb.operation,
        LedgerShowVerb.operation,
        LedgerQueryVerb.operation,
        LedgerFollowVerb.operation,
        LedgerVerifyVerb.operation,
        LedgerProveVerb.operation,
        LedgerCheckpointVerb.operation,
        LedgerWitnessRequestVerb.operation,
        LedgerWitnessCosignVerb.operation,
        LedgerWitnessAcceptVerb.operation,
        LedgerRepairVerb.operation,
        LedgerArchiveVerb.operation,
        LedgerRestoreVerb.operation,
        LedgerBackupVerb.operation,
        LedgerStatsVerb.operation,
        LedgerBenchVerb.operation,
        DoctorVerb.operation,
        VersionVerb.operation,
        CompletionsVerb.operation,
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
