/// The stable codes of everything that an integrity check can find.
///
/// Never renamed, never reused.
package enum ViolationCode: String, Hashable, Sendable, CaseIterable {
    // Ownership: is everything there accounted for, and everything accounted for there?
    case orphan = "integrity.orphan"
    case missing = "integrity.missing"
    case duplicate = "integrity.duplicate"
    case unknownOwner = "integrity.unknown-owner"
    case frameworkOwner = "integrity.framework-owner"
    case noLocalRegistry = "integrity.no-local-registry"
    case badRegistry = "integrity.bad-registry"
    case badPath = "integrity.bad-path"
    case forbiddenKind = "integrity.forbidden-kind"
    case unreadable = "integrity.unreadable"
    case mounted = "integrity.mounted"
    case tooDeep = "integrity.too-deep"
    case twin = "integrity.twin"
    case staleRegistry = "integrity.stale-registry"
    case exemptionAbused = "integrity.exemption-abused"
    case exemptOwned = "integrity.exempt-owned"
    case sealRemoved = "integrity.seal-removed"

    // Hashes: is every byte the one that was registered?
    case tampered = "integrity.tampered"
    case hardLink = "integrity.hard-link"
    case changing = "integrity.changing"
    case mode = "integrity.mode"
    case sealBroken = "integrity.seal-broken"

    // Links: package to spec to framework, gates and metadata.
    case invalidDocument = "integrity.invalid-document"
    case dangling = "integrity.dangling-link"
    case frameworkMismatch = "integrity.framework-mismatch"
    case specTypeNotAllowed = "integrity.spec-type-not-allowed"
    case missingMetadata = "integrity.missing-metadata"
    case unknownGate = "integrity.unknown-gate"
    case inactiveGate = "integrity.inactive-gate"
    case cycle = "integrity.cycle"
    case versionNotMet = "integrity.version-not-met"
    case unauthorised = "integrity.unauthorised-path"
    case tooWide = "integrity.authorises-everything"
    case missingAsset = "integrity.missing-asset"
    case deprecated = "integrity.deprecated-framework"
    case unknownEntityType = "integrity.unknown-entity-type"
    case noCompanion = "integrity.no-companion"

    // Packages: is each package what its manifest says?
    case invalidPackage = "integrity.invalid-package"
    case foreignFile = "integrity.foreign-file"
    case tierDependency = "integrity.tier-dependency"
    case unpackaged = "integrity.unpackaged"

    // Gates.
    case gateFailed = "integrity.gate-failed"
    case gateUnusable = "integrity.gate-unusable"
    case policyDenied = "integrity.policy-denied"
    case enforcementList = "integrity.enforcement-list"
    case gateUnlisted = "integrity.gate-unlisted"
    case policyUngated = "integrity.policy-ungated"

    /// The rule behind the code, where no framework or gate is more exact.
    package var rule: String {
        switch self {
        case .orphan, .missing, .duplicate, .unreadable, .forbiddenKind, .mounted, .tooDeep,
            .noLocalRegistry, .twin, .exemptionAbused, .exemptOwned:
            "FMWK-REG: every file is registered exactly once"
        case .badRegistry, .staleRegistry, .badPath: "FMWK-REG: registries are exact"
        case .unknownOwner, .frameworkOwner, .unpackaged:
            "FMWK-REG: every file is owned by a package"
        case .tampered, .hardLink, .changing, .mode, .sealBroken:
            "FMWK-REG: every byte is the registered one"
        case .sealRemoved: "FMWK-REG: a seal goes away by being opened"
        case .invalidDocument, .noCompanion: "FMWK-SCHEMA: every document obeys its schema"
        case .dangling, .frameworkMismatch, .specTypeNotAllowed, .missingMetadata, .unknownGate,
            .inactiveGate, .cycle, .versionNotMet, .missingAsset, .deprecated, .unknownEntityType:
            "FMWK-REG: package, spec and framework are linked"
        case .unauthorised, .tooWide: "FMWK-REG: a framework authorises every path"
        case .invalidPackage, .foreignFile: "FMWK-PKG-001: a package is what its manifest says"
        case .tierDependency: "FMWK-PKG-001: a lower tier does not depend on a higher one"
        case .gateFailed, .gateUnusable, .policyDenied: "FMWK-GATE: required gates pass"
        case .enforcementList, .gateUnlisted, .policyUngated:
            "FMWK-GATE: what is enforced is what is listed"
        }
    }

    /// What to do, where the finding itself says nothing more exact.
    package var next: String {
        switch self {
        case .orphan:
            "Register it with 'charter owner assign PATH --package PKG-…' and compile, "
                + "move it away with 'charter quarantine', or delete it."
        case .missing:
            "Restore the file, or remove its row from the local registry and compile."
        case .duplicate: "Keep one row for the path."
        case .unknownOwner: "Name a package that stands in the packages registry."
        case .frameworkOwner: "Give the file to a package; frameworks authorise and never own."
        case .noLocalRegistry:
            "Run 'charter owner assign PATH --package PKG-…' for a file of this directory."
        case .badRegistry: "Correct the registry and run 'charter registry compile'."
        case .badPath: "Write the plain path, relative to the directory of its registry."
        case .forbiddenKind: "Replace it with a regular file or remove it."
        case .unreadable: "Give the checking user permission to read it, or remove it."
        case .mounted: "Unmount it; a root lies on one file system."
        case .tooDeep: "Flatten the tree."
        case .twin: "Rename one of the two; other systems cannot hold both."
        case .staleRegistry:
            "Run 'charter registry compile'; compiled registries are never edited by hand."
        case .exemptionAbused: "Name a plain place outside registries/ in the policy, or remove it."
        case .exemptOwned:
            "Take the exemption back, or run 'charter registry compile --accept' to give up the row."
        case .sealRemoved:
            "Restore the sealed state; if the root shall be open from now on, run "
                + "'charter seal open'."
        case .tampered:
            "Restore the file; if the change is meant, run 'charter registry compile --accept'."
        case .hardLink: "Replace it with a copy of its own: cp --remove-destination."
        case .changing: "Stop the program that writes to it and check again."
        case .mode: "Remove the set-user-id and set-group-id bits."
        case .sealBroken:
            "Restore the sealed state, or seal the new one with 'charter seal' if it is meant."
        case .invalidDocument: "Correct the document; 'charter validate PATH' shows each finding."
        case .noCompanion: "Write the Markdown beside the framework's schema."
        case .dangling: "Add what is named, or name what exists."
        case .frameworkMismatch: "Name the framework of the package's spec."
        case .specTypeNotAllowed: "Choose a type that the framework allows, or extend it."
        case .missingMetadata: "Add the metadata that the framework requires to the spec."
        case .unknownGate: "Define the gate under registries/gates, or correct its id."
        case .inactiveGate: "Make the gate active, or require another one."
        case .cycle: "Remove one of the dependencies."
        case .versionNotMet: "Widen the range or raise the version."
        case .unauthorised:
            "Move the file to where its framework allows it, or add a pattern to the framework."
        case .tooWide: "Name the places where files of this class may lie."
        case .missingAsset: "Add the asset, or remove it from the spec."
        case .deprecated: "Move the spec to an active framework."
        case .unknownEntityType: "Add the type to registries/entity_types.json."
        case .invalidPackage: "Correct the package's manifest."
        case .foreignFile: "Own the file with this package, or take it out of the manifest."
        case .tierDependency: "Depend on the same or a lower tier only."
        case .unpackaged: "Give the file to a package; a sealed root has no other owners."
        case .gateFailed: "Correct what the gate found."
        case .gateUnusable: "Correct the gate's own rules."
        case .policyDenied: "Correct what the policy found."
        case .enforcementList: "Correct registries/ENFORCEMENT_GATES.yml."
        case .gateUnlisted:
            "List the gate in registries/ENFORCEMENT_GATES.yml, or define what is listed there."
        case .policyUngated:
            "List the policy under the gate that it names in registries/ENFORCEMENT_GATES.yml."
        }
    }
}
