#!/bin/sh
# konnectors.cmd of cozy.yml: sgeflow does its own konnector, the usual script all others.
# The stack gives the konnector's folder (or the file on_delete_account in it), and neither PATH nor HOME.
set -eu
here="$(cd "$(/usr/bin/dirname "$0")" && pwd)"
settings="${here}/sgeflow-konnector.env"
set -a
. "${settings}" # SGEFLOW, SGEFLOW_ENV, SGEFLOW_STATE, SLUG, OTHERS, secrets
set +a
compact="$(printf '%s' "${COZY_FIELDS:-}" | /usr/bin/tr -d ' \t\r\n')"
case "${compact}" in
*"\"konnector\":\"${SLUG}\""*)
  exec "${SGEFLOW}" cozy "$1"
  ;;
esac
exec "${OTHERS}" "$1"
