import { expect, test } from 'vitest';
import { forecasts } from '../../../src/app/answering.ts';
import type { FeedEntry, PublisherEntry } from '../../../src/config/config.ts';
import { dayMs } from '../../../src/core/durations.ts';
import { answerTo, setUp } from './setting.ts';

const hour = 3_600_000;

test('the month of a busy operator costs what doctor forecasts, within a tenth', { timeout: 240_000 }, async () => {
  const setting = await setUp();
  const { x, clock, driver, context, signal } = setting;
  const [feedConfig, publisherConfig] = [setting.feed({ budget: { perDay: 100, perMonth: 100 } }), setting.publisher()];
  const feed = await driver.openFeed!(feedConfig, context);
  const publisher = await driver.openPublisher!(publisherConfig, context);
  const people = Array.from({ length: 400 }, (_, i) => x.addUser(`user${i}`));
  let [cursor, asked, answered]: [string | undefined, number, number] = [undefined, 0, 0];
  for (let time = 0; time < 30 * dayMs; time += 2 * hour) {
    clock.advance(2 * hour);
    for await (const page of feed.pages(cursor, signal)) {
      cursor = page.cursor;
      for (const { id } of page.posts) {
        const parent = x.find(id);
        if (parent === undefined || (answered + 1) * 5 > asked + 5) continue;
        answered += 1;
        await publisher.publish(answerTo(parent, `see https://wikileaks.org/ ${answered}`), signal);
      }
    }
    setting.storedPosts = x
      .latest()
      .filter(({ author, createdAt }) => author !== x.bot && createdAt > clock.now() - 23 * hour);
    for (; asked < ((time + 2 * hour) / (30 * dayMs)) * 1000; asked += 1)
      x.write(`@pilcrowbot ${asked}`, { author: people[(asked * 37) % people.length]! });
  }
  expect([asked, answered]).toEqual([1000, 200]);
  const feeds = [{ name: 'x', platform: 'x', config: feedConfig }] as unknown as FeedEntry[];
  const publishers = [{ name: 'x', platform: 'x', config: publisherConfig }] as unknown as PublisherEntry[];
  const forecast = forecasts({ feeds, publishers });
  const dollars = forecast.map(({ message }) => Number(/\$([\d.]+)$/.exec(message)?.[1]));
  const sum = dollars.reduce((all, one) => all + one, 0);
  expect(Math.abs(x.bill.total() / 1e6 / sum - 1)).toBeLessThan(0.1);
  expect(forecast[0]?.message).toMatch(/^1,000 mentions a month cost about \$\d+\.\d\d$/);
});
