#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Backs up many objects by a server and compares time and memory with listing them raw through kubectl."""

import concurrent.futures
import http.client
import json
import os
import pathlib
import platform
import re
import signal
import ssl
import statistics
import subprocess
import sys
import tarfile
import threading
import time

KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00"
RUNS = 3
# Times as long as listing; MiB.
BARS = {"ratio": 2.0, "memory": 200}

work, cache, velero = map(pathlib.Path, sys.argv[1:4])
count = int(sys.argv[4])
cluster = work / "c"
root = pathlib.Path(__file__).resolve().parents[2]
environment = {**os.environ, "KUBECONFIG": str(cluster / "kubeconfig")}
kubectl_program = cache / "kube/bin/kubectl"
processes = []
local = threading.local()


def kubectl(*arguments, data=None):
    done = subprocess.run([kubectl_program, *arguments], input=data, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"bench: kubectl {' '.join(arguments)}: {done.stderr}")
    return done.stdout


def send(method, path, body=None):
    if not hasattr(local, "connection"):
        keys = cluster / "keys"
        context = ssl.create_default_context(cafile=str(keys / "ca.crt"))
        context.load_cert_chain(keys / "admin.crt", keys / "admin.key")
        local.connection = http.client.HTTPSConnection("127.0.0.1", int(os.environ["CLUSTER_API_PORT"]), context=context)
    local.connection.request(method, path, json.dumps(body) if body is not None else None, {"Content-Type": "application/json"})
    answer = local.connection.getresponse()
    text = answer.read()
    if answer.status >= 300:
        raise SystemExit(f"bench: {method} {path}: {answer.status} {text[:400]}")
    return json.loads(text)


def start(name, arguments, extra):
    log = open(work / f"{name}.log", "wb")
    process = subprocess.Popen(arguments, env={**environment, **extra}, stdout=log, stderr=subprocess.STDOUT)
    processes.append(process)
    return process


def wait_for(what, condition, seconds=300, pause=0.02):
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            for log in work.glob("*.log"):
                print(f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}", file=sys.stderr)
            raise SystemExit(f"bench: {what} takes longer than {seconds} s")
        time.sleep(pause)
    return value


