#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Drives a server and a node agent with PodVolumeBackups and counts what they ask of the API server and of S3."""

import concurrent.futures
import http.client
import json
import os
import pathlib
import platform
import random
import re
import signal
import ssl
import statistics
import subprocess
import sys
import threading
import time

NODE = "bench"
KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00"
CONCURRENCY = 4
PODS = 100
IDLE_SECONDS = 30
# Seconds, seconds, requests a backup, requests a backup, requests while idle, MiB.
BARS = {"start": 1.0, "hundred": 60.0, "api": 8.0, "store": 12.0, "idle store": 0, "memory": 256}

work, cache, velero = map(pathlib.Path, sys.argv[1:4])
cluster = work / "c"
root = pathlib.Path(__file__).resolve().parents[2]
environment = {**os.environ, "KUBECONFIG": str(cluster / "kubeconfig")}
kubectl_program = cache / "kube/bin/kubectl"
processes = []


def kubectl(*arguments, data=None):
    done = subprocess.run([kubectl_program, *arguments], input=data, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"bench: kubectl {' '.join(arguments)}: {done.stderr}")
    return done.stdout


class API:
    """Requests of the bench itself, on a connection per thread."""

    def __init__(self):
        keys = cluster / "keys"
        self.context = ssl.create_default_context(cafile=str(keys / "ca.crt"))
        self.context.load_cert_chain(keys / "admin.crt", keys / "admin.key")
        self.local = threading.local()

    def connection(self):
        return http.client.HTTPSConnection("127.0.0.1", int(os.environ["CLUSTER_API_PORT"]), context=self.context)

    def send(self, method, path, body=None, kind="application/json"):
        if not hasattr(self.local, "connection"):
            self.local.connection = self.connection()
        self.local.connection.request(method, path, json.dumps(body) if body is not None else None, {"Content-Type": kind})
        answer = self.local.connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:400]}")
        return json.loads(text)

    def watch(self, path, version):
        connection = self.connection()
        connection.request("GET", f"{path}?watch=true&resourceVersion={version}")
        return connection.getresponse()


def start(name, arguments, extra):
    log = open(work / f"{name}.log", "wb")
    process = subprocess.Popen(arguments, env={**environment, **extra}, stdout=log, stderr=subprocess.STDOUT)
    processes.append((name, process))
    return process


