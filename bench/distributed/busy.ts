import { cpus } from 'node:os';

/** Seconds that all cores together were busy, since the machine started. */
export function busySeconds(): number {
  return cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0) / 1000;
}

/** A rate a second, and how many cores were busy meanwhile, with the servers' work and whatever else the machine did. */
export interface Rate {
  readonly rate: number;
  readonly cores: number;
}
