// Original file: proto/tessera/v1/generation.proto

import type { GenerationPlan as _tessera_v1_GenerationPlan, GenerationPlan__Output as _tessera_v1_GenerationPlan__Output } from '../../tessera/v1/GenerationPlan.js';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.js';
import type { Image as _tessera_v1_Image, Image__Output as _tessera_v1_Image__Output } from '../../tessera/v1/Image.js';
import type { Receipt as _tessera_v1_Receipt, Receipt__Output as _tessera_v1_Receipt__Output } from '../../tessera/v1/Receipt.js';
import type { CompletedImage as _tessera_v1_CompletedImage, CompletedImage__Output as _tessera_v1_CompletedImage__Output } from '../../tessera/v1/CompletedImage.js';
import type { ErrorCode as _tessera_v1_ErrorCode, ErrorCode__Output as _tessera_v1_ErrorCode__Output } from '../../tessera/v1/ErrorCode.js';
import type { Long } from '@grpc/proto-loader';

export interface _tessera_v1_GenerationEvent_Accepted {
  'plan'?: (_tessera_v1_GenerationPlan | null);
}

export interface _tessera_v1_GenerationEvent_Accepted__Output {
  'plan': (_tessera_v1_GenerationPlan__Output | null);
}

export interface _tessera_v1_GenerationEvent_Cancelled {
  'stepIndex'?: (number);
}

export interface _tessera_v1_GenerationEvent_Cancelled__Output {
  'stepIndex': (number);
}

export interface _tessera_v1_GenerationEvent_Completed {
  'image'?: (_tessera_v1_Image | null);
  'receipt'?: (_tessera_v1_Receipt | null);
  'furtherImages'?: (_tessera_v1_CompletedImage)[];
}

export interface _tessera_v1_GenerationEvent_Completed__Output {
  'image': (_tessera_v1_Image__Output | null);
  'receipt': (_tessera_v1_Receipt__Output | null);
  'furtherImages': (_tessera_v1_CompletedImage__Output)[];
}

export interface _tessera_v1_GenerationEvent_Failed {
  'code'?: (_tessera_v1_ErrorCode);
  'message'?: (string);
  'field'?: (string);
  'reason'?: (string);
}

export interface _tessera_v1_GenerationEvent_Failed__Output {
  'code': (_tessera_v1_ErrorCode__Output);
  'message': (string);
  'field': (string);
  'reason': (string);
}

export interface _tessera_v1_GenerationEvent_Preview {
  'image'?: (_tessera_v1_Image | null);
  'stepIndex'?: (number);
  'width'?: (number);
  'height'?: (number);
  'imageIndex'?: (number);
  'superseded'?: (number);
}

export interface _tessera_v1_GenerationEvent_Preview__Output {
  'image': (_tessera_v1_Image__Output | null);
  'stepIndex': (number);
  'width': (number);
  'height': (number);
  'imageIndex': (number);
  'superseded': (number);
}

export interface _tessera_v1_GenerationEvent_Progress {
  'stepIndex'?: (number);
  'steps'?: (number);
  'remaining'?: (_google_protobuf_Duration | null);
  'imageIndex'?: (number);
}

export interface _tessera_v1_GenerationEvent_Progress__Output {
  'stepIndex': (number);
  'steps': (number);
  'remaining': (_google_protobuf_Duration__Output | null);
  'imageIndex': (number);
}

export interface _tessera_v1_GenerationEvent_Queued {
  'position'?: (number);
  'remaining'?: (_google_protobuf_Duration | null);
}

export interface _tessera_v1_GenerationEvent_Queued__Output {
  'position': (number);
  'remaining': (_google_protobuf_Duration__Output | null);
}

export interface _tessera_v1_GenerationEvent_Region {
  'x'?: (number);
  'y'?: (number);
  'image'?: (_tessera_v1_Image | null);
  'imageIndex'?: (number);
}

export interface _tessera_v1_GenerationEvent_Region__Output {
  'x': (number);
  'y': (number);
  'image': (_tessera_v1_Image__Output | null);
  'imageIndex': (number);
}

export interface _tessera_v1_GenerationEvent_Restarted {
  'stepIndex'?: (number);
  'reason'?: (string);
  'imageIndex'?: (number);
}

export interface _tessera_v1_GenerationEvent_Restarted__Output {
  'stepIndex': (number);
  'reason': (string);
  'imageIndex': (number);
}

export interface _tessera_v1_GenerationEvent_Started {
}

export interface _tessera_v1_GenerationEvent_Started__Output {
}

export interface GenerationEvent {
  'generationId'?: (string);
  'sequence'?: (number | string | Long);
  'accepted'?: (_tessera_v1_GenerationEvent_Accepted | null);
  'queued'?: (_tessera_v1_GenerationEvent_Queued | null);
  'started'?: (_tessera_v1_GenerationEvent_Started | null);
  'progress'?: (_tessera_v1_GenerationEvent_Progress | null);
  'preview'?: (_tessera_v1_GenerationEvent_Preview | null);
  'region'?: (_tessera_v1_GenerationEvent_Region | null);
  'restarted'?: (_tessera_v1_GenerationEvent_Restarted | null);
  'completed'?: (_tessera_v1_GenerationEvent_Completed | null);
  'failed'?: (_tessera_v1_GenerationEvent_Failed | null);
  'cancelled'?: (_tessera_v1_GenerationEvent_Cancelled | null);
  'event'?: "accepted"|"queued"|"started"|"progress"|"preview"|"region"|"restarted"|"completed"|"failed"|"cancelled";
}

export interface GenerationEvent__Output {
  'generationId': (string);
  'sequence': (string);
  'accepted'?: (_tessera_v1_GenerationEvent_Accepted__Output | null);
  'queued'?: (_tessera_v1_GenerationEvent_Queued__Output | null);
  'started'?: (_tessera_v1_GenerationEvent_Started__Output | null);
  'progress'?: (_tessera_v1_GenerationEvent_Progress__Output | null);
  'preview'?: (_tessera_v1_GenerationEvent_Preview__Output | null);
  'region'?: (_tessera_v1_GenerationEvent_Region__Output | null);
  'restarted'?: (_tessera_v1_GenerationEvent_Restarted__Output | null);
  'completed'?: (_tessera_v1_GenerationEvent_Completed__Output | null);
  'failed'?: (_tessera_v1_GenerationEvent_Failed__Output | null);
  'cancelled'?: (_tessera_v1_GenerationEvent_Cancelled__Output | null);
  'event'?: "accepted"|"queued"|"started"|"progress"|"preview"|"region"|"restarted"|"completed"|"failed"|"cancelled";
}
