"""An operator written with kopf: its handlers write what they see into the plan."""

import kopf

PLANS = ("migration.openshift.io", "v1alpha1", "migplans")


@kopf.on.startup()
def configure(settings, **_):
    settings.persistence.finalizer = "example.com/kopf"
    settings.posting.enabled = False


@kopf.on.create(*PLANS)
def created(patch, **_):
    patch.metadata.labels["kopf"] = "created"


@kopf.on.update(*PLANS, field="spec.closed")
def closed(patch, **_):
    patch.metadata.labels["kopf"] = "closed"


@kopf.on.delete(*PLANS)
def deleted(name, **_):
    print("deleted", name, flush=True)
