import { seededAt } from '../test/support/make-posts.ts';
import { pieces, readers } from '../test/support/hostile-texts.ts';
import type { Proof } from './proof.ts';

const texts = Number(process.env['TEXTS'] ?? 200_000);
const units = 8000;
/** CPU time, in milliseconds, from which a text is tried again, longer. A quadratic regular expression takes ten times as long. */
const noticeableMs = 4;
/** 4 times the text: 4 times the time if it is linear, 16 times if it is quadratic. */
const maxGrowth = 9;

/** Nothing that reads texts of strangers takes more than linear time: random texts that repeat one to four pieces, grown by doubling. */
export const growth: Proof = {
  name: 'growth',
  async run(report) {
    const names = Object.keys(readers);
    const counts = { texts, tried: 0, superlinear: 0, slowest: { what: '', ms: 0 } };
    for (let at = 0; at < texts; at += 1) {
      if (at % (texts / 20) === 0) report(`${at} of ${texts} texts, ${counts.tried} of them grown`);
      const name = names[at % names.length] ?? '';
      const text = textAt(at);
      const first = cpuMs(name, text(units));
      if (first < noticeableMs) continue;
      counts.tried += 1;
      const [short, middle, long] = [1, 2, 4].map((times) => leastMs(name, text(times * units))) as [
        number,
        number,
        number,
      ];
      const what = `${name}: text ${at}, ${JSON.stringify(text(20))}`;
      if (long > counts.slowest.ms) counts.slowest = { what, ms: long };
      // The clock of CPU time may tick every few milliseconds.
      if (long <= maxGrowth * Math.max(short, noticeableMs)) continue;
      counts.superlinear += 1;
      report(`${what} takes ${short.toFixed(1)}, ${middle.toFixed(1)}, ${long.toFixed(1)} ms`);
    }
    report(JSON.stringify(counts));
    return { holds: counts.superlinear === 0, counts };
  },
};

/** A text of so many units: a beginning, a repeated part and an end. */
function textAt(at: number): (length: number) => string {
  const random = seededAt(18, at);
  const piece = () => pieces[Math.floor(random() * pieces.length)] ?? '';
  const [before, after] = [piece(), piece()];
  const part = Array.from({ length: 1 + Math.floor(random() * 4) }, piece).join('');
  return (length) => `${before}${part.repeat(Math.ceil(length / part.length))}${after}x`;
}

function cpuMs(name: string, text: string): number {
  const before = process.threadCpuUsage();
  readers[name]?.(text);
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

/** Of three times: garbage of others is collected in some of them. */
function leastMs(name: string, text: string): number {
  return Math.min(...Array.from({ length: 3 }, () => cpuMs(name, text)));
}
