// Original file: proto/tessera/v1/worker_service.proto

import type { Stage as _tessera_v1_Stage, Stage__Output as _tessera_v1_Stage__Output } from '../../tessera/v1/Stage.js';
import type { WorkerModel as _tessera_v1_WorkerModel, WorkerModel__Output as _tessera_v1_WorkerModel__Output } from '../../tessera/v1/WorkerModel.js';
import type { EvaluationCost as _tessera_v1_EvaluationCost, EvaluationCost__Output as _tessera_v1_EvaluationCost__Output } from '../../tessera/v1/EvaluationCost.js';
import type { WorkerLoad as _tessera_v1_WorkerLoad, WorkerLoad__Output as _tessera_v1_WorkerLoad__Output } from '../../tessera/v1/WorkerLoad.js';

export interface DescribeResponse {
  'protocolVersion'?: (number);
  'workerId'?: (string);
  'stage'?: (_tessera_v1_Stage);
  'pid'?: (number);
  'models'?: (_tessera_v1_WorkerModel)[];
  'device'?: (string);
  'numericClass'?: (string);
  'evaluationCosts'?: (_tessera_v1_EvaluationCost)[];
  'tesseraVersion'?: (string);
  'threads'?: (number);
  'load'?: (_tessera_v1_WorkerLoad | null);
  'runsAtOnce'?: (number);
}

export interface DescribeResponse__Output {
  'protocolVersion': (number);
  'workerId': (string);
  'stage': (_tessera_v1_Stage__Output);
  'pid': (number);
  'models': (_tessera_v1_WorkerModel__Output)[];
  'device': (string);
  'numericClass': (string);
  'evaluationCosts': (_tessera_v1_EvaluationCost__Output)[];
  'tesseraVersion': (string);
  'threads': (number);
  'load': (_tessera_v1_WorkerLoad__Output | null);
  'runsAtOnce': (number);
}
