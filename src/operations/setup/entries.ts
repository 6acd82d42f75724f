import type { Appended } from '../../config/yaml/edit-yaml.ts';
import type { ReplyMode } from '../../core/verdict.ts';
import { notPublic } from '../../net/addresses.ts';
import type { Platform } from '../../platforms/platform.ts';
import { type Entry, valueOf, withValue } from './answers.ts';

/** A chosen platform, with the checked answers to its questions. */
export interface Chosen {
  readonly platform: Platform;
  /** By key of the question, secrets too. */
  readonly answers: ReadonlyMap<string, string>;
  /** Names of the variables that hold the secrets, by key of the question. */
  readonly variables: ReadonlyMap<string, string>;
  readonly mode: ReplyMode;
  /** Private addresses, as HOST:PORT, that the bot may reach. */
  readonly allowPrivate: readonly string[];
}

/** What a configuration has already. */
export interface Present {
  readonly feeds: readonly { readonly name: string }[];
  readonly publishers: readonly { readonly name: string; readonly platform: string }[];
}

/** The entries of chosen platforms, under names that are free. */
export async function entriesOf(
  chosen: readonly Chosen[],
  { feeds, publishers }: Present = { feeds: [], publishers: [] },
): Promise<Appended[]> {
  return [
    { path: ['feeds'], items: (await Promise.all(chosen.map((one) => feedEntry(one, { feeds, publishers })))).flat() },
    { path: ['publishers'], items: chosen.flatMap((one) => publisherEntry(one, publishers)) },
    { path: ['network', 'allowPrivate'], items: chosen.flatMap(({ allowPrivate }) => allowPrivate) },
  ];
}

function feedName({ id }: Platform, feeds: Present['feeds']): string {
  return freeName(`from-${id}`, feeds);
}

function publisherName({ id }: Platform, publishers: Present['publishers']): string {
  return freeName(`to-${id}`, publishers);
}

function freeName(name: string, taken: readonly { readonly name: string }[]): string {
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? name : `${name}-${number}`;
    if (taken.every((one) => one.name !== candidate)) return candidate;
  }
}

async function feedEntry(chosen: Chosen, { feeds, publishers }: Present): Promise<Entry[]> {
  const { platform, answers, variables } = chosen;
  if (platform.feed === undefined && platform.setup?.feed === undefined) return [];
  const secret = (key: string) => ({ env: variables.get(key) ?? '' });
  const own = answersIn(chosen, { ...platform.feed?.shape, onTopic: true });
  const entry = {
    name: feedName(platform, feeds),
    platform: platform.id,
    ...own,
    ...(await platform.setup?.feed?.(answers, secret)),
  };
  // Another account, or another platform's feed, must say who answers.
  const publisher = publisherName(platform, publishers);
  const isUsual = publisher === publisherName(platform, []) && entry.platform === platform.id;
  return [platform.publisher === undefined || isUsual ? entry : { ...entry, publisher }];
}

function publisherEntry(chosen: Chosen, publishers: Present['publishers']): Entry[] {
  const { platform, mode } = chosen;
  if (platform.publisher === undefined) return [];
  // Every publisher has limits.
  const own = answersIn(chosen, { ...platform.publisher.shape, limits: true });
  const name = publisherName(platform, publishers);
  return [{ name, platform: platform.id, ...(platform.addressesPeople && { mode }), ...own }];
}

/** The answers for these keys. */
function answersIn({ platform, answers, variables }: Chosen, keys: Entry): Entry {
  let entry: Entry = {};
  for (const question of platform.setup?.questions ?? []) {
    const answer = answers.get(question.key);
    const path = question.key.split('.');
    if (answer === undefined || !((path[0] ?? '') in keys)) continue;
    const variable = variables.get(question.key);
    entry = withValue(entry, path, variable === undefined ? valueOf(question, answer) : { env: variable });
  }
  return entry;
}

/** Addresses in the answers that only this machine or its network reaches, as HOST:PORT. A name is not looked up. */
export function privateAddresses(answers: Iterable<string>): string[] {
  const urls = [...answers].flatMap((answer) => answer.split(', ')).map((text) => URL.parse(text));
  const found = urls.flatMap((url) => {
    if (url === null || url.hostname === '') return [];
    const host = url.hostname.replaceAll(/[[\]]/g, '');
    const isAddress = /^[\d.]+$|:/.test(host);
    if (host !== 'localhost' && !(isAddress && notPublic(host) !== null)) return [];
    return [`${url.hostname}:${url.port || (/^(https|wss):$/.test(url.protocol) ? 443 : 80)}`];
  });
  return [...new Set(found)];
}
