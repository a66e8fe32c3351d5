# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# This machine as the one node of the cluster: network, containerd, kubelet, kube-proxy, DNS. Sourced by `cluster`.

# What the kubelet, kube-proxy and the CNI plugins change, and `cluster down` puts back.
kernel_settings=(
    kernel/panic kernel/panic_on_oops kernel/keys/root_maxbytes kernel/keys/root_maxkeys vm/overcommit_memory vm/panic_on_oom
    net/ipv4/ip_forward net/ipv4/conf/all/route_localnet net/bridge/bridge-nf-call-iptables
)
# What they leave behind and cannot be told to put elsewhere.
host_directories=(/var/log/pods /var/log/containers /var/lib/cni /run/containerd /run/netns /run/mount "$kubelet_root" "$nfs_helper")

check_host() {
    [ "$(id -u)" -eq 0 ] || die "a node needs root"
    local file
    for file in "$programs/kubelet" "$images/pause.tar" "$cni_programs/bridge"; do
        [ -e "$file" ] || die "$file is missing: run $here/cluster build"
    done
    # Sockets are made below it, and a socket's path has at most 107 bytes.
    [ ${#state} -le 60 ] || die "this path is too long for CLUSTER_DIR: $state"
    [ -e /sys/fs/cgroup/memory/cgroup.procs ] || [ -e /sys/fs/cgroup/cgroup.controllers ] || die "no cgroups in /sys/fs/cgroup"
    [ -e "$run/host" ] || ! iptables-save 2>/dev/null | grep -E '^:(KUBE|CNI|VDEV)-' >/dev/null ||
        die "this machine has packet filter rules of another Kubernetes node"
}

remember_host() {
    [ ! -e "$run/host" ] || return 0
    local setting directory
    for setting in "${kernel_settings[@]}"; do
        [ ! -e "/proc/sys/$setting" ] || printf '%s %s\n' "$setting" "$(cat "/proc/sys/$setting")"
    done >"$run/kernel-settings"
    for directory in "${host_directories[@]}"; do
        [ -e "$directory" ] || printf '%s\n' "$directory"
    done >"$run/created"
    touch "$run/host"
}

set_up_network() {
    if [ ! -e "/sys/class/net/$bridge" ]; then
        ip link add "$bridge" type bridge
        # A fixed hardware address: a bridge otherwise takes that of a port, and ports come and go with pods.
        ip link set "$bridge" address 0a:58:0a:f4:00:01
        ip address add "$node_address/24" dev "$bridge"
        ip link set "$bridge" up
        # Services must be reachable from this machine even without a default route.
        ip route add "$service_range" dev "$bridge" src "$node_address"
    fi
    [ ! -e /proc/sys/net/bridge/bridge-nf-call-iptables ] || echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables
    # Pods reach each other, services and this machine, and nothing beyond it.
    if ! iptables -w -S VDEV-ISOLATE >/dev/null 2>&1; then
        iptables -w -N VDEV-ISOLATE
        iptables -w -A VDEV-ISOLATE -i "$bridge" ! -o "$bridge" -j REJECT
        iptables -w -I FORWARD -j VDEV-ISOLATE
    fi
    mkdir -p "$conf/cni"
    cat >"$conf/cni/10-velero-dev.conflist" <<JSON
{
  "cniVersion": "0.4.0", "name": "velero-dev",
  "plugins": [
    {"type": "bridge", "bridge": "$bridge", "isGateway": true, "ipMasq": false, "hairpinMode": true,
     "ipam": {"type": "host-local", "dataDir": "$state/cni", "routes": [{"dst": "0.0.0.0/0"}],
              "ranges": [[{"subnet": "$pod_range", "gateway": "$node_address"}]]}},
    {"type": "portmap", "capabilities": {"portMappings": true}}
  ]
}
JSON
}

# Pods that mount the kubelet's directory with mountPropagation see later volumes only if it is a shared mount.
share_kubelet_root() {
    mountpoint -q "$kubelet_root" || mount --bind "$kubelet_root" "$kubelet_root"
    mount --make-rshared "$kubelet_root"
}

# Where the kernel has no NFS client, something stands in for it, so that volumes of that kind can be tried.
stand_in_for_nfs() {
    grep -qx "$nfs_helper" "$run/created" || return 0
    grep -qw nfs /proc/filesystems || cp "$here/mount.nfs" "$nfs_helper"
}

# A parent of their own for the cgroups of pods, by which `cluster down` tells them.
make_cgroups() {
    local hierarchy
    for hierarchy in /sys/fs/cgroup/*/; do
        [ -e "$hierarchy/cgroup.procs" ] || continue
        mkdir -p "$hierarchy/$cgroup"
        [ ! -e "$hierarchy/cpuset.cpus" ] || {
            cat "$hierarchy/cpuset.cpus" >"$hierarchy/$cgroup/cpuset.cpus"
            cat "$hierarchy/cpuset.mems" >"$hierarchy/$cgroup/cpuset.mems"
        }
    done
    [ ! -e /sys/fs/cgroup/cgroup.procs ] || mkdir -p "/sys/fs/cgroup/$cgroup"
}

start_containerd() {
    local at_home=localhost,127.0.0.0/8,$pod_range,$service_range
    cat >"$conf/containerd.toml" <<TOML
version = 2
root = "$state/containerd/root"
state = "$containerd_state"
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs",
  "io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing"]
[grpc]
  address = "$containerd_socket"
[plugins."io.containerd.internal.v1.opt"]
  path = "$state/containerd/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$pause_image"
  stream_server_address = "127.0.0.1"
  # Lower scores need CAP_SYS_RESOURCE, which root lacks on some machines; runc then ends with an unhelpful EOF.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "$cni_programs"
    conf_dir = "$conf/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        Root = "$state/containerd/runc"
        SystemdCgroup = false
TOML
    # Images come from archives. A pull from elsewhere than this machine fails at once, at a proxy that does not exist.
    launch containerd env HTTP_PROXY=http://127.0.0.1:1 HTTPS_PROXY=http://127.0.0.1:1 NO_PROXY="$at_home" \
        http_proxy= https_proxy= no_proxy="$at_home" containerd --config "$conf/containerd.toml"
    await containerd 30 containerd containers version
}

import_images() {
    local archive
    for archive in "$@"; do containers images import "$archive" >&2; done
}

start_kubelet() {
    client_config "$conf/kubelet.kubeconfig" kubelet
    echo "nameserver $node_address" >"$conf/resolv.conf"
    cat >"$conf/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $node_address
readOnlyPort: 0
tlsCertFile: $keys/kubelet-server.crt
tlsPrivateKeyFile: $keys/kubelet-server.key
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: $keys/ca.crt}
authorization: {mode: Webhook}
cgroupDriver: cgroupfs
cgroupRoot: /$cgroup
failSwapOn: false
oomScoreAdj: 0
maxOpenFiles: $(ulimit -Hn)
nodeStatusUpdateFrequency: 2s
nodeStatusReportFrequency: 1m
clusterDomain: $domain
clusterDNS: [$node_address]
resolvConf: $conf/resolv.conf
volumePluginDir: $state/plugins
# A full disk or an idle image is no reason to disturb a test.
imageGCHighThresholdPercent: 100
evictionHard: {nodefs.available: "0%", nodefs.inodesFree: "0%", imagefs.available: "0%"}
YAML
    # The variable keeps it from asking the network whether this is a cloud machine.
    launch kubelet env AWS_EC2_METADATA_DISABLED=true "$programs/kubelet" --v=2 --root-dir="$kubelet_root" \
        --config="$conf/kubelet.yaml" --kubeconfig="$conf/kubelet.kubeconfig" --cert-dir="$run" \
        --hostname-override="$node" --node-ip="$node_address" --container-runtime=remote \
        --container-runtime-endpoint="unix://$containerd_socket" --containerd="$containerd_socket"
}

start_proxy() {
    # It ends when its configuration is written, though nothing in it changes.
    pid_of kube-proxy >/dev/null && return 0
    client_config "$conf/proxy.kubeconfig" proxy
    cat >"$conf/proxy.yaml" <<YAML
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: iptables
bindAddress: $node_address
oomScoreAdj: 0
healthzBindAddress: 127.0.0.1:10256
metricsBindAddress: 127.0.0.1:10249
nodePortAddresses: [127.0.0.0/8, $pod_range]
hostnameOverride: $node
clusterCIDR: $pod_range
clientConnection: {kubeconfig: $conf/proxy.kubeconfig}
# The machine's own limits of connection tracking stay.
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
YAML
    launch kube-proxy "$programs/kube-proxy" --v=2 --config="$conf/proxy.yaml"
}

node_is_ready() {
    [ "$(kubectl get node "$node" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}')" = True ]
}

# All of Kubernetes. Called again it starts what died and leaves running pods alone.
cluster_up() {
    check_host
    prepare
    # Whether the machine had a kubelet directory of its own must be known before this makes one.
    remember_host
    claim "$kubelet_root"
    set_up_network
    make_cgroups
    share_kubelet_root
    stand_in_for_nfs
    start_plane "$node_address"
    start_containerd
    import_images "$images/pause.tar" "$images/busybox.tar"
    start_kubelet
    await_api
    start_controllers
    start_proxy
    launch cluster-dns "$here/dns" --listen "$node_address" --server "https://$node_address:$api_port" --domain "$domain" \
        --ca "$keys/ca.crt" --certificate "$keys/dns.crt" --key "$keys/dns.key"
    await "the default service account" 60 kube-controller-manager kubectl get serviceaccount default
    await "the node" 120 kubelet node_is_ready
    await "the service network" 30 kube-proxy curl -fsS --noproxy '*' --max-time 1 http://127.0.0.1:10256/healthz
    echo "$kubeconfig"
}
