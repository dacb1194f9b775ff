#!/usr/bin/env bash
# Holds the project against another program: npm run test:other NAME, one of those below.
#
# Exit codes: those of the test; 4 if it could not run.
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 70
name=${1:-}
shift
case "$name" in
  darknet | dogfood | html | learn | mutants | numpy | onnx | rewriters | semantics | step) exec bash "test/others/$name/run.sh" "$@" ;;
  ort-training) exec bash test/others/training/ort.sh "$@" ;;
  audit) exec npx tsx test/others/package/audit.ts "$@" ;;
  *) printf 'npm run test:other darknet, dogfood, html, learn, mutants, numpy, onnx, rewriters, semantics, step, ort-training or audit\n' >&2 && exit 2 ;;
esac
