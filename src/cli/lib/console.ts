import type { App } from '../../app.ts';
import type { Resolution } from '../../core/citation.ts';
import type { BotEvent } from '../../core/event.ts';
import { Post } from '../../core/post.ts';
import type { Verdict } from '../../core/verdict.ts';
import { postRow } from '../../ledger/posts/posts.ts';
import { type Output, plain } from './output.ts';

/** How much a watcher sees: posts with their answers, only what went wrong, or nothing: then it only counts. */
export type Detail = 'posts' | 'troubles' | 'nothing';

/** Shows a person what the bot does, a post and its answer at a time. */
export function watch(output: Output, detail: Detail) {
  const counts = { read: 0, cited: 0, answered: 0, errors: 0 };
  /** Feeds that were read to their end at least once. */
  const finished = new Set<string>();
  const repeats = new Map<string, number>();
  let app: App | undefined;

  function complain(what: string, message: string): void {
    if (detail === 'nothing') return;
    const times = (repeats.get(message) ?? 0) + 1;
    if (repeats.size < mostMessages) repeats.set(message, times);
    // The same over and over says no more; from the tenth on only every tenth, hundredth, … time.
    if (times >= 10 && !Number.isInteger(Math.log10(times))) return;
    output.error(`${what}: ${message}${times >= 10 ? ` (${times} times)` : ''}`);
  }

  return {
    counts,
    finished,
    /** From now on sent replies are shown beside the post they answer. */
    attach(opened: App): void {
      app = opened;
    },
    emit: (event: BotEvent): void => {
      switch (event.kind) {
        case 'polled':
          counts.read += event.seen;
          counts.cited += event.ingested;
          return;
        case 'ticked':
          return;
        case 'read':
          finished.add(event.feed);
          return;
        case 'rejected':
          return complain(event.feed, `${event.reject.position}: ${event.reject.reason}`);
        case 'decided':
          if (detail === 'posts' && event.verdict.action !== 'reply') {
            output.line(`${heading(event.post, output)}\n${unanswered(event.verdict, event.resolutions, output)}\n`);
          }
          return;
        case 'sent':
          counts.answered += 1;
          if (detail === 'posts') void showAnswer(output, app, event);
          return;
        case 'info':
          return complain(event.what, event.message);
        case 'error':
          counts.errors += 1;
          return complain(event.what, event.message);
      }
    },
  };
}

/** Kept apart for counting; beyond it each is printed. */
const mostMessages = 1000;

export type Watch = ReturnType<typeof watch>;

async function showAnswer(
  output: Output,
  app: App | undefined,
  event: Extract<BotEvent, { kind: 'sent' }>,
): Promise<void> {
  const row = app && (await postRow(app.ledger.db, event.payload.replyTo.key));
  const top = row === undefined ? event.payload.replyTo.key : heading(Post.parse(JSON.parse(row.post)), output);
  const answer = plain(event.payload.text)
    .split('\n')
    .map((line) => `  ${output.paint.green('→')} ${line}`);
  output.line(`${top}\n${answer.join('\n')}\n`);
}

function heading(post: Post, { paint }: Output): string {
  const when = new Date(post.createdAt).toISOString().slice(0, 16).replace('T', ' ');
  const text = plain(post.text)
    .split('\n')
    .map((line) => `  ${line}`);
  return `${paint.bold(`@${plain(post.author.handle)}`)} ${paint.dim(`${when}Z ${plain(post.url ?? post.key)}`)}\n${text.join('\n')}`;
}

function unanswered(verdict: Verdict, resolutions: readonly Resolution[], { paint }: Output): string {
  const found = resolutions.map(
    (resolution) => `${resolution.referenceId ?? plain(resolution.written)} ${resolution.status}`,
  );
  const why = verdict.clause ?? (verdict.rule === null ? 'no rule matched' : `rule ${verdict.rule}`);
  return `  ${paint.yellow(verdict.action)}: ${found.join(', ')} ${paint.dim(`(${why})`)}`;
}
