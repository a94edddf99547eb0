/** Takes a flag and its value out of this process's arguments, before the program's own settings are read. */
export function takeFlag(flag: string): string {
  const at = process.argv.indexOf(flag);
  const [, value] = at === -1 ? [] : process.argv.splice(at, 2);
  if (value === undefined) throw new Error(`${flag} is needed`);
  return value;
}
