export type { HeldBandsOfImage, HoldBandsSetup } from './bands/hold-bands.js';
export { type DeviceChoice, type DeviceName, parseDevice } from './device.js';
export { type CostMeasurement, dearestCosts, type EvaluationCost, measureEvaluationCosts } from './evaluation-cost.js';
export {
  type Executor,
  type ExecutorOptions,
  type LoadOptions,
  type PendingRun,
  type RunOptions,
  type RunResult,
  startExecutor,
} from './executor.js';
export type { LoadedNetwork, SkippedDevice } from './executor-messages.js';
export { decodeFloat16, encodeFloat16, float16FromFloat32, float32FromFloat16 } from './float16.js';
export * from './graph/index.js';
export {
  type GraphConstant,
  type GraphDescription,
  type GraphElementType,
  type GraphOperator,
  type GraphValue,
  writeGraph,
} from './graph-writer.js';
export { float32FromTyped, repeatedRow, typedFromFloat32 } from './network-border.js';
export { numericClass } from './numeric-class.js';
export { type Forecast, RunForecast, type RunSize } from './run-forecast.js';
export type { NetworkDataType, NetworkValue, TypedTensor } from './typed-tensor.js';
