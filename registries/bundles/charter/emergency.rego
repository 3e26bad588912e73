# METADATA
# title: Breaking the glass
# description: >
#   In an emergency a human who may do so goes on without waiting for an approval. They say why, and it is
#   told to everybody who should know. It never lets anybody do what their role does not allow.
package charter.emergency

default decision := {"verdict": "allow"}

decision := {"verdict": "allow", "obligations": ["record:break-glass", "alert:break-glass"]} if granted

# METADATA
# custom:
#   next: Say in break_glass.justification what burns, in more than twenty characters, or wait for an approval.
decision := {"verdict": "deny", "reasons": {reason}} if {
	is_asked
	not granted
	reason := {
		"code": "charter.emergency.unjustified",
		"msg": sprintf("%s breaks the glass without a justification or the right to", [who]),
	}
}

granted if {
	is_asked
	justification := input.break_glass.justification
	is_string(justification)
	count(trim_space(justification)) > data.charter.justification_min
	input.subject.kind == "human"
	"break_glass" in data.charter.roles[input.subject.role].actions
}

is_asked if "break_glass" in object.keys(input)

who := object.get(input, ["subject", "id"], "somebody")
