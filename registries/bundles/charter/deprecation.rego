# METADATA
# title: No deprecation without a way out
# description: What others rely on most, priority P0, is deprecated only with a migration plan.
package charter.deprecation

# METADATA
# custom:
#   next: Say in migration_plan where users go, in more than twenty characters.
deny contains reason if {
	input.target.priority == "P0"
	input.target.status == "deprecated"
	not has_plan
	reason := {
		"code": "charter.deprecation.no-plan",
		"msg": sprintf("%s has priority P0 and is deprecated without a migration plan", [input.target.id]),
	}
}

has_plan if {
	is_string(input.target.migration_plan)
	count(input.target.migration_plan) > 20
}
