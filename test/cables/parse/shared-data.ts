import { existsSync } from 'node:fs';

/** Facts beside the checkout; users have none, so tests that need them are skipped there. */
export const sharedData = new URL('../../../../shared/data/', import.meta.url);
export const hasSharedData = existsSync(sharedData);
