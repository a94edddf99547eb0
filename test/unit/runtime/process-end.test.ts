import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const EXAMPLE = fileURLToPath(new URL('example-process.js', import.meta.url));

interface Started {
  readonly child: ChildProcess;
  readonly ready: { readonly ready: boolean; readonly pid: number };
  /** Exit code and what was logged. */
  readonly end: Promise<{ code: number | null; lines: readonly Record<string, unknown>[] }>;
}

/** Starts the example, with a pipe for stdin, and waits until it says that it is ready. */
async function start(t: TestContext, behaviour: string, env: NodeJS.ProcessEnv = {}): Promise<Started> {
  const child = spawn(process.execPath, [EXAMPLE, behaviour], { env: { ...process.env, ...env } });
  t.after(() => child.kill('SIGKILL'));
  let logged = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    logged += text;
  });
  const closed = once(child, 'close');
  const end = closed.then(([code]) => ({
    code: code as number | null,
    lines: logged
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line)),
  }));
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return { child, ready: JSON.parse(line), end };
}

test('a main that returns ends its process with 0, whatever it left open', async (t) => {
  const { child, ready, end } = await start(t, 'return');
  const { code, lines } = await end;
  assert.deepEqual(ready, { ready: true, pid: child.pid });
  assert.equal(code, 0);
  const [first] = lines;
  assert.deepEqual(
    [first?.level, first?.msg, first?.service, first?.generation_id],
    ['info', 'started', 'example', 'g1'],
  );
  assert.match(String(first?.time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
});

test('what main throws decides the exit code', async (t) => {
  for (const [behaviour, code] of [
    ['bad-input', 2],
    ['unavailable', 3],
  ] as const) {
    const { end } = await start(t, behaviour);
    const { code: exitCode, lines } = await end;
    assert.equal(exitCode, code, behaviour);
    assert.equal(lines.at(-1)?.level, 'error');
  }
});

test('a failure that nothing awaits ends the process with 1 and is logged', async (t) => {
  for (const behaviour of ['crash', 'reject']) {
    const { end } = await start(t, behaviour);
    const { code, lines } = await end;
    assert.equal(code, 1, behaviour);
    assert.match(String(lines.at(-1)?.error), /nobody awaits this|generation_id/);
  }
});

test('SIGTERM and SIGINT abort the signal, and a main that drains then ends with 0', async (t) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const { child, end } = await start(t, 'wait');
    child.kill(signal);
    const { code, lines } = await end;
    assert.equal(code, 0);
    assert.deepEqual([lines.at(-1)?.msg, lines.at(-1)?.reason], ['shutting down', signal]);
  }
});

test('a main that throws the reason of its signal ends with 130, and that is no failure', async (t) => {
  const { child, end } = await start(t, 'throw-reason');
  child.kill('SIGINT');
  const { code, lines } = await end;
  assert.equal(code, 130);
  assert.ok(lines.every(({ level }) => level === 'info'));
});

test('a second SIGINT ends a process that does not react', async (t) => {
  const { child, end } = await start(t, 'deaf');
  child.kill('SIGINT');
  for await (const [text] of on(child.stderr as NodeJS.EventEmitter, 'data')) {
    if (text.includes('shutting down')) break;
  }
  child.kill('SIGINT');
  assert.equal((await end).code, 130);
});

test('a supervised process ends when the pipe of its supervisor closes', async (t) => {
  const { child, end } = await start(t, 'wait', { TESSERA_SUPERVISED: '1' });
  child.stdin?.destroy();
  const { code, lines } = await end;
  assert.equal(code, 0);
  assert.equal(lines.at(-1)?.reason, 'SUPERVISOR_GONE');
});

test('a process that nobody supervises does not care for its stdin', async (t) => {
  const { child, end } = await start(t, 'wait');
  child.stdin?.destroy();
  child.kill('SIGTERM');
  assert.equal((await end).lines.at(-1)?.reason, 'SIGTERM');
});

test('an unknown log level is bad input', async () => {
  const child = spawn(process.execPath, [EXAMPLE, 'return'], { env: { ...process.env, TESSERA_LOG_LEVEL: 'loud' } });
  const [said] = await once(child.stderr.setEncoding('utf8'), 'data');
  const [code] = await once(child, 'close');
  assert.equal(code, 2);
  assert.match(said, /TESSERA_LOG_LEVEL must be one of .*; got "loud"/);
});
