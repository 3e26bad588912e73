package charter.boundary_test

import data.charter.boundary
import data.charter.fixtures.boundary as fixtures

codes(message) := {reason.code | some reason in boundary.deny with input as message}

test_hot_asks_meta if {
	codes(fixtures.passes) == set()
}

test_hot_does_not_reach_past_meta if {
	codes(fixtures.violates) == {"charter.boundary.send", "charter.boundary.receive"}
}

# Every pair of tiers passes exactly where both of their tables say so.
test_the_table_holds if {
	every from, sender in data.charter.tiers {
		every to, receiver in data.charter.tiers {
			is_open := [(to in sender.sends_to), (from in receiver.receives_from)] == [true, true]
			found := codes({"from": from, "to": to, "verb": sender.verbs[0]})
			is_open == (count(found) == 0)
		}
	}
}

test_a_human_speaks_to_the_tiers_that_hear_them if {
	codes({"from": "human", "to": "hot", "verb": "ask"}) == set()
	codes({"from": "human", "to": "first_order", "verb": "ask"}) == {"charter.boundary.receive"}
}

test_a_verb_of_another_tier_is_refused if {
	codes({"from": "hot", "to": "meta", "verb": "execute"}) == {"charter.boundary.verb"}
}

test_a_message_from_nobody_to_nobody_is_refused if {
	codes({}) == {"charter.boundary.send", "charter.boundary.receive"}
}

test_meta_answers_agents_and_first_order_does_not if {
	codes({"from": "meta", "to": "agent", "verb": "answer"}) == set()
	codes({"from": "first_order", "to": "agent", "verb": "answer"}) == {"charter.boundary.send"}
}
