# Who may do what: roles by binding, permissions by grant.
package rbac

import rego.v1

default allow := false

allow if {
	some grant in input.grants
	grant.action == input.action
	grant.resource == input.resource
	roles[grant.role]
}

roles contains binding.role if {
	some binding in input.bindings
	binding.subject == input.subject
}
