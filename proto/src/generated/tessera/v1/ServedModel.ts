// Original file: proto/tessera/v1/generation_service.proto


export interface ServedModel {
  'name'?: (string);
  'sha256'?: (string);
  'nativeWidth'?: (number);
  'nativeHeight'?: (number);
  'sizeMultiple'?: (number);
  'defaultSteps'?: (number);
  'defaultGuidanceScale'?: (number | string);
  'defaultScheduler'?: (string);
  'schedulers'?: (string)[];
  'isDefault'?: (boolean);
}

export interface ServedModel__Output {
  'name': (string);
  'sha256': (string);
  'nativeWidth': (number);
  'nativeHeight': (number);
  'sizeMultiple': (number);
  'defaultSteps': (number);
  'defaultGuidanceScale': (number);
  'defaultScheduler': (string);
  'schedulers': (string)[];
  'isDefault': (boolean);
}
