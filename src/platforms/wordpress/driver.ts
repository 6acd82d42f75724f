import { messageOf } from '../../core/errors.ts';
import type { Driver } from '../platform.ts';
import { openApi, readAccount } from './api.ts';
import type { WordpressPublisher } from './config.ts';
import { openPublisher } from './publisher.ts';

const checkTimeoutMs = 10_000;

export const driver: Driver<never, WordpressPublisher> = {
  openPublisher,
  async checkPublisher(config, context) {
    try {
      const { moderates } = await readAccount(openApi(config, context), AbortSignal.timeout(checkTimeoutMs));
      return moderates
        ? undefined
        : 'the account may comment only every 15 seconds; without the capability `moderate_comments` it can neither delete comments nor see its own pending ones';
    } catch (error) {
      return messageOf(error);
    }
  },
};
