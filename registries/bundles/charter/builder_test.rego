package charter.builder_test

import data.charter.builder
import data.charter.fixtures.builder as fixtures

test_the_builder_acts if {
	count(builder.deny) == 0 with input as fixtures.passes
}

test_what_was_built_does_not if {
	some reason in builder.deny with input as fixtures.violates
	reason.code == "charter.builder.built-acts"
}

test_no_verb_of_the_builder_is_left_open if {
	every verb in data.charter.builder_verbs {
		count(builder.deny) == 1 with input as {"operation": verb, "subject": {"id": "app", "class": "BUILT"}}
		count(builder.deny) == 1 with input as {"operation": verb, "subject": {"id": "app"}}
	}
}

test_what_was_built_may_look if {
	count(builder.deny) == 0 with input as {"operation": "read", "subject": {"id": "app", "class": "BUILT"}}
}
