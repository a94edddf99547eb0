import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync, type Options, type PackageDefinition } from '@grpc/proto-loader';
import type { ProtoGrpcType as DecoderProto } from './generated/decoder_service.js';
import type { ProtoGrpcType as DenoiserPartProto } from './generated/denoiser_part_service.js';
import type { ProtoGrpcType as DenoiserProto } from './generated/denoiser_service.js';
import type { ProtoGrpcType as RpcErrorDetails } from './generated/error_details.js';
import type { ProtoGrpcType as GenerationProto } from './generated/generation_service.js';
import type { ProtoGrpcType as ImageEncoderProto } from './generated/image_encoder_service.js';
import type { ProtoGrpcType as RpcStatus } from './generated/status.js';
import type { ProtoGrpcType as TextEncoderProto } from './generated/text_encoder_service.js';

/** The folder that holds `tessera/v1` and `google/rpc`, for tools that read protos themselves. */
export const PROTO_ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

/** camelCase names, 64-bit integers and enums as strings, unset `optional` fields absent. */
const LOADER_OPTIONS: Options = {
  keepCase: false,
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
  includeDirs: [PROTO_ROOT],
};

export const packageDefinition: PackageDefinition = loadSync(
  [
    'tessera/v1/generation_service.proto',
    'tessera/v1/worker_service.proto',
    'tessera/v1/text_encoder_service.proto',
    'tessera/v1/denoiser_service.proto',
    'tessera/v1/denoiser_part_service.proto',
    'tessera/v1/decoder_service.proto',
    'tessera/v1/image_encoder_service.proto',
    'google/rpc/status.proto',
    'google/rpc/error_details.proto',
  ],
  LOADER_OPTIONS,
);

type Loaded = GenerationProto &
  DenoiserProto &
  DenoiserPartProto &
  DecoderProto &
  ImageEncoderProto &
  TextEncoderProto &
  RpcStatus &
  RpcErrorDetails;

const loaded = loadPackageDefinition(packageDefinition) as unknown as Loaded;

/** Client constructors and service definitions of `tessera.v1`. */
export const tesseraV1 = loaded.tessera.v1;

export const googleRpc = loaded.google.rpc;
