"""Times another engine on one case: JSON text in, result out, everything loaded before.

  policy_peers.py ENGINE POLICY QUERY INPUT ROUNDS   prints microseconds: median, minimum, cold
"""
import json
import statistics
import sys
import time

CEDAR = """
permit(principal, action, resource) when {
  context.bindings.contains({"subject": context.subject, "role": context.role})
  && context.grants.contains(
    {"role": context.role, "action": context.action, "resource": context.resource})
};
"""


def regopy(policy, query, text):
    import regopy as engine

    interpreter = engine.Interpreter()
    interpreter.add_module("policy", policy)
    bundle = interpreter.build(query)

    def decide():
        interpreter.set_input_term(text)
        return str(interpreter.query_bundle(bundle))

    return decide


def cedarpy(policy, query, text):
    import cedarpy as engine

    policies = engine.PolicySet.from_str(CEDAR)
    entities = engine.Entities.from_json_str("[]")

    def decide():
        context = json.loads(text)
        context["role"] = "role-3"
        request = {
            "principal": 'User::"u"',
            "action": 'Action::"a"',
            "resource": 'Area::"r"',
            "context": context,
        }
        return str(engine.is_authorized(request, policies, entities).allowed)

    return decide


def main():
    name, policy, query, path, rounds = sys.argv[1:]
    policy, text = open(policy).read(), open(path).read()
    start = time.perf_counter()
    decide = {"regopy": regopy, "cedarpy": cedarpy}[name](policy, query, text)
    decide()
    cold = time.perf_counter() - start
    times = []
    deadline = time.perf_counter() + 3
    for _ in range(int(rounds)):
        start = time.perf_counter()
        decide()
        times.append(time.perf_counter() - start)
        if time.perf_counter() > deadline:
            break
    print(*(f"{value * 1e6:.1f}" for value in (statistics.median(times), min(times), cold)))


main()
