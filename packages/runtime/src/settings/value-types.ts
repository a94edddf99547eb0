import { isAbsolute, join } from 'node:path';
import { formatAddress, parseAddress } from './address.js';

/** How one kind of value is written in a flag, a variable or a file. */
export interface ValueType<T> {
  /** In help: `HOST:PORT`, `DURATION`; empty for a flag that takes no value. */
  readonly placeholder: string;
  /** Whether the setting may be given several times, or as a list separated by commas. */
  readonly repeatable: boolean;
  /**
   * @param texts one, unless repeatable.
   * @param directory what a relative path is relative to.
   * @throws RangeError with what the value must be, `must be …`.
   */
  parse(texts: readonly string[], directory: string): T;
  /** The value as it would be written. */
  format(value: T): string;
}

function single<T>(
  placeholder: string,
  parse: (text: string, directory: string) => T,
  format: (value: T) => string = String,
): ValueType<T> {
  return {
    placeholder,
    repeatable: false,
    parse: ([text = ''], directory) => parse(text, directory),
    format,
  };
}

function assertBound(holds: boolean, bound: string): void {
  if (!holds) throw new RangeError(bound);
}

export const string: ValueType<string> = single('TEXT', (text) => {
  assertBound(text !== '', 'must not be empty');
  return text;
});

/** A value that is never shown. */
export const secret: ValueType<string> = single(
  'KEY',
  (text) => text,
  () => '(set)',
);

export function integer({ min, max }: { min: number; max: number }): ValueType<number> {
  return single('N', (text) => {
    const value = Number(text);
    const holds = /^-?\d+$/.test(text) && Number.isSafeInteger(value) && value >= min && value <= max;
    assertBound(holds, `must be a whole number from ${min} to ${max}`);
    return value;
  });
}

export function number({ min, max }: { min: number; max: number }): ValueType<number> {
  return single('NUMBER', (text) => {
    const value = Number(text);
    const holds = text.trim() !== '' && Number.isFinite(value) && value >= min && value <= max;
    assertBound(holds, `must be a number from ${min} to ${max}`);
    return value;
  });
}

export const boolean: ValueType<boolean> = single('', (text) => {
  assertBound(text === 'true' || text === 'false', 'must be true or false');
  return text === 'true';
});

export function oneOf<const Choice extends string>(...choices: readonly Choice[]): ValueType<Choice> {
  return single(choices.join('|'), (text) => {
    assertBound((choices as readonly string[]).includes(text), `must be one of ${choices.join(', ')}`);
    return text as Choice;
  });
}

/** `host:port`, as a string in its canonical form. */
export const address: ValueType<string> = single('HOST:PORT', (text) => formatAddress(parseAddress(text)));

/** `host:port`, or `off`. */
export const addressOrOff: ValueType<string> = single('HOST:PORT|off', (text) =>
  text === 'off' ? text : formatAddress(parseAddress(text)),
);

/** `nats://host:port`, or `tls://host:port`. */
export const natsUrl: ValueType<string> = url('nats://HOST:PORT', ['nats:', 'tls:']);

/** `http://host:port`, or `https:`. */
export const httpUrl: ValueType<string> = url('http://HOST:PORT', ['http:', 'https:']);

function url(placeholder: string, protocols: readonly string[]): ValueType<string> {
  return single(placeholder, (text) => {
    const parsed = URL.canParse(text) ? new URL(text) : undefined;
    const bare = parsed !== undefined && parsed.host !== '' && parsed.username === '' && /^\/?$/.test(parsed.pathname);
    assertBound(bare && protocols.includes(parsed.protocol), `must be ${placeholder}`);
    return `${parsed?.protocol}//${parsed?.host}`;
  });
}

/** An absolute path; a relative one is taken from the current folder, or from the config file's. */
export const path: ValueType<string> = single('PATH', (text, directory) => {
  assertBound(text !== '' && !text.includes('\0'), 'must be a path');
  return isAbsolute(text) ? text : join(directory, text);
});

const MS_OF_UNIT = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds, written `250ms`, `30s`, `5m`, `1h`, `7d`. */
export function duration({ minMs, maxMs }: { minMs: number; maxMs: number }): ValueType<number> {
  const bound = `must be a duration such as 30s, 5m or 1h, from ${formatMs(minMs)} to ${formatMs(maxMs)}`;
  return single(
    'DURATION',
    (text) => {
      const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
      const ms = Number(amount) * MS_OF_UNIT[unit as keyof typeof MS_OF_UNIT];
      assertBound(ms >= minMs && ms <= maxMs, bound);
      return ms;
    },
    formatMs,
  );
}

function formatMs(ms: number): string {
  return formatInLargestUnit(ms, MS_OF_UNIT);
}

const BYTES_OF_UNIT = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 } as const;

/** A size in bytes, written `512MiB`, `2GiB`. */
export function byteSize({ minBytes, maxBytes }: { minBytes: number; maxBytes: number }): ValueType<number> {
  const bound = `must be a size such as 512MiB or 2GiB, from ${formatBytes(minBytes)} to ${formatBytes(maxBytes)}`;
  return single(
    'SIZE',
    (text) => {
      const [, amount, unit] = /^(\d+(?:\.\d+)?)(B|KiB|MiB|GiB|TiB)$/.exec(text) ?? [];
      const bytes = Math.round(Number(amount) * BYTES_OF_UNIT[unit as keyof typeof BYTES_OF_UNIT]);
      assertBound(bytes >= minBytes && bytes <= maxBytes, bound);
      return bytes;
    },
    formatBytes,
  );
}

function formatBytes(bytes: number): string {
  return formatInLargestUnit(bytes, BYTES_OF_UNIT);
}

function formatInLargestUnit(amount: number, units: Readonly<Record<string, number>>): string {
  const [smallest = ''] = Object.keys(units);
  const fitting = Object.entries(units).findLast(([, size]) => amount >= size && amount % size === 0);
  const [unit, size] = fitting ?? [smallest, 1];
  return `${amount / size}${unit}`;
}

/** Several values: a repeated flag, a list in the file, or separated by commas. */
export function listOf<T>(type: ValueType<T>): ValueType<readonly T[]> {
  return {
    placeholder: type.placeholder,
    repeatable: true,
    parse: (texts, directory) =>
      texts
        .flatMap((text) => text.split(','))
        .map((text) => text.trim())
        .filter((text) => text !== '')
        .map((text) => type.parse([text], directory)),
    format: (values) => values.map(type.format).join(','),
  };
}
