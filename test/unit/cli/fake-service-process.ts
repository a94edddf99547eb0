// A process that listens on nothing: it says what a service says, and ends as its first argument tells.
import { writeSync } from 'node:fs';

const [behaviour, ...rest] = process.argv.slice(2);
const asked = rest[rest.indexOf('--listen') + 1] ?? '';

if (behaviour === 'serve') {
  const listening = asked.endsWith(':0') ? '127.0.0.1:4321' : asked;
  writeSync(1, `${JSON.stringify({ listening, pid: process.pid })}\n${JSON.stringify({ ready: true })}\n`);
  process.stdin.resume().once('close', () => process.exit(0));
} else {
  writeSync(2, `${JSON.stringify({ level: 'error', msg: 'failed', error: `cannot work with ${asked}` })}\n`);
  process.exit(Number(behaviour));
}
