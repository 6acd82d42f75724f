import type { Question } from '../platform.ts';

/** What people write when `init` asks, in the form that the configuration takes. What cannot be understood stays as it is. */

/** `social.example` becomes `https://social.example`; on this machine `http:` is meant. */
export function webAddress(written: string): string {
  return withScheme(written, /^(localhost|127\.[\d.]+|\[::1\])(?=[:/]|$)/i.test(written) ? 'http' : 'https');
}

/** The server alone, also of the address of a page or person there: `@bot@social.example`, `https://social.example/@bot`. */
export function serverAddress(written: string): string {
  const url = URL.parse(webAddress(written.replace(/^@?[\w.-]+@(?=[^@]+$)/, '')));
  return url === null || !/^https?:$/.test(url.protocol) || url.username !== '' ? written : url.origin;
}

/** As `webAddress`, without a stroke at the end. */
export function siteAddress(written: string): string {
  return webAddress(written).replace(/\/+$/, '');
}

/** `relay.example` becomes `wss://relay.example`, as does `https://relay.example`. */
export function relayAddress(written: string): string {
  const local = /^(http:\/\/|localhost|127\.[\d.]+|\[::1\])/i.test(written);
  const bare = written.replace(/^https?:\/\//i, '').replace(/\/$/, '');
  return withScheme(bare, local ? 'ws' : 'wss');
}

/** `#cablegate` becomes `cablegate`. */
function hashtag(written: string): string {
  return written.replace(/^[#＃]/, '');
}

export function hashtagsQuestion(usual: string): Question {
  const ask = 'Hashtags to read, separated by commas';
  return { key: 'hashtags', ask, example: 'cablegate', as: 'list', usual, normal: hashtag };
}

/** `@bot.example.org` and the address of its profile become `bot.example.org`. */
export function handle(written: string): string {
  return written
    .replace(/^https?:\/\/[^/]+\/(?:profile\/)?/i, '')
    .replace(/^@/, '')
    .replace(/\/$/, '');
}

function withScheme(written: string, scheme: string): string {
  const isHost = /^(\[[\da-f:]+\]|[\p{L}\d-]+(\.[\p{L}\d-]+)+|localhost)(:\d+)?([/?#]|$)/iu.test(written);
  return isHost ? `${scheme}://${written}` : written;
}
