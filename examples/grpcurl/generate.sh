#!/usr/bin/env bash
# Generates with grpcurl: every event as JSON, and the image's bytes cut out of the last one.
#
#   go install github.com/fullstorydev/grpcurl/cmd/grpcurl@latest
#   examples/grpcurl/generate.sh "a red apple" apple.png
set -euo pipefail

prompt=${1:-a red apple}
file=${2:-apple.png}
address=${TESSERA_ADDRESS:-127.0.0.1:8470}
protos=$(cd "$(dirname "$0")/../../proto" && pwd)

# The .proto files are named here because a gateway serves reflection only with --reflection.
call() {
  grpcurl -plaintext -import-path "$protos" -proto tessera/v1/generation_service.proto "$@"
}

request=$(node -e 'console.log(JSON.stringify({ prompt: process.argv[1], seed: 7 }))' "$prompt")
events=$(call -d "$request" "$address" tessera.v1.GenerationService/Generate)

node -e '
  const events = require("fs").readFileSync(0, "utf8").split(/^}$/m).filter((text) => text.trim()).map((text) => JSON.parse(text + "}"));
  const { image, receipt } = events.at(-1).event.completed;
  require("fs").writeFileSync(process.argv[1], Buffer.from(image.data, "base64"));
  console.log(`${events.length} events; wrote ${process.argv[1]}, pixels ${receipt.imageSha256}`);
' "$file" <<< "$events"

call "$address" tessera.v1.GenerationService/ListModels
