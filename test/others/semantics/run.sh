#!/usr/bin/env bash
# Holds the reference of each semantics profile to the program that it is named after: Darknet, Paddle, gluon-cv, mmdetection and
# yolov5 compute their own loss and gradients on the same batches, each in an environment of its own, .venv-PROFILE at the project
# root. [PROFILE…]: these alone. What they returned lands in the folder $SEMANTICS_RESULTS, if that is set.
#
# Exit codes: 0, 1 if something differs, 4 if a program could not be had. Ends with "N passed, N failed".
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
script='test:other semantics'
. "$root/test/others/common.sh"
results=${SEMANTICS_RESULTS:-$scratch/results}
profiles=("$@")
[ $# -gt 0 ] || profiles=(darknet paddle gluon-cv mmdetection ultralytics-v3)

# Every package that a program needs is in its list, for the versions that its own metadata allow do not always fit together.
locked() {
  [ -x "$1/bin/python" ] || python3 -m venv "$1" || return 1
  "$1/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: -r "$2" >&2
}

# The arguments that a program is called with, besides the batches and the place of its results.
arguments_of() {
  [ "$1" = darknet ] || return 0
  local library=/usr/lib/darknet
  [ -e "$library/libdarknet.so" ] && gcc -O1 -o "$scratch/backward" "$root/test/others/darknet/backward.c" \
    -I"$library/include" -L"$library" -ldarknet -Wl,-rpath,"$library" || return 1
  printf '%s\n' "$scratch/backward" "$(dpkg-query -W -f '${Version}' darknet)"
}

# Runs a program on all batches. $1: profile
computed() {
  local venv=$root/.venv-$1 program=$here/programs/$1 arguments
  arguments=$(arguments_of "$1") || { did_not_run "$1: it needs gcc and Debian's package darknet" && return 1; }
  mapfile -t arguments < <(printf '%s' "$arguments")
  if ! locked "$venv" "$program/requirements.txt"; then
    did_not_run "$1: its packages could not be installed"
    return 1
  fi
  rm -rf "${results:?}/$1"
  if ! "$venv/bin/python" -B "$program/run.py" "$results/inputs" "$results/$1" "${arguments[@]}" >"$scratch/log" 2>&1; then
    cat "$scratch/log" >&2
    printf 'FAIL  %s: %s\n' "$1" "$(tail -n 1 "$scratch/log")"
    broken=$((broken + 1))
    return 1
  fi
}

cd "$root" || exit 70
npx tsx "$here/make.ts" "$results/inputs" || exit 70
broken=0
ran=()
for profile in "${profiles[@]}"; do
  if computed "$profile"; then ran+=("$profile"); fi
done
if [ ${#ran[@]} -gt 0 ]; then
  npx tsx "$here/check.ts" "$results" "${ran[@]}" | tee "$scratch/log"
  passed=$(grep -c '^pass' "$scratch/log")
  failed=$(grep -c '^FAIL' "$scratch/log")
  tail -n 1 "$scratch/log" | grep -q ' passed, ' || failed=$((failed + 1))
fi
failed=$((failed + broken))

ended
