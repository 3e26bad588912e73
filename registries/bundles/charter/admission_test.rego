package charter.admission_test

import data.charter.admission
import data.charter.fixtures.admission as fixtures

codes(request) := {reason.code | some reason in admission.deny with input as request}

patched(request) := json.patch(request.target, [step | some step in patch]) if {
	patch := admission.patch with input as request
}

test_a_whole_request_passes if {
	codes(fixtures.passes) == set()
}

test_an_operation_that_there_is_not_is_refused if {
	codes(fixtures.violates) == {"charter.admission.operation"}
}

test_what_is_not_said_is_refused if {
	codes({}) == {
		"charter.admission.operation",
		"charter.admission.no-target",
		"charter.admission.no-subject",
	}
}

test_only_what_is_active_is_installed if {
	base := {"operation": "install", "subject": {"id": "mia"}}
	codes(object.union(base, {"target": {"id": "P", "status": "active"}})) == set()
	codes(object.union(base, {"target": {"id": "P", "status": "deprecated"}})) == {"charter.admission.not-active"}
	codes(object.union(base, {"target": {"id": "P"}})) == {"charter.admission.not-active"}
}

test_what_is_left_out_is_filled_in if {
	request := {"operation": "create", "subject": {"id": "mia"}, "target": {"id": "A", "purpose": " Why. "}}
	patched(request) == {"id": "A", "owner": "mia", "purpose": "Why.", "status": "draft"}
}

test_filling_in_twice_is_filling_in_once if {
	request := {"operation": "create", "subject": {"id": "mia"}, "target": {"id": "A", "purpose": " Why. "}}
	once := patched(request)
	again := patched(object.union(request, {"target": once}))
	again == once
}

test_what_is_said_is_kept if {
	admission.patch == set() with input as {
		"operation": "create",
		"subject": {"id": "mia"},
		"target": {"id": "A", "owner": "ada", "status": "active", "purpose": "Why."},
	}
}

test_what_is_filled_in_comes_with_what_it_may_not_touch if {
	mutation := admission.mutation with input as fixtures.passes
	"roles" in mutation.protects
	mutation.patch == {{"op": "add", "path": "/owner", "value": "mia"}}
}
