import { z } from 'zod';
import twitter from 'twitter-text';
import type { Bill } from './bill.ts';
import { forbidden, invalid } from './problems.ts';
import type { FakeTweet, Store } from './store.ts';

const Body = z.strictObject({
  text: z.string().min(1),
  reply: z.strictObject({ in_reply_to_tweet_id: z.string().regex(/^\d{1,19}$/) }).optional(),
});

/** `POST /2/tweets` by the bot's account, by the rules for self-serve. Errors: 400, 403. */
export function post(store: Store, bill: Bill, raw: unknown): FakeTweet {
  const body = Body.safeParse(raw);
  if (!body.success) throw invalid(body.error.issues[0]?.message ?? '');
  const text = body.data.text.normalize('NFC');
  if (!twitter.parseTweet(text).valid)
    throw forbidden('Your Tweet text is too long. For more information, check the Tweet length limits.');
  const replyTo = body.data.reply && parentOf(store, body.data.reply.in_reply_to_tweet_id);
  const own = store.latest().filter(({ author }) => author === store.bot);
  if (own.some((tweet) => tweet.text === text))
    throw forbidden('You are not allowed to create a Tweet with duplicate content.');
  const hasUrl = twitter.extractUrls(text).length > 0;
  bill.charge(hasUrl ? 'postWithUrl' : replyTo === undefined ? 'post' : 'reply', 1);
  return store.write(text, { author: store.bot, indexedAt: 0, ...(replyTo && { replyTo }) });
}

function parentOf(store: Store, id: string): FakeTweet {
  const parent = store.find(id);
  if (parent === undefined) throw forbidden('You attempted to reply to a Tweet that is deleted or not visible to you.');
  if (parent.author.blocksBot) throw forbidden('You have been blocked from replying to this user.');
  const isQuote = parent.references.some(
    (reference) => reference.type === 'quoted' && store.find(reference.id)?.author === store.bot,
  );
  if (parent.author !== store.bot && !parent.mentions.includes(store.bot) && !isQuote)
    throw forbidden(
      'Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the post you are replying to.',
    );
  return parent;
}
