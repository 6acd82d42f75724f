import { describe, expect, test } from 'vitest';
import { openClient, openSite } from '../support/web.ts';

const seed = '/cable/07ASTANA2244';

describe('the cable pages, for readers', () => {
  test('say a doubt about all links and references once', async () => {
    const client = openClient(await openSite({ posts: [] }));
    const textless = await client.page('/cable/08ASTANA1037');
    expect(textless.match(/no catalogue is imported/g)).toHaveLength(1);
    expect(textless).toContain('month inferred from the serial');
    const page = await client.page(seed);
    expect(page.match(/<small>unverified<\/small>/g)).toHaveLength(2);
    expect(page.match(/no catalogue/g)).toHaveLength(1);
  });

  test('say why a telegram of the seventies is in doubt', async () => {
    const client = openClient(await openSite({ posts: [] }));
    const address = (await client.get('/cable/1974STATE012345')).headers.get('location') ?? '';
    const page = await client.page(address);
    expect(page).toContain('This cable is unverified: no list has the telegrams of 1973 to 1979.');
  });

  test('speak of paragraphs only where there are any', async () => {
    const client = openClient(await openSite({ posts: [] }));
    expect(await client.page(seed)).toContain('or to a paragraph by the ¶ beside it');
    expect(await client.page('/cable/08ASTANA1037')).not.toContain('paragraph by the ¶');
  });

  test('lead back from an error to the cable that it is about', async () => {
    const client = openClient(await openSite({ posts: [] }));
    expect(await (await client.get(`${seed}/share?server=x`)).text()).toContain(
      `<a href="${seed}">Back to the cable</a>`,
    );
    expect(await (await client.get('/cable/99NOWHERE1/share?server=x')).text()).toContain('<a href="/cables">');
  });
});

describe('the pages of digests', () => {
  test('lead back to the list of editions', async () => {
    const config = { web: "digests: [{ name: daily, timezone: UTC, time: '07:00' }]\n" };
    const page = await openClient(await openSite({ posts: [], ...config })).page('/digests/daily/preview');
    expect(page).toContain('<a href="/digests">All editions</a>');
  });
});
