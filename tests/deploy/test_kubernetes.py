"""deploy/kubernetes: whole, consistent, and no wider open than it has to be."""

import importlib
import importlib.util
import re
from typing import Any

import pytest

from tests.deploy.composition import services
from tests.deploy.manifests import (
    documents,
    environment,
    kustomization,
    manifests,
    of_kind,
    pods,
    rendered,
    settings,
)

PODS = pods()
DEPLOYMENTS = of_kind("Deployment")
SERVED = sorted(of_kind("Service"))
PORT_BY_SERVICE = {"ingest": 8301, "processors": 8302, "query-api": 8300}
SCHEMAS = ("1.30.0", "1.37.0")

WORKER_STOP_S = 20
"""How long a worker that ends gives the batch at hand."""


def name_of(document: dict[str, Any]) -> str:
    return f"{document['kind']}-{document['metadata']['name']}"


@pytest.mark.parametrize("version", SCHEMAS)
@pytest.mark.parametrize("document", manifests() + documents("secret.example.yaml"), ids=name_of)
def test_manifest_is_what_its_schema_says(document: dict[str, Any], version: str) -> None:
    """Kubernetes drops a field that it does not know, and says so to nobody."""
    assert {"apiVersion", "kind", "metadata"} <= document.keys()
    if importlib.util.find_spec("kubernetes_validate") is not None:
        validator = importlib.import_module("kubernetes_validate")
        validator.validate(document, version, strict=True)


def test_kustomize_puts_together_what_is_read_here() -> None:
    together = rendered()
    if together is None:
        together = manifests()

    want = {name_of(document) for document in manifests()}
    got = {name_of(document) for document in together if document["kind"] != "ConfigMap"}

    assert got == want


def test_image_is_the_one_of_the_composition() -> None:
    (image,) = kustomization()["images"]

    assert f"{image['newName']}:{image['newTag']}" == services()["ingest"]["image"]
    assert {pod["spec"]["containers"][0]["image"] for pod in PODS.values()} == {image["name"]}


@pytest.mark.parametrize("name", sorted({"migrate", *PORT_BY_SERVICE}))
def test_pod_runs_what_the_composition_runs(name: str) -> None:
    (container,) = PODS[name]["spec"]["containers"]

    assert container["args"] == services()[name]["command"]


@pytest.mark.parametrize("name", sorted(PODS))
def test_pod_meets_the_restricted_standard(name: str) -> None:
    """The namespace enforces it, and a pod that does not meet it is never made."""
    spec = PODS[name]["spec"]
    (container,) = spec["containers"]

    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert spec["automountServiceAccountToken"] is False


@pytest.mark.parametrize("name", sorted(PODS))
def test_no_service_of_kubernetes_becomes_a_setting(name: str) -> None:
    """A service called runtide-ingest would set RUNTIDE_INGEST_PORT to a URL."""
    assert PODS[name]["spec"]["enableServiceLinks"] is False


@pytest.mark.parametrize("name", SERVED)
def test_no_service_has_a_name_that_becomes_a_setting_elsewhere(name: str) -> None:
    """Pods of a script in this namespace get the variables too."""
    assert not name.startswith("runtide")


@pytest.mark.parametrize("name", sorted(PODS))
def test_pod_asks_for_what_it_needs_and_has_a_limit(name: str) -> None:
    (container,) = PODS[name]["spec"]["containers"]

    assert container["resources"]["requests"].keys() == {"cpu", "memory"}
    assert container["resources"]["limits"].keys() == {"memory"}


@pytest.mark.parametrize("name", sorted(PODS))
def test_folders_that_are_written_are_mounted(name: str) -> None:
    """The rest of the file system is read-only."""
    (container,) = PODS[name]["spec"]["containers"]
    mounted = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
    volumes = {volume["name"] for volume in PODS[name]["spec"]["volumes"]}

    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert {"/tmp", "/var/lib/runtide"} <= mounted.keys()
    assert set(mounted.values()) == volumes


