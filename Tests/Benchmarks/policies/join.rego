# Every pair of two lists that fits.
package join

import rego.v1

pairs contains [left.id, right.id] if {
	some left in input.left
	some right in input.right
	left.key == right.key
	left.weight < right.weight
}

result := count(pairs)
