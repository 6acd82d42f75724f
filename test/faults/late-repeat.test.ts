import { expect, test } from 'vitest';
import type { Publisher } from '../../src/platforms/platform.ts';
import { drain } from '../../workers/index.ts';
import { settle } from '../../workers/settle.ts';
import { openTestApp, scriptedPublisher } from '../support/app.ts';

const cited = [{ id: '1', createdAt: '2026-11-23T10:00:00Z', text: '#07ASTANA2244 ¶5' }];
const hour = 3_600_000;

// Found by the kill matrix at `settle: rung`. settle asks in time whether a repeat is harmless; respond, which repeats, does not ask again.
test.fails(
  'a repeat that was decided in time and comes too late is not sent: the platform has forgotten the key',
  async () => {
    const platform = scriptedPublisher({ harmlessForMs: hour }, ['lost answer']);
    const hidden = { ...platform, find: () => Promise.resolve('absent') } satisfies Publisher;
    const { app, clock, events } = await openTestApp(cited, hidden);
    await drain(app);
    clock.advance(10_000);
    await settle.work(app, 'file:1');
    // The bot is down for longer than the platform keeps its keys.
    clock.advance(hour);
    await drain(app);
    expect(events.filter(({ kind }) => kind === 'sent')).toEqual([]);
    expect(hidden.calls).toBe(1);
  },
);
