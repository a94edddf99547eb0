import { TesseraError } from '@tessera/core';
import { exitCodeOf, shutdownSignal } from '@tessera/runtime';
import { parseArguments, USAGE } from './arguments.js';
import { runLoadtest } from './run-loadtest.js';
import { verdictText } from './verdict.js';

/** Exit codes: 0 passed, 1 a threshold failed, 2 bad arguments, 3 no k6 or no cluster, 130 interrupted. */
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (thrown) {
  process.stderr.write(`${TesseraError.from(thrown).message}\n`);
  process.exitCode = exitCodeOf(thrown);
}

async function main(argv: readonly string[]): Promise<number> {
  const args = parseArguments(argv, process.env);
  if (args === undefined) {
    process.stdout.write(USAGE);
    return 0;
  }
  const { scenario, folder, capacity, summary, verdict } = await runLoadtest(args, shutdownSignal());
  const line = { scenario, ...verdict, ...(capacity !== undefined && { capacity }), folder };
  const told = capacity === undefined ? '' : `  capacity: ${capacity.toFixed(2)} generations a second\n`;
  process.stdout.write(
    args.json
      ? `${JSON.stringify(line)}\n`
      : `${verdictText(scenario, summary, verdict)}${told}\n${folder}/report.html\n`,
  );
  return verdict.pass ? 0 : 1;
}
