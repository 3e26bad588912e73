package charter.production_test

import data.charter.fixtures.emergency as emergencies
import data.charter.fixtures.production as fixtures
import data.charter.production

test_an_approved_update_passes if {
	production.decision.verdict == "allow" with input as fixtures.passes
}

test_an_update_waits_for_a_human if {
	decision := production.decision with input as fixtures.violates
	decision.verdict == "needs_approval"
	some reason in decision.reasons
	reason.code == "charter.production.no-approval"
}

test_nobody_approves_their_own if {
	production.decision.verdict == "needs_approval" with input as object.union(
		fixtures.passes,
		{"approvals": [{"by": "mia", "kind": "human"}]},
	)
}

test_no_agent_approves if {
	production.decision.verdict == "needs_approval" with input as object.union(
		fixtures.passes,
		{"approvals": [{"by": "bot", "kind": "agent"}]},
	)
}

test_without_a_stage_it_counts_as_production if {
	production.decision.verdict == "needs_approval" with input as {
		"operation": "update",
		"target": {"id": "S", "entity_type": "stack"},
	}
}

test_a_trial_stage_does_not_wait if {
	production.decision.verdict == "allow" with input as {
		"operation": "update",
		"target": {"id": "S", "entity_type": "stack", "stage": "dev"},
	}
}

test_an_emergency_that_is_justified_does_not_wait if {
	production.decision.verdict == "allow" with input as emergencies.passes
	production.decision.verdict == "needs_approval" with input as emergencies.violates
}
