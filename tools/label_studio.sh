#!/bin/bash
# The annotation server on this machine: tools/label_studio.sh start | stop | env
# Everything it keeps is in .label-studio/; its password and token are drawn at the first start and readable by you only.
set -euo pipefail
umask 077
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
state=$root/.label-studio
venv=$root/.venv-label-studio
python=$root/.venv/bin/python
email=admin@example.org
wait_s=300 # the first start makes the database: 30 to 60 s on two cores

running() { [[ -s $state/pid ]] && kill -0 "$(cat "$state/pid")" 2> /dev/null; }

healthy() {
  "$python" -c 'import sys, urllib.request as r; r.urlopen(sys.argv[1], timeout=5)' "$1/health" 2> /dev/null
}

secret() { # NAME BYTES: draw it once
  [[ -s $state/$1 ]] || "$python" -c "import secrets; print(secrets.token_hex($2))" > "$state/$1"
  cat "$state/$1"
}

install_server() {
  if [[ $venv/ready -nt $root/requirements-label-studio.txt ]]; then return; fi
  echo "installing Label Studio into .venv-label-studio (about 1 GB)"
  "$root/.venv/bin/uv" venv --quiet --clear --python "$python" "$venv"
  "$root/.venv/bin/uv" pip install --quiet --python "$venv/bin/python" -r "$root/requirements-label-studio.txt"
  touch "$venv/ready"
}

spawn_server() { # URL
  if healthy "$1"; then
    echo "label-studio: another server answers at $1; choose a port with BHAB_LABEL_STUDIO_PORT=8081" >&2
    exit 1
  fi
  mkdir -p "$state/data"
  local password token
  password=$(secret password 12)
  token=$(secret token 20)
  echo "$1" > "$state/url"
  LABEL_STUDIO_BASE_DATA_DIR=$state/data LABEL_STUDIO_USERNAME=$email LABEL_STUDIO_PASSWORD=$password \
    LABEL_STUDIO_USER_TOKEN=$token LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN=true \
    LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK=true SSRF_PROTECTION_ENABLED=true \
    LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED=true LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT=$root/annotations/tasks \
    COLLECT_ANALYTICS=0 LATEST_VERSION_CHECK=0 SENTRY_DSN= FRONTEND_SENTRY_DSN= \
    setsid nohup "$venv/bin/label-studio" start --no-browser --internal-host 127.0.0.1 --port "${1##*:}" \
    > "$state/log" 2>&1 < /dev/null &
  echo $! > "$state/pid"
}

wait_for_server() {
  for ((second = 0; second < wait_s; second++)); do
    if healthy "$(cat "$state/url")"; then return; fi
    running || break
    sleep 1
  done
  tail -n 20 "$state/log" >&2
  echo "label-studio: the server did not come up; the whole log is .label-studio/log" >&2
  exit 1
}

case ${1:-start} in
  start)
    install_server
    running || spawn_server "http://127.0.0.1:${BHAB_LABEL_STUDIO_PORT:-8080}"
    wait_for_server
    echo "Label Studio: $(cat "$state/url")"
    echo "  sign in as $email, password in .label-studio/password"
    echo "  address and token for bhab: eval \"\$(tools/label_studio.sh env)\""
    echo "  stop it with: tools/label_studio.sh stop"
    ;;
  env)
    running || { echo "label-studio: not running, start it first: tools/label_studio.sh start" >&2; exit 1; }
    url=$(cat "$state/url")
    echo "export LABEL_STUDIO_URL=$url BHAB_LABEL_STUDIO_URL=$url LABEL_STUDIO_API_KEY=$(cat "$state/token")"
    ;;
  stop)
    if running; then kill -- "-$(cat "$state/pid")"; fi
    rm -f "$state/pid"
    ;;
  *)
    echo "usage: tools/label_studio.sh start | stop | env" >&2
    exit 2
    ;;
esac
