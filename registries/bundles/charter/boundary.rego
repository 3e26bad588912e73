# METADATA
# title: Who may speak to whom
# description: >
#   The table of the tiers is data, as their own documents have it: a message passes where its sender may
#   send, its receiver may receive, and the verb is one of the sender's.
package charter.boundary

from := object.get(input, "from", "")

to := object.get(input, "to", "")

verb := object.get(input, "verb", "")

# METADATA
# custom:
#   next: Send it to a tier that the sender may speak to; Meta stands between HOT and First Order.
deny contains reason if {
	not may_send
	reason := {
		"code": "charter.boundary.send",
		"msg": sprintf("%q does not send to %q", [from, to]),
	}
}

# METADATA
# custom:
#   next: Send it by way of a tier that the receiver hears.
deny contains reason if {
	not may_receive
	reason := {
		"code": "charter.boundary.receive",
		"msg": sprintf("%q receives nothing from %q", [to, from]),
	}
}

# METADATA
# custom:
#   next: Use a verb of the sender's tier.
deny contains reason if {
	some tier, its in data.charter.tiers
	tier == from
	not verb in its.verbs
	reason := {
		"code": "charter.boundary.verb",
		"msg": sprintf("%q has no verb %q", [from, verb]),
	}
}

# Whoever is no tier, such as a human, sends to any tier that hears them.
may_send if to in data.charter.tiers[from].sends_to

may_send if {
	not is_tier(from)
	is_tier(to)
}

may_receive if from in data.charter.tiers[to].receives_from

may_receive if {
	not is_tier(to)
	is_tier(from)
}

is_tier(name) if name in object.keys(data.charter.tiers)
