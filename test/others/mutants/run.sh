#!/usr/bin/env bash
# Mutation testing of `verify`: npm run test:other mutants [-- --full] [-- compact static loop]. With --full every mutant,
# which may be cut off and goes on where it was; else a sample of 300 of each form.
#
# Exit codes: 1 if too many mutants pass.
cd "$(dirname "${BASH_SOURCE[0]}")/../../.." || exit 70
exec npx tsx test/others/mutants/main.ts "$@"
