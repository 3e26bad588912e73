# METADATA
# title: Admission
# description: >
#   What every request to create, install, update or remove something must say, and what is filled in for
#   whoever leaves it out. What is filled in never gives anybody more than they had.
package charter.admission

operation := object.get(input, "operation", "")

# METADATA
# custom:
#   next: Ask for one of create, install, update and remove.
deny contains reason if {
	not operation in data.charter.operations
	reason := {
		"code": "charter.admission.operation",
		"msg": sprintf("there is no operation %q", [operation]),
	}
}

# METADATA
# custom:
#   next: Name the target by its id.
deny contains {"code": "charter.admission.no-target", "msg": "the request names no target"} if {
	not is_string(object.get(input, ["target", "id"], null))
}

# METADATA
# custom:
#   next: Connect as somebody; identity comes from the connection and never from a claim.
deny contains {"code": "charter.admission.no-subject", "msg": "nobody asks for this"} if {
	not is_string(object.get(input, ["subject", "id"], null))
}

# METADATA
# custom:
#   next: Activate it first; what is a draft or deprecated is never newly installed.
deny contains reason if {
	operation == "install"
	status := object.get(input, ["target", "status"], "draft")
	status != "active"
	reason := {
		"code": "charter.admission.not-active",
		"msg": sprintf("%s is %s and cannot be installed", [input.target.id, status]),
	}
}

# METADATA
# title: What is filled in
mutation := {"patch": patch, "protects": data.charter.protects}

patch contains {"op": "add", "path": "/status", "value": "draft"} if {
	operation == "create"
	not "status" in object.keys(input.target)
}

patch contains {"op": "add", "path": "/owner", "value": input.subject.id} if {
	operation == "create"
	not "owner" in object.keys(input.target)
}

patch contains {"op": "replace", "path": "/purpose", "value": tidy} if {
	purpose := input.target.purpose
	is_string(purpose)
	tidy := trim_space(purpose)
	tidy != purpose
}
