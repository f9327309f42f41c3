#!/bin/bash
# Measures what the gateway costs: 200 points of 4 devices at 1 Hz, the page served, over five minutes.
#
#   Tests/soak/measure.sh [AFTERCARE] [SECONDS]
#
# Prints the median of Private_Dirty (smaps_rollup), its first and last tenth, open descriptors, and the share of one
# core. Exit status 1 when a limit is passed: 25 MB of private memory, 1 % of a core.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
aftercare=${1:-$root/.build/release/aftercare}
seconds=${2:-300}
python=${AFTERCARE_PEER_PYTHON:-$root/.build/peers/bin/python}
limit_kilobytes=25000
limit_permille=10

[ -x "$aftercare" ] || { echo "no $aftercare: run make release" >&2; exit 2; }
[ -x "$python" ] || { echo "no $python: run make peers" >&2; exit 2; }

home=$(mktemp -d /tmp/aftercare-soak.XXXXXX)
cleanup() {
    [ -z "${gateway:-}" ] || kill "$gateway" 2>/dev/null || true
    [ -z "${peer_in:-}" ] || exec {peer_in}>&-
    wait 2>/dev/null || true
    rm -rf "$home"
}
trap cleanup EXIT

port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
mkfifo "$home/peer.in"
"$python" "$root/Tests/soak/soak_peer.py" "$port" <"$home/peer.in" >"$home/peer.out" &
exec {peer_in}>"$home/peer.in"
until grep -q ready "$home/peer.out"; do sleep 0.1; done

cp -r "$root/config/policy.yaml" "$root/config/detection" "$home/"
mkdir "$home/profiles"
{
    echo "profile: soak"
    echo "title: Fifty moving values"
    echo "status: simulated"
    echo "sources: [this script]"
    echo "limits: {registers: 125, readable: [{function: 3, from: 0, to: 49}]}"
    echo "points:"
    echo "  - {name: cell.#.voltage, function: 3, address: 0, type: u16, scale: 0.001, unit: V, repeat: {count: 16, stride: 1}}"
    echo "  - {name: value.#, function: 3, address: 16, type: u16, scale: 0.1, unit: V, repeat: {count: 34, stride: 1}}"
} >"$home/profiles/soak.yaml"
{
    echo "site: {id: soak, zone: Europe/Berlin, standingAuthorisation: 2026-05-04}"
    echo "dataDirectory: $home/data"
    echo "controlSocket: $home/control.sock"
    echo 'web: {listen: "127.0.0.1:0"}'
    echo "lines:"
    echo "  - name: line"
    echo "    url: tcp://127.0.0.1:$port"
    echo "    devices:"
    for unit in 1 2 3 4; do
        echo "      - {name: device-$unit, unit: $unit, profile: soak, interval: 1s}"
    done
} >"$home/gateway.yaml"

"$aftercare" gateway --config "$home/gateway.yaml" 2>"$home/log" &
gateway=$!
sleep 20
kill -0 "$gateway" || { cat "$home/log" >&2; exit 1; }

ticks() { awk '{print $14 + $15}' "/proc/$gateway/stat"; }
private() { awk '/^Private_Dirty/ {print $2}' "/proc/$gateway/smaps_rollup"; }
descriptors() { find "/proc/$gateway/fd" -mindepth 1 | wc -l; }

echo "measuring $seconds s: 200 points of 4 devices at 1 Hz"
start_ticks=$(ticks)
start=$(date +%s.%N)
: >"$home/samples"
while :; do
    private >>"$home/samples"
    now=$(date +%s.%N)
    passed=$(awk -v a="$start" -v b="$now" 'BEGIN {printf "%d", b - a}')
    [ "$passed" -lt "$seconds" ] || break
    [ ! -t 1 ] || printf '\r%d of %d s' "$passed" "$seconds"
    sleep 5
done
[ ! -t 1 ] || printf '\r                    \r'
used=$(($(ticks) - start_ticks))
elapsed=$(awk -v a="$start" -v b="$(date +%s.%N)" 'BEGIN {print b - a}')

count=$(wc -l <"$home/samples")
median=$(sort -n "$home/samples" | sed -n "$((count / 2 + 1))p")
permille=$(awk -v t="$used" -v s="$elapsed" -v hz="$(getconf CLK_TCK)" 'BEGIN {printf "%.2f", t / hz / s * 1000}')
echo "private memory (Private_Dirty): median $median kB, first $(head -1 "$home/samples") kB, last $(tail -1 "$home/samples") kB"
echo "cpu: $(awk -v p="$permille" 'BEGIN {printf "%.3f", p / 10}') % of one core over $elapsed s"
echo "open descriptors: $(descriptors); lines logged: $(wc -l <"$home/log")"
awk -v m="$median" -v l="$limit_kilobytes" -v p="$permille" -v q="$limit_permille" \
    'BEGIN {ok = m <= l && p <= q; print ok ? "within the limits" : "A LIMIT IS PASSED"; exit !ok}'
