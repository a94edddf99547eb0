import { posix } from 'node:path';
import { modelDefect } from '../model-defect.js';

/**
 * The path inside the model of weights that a graph keeps beside itself. Only
 * plain relative paths pass: a graph must not reach outside its own folder,
 * whatever the operating system makes of the name.
 * @param graphPath path of the graph inside the model; @param location as the graph spells it.
 * @throws TesseraError `failed_precondition` naming graph and location.
 */
export function externalWeightsPath(graphPath: string, location: string): string {
  if (!isPlainRelativePath(location)) {
    throw modelDefect(graphPath, `places weights at ${JSON.stringify(location)}, outside its own folder`);
  }
  return posix.join(posix.dirname(graphPath), location);
}

/** Segments joined by `/`, none of them empty, `.` or `..`, without `\`, `:` and control characters. */
export function isPlainRelativePath(path: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\\:\u0000-\u001f\u007f]/.test(path)) return false;
  return path.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..');
}
