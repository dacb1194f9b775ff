# What scripts here have in common, to be sourced with $script, the name to be shown: a folder that is thrown away, counts of
# what passed, failed and could not be had, environments of Python, packages of Debian.
scratch=$(mktemp -d)
chmod 755 "$scratch" # apt-get downloads as another user
trap 'rm -rf "$scratch"' EXIT
passed=0
failed=0
missing=0

did_not_run() {
  printf '%s: DID NOT RUN: %s\n' "$script" "$1" >&2
  missing=$((missing + 1))
}

# $1: folder of the environment; $2: requirements. Several checkouts may share one.
environment() {
  [ -x "$1/bin/python" ] || python3 -m venv "$1" || return 1
  "$1/bin/python" -m pip install --quiet --disable-pip-version-check -r "$2" >&2
}

# Prints where the folder $2 of the Debian package $1 is: on this system, or unpacked and thrown away.
debian() {
  [ -d "$2" ] && printf '%s' "$2" && return
  fetch() { (cd "$scratch" && apt-get download "$1" >/dev/null 2>&1 && dpkg -x "$1"_*.deb .); }
  fetch "$1" || { apt-get update -qq >/dev/null 2>&1 && fetch "$1"; } || return 1
  printf '%s' "$scratch$2"
}

# tf2onnx names an older protobuf than TensorFlow needs, but works with it. $1: folder; $2: requirements.
keras_environment() {
  environment "$1" "$2" && "$1/bin/python" -m pip install --quiet --no-deps tf2onnx==1.17.0 >&2
}

# The last line, and the exit code: 1 if something failed, 4 if something could not be had.
ended() {
  printf '%d passed, %d failed\n' "$passed" "$failed"
  [ "$failed" -eq 0 ] || exit 1
  [ "$missing" -eq 0 ] || exit 4
}
