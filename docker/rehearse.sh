#!/usr/bin/env bash
# Does what the Dockerfile does without a container engine: runs its COPY and RUN lines in an empty folder, then the command and the
# health check of the image as an unprivileged user. It reads the Dockerfile, so the two cannot drift apart. Secrets are planted in the
# copy of the checkout that it builds from: none may be in the image.
set -euo pipefail
cd "$(dirname "$0")/.."
project=$PWD
stage=$(mktemp -d)
trap 'kill "${bot:-}" 2>/dev/null || true; chmod -R u+w "$stage"; rm -rf "$stage"' EXIT
mkdir "$stage/app"
chmod 755 "$stage"
cp "$(npx -c 'node -p process.execPath')" "$stage/node" && chmod 755 "$stage/node"
# The user `node` of the image; here an unprivileged user, if this script runs as root.
as_node=()
[[ $(id -u) == 0 ]] && as_node=(setpriv --reuid=nobody --regid=nogroup --clear-groups)

mkdir "$stage/checkout" "$stage/context"
git ls-files --cached --others --exclude-standard -z | xargs -0 cp --parents -t "$stage/checkout"
for secret in .env config/.env config/token config/secrets/token config/templates/token src/.env; do
  mkdir -p "$(dirname "$stage/checkout/$secret")"
  echo 'a planted secret' >"$stage/checkout/$secret"
done
cat >"$stage/context.ts" <<END
import { contextFiles } from '$project/test/support/docker-context.ts';
process.stdout.write(contextFiles('$stage/checkout').join('\0'));
END
"$stage/node" "$stage/context.ts" | (cd "$stage/checkout" && xargs -0 cp --parents -t "$stage/context")

# The dependency stage and the final stage share one folder here, so --from copies are in place.
while read -r instruction rest; do
  case $instruction in
    COPY)
      [[ $rest == --from=* ]] && continue
      read -ra words <<<"$rest"
      target=${words[-1]}
      mkdir -p "$stage/app/$target"
      for source in "${words[@]:0:${#words[@]}-1}"; do
        [[ -e $stage/context/$source ]] || { echo "rehearse: .dockerignore hides $source"; exit 1; }
        if [[ -d $stage/context/$source ]]; then cp -r "$stage/context/$source/." "$stage/app/$target"; else cp "$stage/context/$source" "$stage/app/$target"; fi
      done
      ;;
    RUN)
      line=${rest//\/data/$stage/data}
      [[ $(id -u) == 0 ]] && line=${line//node:node/nobody:nogroup} || line=${line/&& chown*/}
      if [[ $line == node\ * ]]; then (cd "$stage/app" && "${as_node[@]}" "$stage/node" ${line#node }); else (cd "$stage/app" && bash -c "$line"); fi
      ;;
  esac
done <Dockerfile

if found=$(grep -rl --exclude-dir=node_modules 'a planted secret' "$stage/app"); then
  echo "rehearse: a secret is in the image: $found"
  exit 1
fi

# As under `--read-only`, the bot may write its data folder alone.
chmod -R a-w "$stage/app"

port=$((20000 + RANDOM % 20000))
cd "$stage/data"
export NODE_ENV=production PILCROW_DATA="$stage/data" PILCROW_LISTEN="0.0.0.0:$port" HOME="$stage/data"
pilcrow() { "${as_node[@]}" "$stage/node" "$stage/app/bin/pilcrow.js" "$@"; }

"${as_node[@]}" "$stage/node" "$stage/app/bin/pilcrow.js" run >"$stage/out" 2>&1 &
bot=$!
for _ in $(seq 100); do
  grep -q 'par5' "$stage/out" && break
  sleep 0.1
done
grep -q 'par5' "$stage/out" || { cat "$stage/out"; echo "rehearse: no reply within 10 s"; exit 1; }
pilcrow doctor --running
pilcrow status | grep -q running || { echo "rehearse: status does not see the bot"; exit 1; }
# The page is reached from outside, and demands its token there.
answer=$(curl --silent --output /dev/null --write-out '%{http_code}' --header "Host: localhost:$port" "http://$(hostname -i | cut -d' ' -f1):$port/")
[[ $answer == 401 ]] || { echo "rehearse: the page answers $answer, not 401"; exit 1; }
ls "$stage/app/node_modules/.cache/pilcrow" >/dev/null
kill -TERM "$bot"
wait "$bot"
bot=
echo "rehearse: the image's steps work"
