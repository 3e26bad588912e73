package charter.purpose_test

import data.charter.fixtures.purpose as fixtures
import data.charter.purpose

test_what_is_said_passes if {
	count(purpose.deny) == 0 with input as fixtures.passes
}

test_a_word_is_too_little if {
	some reason in purpose.deny with input as fixtures.violates
	reason.code == "charter.purpose.too-short"
}

test_an_entity_is_held_to_it_too if {
	some reason in purpose.deny with input as fixtures.violates_below
	contains(reason.msg, "PKG-A")
}

test_twenty_characters_are_too_few_and_one_more_is_enough if {
	count(purpose.deny) == 1 with input as {"target": {"id": "A", "purpose": "12345678901234567890"}}
	count(purpose.deny) == 0 with input as {"target": {"id": "A", "purpose": "123456789012345678901"}}
}

test_no_purpose_and_one_that_is_no_text_are_refused if {
	count(purpose.deny) == 1 with input as {"target": {"id": "A"}}
	count(purpose.deny) == 1 with input as {"target": {"id": "A", "purpose": 123456789012345678901234}}
}

test_nothing_is_refused if {
	count(purpose.deny) > 0 with input as {}
}
