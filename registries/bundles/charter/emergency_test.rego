package charter.emergency_test

import data.charter.emergency
import data.charter.fixtures.emergency as fixtures

test_a_justified_emergency_goes_on_and_is_told if {
	decision := emergency.decision with input as fixtures.passes
	decision.verdict == "allow"
	"alert:break-glass" in decision.obligations
	"record:break-glass" in decision.obligations
}

test_without_a_justification_it_is_refused if {
	decision := emergency.decision with input as fixtures.violates
	decision.verdict == "deny"
	some reason in decision.reasons
	reason.code == "charter.emergency.unjustified"
}

test_blanks_justify_nothing if {
	emergency.decision.verdict == "deny" with input as object.union(
		fixtures.passes,
		{"break_glass": {"justification": "                            "}},
	)
}

test_an_empty_request_for_it_is_refused if {
	emergency.decision.verdict == "deny" with input as object.union(fixtures.passes, {"break_glass": null})
	emergency.decision.verdict == "deny" with input as object.union(fixtures.passes, {"break_glass": false})
}

test_no_agent_and_no_auditor_breaks_the_glass if {
	emergency.decision.verdict == "deny" with input as object.union(fixtures.passes, {"subject": {"kind": "agent"}})
	emergency.decision.verdict == "deny" with input as object.union(fixtures.passes, {"subject": {"role": "auditor"}})
}

test_the_ordinary_is_no_emergency if {
	decision := emergency.decision with input as {"operation": "update"}
	decision == {"verdict": "allow"}
}
