"""Uses the service as programs written with the Python client do. Prints what is seen, a line each."""

import os
import threading

from kubernetes import client, config, dynamic, watch
from kubernetes.client import ApiClient

NAMESPACE = "openshift-migration"
PLANS = {"group": "migration.openshift.io", "version": "v1alpha1", "namespace": NAMESPACE, "plural": "migplans"}

config.load_kube_config(os.environ["KUBECONFIG"])
custom = client.CustomObjectsApi()
core = client.CoreV1Api()


def plan(name):
    return {
        "apiVersion": "migration.openshift.io/v1alpha1",
        "kind": "MigPlan",
        "metadata": {"name": name},
        "spec": {"namespaces": ["shop"]},
    }


def follow(name, stream, act, wanted=3):
    """Watches while something is done, and prints the types of the events."""
    seen = []
    worker = threading.Timer(0.5, act)
    worker.start()
    for event in stream:
        seen.append(event["type"])
        if len(seen) == wanted:
            break
    worker.join()
    print(name, *seen, flush=True)


def life_of_plan():
    custom.create_namespaced_custom_object(body=plan("python"), **PLANS)
    custom.patch_namespaced_custom_object(name="python", body={"metadata": {"labels": {"a": "b"}}}, **PLANS)
    custom.delete_namespaced_custom_object(name="python", **PLANS)


def life_of_map():
    core.create_namespaced_config_map(NAMESPACE, {"metadata": {"name": "python"}, "data": {"a": "1"}})
    core.patch_namespaced_config_map("python", NAMESPACE, {"data": {"a": "2"}})
    core.delete_namespaced_config_map("python", NAMESPACE)


limits = {"timeout_seconds": 20}
follow("custom", watch.Watch().stream(custom.list_namespaced_custom_object, **PLANS, **limits), life_of_plan)
named = {"field_selector": "metadata.name=python"}
follow("core", watch.Watch().stream(core.list_namespaced_config_map, NAMESPACE, **named, **limits), life_of_map)

plans = dynamic.DynamicClient(ApiClient()).resources.get(api_version="migration.openshift.io/v1alpha1", kind="MigPlan")
follow("dynamic", plans.watch(namespace=NAMESPACE, timeout=20), life_of_plan)

applied = plans.server_side_apply(body=plan("applied"), namespace=NAMESPACE, field_manager="python")
print("applied", applied.metadata.managedFields[0].operation, flush=True)
plans.delete(name="applied", namespace=NAMESPACE)

secret = {"metadata": {"name": "python"}, "stringData": {"a": "planted-value"}}
core.create_namespaced_secret(NAMESPACE, secret)
read = core.read_namespaced_secret("python", NAMESPACE)
read.metadata.finalizers = ["example.com/hold"]
core.replace_namespaced_secret("python", NAMESPACE, read)
core.delete_namespaced_secret("python", NAMESPACE)
read = core.read_namespaced_secret("python", NAMESPACE)
read.metadata.finalizers = None
core.replace_namespaced_secret("python", NAMESPACE, read)
left = core.list_namespaced_secret(NAMESPACE, field_selector="metadata.name=python").items
print("finalizer", len(left), flush=True)
