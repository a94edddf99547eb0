import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repoRoot } from '../../support/paths.js';
import type { AcceptancePoint } from '../point.js';

const run = promisify(execFile);

/** The tests that hold the numerics against torch and diffusers, value by value. */
const NUMERICS = ['unit/core/noise', 'unit/core/schedules', 'unit/core/schedulers'];
/** The test that holds whole generations of the built-in model against diffusers with torch. */
const WHOLE = 'integration/gateway-goldens';

const LATENT_LIMIT = 1e-4;
const PSNR_LIMIT_DB = 70;

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly output: string;
}

async function testsOf(names: readonly string[]): Promise<Outcome> {
  const files = names.map((name) => join(repoRoot, 'test/dist', `${name}.test.js`));
  const { stdout } = await run(process.execPath, ['--test', '--test-reporter=tap', ...files], {
    maxBuffer: 64 * 1024 * 1024,
    env: withoutTestContext(),
  }).catch((error: { stdout: string }) => error);
  const count = (word: string) => Number(new RegExp(`^# ${word} (\\d+)$`, 'm').exec(stdout)?.[1] ?? Number.NaN);
  return { passed: count('pass'), failed: count('fail'), output: stdout };
}

function withoutTestContext(): NodeJS.ProcessEnv {
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  return environment;
}

export const goldensPoint: AcceptancePoint = {
  id: 'main-job.3',
  title: 'noise, schedules and schedulers equal torch and diffusers; whole generations come within 1e-4 and 70 dB',
  run: async () => {
    const numerics = await testsOf(NUMERICS);
    const whole = await testsOf([WHOLE]);
    const cases = [...whole.output.matchAll(/latent differs by (\S+), image is at (\S+) dB/g)];
    const latentError = Math.max(...cases.map(([, difference]) => Number(difference)));
    const psnrDb = Math.min(...cases.map(([, , ratio]) => Number(ratio)));
    return {
      value: {
        numerics: { passed: numerics.passed, failed: numerics.failed },
        whole: { cases: cases.length, failed: whole.failed, latentError, psnrDb },
      },
      limit: { failed: 0, cases: 10, latentError: LATENT_LIMIT, psnrDb: PSNR_LIMIT_DB },
      pass:
        numerics.failed === 0 &&
        numerics.passed > 0 &&
        whole.failed === 0 &&
        cases.length === 10 &&
        latentError <= LATENT_LIMIT &&
        psnrDb >= PSNR_LIMIT_DB,
    };
  },
};
