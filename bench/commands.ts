import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writePackage } from '../prove/package/write.ts';
import { type Bench, type Figure, percentile } from './figure.ts';

const root = new URL('..', import.meta.url).pathname;
const turns = 15;

/** What people type most, and how many times as long as an empty program of Node each may take in the package. */
const commands = [
  { words: ['--version'], limit: 2.5 },
  { words: ['--help'], limit: 2.5 },
  { words: ['pause'], limit: 6 },
  { words: ['status'], limit: 6 },
  { words: ['resolve', '#cablegate #07ASTANA2244 ¶5'], limit: 8 },
] as const;

interface Spent {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** Commands against `node -e 0`, in turns: the middle of each. A clock would also count the machine's other work. */
export const bench: Bench = {
  async run() {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'pilcrow-commands-'));
    const program = join(folder.path, 'package');
    const bot = join(folder.path, 'bot');
    await writePackage(program);
    mkdirSync(bot);
    writeFileSync(join(bot, 'ids.txt'), madeIds());
    spent(bot, [join(program, 'bin/pilcrow.js'), 'catalogue', 'import', 'ids.txt']);
    const places = { package: program, checkout: root };
    const lines = Object.entries(places).flatMap(([place, path]) =>
      commands.map((one) => ({ ...one, place, args: [join(path, 'bin/pilcrow.js'), ...one.words] })),
    );
    const middles = measure(bot, [['-e', '0'], ...lines.map(({ args }) => args)]);
    const [empty = { wallMs: 0, cpuMs: 0 }, ...others] = middles;
    return others.flatMap((one, at) => (lines[at] ? [figureOf(lines[at], one, empty)] : []));
  },
};

function measure(cwd: string, all: readonly (readonly string[])[]): Spent[] {
  for (const args of all) spent(cwd, args);
  const rounds = Array.from({ length: turns }, () => all.map((args) => spent(cwd, args)));
  const middle = (at: number, key: keyof Spent) =>
    percentile(
      rounds.flatMap((round) => round[at]?.[key] ?? []),
      0.5,
    );
  return all.map((_, at) => ({ wallMs: middle(at, 'wallMs'), cpuMs: middle(at, 'cpuMs') }));
}

function spent(cwd: string, args: readonly string[]): Spent {
  const timed = `TIMEFORMAT='%R %U %S'; { time "$@" >/dev/null 2>&1; } 2>&1`;
  const out = execFileSync('bash', ['-c', timed, 'bash', process.execPath, ...args], { cwd, encoding: 'utf8' });
  const [wall = 0, user = 0, system = 0] = out.trim().split(' ').map(Number);
  return { wallMs: wall * 1000, cpuMs: (user + system) * 1000 };
}

interface Line {
  readonly words: readonly string[];
  readonly limit: number;
  readonly place: string;
}

function figureOf({ words: [name], limit, place }: Line, { wallMs, cpuMs }: Spent, empty: Spent): Figure {
  const value = cpuMs / empty.cpuMs;
  const isHeld = place === 'package';
  const byClock = `${Math.round(wallMs)} ms by the clock (${(wallMs / empty.wallMs).toFixed(1)} x)`;
  return {
    name: `pilcrow ${name} of the ${place}, against node alone`,
    measured: `CPU time ${Math.round(cpuMs)} ms, node alone ${Math.round(empty.cpuMs)} ms; ${byClock}`,
    value,
    target: isHeld ? `<= ${limit} x` : 'no limit',
    met: !isHeld || value <= limit,
  };
}

/** As many IDs as the public list has. */
function madeIds(): string {
  const stations = ['ASTANA', 'BERLIN', 'LONDON', 'MADRID', 'PARIS'];
  const years = ['04', '05', '06', '07', '08'];
  return years
    .flatMap((year) =>
      stations.flatMap((station) => Array.from({ length: 9999 }, (_, n) => `${year}${station}${n + 1}\n`)),
    )
    .join('');
}
