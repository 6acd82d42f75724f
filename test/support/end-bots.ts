import { afterEach } from 'vitest';
import { endBots } from './workplace.ts';

// A test that fails does not come to the end of its bots. Set up for each file by vitest.config.ts.
afterEach(endBots);
