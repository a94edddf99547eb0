/** Prints one JSON object as one line of stdout: what a supervisor waits for. */
export function readyLine(ready: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}
