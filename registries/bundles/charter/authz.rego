# METADATA
# title: Roles and what they may do
# description: >
#   The matrix of roles, actions and classes is data. What no role grants is denied, and so is a role that
#   does not exist, a kind of subject that may not have it and an approval of one's own request.
package charter.authz

role := object.get(input, ["subject", "role"], "")

kind := object.get(input, ["subject", "kind"], "")

operation := object.get(input, "operation", "")

class := object.get(input, ["target", "class"], "BUILDER")

grants := object.get(data.charter.roles, [role], {"actions": [], "classes": [], "kinds": []})

# METADATA
# custom:
#   next: Ask an admin to enrol you in one of the roles of data.charter.roles.
deny contains reason if {
	not role in object.keys(data.charter.roles)
	reason := {
		"code": "charter.authz.no-role",
		"msg": sprintf("there is no role %q, so it grants nothing", [role]),
	}
}

# METADATA
# custom:
#   next: Ask somebody whose role has the action, or dry-run it.
deny contains reason if {
	role in object.keys(data.charter.roles)
	not operation in grants.actions
	reason := {
		"code": "charter.authz.action",
		"msg": sprintf("the role %s may not %s", [role, operation]),
	}
}

# METADATA
# custom:
#   next: Ask an admin; only they touch what builds.
deny contains reason if {
	operation in grants.actions
	not is_looking
	not class in grants.classes
	reason := {
		"code": "charter.authz.class",
		"msg": sprintf("the role %s touches no %s", [role, class]),
	}
}

# METADATA
# custom:
#   next: Act under a role that this kind of subject may have.
deny contains reason if {
	role in object.keys(data.charter.roles)
	not kind in grants.kinds
	reason := {
		"code": "charter.authz.kind",
		"msg": sprintf("a subject of kind %q cannot have the role %s", [kind, role]),
	}
}

# METADATA
# custom:
#   next: Let somebody else approve what you asked for.
deny contains reason if {
	operation == "approve"
	object.get(input, ["request", "by"], "") == object.get(input, ["subject", "id"], "")
	reason := {
		"code": "charter.authz.own-request",
		"msg": "nobody approves what they asked for themselves",
	}
}

is_looking if operation in {"read", "verify", "dry_run"}
