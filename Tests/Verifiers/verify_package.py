#!/usr/bin/env python3
"""Verifies a package with the libraries of others: securesystemslib, in-toto-attestation, cyclonedx.

    verify_package.py ARCHIVE KEY.pem

Nothing of Charter takes part. Exit status 0: every envelope is signed by the key, every statement is in
form and about this archive, the provenance and the bill of materials are what their standards say.
"""
import hashlib
import json
import sys

from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from google.protobuf import json_format
import in_toto_attestation.predicates.provenance.v1.provenance_pb2 as provenance_pb2
import in_toto_attestation.v1.statement_pb2 as statement_pb2
from in_toto_attestation.v1.statement import Statement
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

archive, key_path = sys.argv[1:]
with open(key_path, "rb") as file:
    key = SSlibKey.from_crypto(load_pem_public_key(file.read()))
with open(archive, "rb") as file:
    digest = hashlib.sha256(file.read()).hexdigest()

seen = []
with open(archive + ".intoto.jsonl") as lines:
    for line in lines:
        envelope = Envelope.from_dict(json.loads(line))
        envelope.verify([key], 1)
        assert envelope.payload_type == "application/vnd.in-toto+json"
        message = statement_pb2.Statement()
        json_format.Parse(envelope.payload, message)
        Statement.copy_from_pb(message).validate()
        assert [dict(subject.digest) for subject in message.subject] == [{"sha256": digest}]
        predicate = json.loads(envelope.payload)["predicate"]
        seen.append(message.predicate_type)
        if message.predicate_type == "https://slsa.dev/provenance/v1":
            provenance = provenance_pb2.Provenance()
            json_format.ParseDict(predicate, provenance)
            assert provenance.build_definition.build_type == "urn:charter:build:package:1"
            assert provenance.run_details.builder.id
        elif message.predicate_type == "https://in-toto.io/attestation/svr/v0.2":
            assert predicate["verifier"]["id"] and predicate["verifier"]["policies"]
            assert all(name.startswith("CHARTER_GATE_") for name in predicate["properties"])
        elif message.predicate_type == "https://cyclonedx.org/bom":
            error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(predicate))
            assert error is None, error
print("verified", *seen)
