/**
 * ONNX Runtime's own builds report to their maker (model names, devices,
 * errors) and leave a device id and logs in the temporary folder. Read once,
 * when the native library loads; it must be set in the main thread, whose
 * `process.env` is the process's real environment.
 */
export function turnTelemetryOff(): void {
  process.env.ORT_DISABLE_TELEMETRY = '1';
}
