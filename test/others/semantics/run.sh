#!/usr/bin/env bash
# Holds the reference of each semantics profile to the program that it is named after: Darknet, Paddle, PaddleDetection, gluon-cv,
# mmdetection and yolov5 compute their own loss and gradients on the same batches, each in an environment of its own,
# .venv-PROFILE at the project root. [PROFILE…]: these alone.
#
# david8862, yunyang and alexeyab are in no package index: they run if the folder $SEMANTICS_SOURCES holds their repositories under
# these names; else what was recorded of them stands for them. What all of them returned lands in the folder $SEMANTICS_RESULTS, if that
# is set, for record.ts. Environments are kept, and left alone while their lists stay the same.
#
# Exit codes: 0, 1 if something differs, 4 if a program could not be had. Ends with "N passed, N failed".
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
script='test:other semantics'
. "$root/test/others/common.sh"
results=${SEMANTICS_RESULTS:-$scratch/results}
sources=${SEMANTICS_SOURCES:-}
repositories='david8862 yunyang alexeyab'
profiles=("$@")
[ $# -gt 0 ] || profiles=(darknet paddle paddledetection gluon-cv mmdetection ultralytics-v3)
if [ $# -eq 0 ]; then
  for profile in $repositories; do
    if [ -n "$sources" ] && [ -d "$sources/$profile" ]; then
      profiles+=("$profile")
    else
      printf '%s: DID NOT RUN: %s: SEMANTICS_SOURCES names no folder with its repository; what was recorded of it stands for it\n' \
        "$script" "$profile" >&2
    fi
  done
fi

# Every package that a program needs is in its list, for the versions that its own metadata allow do not always fit together.
# $1: folder of the environment; $2: the list, of which a copy says that all of it is there
locked() {
  [ -x "$1/bin/python" ] && cmp -s "$2" "$1/installed.txt" && return
  rm -rf "$1"
  python3 -m venv "$1" &&
    "$1/bin/python" -m pip install --quiet --disable-pip-version-check --no-cache-dir --no-deps --only-binary :all: -r "$2" >&2 &&
    cp "$2" "$1/installed.txt"
}

# Compiles the program beside Darknet's own YOLO layer: $1: its source; $2: headers; $3: folder of the library.
compiled() {
  [ -e "$3/libdarknet.so" ] && gcc -O1 -o "$scratch/backward" "$1" -I"$2" -L"$3" -ldarknet -lm -lpthread -Wl,-rpath,"$3" &&
    printf '%s\n' "$scratch/backward"
}

# The library of AlexeyAB's repository, made in a copy.
alexeyab_library() {
  cp -r "$sources/alexeyab" "$scratch/alexeyab" &&
    make -C "$scratch/alexeyab" LIBSO=1 GPU=0 OPENCV=0 OPENMP=0 AVX=0 libdarknet.so >"$scratch/make.log" 2>&1
}

# What a program is called with besides the batches and the place of its results, a line each. $1: profile
arguments_of() {
  local library=/usr/lib/darknet
  case "$1" in
    darknet)
      compiled "$root/test/others/darknet/backward.c" "$library/include" "$library" && dpkg-query -W -f '${Version}\n' darknet
      ;;
    alexeyab)
      alexeyab_library && compiled "$here/programs/alexeyab/backward.c" "$scratch/alexeyab/include" "$scratch/alexeyab"
      ;;
    david8862 | yunyang) [ -d "$sources/$1" ] && printf '%s\n' "$sources/$1" ;;
  esac
}

# What arguments_of could not find. $1: profile
wants() {
  case "$1" in
    darknet) echo "it needs gcc and Debian's package darknet" ;;
    *) echo "SEMANTICS_SOURCES names no folder that holds its repository, or that cannot be built" ;;
  esac
}

# Makes the environments of some programs one after the other, and leaves how long each took, or `failed`. $@: profiles
installed() {
  local profile began
  for profile in "$@"; do
    began=$SECONDS
    if locked "$root/.venv-$profile" "$here/programs/$profile/requirements.txt"; then
      printf '%d' $((SECONDS - began)) >"$scratch/$profile.being"
    else
      printf failed >"$scratch/$profile.being"
    fi
    mv "$scratch/$profile.being" "$scratch/$profile.installed"
  done
}

# Prints how long its environment took, once it is there, or `failed`. $1: profile
awaited() {
  while [ ! -e "$scratch/$1.installed" ] && kill -0 "${chains[@]}" 2>/dev/null; do sleep 0.2; done
  cat "$scratch/$1.installed" 2>/dev/null || printf failed
}

# Runs a program on all batches. $1: profile
computed() {
  local venv=$root/.venv-$1 program=$here/programs/$1 arguments began took
  took=$(awaited "$1")
  began=$SECONDS
  if ! arguments=$(arguments_of "$1"); then
    did_not_run "$1: $(wants "$1")"
  elif [ "$took" = failed ]; then
    did_not_run "$1: its packages could not be installed"
  else
    mapfile -t arguments < <(printf '%s' "$arguments")
    rm -rf "${results:?}/$1"
    "$venv/bin/python" -B "$program/run.py" "$results/inputs" "$results/$1" "${arguments[@]}" >"$scratch/log" 2>&1 &&
      printf '%s: its environment (%s) after %d s, its results after %d s more\n' \
        "$1" "$(du -sh "$venv" | cut -f1)" "$took" $((SECONDS - began)) && return
    cat "$scratch/log" >&2
    printf 'FAIL  %s: %s\n' "$1" "$(tail -n 1 "$scratch/log")"
    broken=$((broken + 1))
  fi
  return 1
}

cd "$root" || exit 70
mkdir -p "$results" && results=$(cd "$results" && pwd)
npx tsx "$here/make.ts" "$results/inputs" || exit 70
broken=0
ran=()
# Two at a time, and while programs run whose environments are there.
even=() odd=()
for i in "${!profiles[@]}"; do
  if [ $((i % 2)) -eq 0 ]; then even+=("${profiles[i]}"); else odd+=("${profiles[i]}"); fi
done
installed "${even[@]+"${even[@]}"}" &
chains=($!)
installed "${odd[@]+"${odd[@]}"}" &
chains+=($!)
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
