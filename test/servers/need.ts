/** Whether tests with a real server can run here. Without it they are skipped visibly; in CI (`CI=true`) that is a failure. */
export function need(what: string, found: boolean, install: string): boolean {
  if (found) return true;
  const message = `${what} is not installed, so its tests cannot run: ${install}`;
  if (process.env['CI'] === 'true') throw new Error(message);
  process.stderr.write(`SKIPPED: ${message}\n`);
  return false;
}
