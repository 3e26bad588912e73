package charter.authz_test

import data.charter.authz
import data.charter.fixtures.authz as fixtures

codes(request) := {reason.code | some reason in authz.deny with input as request}

asking(role, kind, operation, class) := {
	"operation": operation,
	"subject": {"id": "s", "role": role, "kind": kind},
	"target": {"id": "T", "class": class},
	"request": {"by": "other"},
}

test_a_maintainer_installs_what_was_built if {
	codes(fixtures.passes) == set()
}

test_an_agent_installs_nothing if {
	codes(fixtures.violates) == {"charter.authz.action"}
}

# The whole matrix: every role with every action is allowed exactly where the data says so.
test_the_matrix_holds if {
	all_actions := {action | some grants in data.charter.roles; some action in grants.actions} | {"fly"}
	every role, grants in data.charter.roles {
		every action in all_actions {
			is_granted := action in grants.actions
			found := codes(asking(role, grants.kinds[0], action, grants.classes[0]))
			is_granted == (count(found) == 0)
		}
	}
}

test_only_an_admin_touches_what_builds if {
	codes(asking("admin", "human", "install", "BUILDER")) == set()
	codes(asking("maintainer", "human", "install", "BUILDER")) == {"charter.authz.class"}
	codes(asking("agent", "agent", "create", "BUILDER")) == {"charter.authz.class"}
}

test_everybody_may_look_at_what_builds if {
	codes(asking("agent", "agent", "read", "BUILDER")) == set()
	codes(asking("auditor", "human", "verify", "BUILDER")) == set()
}

test_an_unknown_class_counts_as_one_that_builds if {
	request := {"operation": "install", "subject": {"role": "maintainer", "kind": "human"}, "target": {}}
	codes(request) == {"charter.authz.class"}
}

test_no_agent_has_the_role_of_a_human if {
	codes(asking("approver", "agent", "approve", "BUILT")) == {"charter.authz.kind"}
	codes(asking("admin", "agent", "read", "BUILT")) == {"charter.authz.kind"}
}

test_nobody_approves_their_own_request if {
	request := object.union(asking("approver", "human", "approve", "BUILT"), {"request": {"by": "s"}})
	codes(request) == {"charter.authz.own-request"}
}

test_what_is_not_said_is_denied if {
	codes({}) == {"charter.authz.no-role"}
	codes({"subject": {"role": "king"}}) == {"charter.authz.no-role"}
	codes({"subject": {"role": "admin", "kind": "human"}}) == {"charter.authz.action"}
}
