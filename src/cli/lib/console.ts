import type { Config } from '../../config/config.ts';
import { isDryRun } from '../../config/ledger-config.ts';
import { BoundedMap } from '../../core/async.ts';
import type { Resolution } from '../../core/citation.ts';
import { type BotEvent, withoutKeys } from '../../core/event.ts';
import { isLimited, type Post, shortId } from '../../core/post.ts';
import type { Verdict } from '../../core/verdict.ts';
import { utcMinute } from '../../core/zone.ts';
import { indented, maxKey, onLine, type Output, plain } from './output.ts';

/** What the console shows: posts with their replies, errors only, or nothing. */
export type Detail = 'posts' | 'errors' | 'nothing';

/** Prints each post with its reply, and counts what happened. */
export function watch(output: Output, config: Config, detail: Detail) {
  const counts = { read: 0, cited: 0, sent: 0, logged: 0, errors: 0 };
  /** Feeds that were read to their current end at least once. */
  const finished = new Set<string>();
  const repeats = new Map<string, number>();
  /** Posts whose reply this process has planned, by key. No query: to print a reply must not depend on the ledger. */
  const answered = new BoundedMap<string, Post>(maxPosts);

  function printError(what: string, message: string): void {
    if (detail === 'nothing') return;
    const times = (repeats.get(message) ?? 0) + 1;
    if (repeats.size < maxMessages) repeats.set(message, times);
    // A repeated message is printed nine times, then only the tenth, hundredth, … time.
    if (times >= 10 && !Number.isInteger(Math.log10(times))) return;
    output.error(`${onLine(what)}: ${onLine(message, maxMessage)}${times >= 10 ? ` (${times} times)` : ''}`);
  }

  return {
    counts,
    finished,
    emit: (event: BotEvent): void => {
      switch (event.kind) {
        case 'polled':
          counts.read += event.seen;
          counts.cited += event.ingested;
          if (output.verbosity === 'verbose' && detail !== 'nothing')
            output.line(output.paint.dim(`${onLine(event.feed)}: ${event.seen} read, ${event.ingested} with a cable`));
          return;
        case 'ticked':
          return;
        case 'read':
          finished.add(event.feed);
          return;
        case 'rejected':
          return printError(event.feed, `${event.reject.position}: ${event.reject.reason}`);
        case 'decided':
          if (detail !== 'posts') return;
          if (event.verdict.action === 'reply') answered.set(event.post.key, event.post);
          else output.line(`${heading(event.post, output)}\n${unanswered(event.verdict, event.resolutions, output)}\n`);
          return;
        case 'sent': {
          const isLogged = isDryRun(config, event.publisher);
          counts[isLogged ? 'logged' : 'sent'] += 1;
          if (detail !== 'posts') return;
          printReply(output, event, answered.get(event.payload.replyTo.key), isLogged);
          answered.delete(event.payload.replyTo.key);
          return;
        }
        case 'info':
        case 'error': {
          if (event.kind === 'error') counts.errors += 1;
          const { what, message } = withoutKeys(event);
          return printError(what, message);
        }
      }
    },
  };
}

const maxMessage = 2000;
/** Different messages that are counted; further ones are always printed. */
const maxMessages = 1000;
/** Posts that are remembered until their reply is sent; of others only the id is printed. */
const maxPosts = 1000;

export type Watch = ReturnType<typeof watch>;

/** `2 posts read, 1 cites a cable, 1 reply logged (dry run)` */
export function summaryOf({ read, cited, sent, logged }: Watch['counts'], posts = 'posts'): string {
  const replies = [
    ...(sent > 0 ? [`${counted(sent, 'reply', 'replies')} sent`] : []),
    ...(logged > 0 ? [`${counted(logged, 'reply', 'replies')} logged (dry run)`] : []),
  ];
  const citing = cited === 1 ? '1 cites a cable' : `${cited} cite a cable`;
  return `${counted(read, posts.replace(/s$/, ''), posts)} read, ${citing}, ${replies.join(', ') || 'no reply'}`;
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Below its post, which is unknown here if another process decided it, or this one before a restart. */
function printReply(
  output: Output,
  { payload }: Extract<BotEvent, { kind: 'sent' }>,
  post: Post | undefined,
  isLogged: boolean,
): void {
  const { key } = payload.replyTo;
  const top = post === undefined ? shortId(key) : heading(post, output);
  const lines = isLimited(payload.replyTo) ? ['(not shown)'] : plain(payload.text).split('\n');
  const reply = lines.map((line) => `  ${output.paint.green('→')} ${line}`);
  const how = isLogged ? [`    ${output.paint.dim('logged (dry run)')}`] : [];
  output.line(`${top}\n${[...reply, ...how].join('\n')}\n`);
}

/** The short id is what `explain` takes. Words and names of direct and followers-only posts are for reviewers: not shown. */
function heading(post: Post, { paint }: Output): string {
  const when = utcMinute(post.createdAt);
  const id = shortId(post.key);
  if (isLimited(post)) return paint.dim(`${when} ${id} (${post.visibility} post: not shown)`);
  const where = post.url === null ? id : `${onLine(post.url, maxKey)} ${id}`;
  return `${paint.bold(`@${onLine(post.author.handle)}`)} ${paint.dim(`${when} ${where}`)}\n${indented(post.text).join('\n')}`;
}

function unanswered(verdict: Verdict, resolutions: readonly Resolution[], { paint }: Output): string {
  const found = resolutions.map(({ referenceId, written, status }) => `${referenceId ?? onLine(written)} ${status}`);
  const why = verdict.clause ?? (verdict.rule === null ? 'no rule matched' : `rule ${verdict.rule}`);
  return `  ${paint.yellow(verdict.action)}: ${found.join(', ')} ${paint.dim(`(${why})`)}`;
}
