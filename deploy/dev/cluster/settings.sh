# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
#
# Where the development cluster keeps things and what it calls them. Sourced by `cluster` and `check`.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# What is built once and kept: programs and base images.
cache=${XDG_CACHE_HOME:-$HOME/.cache}/velero-swift/kube
programs=$cache/bin
images=$cache/images

# What one running cluster writes; `cluster down` removes it. containerd puts sockets below it, so its path must be short.
state=$(readlink -m -- "${CLUSTER_DIR:-$cache/cluster}")
keys=$state/keys
conf=$state/conf
run=$state/run
logs=$state/log
kubeconfig=$state/kubeconfig
# Marks directories that `cluster down` may delete.
marker=.velero-dev-cluster

# The node. Its kubelet lives where kubelets usually live, so manifests need no change.
node=dev
kubelet_root=/var/lib/kubelet
# Where mount(8) looks for its helper of type nfs.
nfs_helper=/sbin/mount.nfs
bridge=vdev0
pod_prefix=10.244.0
service_prefix=10.96.0
node_address=$pod_prefix.1
pod_range=$pod_prefix.0/24
service_range=$service_prefix.0/24
api_service_address=$service_prefix.1
domain=cluster.local
cgroup=velero-dev
cni_programs=/usr/lib/cni
containerd_socket=$run/containerd.sock
containerd_state=$state/containerd/state

api_port=${CLUSTER_API_PORT:-6443}
# etcd takes this one and the next.
etcd_port=${CLUSTER_ETCD_PORT:-12379}

pause_image=localhost/pause:3.4
busybox_image=localhost/busybox:1

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() { say "$*"; exit 1; }

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo "$@"
    else die "needs root or sudo: $*"
    fi
}

kubectl() { "$programs/kubectl" --kubeconfig "$kubeconfig" "$@"; }
containers() { ctr --address "$containerd_socket" --namespace k8s.io "$@"; }
