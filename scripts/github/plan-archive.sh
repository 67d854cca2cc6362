#!/usr/bin/env bash
# plan-archive.sh encrypt: plan/ → plan.tar.gz.gpg; plan-archive.sh decrypt: the reverse. All readers of a repository can
# download its artifacts, and a plan has sensitive values. GnuPG's encryption (AES-256) also detects changes.
set -euo pipefail

if [ -z "${PLAN_PASSPHRASE:-}" ]; then
  echo '::error::The secret PLAN_PASSPHRASE is not set. docs/deploy-roles.md shows how to set it.'
  exit 1
fi

gpg_with_passphrase() {
  gpg --batch --quiet --no-symkey-cache --pinentry-mode loopback --passphrase-fd 3 "$@" 3<<<"$PLAN_PASSPHRASE"
}

case "${1:-}" in
  encrypt)
    # The provider (700 MB) is installed again from its lock file.
    tar --create --gzip --exclude=.terraform --file plan.tar.gz plan
    gpg_with_passphrase --symmetric --cipher-algo AES256 --output plan.tar.gz.gpg plan.tar.gz
    ;;
  decrypt)
    gpg_with_passphrase --output plan.tar.gz --decrypt plan.tar.gz.gpg
    tar --extract --gzip --file plan.tar.gz
    ;;
  *)
    echo 'Usage: plan-archive.sh encrypt|decrypt' >&2
    exit 2
    ;;
esac
rm plan.tar.gz
