/** One line of a Dockerfile, its continuations joined. */
export interface Instruction {
  readonly keyword: string;
  /** What follows the keyword, with ARGs and ENVs in place. */
  readonly text: string;
}

export interface ImageStage {
  readonly name: string;
  /** An earlier stage's name, or an image of a registry. */
  readonly from: string;
  readonly instructions: readonly Instruction[];
}

/**
 * The stages of a Dockerfile, in order. Knows what this project's own uses:
 * ARG before the first FROM, FROM … AS, and one-line or continued instructions.
 *
 * @throws Error that names an instruction it does not know.
 */
export function parseDockerfile(text: string): readonly ImageStage[] {
  const args = new Map<string, string>();
  const stages: { name: string; from: string; instructions: Instruction[] }[] = [];
  for (const line of logicalLines(text)) {
    const [, keyword = '', rest = ''] = /^([A-Z]+)\s+(.*)$/s.exec(line) ?? [];
    const expanded = rest.replaceAll(/\$\{(\w+)\}/g, (whole, name) => args.get(name) ?? whole);
    const stage = stages.at(-1);
    if (keyword === 'ARG' && stage === undefined) {
      const [name = '', value = ''] = expanded.split('=', 2);
      args.set(name, value);
    } else if (keyword === 'FROM') {
      const [, from = '', name = ''] = /^(\S+)\s+AS\s+(\S+)$/.exec(expanded) ?? [];
      if (name === '') throw new Error(`a stage without a name: ${line}`);
      stages.push({ name, from, instructions: [] });
    } else if (stage !== undefined && KNOWN.has(keyword)) {
      stage.instructions.push({ keyword, text: expanded });
    } else {
      throw new Error(`cannot read ${line}`);
    }
  }
  return stages;
}

const KNOWN = new Set(['COPY', 'ENTRYPOINT', 'ENV', 'EXPOSE', 'RUN', 'USER', 'WORKDIR']);

function logicalLines(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

export interface CopyInstruction {
  /** A stage, when it does not copy from the context. */
  readonly from?: string;
  readonly sources: readonly string[];
  readonly destination: string;
}

export function parseCopy(text: string): CopyInstruction {
  const words = text.split(/\s+/);
  const from = words[0]?.startsWith('--from=') ? words.shift()?.slice('--from='.length) : undefined;
  const destination = words.pop() ?? '';
  return { ...(from !== undefined && { from }), sources: words, destination };
}

/** What an image says of a process that it starts. */
export interface ImageConfig {
  readonly entrypoint: readonly string[];
  readonly user: string;
  readonly ports: readonly number[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingFolder: string;
}

/** The configuration of a stage, with what its bases say. */
export function imageConfig(stages: readonly ImageStage[], name: string): ImageConfig {
  const stage = stages.find((each) => each.name === name);
  const base: ImageConfig =
    stage === undefined
      ? { entrypoint: [], user: '0', ports: [], environment: {}, workingFolder: '/' }
      : imageConfig(stages, stage.from);
  return (stage?.instructions ?? []).reduce(configAfter, base);
}

function configAfter(config: ImageConfig, { keyword, text }: Instruction): ImageConfig {
  switch (keyword) {
    case 'ENTRYPOINT':
      return { ...config, entrypoint: JSON.parse(text) };
    case 'USER':
      return { ...config, user: text };
    case 'EXPOSE':
      return { ...config, ports: text.split(/\s+/).map(Number) };
    case 'WORKDIR':
      return { ...config, workingFolder: text };
    case 'ENV': {
      const at = text.indexOf('=');
      return { ...config, environment: { ...config.environment, [text.slice(0, at)]: text.slice(at + 1) } };
    }
    default:
      return config;
  }
}

/** Whether a .dockerignore leaves a path out: the last pattern that matches it or a folder above decides. */
export function isIgnored(ignoreFile: string, path: string): boolean {
  const parts = path.split('/');
  const prefixes = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  let ignored = false;
  for (const line of logicalLines(ignoreFile)) {
    const pattern = line.replace(/^!/, '');
    const expression = new RegExp(
      `^${pattern
        .split(/(\*\*\/|\*\*|\*)/)
        .map((part) => GLOBS[part] ?? part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
        .join('')}$`,
    );
    if (prefixes.some((prefix) => expression.test(prefix))) ignored = !line.startsWith('!');
  }
  return ignored;
}

const GLOBS: Readonly<Record<string, string>> = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*' };
