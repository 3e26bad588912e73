# METADATA
# title: What was built builds nothing
# description: What was built may not act as the builder, whatever role it claims.
package charter.builder

# METADATA
# custom:
#   next: Send the builder a work order; it decides whether to build this.
deny contains reason if {
	not is_builder
	operation in data.charter.builder_verbs
	reason := {
		"code": "charter.builder.built-acts",
		"msg": sprintf("%s was built and does not %s; only the builder does", [who, operation]),
	}
}

is_builder if input.subject.class == "BUILDER"

operation := object.get(input, "operation", "")

who := object.get(input, ["subject", "id"], "somebody")
