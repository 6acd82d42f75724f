// Loaded into the bot (`node --import`): on SIGUSR2 writes the longest stall of its event loop since the last time, and the most CPU time that
// its thread took between two turns of a timer, both in milliseconds. On a busy machine the stall contains the time of other processes.
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const resolutionMs = 1;
const monitor = monitorEventLoopDelay({ resolution: resolutionMs });
monitor.enable();
let [usedMs, mostCpuMs] = [cpuMs(), 0];
setInterval(() => {
  const now = cpuMs();
  mostCpuMs = Math.max(mostCpuMs, now - usedMs);
  usedMs = now;
}, resolutionMs).unref();
// Threads load this too, but get no signals.
process.on('SIGUSR2', () => {
  const file = process.env['PILCROW_STALLS'];
  if (file !== undefined) writeFileSync(file, `${Math.max(0, monitor.max / 1e6 - resolutionMs)} ${mostCpuMs}\n`);
  monitor.reset();
  mostCpuMs = 0;
});

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