def make_objects():
    """Of every ten: five ConfigMaps of 2 KiB, two Secrets, a Deployment, a Service and a ServiceAccount, in twenty namespaces."""
    namespaces = [f"bench-{number:02}" for number in range(20)]
    for name in namespaces:
        send("POST", "/api/v1/namespaces", {"metadata": {"name": name}})

    def make(number):
        name, namespace = f"object-{number:05}", namespaces[number % 20]
        metadata = {"name": name, "labels": {"app": f"app-{number % 50}"}}
        core, kind = f"/api/v1/namespaces/{namespace}", number // 20 % 10
        if kind < 5:
            send("POST", f"{core}/configmaps", {"metadata": metadata, "data": {"settings": f"{number} " * 400}})
        elif kind < 7:
            send("POST", f"{core}/secrets", {"metadata": metadata, "stringData": {"password": "x" * 512}})
        elif kind == 7:
            labels = {"app": name}
            pod = {"containers": [{"name": "main", "image": "example.org/none", "env": [{"name": f"V{i}", "value": "v" * 30} for i in range(20)]}]}
            send("POST", f"/apis/apps/v1/namespaces/{namespace}/deployments",
                 {"metadata": metadata, "spec": {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": pod}}})
        elif kind == 8:
            send("POST", f"{core}/services", {"metadata": metadata, "spec": {"clusterIP": "None", "ports": [{"port": 80}]}})
        else:
            send("POST", f"{core}/serviceaccounts", {"metadata": metadata})

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(make, range(count)))


def list_raw():
    """Seconds that kubectl takes for the same collections, one after the other."""
    begin = time.monotonic()
    for path in ["/api/v1/" + name for name in ("configmaps", "secrets", "services", "serviceaccounts", "namespaces")] + ["/apis/apps/v1/deployments"]:
        subprocess.run([kubectl_program, "get", "--raw", path], env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - begin


def back_up(name):
    path = "/apis/velero.io/v1/namespaces/velero/backups"
    begin = time.monotonic()
    send("POST", path, {"apiVersion": "velero.io/v1", "kind": "Backup", "metadata": {"name": name}, "spec": {}})

    def ended():
        status = send("GET", f"{path}/{name}").get("status", {})
        return status if status.get("phase") in ("Completed", "PartiallyFailed", "Failed", "FailedValidation") else None

    status = wait_for("a backup", ended)
    if status["phase"] != "Completed":
        raise SystemExit(f"bench: the backup ended {status}")
    return time.monotonic() - begin, status["progress"]["itemsBackedUp"]


def memory(process):
    return int(re.search(r"VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{process.pid}/status").read_text())[1]) / 1024


def main():
    kubectl("apply", "-k", str(root / "deploy/crds"))
    kubectl("create", "namespace", "velero")
    (work / "credentials").write_text(f"[default]\naws_access_key_id={KEY}\naws_secret_access_key={SECRET}\n")
    (work / "objects/velero").mkdir(parents=True)
    start("s3", [cache / "venv/bin/rclone", "serve", "s3", "--addr", "127.0.0.1:0", "-v", "--auth-key", f"{KEY},{SECRET}",
                 work / "objects"], {"RCLONE_CONFIG": "/dev/null"})
    endpoint = wait_for("the S3 server", lambda: re.search(r"\[(http://[0-9.:]+)", (work / "s3.log").read_text()))[1]
    send("POST", "/apis/velero.io/v1/namespaces/velero/backupstoragelocations", {
        "apiVersion": "velero.io/v1", "kind": "BackupStorageLocation", "metadata": {"name": "default"},
        "spec": {"provider": "aws", "default": True, "objectStorage": {"bucket": "velero"},
                 "config": {"region": "us-east-1", "s3ForcePathStyle": "true", "s3Url": endpoint}}})
    make_objects()
    server = start("server", [velero, "server", "--metrics-address", "127.0.0.1:18087"],
                   {"AWS_SHARED_CREDENTIALS_FILE": str(work / "credentials"), "VELERO_NAMESPACE": "velero", "HOME": str(work)})
    back_up("warm")
    lists, backups = [], []
    for number in range(RUNS):
        lists.append(list_raw())
        seconds, items = back_up(f"run-{number}")
        backups.append(seconds)
    if items < count:
        raise SystemExit(f"bench: {items} of {count} objects were backed up")
    with tarfile.open(work / f"objects/velero/backups/run-{RUNS - 1}/run-{RUNS - 1}.tar.gz") as tarball:
        files = sum(1 for entry in tarball if "-preferredversion/" not in entry.name) - 1
    if files != items:
        raise SystemExit(f"bench: the tarball holds {files} objects and the backup tells {items}")
    listing, backup, peak = statistics.median(lists), statistics.median(backups), memory(server)
    rows = [
        ("objects", f"{items:,}", ""),
        ("listing them by `kubectl get --raw`, seconds", f"{listing:.2f}", ""),
        ("backup, from its creation to Completed, seconds", f"{backup:.2f}", ""),
        ("times as long as listing", f"{backup / listing:.2f}", f"{BARS['ratio']:.1f}"),
        ("peak memory of the server, MiB", f"{peak:.0f}", f"{BARS['memory']}"),
    ]
    lines = ["# A backup of cluster objects", "", "Written by `benchmarks/backup/run`; medians of three runs.", "",
             f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores; API server, etcd, S3 server and the backup on one machine.", "",
             "| | measured | at most |", "|---|---:|---:|", *(f"| {a} | {b} | {c} |" for a, b, c in rows), ""]
    (root / "benchmarks/backup/results.md").write_text("\n".join(lines))
    print("\n".join(lines))
    return 1 if backup / listing > BARS["ratio"] or peak > BARS["memory"] else 0


try:
    code = main()
finally:
    for process in processes:
        process.send_signal(signal.SIGTERM)
    for process in processes:
        process.wait()
sys.exit(code)
