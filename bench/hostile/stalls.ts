// Loaded into the bot (`node --import`): on SIGUSR2 writes the longest stall of its event loop since the last time, in milliseconds.
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const resolutionMs = 1;
const monitor = monitorEventLoopDelay({ resolution: resolutionMs });
monitor.enable();
// Threads load this too, but get no signals.
process.on('SIGUSR2', () => {
  const file = process.env['PILCROW_STALLS'];
  if (file !== undefined) writeFileSync(file, String(monitor.max / 1e6 - resolutionMs));
  monitor.reset();
});
