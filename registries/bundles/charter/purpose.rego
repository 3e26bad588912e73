# METADATA
# title: A purpose in words
# description: >
#   All governed entities say why they exist, in more than twenty characters: the target itself and
#   every entity that it brings along.
package charter.purpose

purpose_min := 20

# METADATA
# custom:
#   next: Write the purpose as a sentence of more than twenty characters.
deny contains reason if {
	purpose := object.get(input, ["target", "purpose"], "")
	not is_said(purpose)
	reason := {
		"code": "charter.purpose.too-short",
		"msg": sprintf("the purpose of %s has at most %d characters", [input.target.id, purpose_min]),
	}
}

# METADATA
# custom:
#   next: Write the purpose of the entity as a sentence of more than twenty characters.
deny contains reason if {
	some entity in object.get(input, ["target", "entities"], [])
	purpose := object.get(entity, ["content", "purpose"], "")
	not is_said(purpose)
	reason := {
		"code": "charter.purpose.too-short",
		"msg": sprintf("%s of %s says too little about its purpose", [entity.id, input.target.id]),
	}
}

# METADATA
# custom:
#   next: Send a target with an id.
deny contains {"code": "charter.purpose.no-target", "msg": "nothing with an id is to be judged"} if {
	not input.target.id
}

is_said(purpose) if {
	is_string(purpose)
	count(purpose) > purpose_min
}
