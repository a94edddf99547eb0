"""Makes one image with grpcio.

pip install -r examples/python/requirements.txt
python3 examples/python/generate.py "a red apple" apple.png
"""

import hashlib
import os
import sys
from pathlib import Path

import grpc

# protos_and_services compiles .proto files it finds on sys.path.
sys.path.append(str(Path(__file__).resolve().parents[2] / "proto"))
generation = grpc.protos("tessera/v1/generation_service.proto")
services = grpc.services("tessera/v1/generation_service.proto")


def image_bytes(service, generation_id, image):
    """Small images are inside the event, larger ones are fetched."""
    if image.data:
        return image.data
    request = generation.DownloadImageRequest(generation_id=generation_id, image_id=image.image_id)
    return b"".join(part.data for part in service.DownloadImage(request))


def main(prompt="a red apple", file="apple.png"):
    address = os.environ.get("TESSERA_ADDRESS", "127.0.0.1:8470")
    with grpc.insecure_channel(address) as channel:
        service = services.GenerationServiceStub(channel)
        # Leaving the loop would drop the call, and with it the generation: call.cancel() says so at once.
        call = service.Generate(generation.GenerateRequest(prompt=prompt, seed=7))
        for response in call:
            event = response.event
            kind = event.WhichOneof("event")
            if kind == "accepted":
                print(f"accepted {event.generation_id}, seed {event.accepted.plan.seed}")
            elif kind == "progress":
                print(f"step {event.progress.step_index + 1}/{event.progress.steps}")
            elif kind == "completed":
                data = image_bytes(service, event.generation_id, event.completed.image)
                assert hashlib.sha256(data).hexdigest() == event.completed.image.file_sha256
                Path(file).write_bytes(data)
                print(f"wrote {file}, pixels {event.completed.receipt.image_sha256}")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except grpc.RpcError as error:
        sys.exit(f"{error.code().name}: {error.details()}")
