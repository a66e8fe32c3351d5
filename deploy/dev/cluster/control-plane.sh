# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# etcd and kube-apiserver; with a node also controller manager and scheduler. Sourced by `cluster`.

# claim DIRECTORY: makes a directory this cluster may later delete; refuses one that somebody else filled.
claim() {
    [ ! -e "$1/$marker" ] || return 0
    [ -z "$(ls -A "$1" 2>/dev/null)" ] || die "$1 is not empty, and this did not make it"
    mkdir -p "$1"
    touch "$1/$marker"
}

# Claims the state directory and takes the cluster's lock.
prepare() {
    claim "$state"
    mkdir -p "$conf" "$run" "$logs"
    exec 9>"$run/lock"
    flock -w 120 9 || die "another call is at work in $state"
}

# client_config FILE WHO: a kubeconfig that holds its certificates.
client_config() {
    (umask 077 && cat >"$1") <<YAML
apiVersion: v1
kind: Config
current-context: velero-dev
clusters:
- name: velero-dev
  cluster:
    server: https://$api_address:$api_port
    certificate-authority-data: $(base64 -w0 "$keys/ca.crt")
users:
- name: $2
  user:
    client-certificate-data: $(base64 -w0 "$keys/$2.crt")
    client-key-data: $(base64 -w0 "$keys/$2.key")
contexts:
- name: velero-dev
  context: {cluster: velero-dev, user: $2}
YAML
}

# start_plane ADDRESS [API SERVER FLAGS…]: starts both, does not wait.
start_plane() {
    api_address=$1
    shift
    local mode
    mode=$(cat "$run/address" 2>/dev/null || echo "$api_address")
    [ "$mode" = "$api_address" ] || die "this cluster runs in its other form: cluster down first"
    echo "$api_address" >"$run/address"
    [ -e "$keys/front-proxy-client.crt" ] || "$here/keys" "$keys" "IP:$node_address" "IP:$api_service_address" \
        "DNS:$node" DNS:kubernetes DNS:kubernetes.default DNS:kubernetes.default.svc "DNS:kubernetes.default.svc.$domain"
    client_config "$kubeconfig" admin

    local client=http://127.0.0.1:$etcd_port peer=http://127.0.0.1:$((etcd_port + 1))
    # Without fsync: a test cluster's objects need not survive a power cut.
    launch etcd etcd --name dev --data-dir "$state/etcd" --unsafe-no-fsync --log-level warn --logger zap \
        --listen-client-urls "$client" --advertise-client-urls "$client" \
        --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" --initial-cluster "dev=$peer"
    launch kube-apiserver "$programs/kube-apiserver" --v=2 --etcd-servers="$client" --cert-dir="$keys" \
        --bind-address="$api_address" --advertise-address="$api_address" --secure-port="$api_port" \
        --service-cluster-ip-range="$service_range" --allow-privileged=true \
        --tls-cert-file="$keys/apiserver.crt" --tls-private-key-file="$keys/apiserver.key" \
        --client-ca-file="$keys/ca.crt" --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction \
        --service-account-issuer="https://kubernetes.default.svc.$domain" \
        --service-account-key-file="$keys/service-account.key" \
        --service-account-signing-key-file="$keys/service-account.key" \
        --kubelet-client-certificate="$keys/kubelet-client.crt" --kubelet-client-key="$keys/kubelet-client.key" \
        --kubelet-certificate-authority="$keys/ca.crt" --kubelet-preferred-address-types=InternalIP \
        --requestheader-client-ca-file="$keys/front-proxy-ca.crt" \
        --requestheader-allowed-names=front-proxy-client --requestheader-username-headers=X-Remote-User \
        --requestheader-group-headers=X-Remote-Group --requestheader-extra-headers-prefix=X-Remote-Extra- \
        --proxy-client-cert-file="$keys/front-proxy-client.crt" \
        --proxy-client-key-file="$keys/front-proxy-client.key" --enable-aggregator-routing=true "$@"
}

await_api() { await "the API server" 60 kube-apiserver kubectl get --raw /readyz; }

start_controllers() {
    local name
    for name in controller-manager scheduler; do client_config "$conf/$name.kubeconfig" "$name"; done
    launch kube-controller-manager "$programs/kube-controller-manager" --v=2 --bind-address=127.0.0.1 --port=0 \
        --kubeconfig="$conf/controller-manager.kubeconfig" \
        --authentication-kubeconfig="$conf/controller-manager.kubeconfig" \
        --authorization-kubeconfig="$conf/controller-manager.kubeconfig" \
        --leader-elect=false --use-service-account-credentials=true --cert-dir="$run" \
        --service-account-private-key-file="$keys/service-account.key" --root-ca-file="$keys/ca.crt" \
        --cluster-signing-cert-file="$keys/ca.crt" --cluster-signing-key-file="$keys/ca.key" \
        --flex-volume-plugin-dir="$state/plugins"
    launch kube-scheduler "$programs/kube-scheduler" --v=2 --bind-address=127.0.0.1 --port=0 --leader-elect=false \
        --kubeconfig="$conf/scheduler.kubeconfig" --authentication-kubeconfig="$conf/scheduler.kubeconfig" \
        --authorization-kubeconfig="$conf/scheduler.kubeconfig" --cert-dir="$run"
}

# etcd and the API server alone, on loopback, without root. Objects are stored and watched and nothing acts on them, so there are
# no service accounts for pods to need and nothing to serve the address of the service "kubernetes".
cluster_control_plane() {
    [ -x "$programs/kube-apiserver" ] || die "nothing is built yet: run $here/cluster build"
    prepare
    # shellcheck disable=SC2086 # a list of flags
    start_plane 127.0.0.1 --endpoint-reconciler-type=none --disable-admission-plugins=ServiceAccount ${CLUSTER_API_FLAGS:-}
    await_api
    echo "$kubeconfig"
}
