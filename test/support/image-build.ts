import { execFile } from 'node:child_process';
import { chmod, copyFile, cp, mkdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type ImageStage, imageConfig, isIgnored, parseCopy, parseDockerfile } from './dockerfile.js';

const run = promisify(execFile);

export interface ImageBuild {
  readonly stages: readonly ImageStage[];
  /** The folder that stands for the root of a stage. */
  rootOf(stage: string): string;
  /** `stage: INSTRUCTION …`, in the order in which they were carried out. */
  readonly executed: readonly string[];
}

export interface ImageBuildOptions {
  readonly dockerfile: string;
  /** Files of it that the .dockerignore beside the Dockerfile lets through may be copied. */
  readonly context: string;
  /** The context's files, relative to it. */
  readonly files: readonly string[];
  /** An empty folder. */
  readonly into: string;
  readonly targets: readonly string[];
  /** RUN lines that need what cannot be reached; they are passed over. */
  readonly unreachable?: readonly string[];
}

/**
 * Carries out the COPY and RUN lines of a Dockerfile that these targets need,
 * each stage in a folder of its own that stands for its root. The base images
 * are empty folders with this machine's Node: what a line takes from anywhere
 * but the context and earlier stages is missing, as it would be.
 *
 * @throws Error that names the line that failed.
 */
export async function buildImages(options: ImageBuildOptions): Promise<ImageBuild> {
  const stages = parseDockerfile(await readFile(options.dockerfile, 'utf8'));
  const ignoreFile = await readFile(`${options.dockerfile}.dockerignore`, 'utf8');
  const files = options.files.filter((file) => !isIgnored(ignoreFile, file));
  const rootOf = (stage: string) => join(options.into, stage.replaceAll(/[^\w.-]/g, '_'));
  const needed = stagesNeeded(stages, options.targets);
  const executed: string[] = [];
  for (const stage of stages.filter(({ name }) => needed.has(name))) {
    await begin(stages, stage, rootOf);
    let folder = imageConfig(stages, stage.from).workingFolder;
    for (const { keyword, text } of stage.instructions) {
      if (keyword === 'WORKDIR') {
        folder = text;
        await mkdir(join(rootOf(stage.name), folder), { recursive: true });
      }
      if (keyword !== 'COPY' && keyword !== 'RUN') continue;
      if (keyword === 'RUN' && options.unreachable?.includes(text)) continue;
      const line = `${stage.name}: ${keyword} ${text}`;
      const place = { root: rootOf(stage.name), folder };
      try {
        if (keyword === 'RUN') await runLine(text, place, imageConfig(stages, stage.name).environment);
        else await copyLine(text, place, { context: options.context, files, rootOf });
      } catch (thrown) {
        const { stdout = '', stderr = '', message } = thrown as Error & { stdout?: string; stderr?: string };
        throw new Error(`${line} failed: ${message}\n${stdout}${stderr}`);
      }
      executed.push(line);
    }
  }
  return { stages, rootOf, executed };
}

function stagesNeeded(stages: readonly ImageStage[], targets: readonly string[]): ReadonlySet<string> {
  const needed = new Set<string>();
  const add = (name: string | undefined) => {
    const stage = stages.find((each) => each.name === name);
    if (stage === undefined || needed.has(stage.name)) return;
    needed.add(stage.name);
    add(stage.from);
    for (const { keyword, text } of stage.instructions) if (keyword === 'COPY') add(parseCopy(text).from);
  };
  for (const target of targets) add(target);
  return needed;
}

async function begin(
  stages: readonly ImageStage[],
  stage: ImageStage,
  rootOf: (name: string) => string,
): Promise<void> {
  const root = rootOf(stage.name);
  if (stages.some(({ name }) => name === stage.from)) {
    // Links stand for the layers that stages share.
    await run('cp', ['-al', rootOf(stage.from), root]);
    return;
  }
  await mkdir(join(root, 'usr/local/bin'), { recursive: true });
  if (stage.from.startsWith('node:')) await copyFile(process.execPath, join(root, 'usr/local/bin/node'));
}

interface Place {
  readonly root: string;
  readonly folder: string;
}

async function runLine(text: string, { root, folder }: Place, environment: Readonly<Record<string, string>>) {
  const env = { ...environment, PATH: process.env.PATH, HOME: process.env.HOME, CI: 'true' };
  await run('sh', ['-ec', text], { cwd: join(root, folder), env, maxBuffer: 2 ** 26 });
}

interface CopySources {
  readonly context: string;
  readonly files: readonly string[];
  rootOf(stage: string): string;
}

async function copyLine(text: string, { root, folder }: Place, { context, files, rootOf }: CopySources): Promise<void> {
  const { from, sources, destination } = parseCopy(text);
  const target = destination.startsWith('/') ? join(root, destination) : join(root, folder, destination);
  const intoFolder = destination.endsWith('/') || sources.length > 1;
  for (const source of sources) {
    if (from !== undefined) {
      await copyFromStage(join(rootOf(from), source), target, intoFolder);
      continue;
    }
    const found = files.filter((file) => file === source || file.startsWith(`${source}/`));
    if (found.length === 0) throw new Error(`the context has no ${source}`);
    for (const file of found) {
      const within = file === source ? (intoFolder ? basename(file) : '') : file.slice(source.length + 1);
      const to = join(target, within);
      await mkdir(dirname(to), { recursive: true });
      await cp(join(context, file), to);
    }
  }
}

/** As Docker does: a folder's content goes into the target, a file becomes it or goes into it. */
async function copyFromStage(source: string, target: string, intoFolder: boolean): Promise<void> {
  const isFolder = (await stat(source)).isDirectory();
  const folder = isFolder || intoFolder ? target : dirname(target);
  await mkdir(folder, { recursive: true });
  if (isFolder) await run('cp', ['-al', '--remove-destination', `${source}/.`, folder]);
  else await run('cp', ['-al', '--remove-destination', source, intoFolder ? folder : target]);
}

/** Lets another user read what was built. */
export async function openToOthers(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  await run('chmod', ['-R', 'a+rX', folder]);
}