@pytest.mark.parametrize("name", sorted(DEPLOYMENTS))
@pytest.mark.parametrize("probe", ["startupProbe", "livenessProbe", "readinessProbe"])
def test_pod_is_probed_as_the_composition_checks_it(name: str, probe: str) -> None:
    (container,) = PODS[name]["spec"]["containers"]
    (port,) = container["ports"]
    asked = container[probe]["httpGet"]
    checked = " ".join(services()[name]["healthcheck"]["test"])
    page = "ready" if probe == "readinessProbe" else "health"

    assert port == {"name": "http", "containerPort": PORT_BY_SERVICE[name]}
    assert asked["port"] == "http"
    assert f":{port['containerPort']}{asked['path']}" in checked.replace("/ready", f"/{page}")


@pytest.mark.parametrize("name", SERVED)
def test_probe_comes_under_a_name_that_is_allowed(name: str) -> None:
    """A kubelet asks by address, and the guard answers 421 to names that it does not know."""
    (container,) = PODS[name]["spec"]["containers"]
    allowed = environment(PODS[name])[
        f"RUNTIDE_{name.replace('-', '_').upper()}_ALLOWED_HOSTS"
    ].split(",")

    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        (header,) = container[probe]["httpGet"]["httpHeaders"]
        assert header["name"] == "Host"
        assert header["value"] in allowed
    assert {name, f"{name}.runtide.svc"} <= set(allowed)


@pytest.mark.parametrize("name", sorted(DEPLOYMENTS))
def test_selectors_find_the_pods(name: str) -> None:
    labels = PODS[name]["metadata"]["labels"]
    budget = of_kind("PodDisruptionBudget")[name]
    spread = PODS[name]["spec"]["topologySpreadConstraints"][0]["labelSelector"]["matchLabels"]

    assert DEPLOYMENTS[name]["spec"]["selector"]["matchLabels"] == labels
    assert budget["spec"]["selector"]["matchLabels"] == labels
    assert spread == labels
    if name in SERVED:
        assert of_kind("Service")[name]["spec"]["selector"] == labels


def test_worker_is_not_killed_while_it_finishes_a_batch() -> None:
    assert PODS["processors"]["spec"]["terminationGracePeriodSeconds"] > WORKER_STOP_S


def test_autoscaler_makes_no_worker_without_a_partition() -> None:
    scaler = of_kind("HorizontalPodAutoscaler")["processors"]["spec"]

    assert scaler["scaleTargetRef"]["name"] in DEPLOYMENTS
    assert scaler["maxReplicas"] <= int(settings()["RUNTIDE_KAFKA_PARTITIONS"])
    assert "replicas" not in DEPLOYMENTS["processors"]["spec"]


def test_nothing_comes_in_but_from_namespaces_with_a_label() -> None:
    policies = of_kind("NetworkPolicy")
    general = policies.pop("only-what-is-needed")["spec"]
    sources = [
        source
        for policy in policies.values()
        for rule in policy["spec"]["ingress"]
        for source in rule["from"]
    ]

    assert general["podSelector"] == {}
    assert general["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in general
    assert all(source["namespaceSelector"]["matchLabels"] for source in sources)


def test_what_settings_point_to_may_be_reached() -> None:
    """A pod whose policy forgets a port waits for an answer that never comes."""
    rules = of_kind("NetworkPolicy")["only-what-is-needed"]["spec"]["egress"]
    open_ports = {str(port["port"]) for rule in rules for port in rule["ports"]}
    values = [settings()["RUNTIDE_KAFKA_BOOTSTRAP"], settings()["RUNTIDE_CLICKHOUSE_URL"]]

    assert {re.split(r":(?=\d+$)", value)[1] for value in values} <= open_ports


@pytest.mark.parametrize("name", SERVED)
def test_whoever_comes_is_asked_for_a_token(name: str) -> None:
    """Every pod of the cluster would be let in otherwise, where no policy is enforced."""
    told = environment(PODS[name])

    assert [key for key in told if key.endswith("TRUST_NETWORK")] == []
    assert "RUNTIDE_CLICKHOUSE_URL" in told


def test_settings_hold_no_secret() -> None:
    (secret,) = documents("secret.example.yaml")

    assert settings().keys().isdisjoint(secret["stringData"])
    assert [name for name in settings() if re.search("PASSWORD|SECRET|TOKEN", name)] == []