def wait_for(what, condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            for name, _ in processes:
                print(f"--- {name}\n{(work / f'{name}.log').read_text(errors='replace')[-3000:]}", file=sys.stderr)
            raise SystemExit(f"bench: {what} takes longer than {seconds} s")
        time.sleep(0.05)


def make_pod(api, number):
    name = f"pod-{number:03}"
    pod = api.send("POST", "/api/v1/namespaces/bench/pods", {
        "metadata": {"name": name},
        "spec": {"nodeName": NODE, "containers": [{"name": "main", "image": "none", "volumeMounts": [{"name": "data", "mountPath": "/data"}]}],
                 "volumes": [{"name": "data", "emptyDir": {}}]},
    })
    api.send("PATCH", f"/api/v1/namespaces/bench/pods/{name}/status", {"status": {"phase": "Running"}}, "application/merge-patch+json")
    directory = pathlib.Path("/host_pods") / pod["metadata"]["uid"] / "volumes/kubernetes.io~empty-dir/data"
    directory.mkdir(parents=True)
    for file in range(10):
        (directory / f"file-{file}").write_bytes(random.Random(number * 10 + file).randbytes(10_000))
    return name, pod["metadata"]["uid"]


def make_backup(api, name, pod):
    return api.send("POST", "/apis/velero.io/v1/namespaces/velero/podvolumebackups", {
        "apiVersion": "velero.io/v1", "kind": "PodVolumeBackup", "metadata": {"name": name},
        "spec": {"node": NODE, "pod": {"kind": "Pod", "namespace": "bench", "name": pod[0], "uid": pod[1]}, "volume": "data",
                 "backupStorageLocation": "default", "repoIdentifier": "", "uploaderType": "restic",
                 "tags": {"backup": name, "pod": pod[0], "pod-uid": pod[1], "ns": "bench", "volume": "data"}},
    })


class Watch:
    """When each PodVolumeBackup was seen in each phase."""

    def __init__(self, api):
        path = "/apis/velero.io/v1/namespaces/velero/podvolumebackups"
        version = api.send("GET", path)["metadata"]["resourceVersion"]
        self.seen, self.messages, self.lock = {}, {}, threading.Lock()
        self.answer = api.watch(path, version)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.answer:
            event = json.loads(line)["object"]
            status = event.get("status") or {}
            with self.lock:
                self.seen.setdefault(event["metadata"]["name"], {}).setdefault(status.get("phase", ""), time.monotonic())
                self.messages[event["metadata"]["name"]] = status.get("message", "")

    def reached(self, name, phase):
        with self.lock:
            if "Failed" in self.seen.get(name, {}):
                raise SystemExit(f"bench: {name} failed: {self.messages[name]}")
            return self.seen.get(name, {}).get(phase)


class Counts:
    """Requests since it was made: to the API server, by the audit log, and to S3, by the server's log."""

    def __init__(self):
        self.api_start = (work / "audit.log").stat().st_size
        self.store_start = (work / "s3.log").stat().st_size

    def api(self):
        found = {}
        with open(work / "audit.log") as log:
            log.seek(self.api_start)
            for line in log:
                event = json.loads(line)
                if event.get("userAgent", "").startswith("velero"):
                    reference = event.get("objectRef", {})
                    key = (event["verb"], reference.get("resource", event["requestURI"]))
                    found[key] = found.get(key, 0) + 1
        return found

    def store(self):
        with open(work / "s3.log", errors="replace") as log:
            log.seek(self.store_start)
            return sum(1 for line in log if re.search(r"(GET|PUT|POST|HEAD|DELETE) (=> )?/?velero|\b(GET|PUT|POST|HEAD|DELETE)\b", line))


def memory(process):
    text = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", text)[1]) / 1024


def set_up(api):
    kubectl("apply", "-k", str(root / "deploy/crds"))
    for name in ("velero", "bench"):
        kubectl("create", "namespace", name)
    kubectl("apply", "-f", "-", data=json.dumps({"apiVersion": "v1", "kind": "Node", "metadata": {"name": NODE}}))
    (work / "credentials").write_text(f"[default]\naws_access_key_id={KEY}\naws_secret_access_key={SECRET}\n")
    (work / "objects/velero").mkdir(parents=True)
    start("s3", [cache / "venv/bin/rclone", "serve", "s3", "--addr", "127.0.0.1:0", "-vv", "--vfs-cache-mode", "off",
                 "--auth-key", f"{KEY},{SECRET}", work / "objects"], {"RCLONE_CONFIG": "/dev/null"})
    wait_for("the S3 server", lambda: re.search(rb"\[(http://[0-9.:]+)", (work / "s3.log").read_bytes()))
    endpoint = re.search(r"\[(http://[0-9.:]+)", (work / "s3.log").read_text())[1]
    kubectl("apply", "-f", "-", data=json.dumps({
        "apiVersion": "velero.io/v1", "kind": "BackupStorageLocation", "metadata": {"name": "default", "namespace": "velero"},
        "spec": {"provider": "aws", "default": True, "objectStorage": {"bucket": "velero"},
                 "config": {"region": "us-east-1", "s3ForcePathStyle": "true", "s3Url": endpoint}}}))
    kubectl("-n", "velero", "create", "configmap", "agent", "--from-literal",
            'settings={"loadConcurrency": {"globalConfig": %d}}' % CONCURRENCY)
    common = {"AWS_SHARED_CREDENTIALS_FILE": str(work / "credentials"), "VELERO_NAMESPACE": "velero", "NODE_NAME": NODE,
              "VELERO_SCRATCH_DIR": str(work / "scratch"), "HOME": str(work)}
    server = start("server", [velero, "server", "--metrics-address", "127.0.0.1:18085"], common)
    agent = start("agent", [velero, "node-agent", "server", "--node-agent-configmap", "agent", "--metrics-address", "127.0.0.1:18086"], common)
    return server, agent


def main():
    api = API()
    server, agent = set_up(api)
    pods = [make_pod(api, number) for number in range(PODS)]
    watch = Watch(api)

    make_backup(api, "first", pods[0])
    wait_for("the first backup", lambda: watch.reached("first", "Completed"))

    starts = []
    for number in range(20):
        name = f"single-{number}"
        began = time.monotonic()
        make_backup(api, name, pods[number])
        wait_for(name, lambda: watch.reached(name, "Completed"))
        starts.append(watch.reached(name, "InProgress") - began)

    counts = Counts()
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: make_backup(api, f"many-{number}", pods[number]), range(PODS)))
    wait_for("100 backups", lambda: all(watch.reached(f"many-{number}", "Completed") for number in range(PODS)), 300)
    hundred = time.monotonic() - began
    asked, stored = counts.api(), counts.store()

    # Late events and locks that are taken away belong to what was just done.
    time.sleep(5)
    counts = Counts()
    time.sleep(IDLE_SECONDS)
    idle_api, idle_store = counts.api(), counts.store()

    measured = {"start": max(starts), "hundred": hundred, "api": sum(asked.values()) / PODS, "store": stored / PODS,
                "idle store": idle_store, "memory": memory(agent)}
    rows = [
        ("PodVolumeBackup created → InProgress, median of 20", f"{statistics.median(starts) * 1000:.0f} ms", ""),
        ("the slowest of them", f"{max(starts) * 1000:.0f} ms", f"{BARS['start'] * 1000:.0f} ms"),
        (f"{PODS} small volumes at concurrency {CONCURRENCY}", f"{hundred:.1f} s", f"{BARS['hundred']:.0f} s"),
        ("API requests per PodVolumeBackup, server and agent", f"{measured['api']:.1f}", f"{BARS['api']:.0f}"),
        ("S3 requests per PodVolumeBackup", f"{measured['store']:.1f}", f"{BARS['store']:.0f}"),
        (f"API requests in {IDLE_SECONDS} idle seconds, all for the server's lease", str(sum(idle_api.values())), ""),
        (f"S3 requests in {IDLE_SECONDS} idle seconds", str(idle_store), "0"),
        ("peak memory of the agent", f"{measured['memory']:.0f} MiB", f"{BARS['memory']} MiB"),
        ("peak memory of the server", f"{memory(server):.0f} MiB", ""),
    ]
    lines = ["# Cost of a volume beside its bytes", "",
             "Volumes of ten files of 10 KB each in one repository; a real etcd and kube-apiserver, `rclone serve s3`, all on one machine:",
             f"{os.cpu_count()} cores, {platform.system()} {platform.release()}.", "", "| | measured | bar |", "|---|---|---|"]
    lines += [f"| {what} | {measured} | {bar} |" for what, measured, bar in rows]
    lines += ["", "API requests by verb and resource: " + ", ".join(
        f"{verb} {resource} {count}" for (verb, resource), count in sorted(asked.items(), key=lambda item: -item[1])) + ".",
        "", "Made by `make bench-agent`."]
    text = "\n".join(lines) + "\n"
    (root / "benchmarks/agent/results.md").write_text(text)
    print(text)
    missed = [name for name, bar in BARS.items() if measured[name] > bar]
    polled = [asked for asked in idle_api if asked[1] != "leases"]
    for what in missed + [f"{verb} {resource} while idle" for verb, resource in polled]:
        print(f"bench: missed: {what}", file=sys.stderr)
    return 1 if missed or polled else 0


code = 1
try:
    code = main()
finally:
    for name, process in reversed(processes):
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
sys.exit(code)
