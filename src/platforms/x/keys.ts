import type { XPublisher } from './config.ts';

/** What signs as the bot's account. */
export function keysOf({ appKey, appSecret, accessToken, accessSecret }: XPublisher) {
  return {
    appKey: appKey.reveal(),
    appSecret: appSecret.reveal(),
    accessToken: accessToken.reveal(),
    accessSecret: accessSecret.reveal(),
  };
}
