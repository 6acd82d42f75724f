import type { Clock } from '../../../src/core/clock.ts';

/** The price list, in millionths of a dollar. */
const prices = {
  read: 5000,
  user: 10_000,
  ownedRead: 1000,
  post: 15_000,
  postWithUrl: 200_000,
  reply: 10_000,
  deletion: 10_000,
} as const;

export type Item = keyof typeof prices;

/** What the calls of a test cost, by X's own table: a resource that is read costs once a day (UTC), for each price. */
export function openBill({ now }: Pick<Clock, 'now'>) {
  const items: { item: Item; count: number }[] = [];
  const charged = new Set<string>();
  const charge = (item: Item, count: number): void => {
    if (count > 0) items.push({ item, count });
  };
  return {
    items,
    charge,
    read(item: 'read' | 'user' | 'ownedRead', ids: readonly string[]): void {
      const day = Math.floor(now() / 86_400_000);
      const fresh = ids.filter((id) => !charged.has(`${day} ${item} ${id}`));
      for (const id of fresh) charged.add(`${day} ${item} ${id}`);
      charge(item, fresh.length);
    },
    total: () => items.reduce((sum, { item, count }) => sum + prices[item] * count, 0),
  };
}

export type Bill = ReturnType<typeof openBill>;
