# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Ends what this cluster runs, puts the machine back and removes the state; the cache stays. Works again after itself, after a crash
# of any part, and for a control plane alone. Sourced by `cluster`.

pod_cgroups() {
    local directory
    for directory in "/sys/fs/cgroup/$cgroup" /sys/fs/cgroup/*/"$cgroup"; do
        [ ! -d "$directory" ] || printf '%s\n' "$directory"
    done
}

pod_processes() {
    local directory
    for directory in $(pod_cgroups); do
        find "$directory" -name cgroup.procs -exec cat {} + 2>/dev/null
    done | sort -un
}

# containerd's shims outlive it. Ours are known by the socket in their arguments, which lies in this cluster's own directory.
shim_processes() {
    local file
    for file in /proc/[0-9]*/cmdline; do
        tr '\0' '\n' 2>/dev/null <"$file" | awk -v socket="$containerd_socket" \
            'NR == 1 && !/containerd-shim-runc-v2$/ { exit 1 } $0 == socket { found = 1 } END { exit !found }' || continue
        file=${file%/cmdline}
        echo "${file#/proc/}"
    done
}

# kill_all LISTER: kills the processes it lists until it lists none.
kill_all() {
    local pids
    for _ in $(seq 100); do
        pids=$("$1")
        [ -n "$pids" ] || return 0
        # shellcheck disable=SC2086 # a list of numbers
        kill -KILL $pids 2>/dev/null
        sleep 0.1
    done
    say "still running: $pids"
}

stop_pods() {
    local file namespaces=()
    for file in "$containerd_state"/io.containerd.runtime.v2.task/k8s.io/*/config.json; do
        [ -e "$file" ] || continue
        mapfile -t -O "${#namespaces[@]}" namespaces < <(grep -oE '/run/netns/cni-[0-9a-f-]+' "$file" | sort -u)
    done
    kill_all pod_processes
    kill_all shim_processes
    for file in "${namespaces[@]}"; do
        umount -l "$file" 2>/dev/null
        rm -f "$file"
    done
}

remove_network() {
    local tool rules
    for tool in iptables ip6tables; do
        rules=$("$tool-save" 2>/dev/null)
        if grep -qE '^:(KUBE|CNI|VDEV)-' <<<"$rules"; then
            grep -vE '(^:|-A |-j )(KUBE|CNI|VDEV)-' <<<"$rules" | "$tool-restore"
        fi
    done
    ip link delete "$bridge" 2>/dev/null
}

mounts_below() {
    awk -v top="$1" '$5 == top || index($5, top "/") == 1 { print $5 }' /proc/self/mountinfo | tac
}

unmount_all() {
    local top mount
    for top in "$state" "$kubelet_root"; do
        mounts_below "$top" | while read -r mount; do
            # The kernel writes blanks and the like in octal.
            mount=$(printf '%b' "${mount//\\0/\\00}")
            umount "$mount" 2>/dev/null || umount -l "$mount"
        done
        [ -z "$(mounts_below "$top")" ] || die "something is still mounted below $top, so nothing is removed"
    done
}

restore_host() {
    local setting value directory
    for directory in "$kubelet_root"/pods/*; do
        [ ! -d "$directory" ] || rm -rf /var/log/pods/*_"${directory##*/}"
    done
    find /var/log/containers -xtype l -lname '/var/log/pods/*' -delete 2>/dev/null
    for directory in $(pod_cgroups); do
        find "$directory" -depth -type d -exec rmdir {} \;
    done
    while read -r setting value; do
        [ "$(cat "/proc/sys/$setting")" = "$value" ] || echo "$value" >"/proc/sys/$setting"
    done <"$run/kernel-settings"
    [ ! -e "$kubelet_root/$marker" ] || find "$kubelet_root" -mindepth 1 -delete
    while read -r directory; do
        rm -rf "$directory"
    done <"$run/created"
}

cluster_down() {
    # What is gone already is no failure here.
    set +e
    [ -e "$state/$marker" ] || { say "no cluster in $state"; return 0; }
    exec 9>"$run/lock"
    flock -w 120 9 || die "another call is at work in $state"
    [ ! -e "$run/host" ] || [ "$(id -u)" -eq 0 ] || die "ending a node needs root"
    end kubelet
    end kube-proxy
    end cluster-dns
    [ ! -e "$run/host" ] || stop_pods
    end containerd
    end kube-scheduler
    end kube-controller-manager
    end kube-apiserver 30
    end etcd
    if [ -e "$run/host" ]; then
        unmount_all
        remove_network
        restore_host
    fi
    rm -rf "$state"
}
