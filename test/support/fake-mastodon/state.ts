/** A server of Mastodon’s kind, as its documentation describes it: https://docs.joinmastodon.org/methods/ . */

export interface FakeAccount {
  readonly id: string;
  readonly name: string;
  readonly token: string;
  bot: boolean;
  note: string;
  /** The bot's policy holds back this person's notifications. */
  filtered: boolean;
  readonly blocks: Set<string>;
}

export interface FakeStatus {
  readonly id: string;
  readonly by: FakeAccount;
  text: string;
  readonly visibility: string;
  spoilerText: string;
  readonly language: string | null;
  readonly inReplyToId: string | null;
  readonly createdAt: number;
  editedAt: number | null;
  readonly quotes?: FakeStatus;
  /** Sent instead of a status: something that no client can read. */
  readonly nonsense?: unknown;
}

/** Differences from Mastodon 4.5, and faults. */
export interface FakeOptions {
  readonly version: string;
  readonly sourceUrl: string;
  /** False: the server sends everything, whatever was seen before. */
  readonly sinceIdIsKnown: boolean;
  readonly anyIsKnown: boolean;
  readonly keepsKeys: boolean;
  readonly maxCharacters: number;
  readonly rules: readonly string[];
  /** Calls in five minutes. */
  readonly limit: number;
  readonly scopes: readonly string[];
  readonly hashtagAccess?: { readonly local: string; readonly remote: string };
  readonly streams: boolean;
  /** Milliseconds that its clock is ahead. */
  readonly skewMs: number;
}

export const asMastodon: FakeOptions = {
  version: '4.5.2',
  sourceUrl: 'https://github.com/mastodon/mastodon',
  sinceIdIsKnown: true,
  anyIsKnown: true,
  keepsKeys: true,
  maxCharacters: 500,
  rules: [],
  limit: 300,
  scopes: ['read', 'write:statuses'],
  streams: true,
  skewMs: 0,
};

export function wireAccount(url: string, { id, name, bot, note }: FakeAccount) {
  return {
    id,
    username: name,
    acct: name,
    display_name: name,
    url: `${url}/@${name}`,
    uri: `${url}/users/${name}`,
    bot,
    note: `<p>${note}</p>`,
    fields: [],
    created_at: '2020-01-02T00:00:00.000Z',
  };
}

export function tagsIn(text: string): string[] {
  return [...text.matchAll(/#([\p{L}\p{N}_]+)/gu)].map((match) => (match[1] ?? '').toLowerCase());
}

/** The notification of somebody about a post; empty: none. */
export function notificationType({ text, quotes }: FakeStatus, { id, name }: FakeAccount): '' | 'mention' | 'quote' {
  return text.includes(`@${name}`) ? 'mention' : quotes?.by.id === id ? 'quote' : '';
}

export function wireStatus(url: string, status: FakeStatus, people: ReadonlyMap<string, FakeAccount>): unknown {
  if (status.nonsense !== undefined) return status.nonsense;
  const { id, by, text, visibility, spoilerText, language, inReplyToId, createdAt, editedAt, quotes } = status;
  const mentions = [...text.matchAll(/@(\w+)/g)].flatMap((match) => people.get(match[1] ?? '') ?? []);
  return {
    id,
    uri: `${url}/users/${by.name}/statuses/${id}`,
    url: `${url}/@${by.name}/${id}`,
    account: wireAccount(url, by),
    content: htmlOf(url, text),
    visibility,
    sensitive: spoilerText !== '',
    spoiler_text: spoilerText,
    language,
    in_reply_to_id: inReplyToId,
    created_at: new Date(createdAt).toISOString(),
    edited_at: editedAt === null ? null : new Date(editedAt).toISOString(),
    reblog: null,
    quote: quotes === undefined ? null : { state: 'accepted', quoted_status: wireStatus(url, quotes, people) },
    mentions: mentions.map((one) => ({ id: one.id, username: one.name, acct: one.name, url: `${url}/@${one.name}` })),
    tags: tagsIn(text).map((name) => ({ name, url: `${url}/tags/${name}` })),
  };
}

/** As Mastodon does it: links are cut for the eye, names and tags in spans. */
function htmlOf(url: string, text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const linked = escaped.replaceAll(
    /https?:\/\/(\S{0,30})(\S*)|#([\p{L}\p{N}_]+)|@(\w+)/gu,
    (whole, seen, rest, tag, name) => {
      if (tag)
        return `<a href="${url}/tags/${String(tag).toLowerCase()}" class="mention hashtag" rel="tag">#<span>${tag}</span></a>`;
      if (name)
        return `<span class="h-card"><a href="${url}/@${name}" class="u-url mention">@<span>${name}</span></a></span>`;
      return `<a href="${whole}"><span class="invisible">https://</span><span class="ellipsis">${seen}</span><span class="invisible">${rest}</span></a>`;
    },
  );
  return `<p>${linked.replaceAll(/\r?\n/g, '<br />')}</p>`;
}
