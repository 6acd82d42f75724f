import type { Digest } from '../../core/digest.ts';
import type { Language } from '../../core/text/languages.ts';
import { addDays } from '../../core/zone.ts';
import { de } from './de.ts';
import { en, type Words } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { pt } from './pt.ts';

const words: Readonly<Record<Language, Words>> = { en, de, es, fr, pt };

export function wordsOf(language: Language): Words {
  return words[language];
}

/** A day or a week in words: `Tuesday, 24 November 2026`, `23–29 November 2026`. */
export function periodInWords({ date, period }: Pick<Digest, 'date' | 'period'>, { locale }: Words): string {
  const dateStyle = period === 'week' ? 'long' : 'full';
  const format = new Intl.DateTimeFormat(locale, { dateStyle, timeZone: 'UTC' });
  const first = Date.parse(date);
  return period === 'week' ? format.formatRange(first, Date.parse(addDays(date, 6))) : format.format(first);
}

/** `Tue, 24 Nov` */
export function dayInWords(date: string, { locale }: Words): string {
  const parts = { weekday: 'short', day: 'numeric', month: 'short' } as const;
  return new Intl.DateTimeFormat(locale, { ...parts, timeZone: 'UTC' }).format(Date.parse(date));
}

/** The platforms that write their names in a way of their own. */
const names: Readonly<Record<string, string>> = {
  bluesky: 'Bluesky',
  mastodon: 'Mastodon',
  nostr: 'Nostr',
  rss: 'RSS',
  wordpress: 'WordPress',
  x: 'X',
};

export function platformName(platform: string): string {
  return Object.hasOwn(names, platform) ? names[platform]! : platform;
}

/** A time in the time zone: `24 Nov, 14:05 CET`. */
export function momentInWords(iso: string, inLanguage: Words, timezone: string): string {
  return momentFormat(inLanguage, timezone).format(Date.parse(iso));
}

/** From one time to another: `24 Nov, 14:05–18:00 CET`. */
export function momentsInWords(from: string, to: string, inLanguage: Words, timezone: string): string {
  return momentFormat(inLanguage, timezone).formatRange(Date.parse(from), Date.parse(to));
}

function momentFormat({ locale }: Words, timeZone: string): Intl.DateTimeFormat {
  const parts = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZoneName: 'short' } as const;
  return new Intl.DateTimeFormat(locale, { ...parts, timeZone });
}
