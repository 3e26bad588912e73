# METADATA
# title: Production waits for a human
# description: >
#   Whatever changes a production environment, or a stack, service or application in one, waits for
#   the approval of a human other than whoever asks.
package charter.production

import data.charter.emergency

default decision := {"verdict": "allow"}

# METADATA
# custom:
#   next: Have a human other than you approve it, and give that approval with the request.
decision := {"verdict": "needs_approval", "reasons": {reason}} if {
	is_guarded
	not is_approved
	not emergency.granted
	reason := {
		"code": "charter.production.no-approval",
		"msg": sprintf("%s is in production, and no other human has approved", [input.target.id]),
	}
}

is_guarded if {
	object.get(input, "operation", "") != "read"
	entity_type := object.get(input, ["target", "entity_type"], "")
	entity_type in data.charter.environments.types
	stage := object.get(input, ["target", "stage"], "prod")
	stage in data.charter.environments.guarded
}

is_approved if {
	some approval in input.approvals
	approval.kind == "human"
	approval.by != input.subject.id
}
