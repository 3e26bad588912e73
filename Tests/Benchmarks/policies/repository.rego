# What the files of a repository must be.
package repository

import rego.v1

deny contains message if {
	some file in input.files
	not input.owners[file.owner]
	message := sprintf("%s: the owner %s does not exist", [file.path, file.owner])
}

deny contains message if {
	some file in input.files
	owner := input.owners[file.owner]
	not lies_within(file.path, owner.places)
	message := sprintf("%s: %s owns nothing there", [file.path, file.owner])
}

deny contains message if {
	some file in input.files
	not regex.match(`^[0-9a-f]{64}$`, file.sha256)
	message := sprintf("%s: the hash is none", [file.path])
}

deny contains message if {
	some file in input.files
	endswith(lower(file.path), ".pem")
	message := sprintf("%s: keys do not belong here", [file.path])
}

deny contains message if {
	some path, files in by_path
	count(files) > 1
	message := sprintf("%s: stands %d times", [path, count(files)])
}

by_path[file.path] contains number if {
	some number, file in input.files
}

lies_within(path, places) if {
	some place in places
	startswith(path, place)
}
