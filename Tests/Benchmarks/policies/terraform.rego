# What a plan may not change.
package terraform

import rego.v1

deny contains message if {
	some change in input.resource_changes
	change.type == "aws_s3_bucket"
	change.change.after.acl in {"public-read", "public-read-write"}
	message := sprintf("%s: a bucket must not be public (%s)", [change.address, change.change.after.acl])
}

deny contains message if {
	some change in input.resource_changes
	change.type == "aws_security_group"
	some rule in change.change.after.ingress
	"0.0.0.0/0" in rule.cidr_blocks
	rule.from_port <= 22
	rule.to_port >= 22
	message := sprintf("%s: port 22 is open to everybody", [change.address])
}

deny contains message if {
	some change in input.resource_changes
	"delete" in change.change.actions
	startswith(change.type, "aws_db_")
	message := sprintf("%s: a database must not be deleted", [change.address])
}

deny contains message if {
	some change in input.resource_changes
	change.change.after != null
	missing := {"owner", "stage"} - object.keys(object.get(change.change.after, "tags", {}))
	count(missing) > 0
	message := sprintf("%s: tags are missing: %s", [change.address, concat(", ", sort(missing))])
}

weights := {"aws_s3_bucket": 1, "aws_security_group": 5, "aws_db_instance": 20}

score := sum([weight |
	some change in input.resource_changes
	weight := object.get(weights, change.type, 2)
])

result := {"deny": deny, "score": score}
