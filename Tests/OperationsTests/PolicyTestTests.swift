import Canon
import Operations
import Support
import Testing

struct `Testing policies` {
    @Test func `counts what passes`() {
        let world = PolicyWorld()
        #expect(world.policy("test", "app").said == "passed: 2 tests\n")
        let one = world.policy("test", "app", "--run", "a_read.r")
        #expect(one.status == 0 && one.said == "passed: 1 test\n")
    }

    @Test func `shows what became of each line of a failing test`() {
        let world = PolicyWorld()
        world.write(
            "app/more_test.rego",
            """
            package more_test

            test_eve if {
            \trequest := {"method": "GET", "user": "eve"}
            \tdata.app.allow with input as request
            \tcount(data.app.deny) == 0
            }

            """
        )
        let failed = world.policy("test", "app")
        #expect(failed.status == 1 && failed.complained.isEmpty)
        #expect(
            failed.said == """
                failed   app/more_test.rego:3  data.more_test.test_eve is undefined
                    app/more_test.rego:3  no       test_eve if {
                    app/more_test.rego:4  yes          request := {"method": "GET", "user": "eve"}
                    app/more_test.rego:5  no           data.app.allow with input as request
                                                           data.app.allow is false
                    app/more_test.rego:6  -            count(data.app.deny) == 0
                failed: 1 of 3 tests

                """
        )
    }

    @Test func `lets no test hide another of its name`() {
        let world = PolicyWorld()
        world.write(
            "app/twice_test.rego",
            "package twice_test\n\ntest_it if 1 == 1\n\ntest_it if 1 == 2\n"
        )
        let tested = world.policy("test", "app", "--run", "twice", "--json")
        #expect(tested.status == 1)
        #expect(tested.json?["passed"]?.integer == 1)
        #expect(tested.json?["failed"]?.integer == 1)
    }

    @Test func `counts what is not run, and takes an error for a failure`() {
        let world = PolicyWorld()
        world.write(
            "app/odd_test.rego",
            """
            package odd_test

            todo_test_later if false

            test_not_true := "yes"

            test_divides if {
            \tprint("dividing by", input.x)
            \t1 / input.x == 1 with input.x as 0
            }

            """
        )
        let tested = world.policy("test", "app", "--run", "odd", "--json")
        #expect(tested.status == 1 && tested.json?["verdict"]?.string == "failed")
        let results = tested.json?["tests"]?.array?.compactMap { $0["result"]?.string }
        #expect(results == ["skipped", "failed", "error"])
        #expect(tested.json?["skipped"]?.integer == 1)
        let said = world.policy("test", "app", "--run", "odd").said
        #expect(said.contains("skipped  app/odd_test.rego:3  data.odd_test.todo_test_later\n"))
        #expect(said.contains("printed app/odd_test.rego:8: dividing by <undefined>"))
        #expect(said.hasSuffix("failed: 2 of 2 tests, 1 skipped\n"))
        // As OPA has it, the failing built-in is undefined, and so is the test.
        let lenient = world.policy("test", "app", "--run", "divides", "--lenient", "--json")
        #expect(lenient.json?["tests"]?.array?.first?["result"]?.string == "failed")
    }

    @Test func `says which lines no test came by`() {
        let world = PolicyWorld()
        let tested = world.policy("test", "app", "--coverage")
        #expect(tested.status == 0)
        #expect(tested.said.contains("not covered  app/app.rego:12-15, 18\n"))
        let files = world.policy("test", "app", "--coverage", "--json").json?["coverage"]?["files"]
        #expect(files?.array?.count == 1)
        #expect(files?.array?.first?["missed"]?.array?.count == 5)
    }

    @Test func `does not pass where nothing was tested`() {
        let world = PolicyWorld()
        world.write("bare/a.rego", "package a\n\np := 1\n")
        let bare = world.policy("test", "bare", "--json")
        #expect(bare.status == 1 && bare.json?["verdict"]?.string == "none")
        #expect(world.policy("test", "app", "--run", "nothing").status == 1)
        let pattern = world.policy("test", "app", "--run", "(", "--json")
        #expect(pattern.status == 64 && pattern.faultCode == "operations.usage")
        world.write("bare/b.rego", "package a\n\np if qq\n")
        let wrong = world.policy("test", "bare", "--json")
        #expect(wrong.status == 1 && wrong.json?["verdict"]?.string == "refused")
        #expect(world.policy("test", "nowhere", "--json").faultCode == "host.missing")
    }
}
