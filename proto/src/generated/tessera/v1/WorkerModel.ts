// Original file: proto/tessera/v1/worker_service.proto


export interface WorkerModel {
  'name'?: (string);
  'sha256'?: (string);
  'cardJson'?: (string);
}

export interface WorkerModel__Output {
  'name': (string);
  'sha256': (string);
  'cardJson': (string);
}
