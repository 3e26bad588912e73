import Canon
package import Crypto
package import Rego
import Synchronization

/// A bundle whose policies are compiled: what decisions are made with.
///
/// Policies that only test others are left out, so that no decision can rest on them.
package final class LoadedBundle: Sendable {
    /// Who answers for the bundle.
    package enum Provenance: Sendable, Equatable {
        /// Trusted keys that signed it.
        case signed([VerifyingKey])
        /// Whoever keeps the governed root that it lies in: its registries and its seal prove it.
        case governedRoot
        /// Nobody; for those who write policies and try them.
        case author
    }

    package let bundle: PolicyBundle
    package let provenance: Provenance
    /// The policies that decide, as they were written.
    package let modules: [PolicyModule]
    package let policy: CompiledPolicy
    /// The documents that the manifest or the policies themselves say may be asked.
    package let entryPoints: [QueryPath]

    private let prepared: [QueryPath: PreparedEntryPoint]
    /// Made when a denial first has to say which rules fired: observing costs time.
    private let observed = Mutex<CompiledPolicy?>(nil)

    /// Compiles a bundle that was verified.
    package convenience init(_ verified: BundleSignature.Verified) throws(BundleRefusal) {
        try self.init(verified.bundle, provenance: .signed(verified.signers))
    }

    /// Compiles a bundle for which somebody answers otherwise than by a signature in it.
    package init(_ bundle: PolicyBundle, provenance: Provenance) throws(BundleRefusal) {
        self.bundle = bundle
        self.provenance = provenance
        modules = try bundle.modules(withTests: false)
        do {
            let policy = try PolicyCompiler.compile(modules: modules, data: bundle.data)
            entryPoints = LoadedBundle.entryPoints(bundle.manifest, modules)
            var prepared: [QueryPath: PreparedEntryPoint] = [:]
            for path in entryPoints { prepared[path] = try policy.prepare(entryPoint: path.names) }
            self.policy = policy
            self.prepared = prepared
        } catch {
            throw .policies(error.quoting(bundle.files))
        }
    }

    /// The prepared question for a document, if the bundle defines it.
    package func question(_ path: QueryPath) throws(PolicyErrors) -> PreparedEntryPoint? {
        if let known = prepared[path] { return known }
        guard modules.define(path) else { return nil }
        return try policy.prepare(entryPoint: path.names)
    }

    /// The same question, asked of code that tells an observer where it passes.
    package func observedQuestion(_ path: QueryPath) throws(PolicyErrors) -> PreparedEntryPoint {
        if let known = observed.withLock({ $0 }) {
            return try known.prepare(entryPoint: path.names)
        }
        let made = try PolicyCompiler.compile(
            modules: modules,
            data: bundle.data,
            options: CompileOptions(isObserved: true)
        )
        observed.withLock { $0 = made }
        return try made.prepare(entryPoint: path.names)
    }

    private static func entryPoints(
        _ manifest: BundleManifest,
        _ modules: [PolicyModule]
    ) -> [QueryPath] {
        var paths = manifest.entryPoints
        for module in modules {
            for annotation in module.annotations
            where annotation.content["entrypoint"]?.bool == true {
                var names = module.package.path
                if let rule = annotation.rule { names += module.rules[rule].names }
                if !names.isEmpty { paths.append(QueryPath(names: names)) }
            }
        }
        var seen: Set<QueryPath> = []
        return paths.filter { seen.insert($0).inserted && modules.define($0) }
    }
}

extension PolicyBundle {
    /// Reads the policies; what is wrong with any of them refuses the bundle, and each is named.
    package func modules(withTests: Bool = true) throws(BundleRefusal) -> [PolicyModule] {
        var modules: [PolicyModule] = []
        var errors: [PolicyError] = []
        for file in policies where withTests || !file.isTest {
            do {
                let module = try Parser.parse(
                    file.bytes,
                    file: file.path,
                    version: manifest.language
                )
                modules.append(module)
            } catch {
                errors += error.errors
            }
        }
        if !errors.isEmpty { throw .policies(PolicyErrors(errors).quoting(files)) }
        for module in modules where !BundleRoots.contain(module.package.path, manifest.roots) {
            let what = (["data"] + module.package.path).joined(separator: ".")
            throw .outsideRoots(path: module.file, what: what)
        }
        return modules
    }
}

extension PolicyErrors {
    /// The same errors with the lines of text that they are about.
    package func quoting(_ files: [BundleFile]) -> PolicyErrors {
        PolicyErrors(
            errors.map { error in
                let file = files.first { $0.path.hasSameBytes(as: error.file) }
                return file.map { error.quoting($0.bytes) } ?? error
            }
        )
    }
}

extension [PolicyModule] {
    /// Whether a rule or package of that name exists, or one that lies below it.
    func define(_ path: QueryPath) -> Bool {
        contains { module in
            let package = module.package.path
            if package.starts(with: path.names, by: { $0.hasSameBytes(as: $1) }) { return true }
            return module.rules.contains { rule in
                (package + rule.names).starts(with: path.names, by: { $0.hasSameBytes(as: $1) })
            }
        }
    }
}

extension Rule {
    /// The constant names of what it defines: `p`, `a.b`.
    package var names: [String] {
        if let names = head.reference.names { return names }
        guard case .variable(let name) = head.reference.head.kind else { return [] }
        var names = [name]
        for step in head.reference.steps {
            guard case .scalar(.string(let next)) = step.kind else { break }
            names.append(next)
        }
        return names
    }
}
