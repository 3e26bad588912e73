package charter.deprecation_test

import data.charter.deprecation
import data.charter.fixtures.deprecation as fixtures

test_a_plan_passes if {
	count(deprecation.deny) == 0 with input as fixtures.passes
}

test_no_plan_is_refused if {
	some reason in deprecation.deny with input as fixtures.violates
	reason.code == "charter.deprecation.no-plan"
}

test_a_plan_of_a_word_is_none if {
	count(deprecation.deny) == 1 with input as object.union_n([
		fixtures.violates,
		{"target": {"migration_plan": "later"}},
	])
}

test_other_priorities_need_no_plan if {
	count(deprecation.deny) == 0 with input as {"target": {"id": "A", "priority": "P1", "status": "deprecated"}}
}

test_what_is_active_needs_no_plan if {
	count(deprecation.deny) == 0 with input as {"target": {"id": "A", "priority": "P0", "status": "active"}}
}
