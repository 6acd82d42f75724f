import type { DigestLanguage } from '../../core/digest.ts';
import { de } from './de.ts';
import { en, type Words } from './en.ts';

/** One line for each language; core/digest.ts lists the same codes. */
const languages: Readonly<Record<DigestLanguage, Words>> = { en, de };

export function wordsOf(language: DigestLanguage): Words {
  return languages[language];
}

/** A day in words: `Tuesday, 24 November 2026`. */
export function dayInWords(date: string, { locale }: Words): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeZone: 'UTC' }).format(Date.parse(date));
}

/** A time in the time zone: `24 Nov 2026, 14:05 CET`. */
export function momentInWords(iso: string, { locale }: Words, timezone: string): string {
  const parts = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZoneName: 'short' } as const;
  return new Intl.DateTimeFormat(locale, { ...parts, timeZone: timezone }).format(Date.parse(iso));
}
