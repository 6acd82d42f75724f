import twitter from 'twitter-text';
import type { TextLimits } from '../platform.ts';
import { limits as usual } from './config.ts';

/** X counts by weight: a URL is 23 however long, an emoji 2, most of what is not Latin 2 a character. */
export const limits: TextLimits = {
  ...usual,
  length: (text) => twitter.parseTweet(text).weightedLength,
};

/** Whether X finds a URL in it, which makes it dear. */
export function hasUrl(text: string): boolean {
  return twitter.extractUrls(text).length > 0;
}
