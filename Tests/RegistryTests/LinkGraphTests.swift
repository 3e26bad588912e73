import Registry
import Support
import Testing

@Suite(.covers("C61"))
struct `A graph of links` {
    @Test func `is ordered so that each thing stands after what it needs`() {
        var graph = LinkGraph()
        graph.add("b", dependsOn: ["a"])
        graph.add("d", dependsOn: ["b", "c", "b"])
        graph.add("c", dependsOn: [])
        #expect(graph.ordered() == ["a", "b", "c", "d"])
        #expect(graph.cycle() == nil)
        #expect(graph.dependencies(of: "d") == ["b", "c", "b"])
        #expect(graph.dependencies(of: "nothing") == [])
        #expect(graph.dependents(of: "a") == ["b", "d"])
        #expect(graph.dependents(of: "d") == [])
        #expect(LinkGraph().ordered() == [])
    }

    @Test(arguments: 0..<20)
    func `for any order of building, answers in one order`(seed: Int) {
        var generator = Generator(seed: UInt64(seed))
        let names = (0..<30).map { "n\($0)" }
        var edges: [(String, [String])] = []
        for (index, name) in names.enumerated() {
            let others = (0..<generator.int(0...4)).compactMap { _ in
                index == 0 ? nil : names[generator.int(0...index - 1)]
            }
            edges.append((name, others))
        }
        var orders: Set<[String]> = []
        for _ in 0..<4 {
            var graph = LinkGraph()
            for (name, others) in edges.shuffled(using: &generator) {
                graph.add(name, dependsOn: others.shuffled(using: &generator))
            }
            guard let order = graph.ordered() else {
                Issue.record("There is no cycle; seed \(seed)")
                return
            }
            orders.insert(order)
            for (name, others) in edges {
                let place = order.firstIndex(of: name) ?? -1
                for other in others { #expect((order.firstIndex(of: other) ?? 99) < place) }
            }
        }
        #expect(orders.count == 1, "seed \(seed)")
    }

    @Test(arguments: 0..<20)
    func `for any graph, a cycle is found, named and real`(seed: Int) {
        var generator = Generator(seed: UInt64(seed))
        let length = generator.int(1...6)
        let ring = (0..<length).map { "c\($0)" }
        var edges: [String: [String]] = [:]
        for (index, name) in ring.enumerated() {
            edges[name] = [ring[(index + 1) % length]]
        }
        // What leads into the cycle and what it leads to is no part of it.
        for number in 0..<10 {
            edges["a\(number)"] = [generator.pick(ring)]
            edges[generator.pick(ring), default: []].append("z\(number)")
        }
        var cycles: Set<[String]> = []
        for _ in 0..<4 {
            var graph = LinkGraph()
            for (name, others) in edges.shuffled(using: &generator) {
                graph.add(name, dependsOn: others)
            }
            #expect(graph.ordered() == nil)
            cycles.insert(graph.cycle() ?? [])
        }
        #expect(cycles.count == 1)
        #expect(cycles.first?.sorted() == ring.sorted(), "seed \(seed)")
    }

    @Test func `of a long chain is answered at once`() {
        var graph = LinkGraph()
        for number in 0..<5_000 { graph.add("n\(number)", dependsOn: ["n\(number + 1)"]) }
        #expect(graph.cycle() == nil)
        graph.add("n5000", dependsOn: ["n4999"])
        #expect(graph.cycle()?.sorted() == ["n4999", "n5000"])
    }
}

@Suite(.covers("K29"))
struct `A selection` {
    private var book: LawBook {
        get throws {
            let law = [
                "registries/frameworks/FMWK-A.schema.json": MemoryTree.framework("FMWK-A"),
                "registries/frameworks/FMWK-B.schema.json":
                    MemoryTree.framework("FMWK-B", needs: ["FMWK-A"]),
                "registries/specs/SPEC-A.json": MemoryTree.spec("SPEC-A", "FMWK-A"),
                "registries/specs/SPEC-B.json": MemoryTree.spec("SPEC-B", "FMWK-B"),
                "registries/packages/PKG-A.json":
                    MemoryTree.package("PKG-A", "SPEC-A", "FMWK-A"),
                "registries/packages/PKG-B.json":
                    MemoryTree.package("PKG-B", "SPEC-B", "FMWK-B", needs: ["PKG-A"]),
            ]
            return LawBook(reading: try MemoryTree(law).snapshot())
        }
    }

    @Test func `holds what it names with everything it rests on, in order`() throws {
        let selection = Selection(name: "all", wanted: ["PKG-B"], book: try book)
        #expect(
            selection?.items == ["FMWK-A", "FMWK-B", "SPEC-A", "PKG-A", "SPEC-B", "PKG-B"]
        )
        #expect(
            Selection(name: "law", wanted: ["FMWK-B"], book: try book)?.items == [
                "FMWK-A", "FMWK-B",
            ]
        )
        #expect(Selection(name: "none", wanted: [], book: try book)?.items == [])
    }

    @Test func `is none when it names what does not exist`() throws {
        #expect(Selection(name: "x", wanted: ["PKG-B", "PKG-NONE"], book: try book) == nil)
    }
}
