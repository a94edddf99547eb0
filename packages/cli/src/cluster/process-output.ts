import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** One line that a process said on stderr, of its log or of a native library. */
export interface LogLine {
  readonly process: string;
  readonly text: string;
}

/** Remembers how a process last complained, for the one who asks why it ended. */
export class LastWords {
  #text = '';
  #isComplaint = false;

  heard(line: string): void {
    const complaint = complaintOf(line);
    if (complaint === undefined && this.#isComplaint) return;
    this.#text = complaint ?? line;
    this.#isComplaint = complaint !== undefined;
  }

  get text(): string {
    return this.#text;
  }
}

/** The failure in a log line of level error. */
function complaintOf(line: string): string | undefined {
  const fields = parsedObject(line);
  if (fields?.level !== 'error') return undefined;
  return typeof fields.error === 'string' ? fields.error : String(fields.msg);
}

export function parsedObject(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

export function eachLine(stream: Readable, hear: (line: string) => void): void {
  createInterface({ input: stream }).on('line', hear);
}
