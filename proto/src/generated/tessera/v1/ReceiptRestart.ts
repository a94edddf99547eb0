// Original file: proto/tessera/v1/generation.proto


export interface ReceiptRestart {
  'stepIndex'?: (number);
  'reason'?: (string);
}

export interface ReceiptRestart__Output {
  'stepIndex': (number);
  'reason': (string);
}
