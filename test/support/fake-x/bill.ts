/** The price list, in millionths of a dollar. */
const prices = {
  read: 5000,
  user: 10_000,
  ownedRead: 1000,
  post: 15_000,
  postWithUrl: 200_000,
  reply: 10_000,
} as const;

export type Item = keyof typeof prices;

/** What the calls of a test cost. Every resource is charged each time: X promises softly to charge it once a day. */
export function openBill() {
  const items: { item: Item; count: number }[] = [];
  return {
    items,
    charge(item: Item, count: number): void {
      if (count > 0) items.push({ item, count });
    },
    total: () => items.reduce((sum, { item, count }) => sum + prices[item] * count, 0),
  };
}

export type Bill = ReturnType<typeof openBill>;
