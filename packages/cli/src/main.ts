import { runCli } from './run-cli.js';

const code = await runCli(process.argv.slice(2));
// What was written last is still on its way when stdout is a pipe.
process.stdout.write('', () => process.exit(code));
