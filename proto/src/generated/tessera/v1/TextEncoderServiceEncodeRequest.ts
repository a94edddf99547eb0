// Original file: proto/tessera/v1/text_encoder_service.proto


export interface TextEncoderServiceEncodeRequest {
  'model'?: (string);
  'prompts'?: (string)[];
}

export interface TextEncoderServiceEncodeRequest__Output {
  'model': (string);
  'prompts': (string)[];
}
