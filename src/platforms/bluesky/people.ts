import { z } from 'zod';
import { openFitting } from '../shared/fitting.ts';
import type { Account } from './account.ts';
import { AuthorView, PostView } from './wire.ts';

/** So many at a time, as both calls allow. */
const batch = 25;
const Profiles = z.object({ profiles: z.array(z.unknown()) });
const Posts = z.object({ posts: z.array(z.unknown()) });

/** What the network shows the bot of these posts, by URI; of those that it shows. */
export async function lookUpPosts(
  account: Account,
  uris: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, PostView>> {
  const found = new Map<string, PostView>();
  const fitting = openFitting(batch);
  for (let at = 0, step = 1; at < uris.length; at += step) {
    const fit = await fitting((limit) =>
      account.get('app.bsky.feed.getPosts', { uris: uris.slice(at, at + limit) }, Posts, signal),
    );
    step = fit?.limit ?? 1;
    for (const one of fit?.answer.posts ?? []) {
      const { data } = PostView.safeParse(one);
      if (data !== undefined) found.set(data.uri, data);
    }
  }
  return found;
}

/** People change their names seldom, and who blocks the bot is asked once more before anything is sent. */
const keptMs = 10 * 60_000;
const mostKept = 2000;

/** Profiles by DID, asked for once in a while; without an account nobody is known. */
export function openPeople(asking: Account | undefined, now: () => number) {
  const known = new Map<string, { readonly view: AuthorView | undefined; readonly until: number }>();

  async function ask(account: Account, dids: readonly string[], signal: AbortSignal): Promise<void> {
    if (known.size + dids.length > mostKept) known.clear();
    const until = now() + keptMs;
    for (let at = 0; at < dids.length; at += batch) {
      const actors = dids.slice(at, at + batch);
      const { profiles } = await account.get('app.bsky.actor.getProfiles', { actors }, Profiles, signal);
      const views = profiles.map((one) => AuthorView.safeParse(one).data).filter((view) => view !== undefined);
      for (const did of actors) known.set(did, { view: views.find((view) => view.did === did), until });
    }
  }

  return async (dids: readonly string[], signal: AbortSignal): Promise<(did: string) => AuthorView | undefined> => {
    const missing = [...new Set(dids)].filter((did) => (known.get(did)?.until ?? 0) <= now());
    if (asking !== undefined && missing.length > 0) await ask(asking, missing, signal);
    const views = new Map(dids.map((did) => [did, known.get(did)?.view]));
    return (did) => views.get(did);
  };
}
