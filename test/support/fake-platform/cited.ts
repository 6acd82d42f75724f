import type { FakePlatform } from './platform.ts';

/** Somebody cites a cable, each post another paragraph: on the platform, and as the line that a file feed reads. */
export function citedPost({ people }: FakePlatform, i: number): string {
  const text = `#cablegate #07ASTANA2244 ¶${i + 1}`;
  const { id, author, createdAt } = people.post({ id: `p${i}`, text, author: `user${i}` });
  return `${JSON.stringify({ id, author: author.handle, createdAt, text })}\n`;
}

/** Somebody asks the bot below a post that no feed brings. */
export function askingPost({ people }: FakePlatform, i: number): string {
  const above = people.post({ id: `above${i}`, text: '07ASTANA2244', author: 'eve' });
  const text = `@bot and ¶${i + 1}?`;
  const { id, author, createdAt } = people.post({ id: `p${i}`, text, author: `user${i}`, mentionsBot: true });
  const line = { id, author: author.handle, createdAt, text, summoned: true, inReplyTo: above.id, thread: id };
  return `${JSON.stringify(line)}\n`;
}
