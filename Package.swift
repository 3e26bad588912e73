// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
//
// This file is the architecture drawing. Six layers, bottom first; a module may use only modules
// that stand above its own line. An upward dependency stops the manifest with a sentence.

import PackageDescription

/// The architecture, bottom first: a module uses only modules above its own line.
let modules: [Module] = [
    // Base: values, and what the host gives. Knows nothing of governance.
    .c("CLinux", in: "Base"),
    .system("COpenSSL", in: "Base", package: "openssl", apt: "libssl-dev"),
    .system("CSQLite", in: "Base", package: "sqlite3", apt: "libsqlite3-dev"),
    .system("CArchive", in: "Base", package: "libarchive", apt: "libarchive-dev"),
    .c("CGenesis", in: "Base"),
    .swift("Canon", in: "Base"),
    .swift("Patterns", in: "Base", uses: "Canon"),
    .swift("Telemetry", in: "Base", uses: "Canon"),
    .swift("Crypto", in: "Base", uses: "Canon COpenSSL"),
    .swift("Host", in: "Base", uses: "Canon CLinux"),
    .swift("Keys", in: "Base", uses: "Canon Crypto Host"),
    .swift("SQLite", in: "Base", uses: "Canon Host CSQLite"),
    .swift("Archives", in: "Base", uses: "Canon Host CArchive"),
    .swift("Genesis", in: "Base", uses: "CGenesis"),

    // Constitution: what is allowed, and who may ask. Pure, synchronous, no input or output.
    .swift("Law", in: "Constitution", uses: "Canon Patterns"),
    .swift("Rego", in: "Constitution", uses: "Canon Patterns Crypto Law"),
    .swift("Registry", in: "Constitution", uses: "Canon Patterns Crypto"),
    .swift("Trust", in: "Constitution", uses: "Canon Crypto"),
    .swift("Policy", in: "Constitution", uses: "Canon Crypto Rego"),

    // Evidence: what happened, and what is. (State comes with the planes.)
    .swift("Ledger", in: "Evidence", uses: "Canon Telemetry Crypto Host SQLite"),

    // Guard: nothing takes effect without passing here.
    .swift("Gates", in: "Guard", uses: "Canon Telemetry Crypto Host Keys Rego Registry Policy"),
    .swift(
        "Integrity",
        in: "Guard",
        uses: "Canon Patterns Crypto Host Keys Archives Law Registry Ledger Gates"
    ),

    .swift(
        "Packages",
        in: "Guard",
        uses: """
            Canon Crypto Host Keys Archives Law Rego Registry Trust Policy Ledger Gates Integrity
            """
    ),

    // Runtime: who does the work. (Cognition and Controllers come with work orders.)
    .swift("Wire", in: "Runtime", uses: "Canon Telemetry Crypto Host Ledger"),
    .swift(
        "Planes",
        in: "Runtime",
        uses: "Canon Crypto Host Keys Law Registry Ledger Integrity Wire"
    ),

    // Surface: how people and agents reach it.
    .swift(
        "Operations",
        in: "Surface",
        uses: """
            Canon Patterns Crypto Host Genesis Law Rego Registry Trust Policy Ledger Gates Integrity
            Packages Wire Planes
            """
    ),
    .program("charter", in: "Surface", uses: "Host Planes Operations"),
]

/// Suites that belong to no single module.
let suites: [Suite] = [
    Suite("SystemTests", uses: "Canon Host", runs: "charter"),
    Suite("TidyTests", uses: "Canon Host Patterns Law Registry Operations"),
]

// MARK: - The mechanism. Nothing below knows a module by name.

struct Module {
    enum Kind {
        case swift
        case program
        case c
        case system(pkgConfig: String, apt: String)
    }
    var name: String
    var layer: String
    var kind: Kind
    var uses: [String]

    static func swift(_ name: String, in layer: String, uses: String = "") -> Module {
        Module(name: name, layer: layer, kind: .swift, uses: words(uses))
    }

    static func program(_ name: String, in layer: String, uses: String = "") -> Module {
        Module(name: name, layer: layer, kind: .program, uses: words(uses))
    }

    static func c(_ name: String, in layer: String) -> Module {
        Module(name: name, layer: layer, kind: .c, uses: [])
    }

    static func system(
        _ name: String,
        in layer: String,
        package: String,
        apt: String
    ) -> Module {
        Module(name: name, layer: layer, kind: .system(pkgConfig: package, apt: apt), uses: [])
    }
}

struct Suite {
    var name: String
    var uses: [String]
    var program: String?

    init(_ name: String, uses: String, runs program: String? = nil) {
        self.name = name
        self.uses = words(uses)
        self.program = program
    }
}

func words(_ text: String) -> [String] {
    text.split { $0 == " " || $0 == "\n" }.map(String.init)
}

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// Where most of the time of a check goes.
///
/// They are optimized in a debug build too: it takes a tenth
/// longer, and every check that a test asks for is five times as fast.
let hot: Set<String> = ["Canon", "Patterns", "Law"]
let optimized: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

let layers = ["Base", "Constitution", "Evidence", "Guard", "Runtime", "Surface"]

func drawn() -> [Target] {
    var targets: [Target] = []
    var above: [String: Int] = [:]
    var depth = 0
    for module in modules {
        guard let layer = layers.firstIndex(of: module.layer) else {
            fatalError("\(module.name) names the layer \(module.layer), and there is none such")
        }
        guard layer >= depth else {
            fatalError(
                "\(module.name) stands below \(layers[depth]) but belongs to \(module.layer)"
            )
        }
        depth = layer
        for use in module.uses where above[use] == nil {
            fatalError("\(module.name) may not use \(use): it does not stand above it")
        }
        above[module.name] = layer
        targets += made(module)
    }
    for suite in suites {
        var dependencies = (suite.uses + ["Support"]).map(Target.Dependency.init(stringLiteral:))
        if let program = suite.program { dependencies.append(.init(stringLiteral: program)) }
        targets.append(
            .testTarget(
                name: suite.name,
                dependencies: dependencies,
                path: "Tests/\(suite.name)",
                swiftSettings: settings
            )
        )
    }
    targets.append(
        .target(
            name: "Support",
            dependencies: ["Canon", "Host"],
            path: "Tests/Support",
            swiftSettings: settings
        )
    )
    return targets
}

func made(_ module: Module) -> [Target] {
    let path = "Sources/\(module.layer)/\(module.name)"
    let uses = module.uses.map(Target.Dependency.init(stringLiteral:))
    switch module.kind {
    case .c:
        return [.target(name: module.name, path: path)]
    case .system(let pkgConfig, let apt):
        return [
            .systemLibrary(
                name: module.name,
                path: path,
                pkgConfig: pkgConfig,
                providers: [.apt([apt])]
            )
        ]
    case .program:
        return [
            .executableTarget(
                name: module.name,
                dependencies: uses,
                path: path,
                swiftSettings: settings,
                // What is shipped needs no Swift on the machine, and starts sooner.
                linkerSettings: [
                    .unsafeFlags(["-static-stdlib"], .when(configuration: .release))
                ]
            )
        ]
    case .swift:
        let tests: [Target.Dependency] = [.init(stringLiteral: module.name), "Support"] + uses
        return [
            .target(
                name: module.name,
                dependencies: uses,
                path: path,
                swiftSettings: settings + (hot.contains(module.name) ? optimized : [])
            ),
            .testTarget(
                name: "\(module.name)Tests",
                dependencies: tests,
                path: "Tests/\(module.name)Tests",
                swiftSettings: settings
            ),
        ]
    }
}

let package = Package(name: "Charter", targets: drawn())
