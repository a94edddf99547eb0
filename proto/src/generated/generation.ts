import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from './google/protobuf/Duration.js';
import type { CacheUse as _tessera_v1_CacheUse, CacheUse__Output as _tessera_v1_CacheUse__Output } from './tessera/v1/CacheUse.js';
import type { CompletedImage as _tessera_v1_CompletedImage, CompletedImage__Output as _tessera_v1_CompletedImage__Output } from './tessera/v1/CompletedImage.js';
import type { ComposePlan as _tessera_v1_ComposePlan, ComposePlan__Output as _tessera_v1_ComposePlan__Output } from './tessera/v1/ComposePlan.js';
import type { DecodePlan as _tessera_v1_DecodePlan, DecodePlan__Output as _tessera_v1_DecodePlan__Output } from './tessera/v1/DecodePlan.js';
import type { GenerationEvent as _tessera_v1_GenerationEvent, GenerationEvent__Output as _tessera_v1_GenerationEvent__Output } from './tessera/v1/GenerationEvent.js';
import type { GenerationPlan as _tessera_v1_GenerationPlan, GenerationPlan__Output as _tessera_v1_GenerationPlan__Output } from './tessera/v1/GenerationPlan.js';
import type { Image as _tessera_v1_Image, Image__Output as _tessera_v1_Image__Output } from './tessera/v1/Image.js';
import type { Receipt as _tessera_v1_Receipt, Receipt__Output as _tessera_v1_Receipt__Output } from './tessera/v1/Receipt.js';
import type { ReceiptRestart as _tessera_v1_ReceiptRestart, ReceiptRestart__Output as _tessera_v1_ReceiptRestart__Output } from './tessera/v1/ReceiptRestart.js';
import type { SeamEdge as _tessera_v1_SeamEdge, SeamEdge__Output as _tessera_v1_SeamEdge__Output } from './tessera/v1/SeamEdge.js';
import type { SeamFigures as _tessera_v1_SeamFigures, SeamFigures__Output as _tessera_v1_SeamFigures__Output } from './tessera/v1/SeamFigures.js';
import type { StageTiming as _tessera_v1_StageTiming, StageTiming__Output as _tessera_v1_StageTiming__Output } from './tessera/v1/StageTiming.js';
import type { Tiling as _tessera_v1_Tiling, Tiling__Output as _tessera_v1_Tiling__Output } from './tessera/v1/Tiling.js';
import type { Window as _tessera_v1_Window, Window__Output as _tessera_v1_Window__Output } from './tessera/v1/Window.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  google: {
    protobuf: {
      Duration: MessageTypeDefinition<_google_protobuf_Duration, _google_protobuf_Duration__Output>
    }
  }
  tessera: {
    v1: {
      CacheUse: MessageTypeDefinition<_tessera_v1_CacheUse, _tessera_v1_CacheUse__Output>
      CompletedImage: MessageTypeDefinition<_tessera_v1_CompletedImage, _tessera_v1_CompletedImage__Output>
      ComposePlan: MessageTypeDefinition<_tessera_v1_ComposePlan, _tessera_v1_ComposePlan__Output>
      DecodePlan: MessageTypeDefinition<_tessera_v1_DecodePlan, _tessera_v1_DecodePlan__Output>
      ErrorCode: EnumTypeDefinition
      GenerationEvent: MessageTypeDefinition<_tessera_v1_GenerationEvent, _tessera_v1_GenerationEvent__Output>
      GenerationPlan: MessageTypeDefinition<_tessera_v1_GenerationPlan, _tessera_v1_GenerationPlan__Output>
      GenerationState: EnumTypeDefinition
      Image: MessageTypeDefinition<_tessera_v1_Image, _tessera_v1_Image__Output>
      ImageFormat: EnumTypeDefinition
      Receipt: MessageTypeDefinition<_tessera_v1_Receipt, _tessera_v1_Receipt__Output>
      ReceiptRestart: MessageTypeDefinition<_tessera_v1_ReceiptRestart, _tessera_v1_ReceiptRestart__Output>
      SeamEdge: MessageTypeDefinition<_tessera_v1_SeamEdge, _tessera_v1_SeamEdge__Output>
      SeamFigures: MessageTypeDefinition<_tessera_v1_SeamFigures, _tessera_v1_SeamFigures__Output>
      StageTiming: MessageTypeDefinition<_tessera_v1_StageTiming, _tessera_v1_StageTiming__Output>
      Tiling: MessageTypeDefinition<_tessera_v1_Tiling, _tessera_v1_Tiling__Output>
      Window: MessageTypeDefinition<_tessera_v1_Window, _tessera_v1_Window__Output>
    }
  }
}

