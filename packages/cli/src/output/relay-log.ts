import { type LogLine, parsedObject } from '../cluster/process-output.js';

const TOLD_APART = new Set(['time', 'level', 'msg', 'service']);

/**
 * A child's log line for our own stderr: as it came, so that a collector reads
 * JSON, or readable on a terminal.
 */
export function relayedLine({ process: name, text }: LogLine, isTerminal: boolean): string {
  const fields = parsedObject(text);
  if (!isTerminal) {
    if (fields !== undefined) return `${text}\n`;
    return `${JSON.stringify({ time: new Date().toISOString(), level: 'info', msg: text, service: name })}\n`;
  }
  if (fields === undefined) return `${name}: ${text}\n`;
  const { level, msg } = fields;
  const rest = Object.entries(fields).filter(([key]) => !TOLD_APART.has(key));
  const details = rest.map(([key, value]) => ` ${key}=${String(value)}`).join('');
  return `${level === 'info' ? '' : `${String(level).toUpperCase()} `}${name}: ${String(msg)}${details}\n`;
}
