import { describe, expect, test } from 'vitest';
import { movedViewers } from '../../src/app/link-knowledge.ts';
import { probeSoon } from '../../src/ledger/links/link-list.ts';
import { overview } from '../../src/operations/overview.ts';
import { plusdHtml, viewerHtml } from '../cables/parse/viewer-page.ts';
import { command } from '../support/command.ts';
import { testClock } from '../support/clock.ts';
import { type Answer, openLinkBot, openSite, status } from '../support/links.ts';

const id = '07ASTANA2244';
const path = `/cable/2007/08/${id}.html`;
const url = `https://wikileaks.org${path}`;
const other = '/cable/2007/08/07ASTANA2299.html';
const plusd = `/plusd/cables/${id}_a.html`;
const hourMs = 3_600_000;
const leadsToPlusd = 'wikileaks.org/cable leads to plusd: paragraph anchors are gone';

const html =
  (text: string): Answer =>
  (_, response) =>
    void response.end(text);
const to = (location: string) => status(301, { location });
const viewer = viewerHtml({ id });
const toPlusd = { [path]: to(plusd), [plusd]: html(plusdHtml({ id })) };

/** A bot that has looked at one page of the viewer, on a site with these pages. */
async function looked(pages: Record<string, Answer>, requestMs?: number) {
  const clock = testClock();
  const site = await openSite(pages, clock);
  const bot = await openLinkBot({
    named: { 'wikileaks.org': site },
    clock,
    ...(requestMs !== undefined && { requestMs }),
  });
  await bot.note(url);
  await bot.turns(2);
  const { db } = bot.app.ledger;
  const told = () => movedViewers(bot.app.config.links, db);
  return { ...bot, site, told };
}

describe('a look at a page of the old viewer', () => {
  test.each<[string, Record<string, Answer>, string[]]>([
    ['finds its anchors', { [path]: html(viewer) }, []],
    ['is led to PlusD', toPlusd, [leadsToPlusd]],
    [
      'is led to a viewer that is not known',
      { [path]: to(`/library/${id}`), [`/library/${id}`]: html(viewer.replaceAll(/<a id='par[^>]*>¶<.a>/g, '')) },
      ['wikileaks.org/library: paragraph anchors are gone'],
    ],
    [
      'finds a page without anchors',
      { [path]: html(viewer.replaceAll(/<a id='par[^>]*>¶<.a>/g, '')) },
      ['wikileaks.org/cable has other pages now: paragraph anchors are gone'],
    ],
    ['is led to a viewer with the same anchors', { [path]: to(`/v2/${id}`), [`/v2/${id}`]: html(viewer) }, []],
    ['finds another cable', { [path]: html(plusdHtml({ id: '07ASTANA2299' })) }, []],
    [
      'finds a cable without numbered lines',
      { [path]: html(plusdHtml({ id, body: 'UNCLAS\n\nSUBJECT: NONE\n\nText.' })) },
      [],
    ],
    ['finds a login', { [path]: html(`<html><body>Log in to see ${id}.</body></html>`) }, []],
    [
      'is led to a login',
      { [path]: to(`/login?to=${path}`), [`/login?to=${path}`]: html(`<html>Log in: ${id}</html>`) },
      [],
    ],
    ['finds a page that says "not found"', { [path]: html('<html><body>404: no such cable</body></html>') }, []],
    ['finds no page', {}, []],
    ['finds a fault', { [path]: status(503) }, []],
    ['is cut off', { [path]: (request) => void request.socket.destroy() }, []],
    ['finds a page of many megabytes', { [path]: html(`<html>${'<a '.repeat(2_000_000)}`) }, []],
    ['finds a page that takes long to read', { [path]: html(`<html>${'<'.repeat(3_000_000)}`) }, []],
  ])('%s', async (_, pages, expected) => {
    const { site, told } = await looked(pages);
    expect(site.log().slice(0, 2)).toEqual(['GET /robots.txt', `GET ${path}`]);
    const sentences = await told();
    expect(sentences).toHaveLength(expected.length);
    for (const sentence of expected) expect(sentences[0]).toContain(sentence);
  });

  test('that hangs finds nothing', async () => {
    expect(await (await looked({ [path]: () => {} }, 300)).told()).toEqual([]);
  });

  test('is one a day, for all its pages', async () => {
    const { site, note, turns, clock } = await looked({ ...toPlusd, [other]: html(viewer) });
    await note(`https://wikileaks.org${other}`);
    await turns(2);
    expect(site.log()).toContain(`HEAD ${other}`);
    clock.advance(24 * hourMs);
    await note('https://wikileaks.org/cable/2007/08/07ASTANA2300.html');
    await turns(3);
    expect(site.log()).toContain('GET /cable/2007/08/07ASTANA2300.html');
  });

  test('that finds nothing certain leaves what was known; one that finds the anchors takes it back', async () => {
    const pages: Record<string, Answer> = { ...toPlusd };
    const { app, turns, clock, told } = await looked(pages);
    const again = async () => {
      clock.advance(25 * hourMs);
      await app.ledger.transact((tx) => probeSoon(tx, clock.now()));
      await turns(3);
    };
    pages[path] = status(503);
    await again();
    expect(await told()).toEqual([leadsToPlusd]);
    pages[path] = html(viewer);
    await again();
    expect(await told()).toEqual([]);
  });

  test('is told by doctor, the overview and each link to a paragraph', async () => {
    const { app, config } = await looked(toPlusd);
    expect((await overview(app.config, app.ledger)).alerts).toContain(leadsToPlusd);
    expect((await command(['doctor', '--config', config])).out).toContain(leadsToPlusd);
    const { out } = await command(['resolve', '--json', `#${id} ¶5`, '--config', config]);
    const { links } = JSON.parse(out) as { links: object[] };
    expect(links[0]).toMatchObject({ target: 'viewer', exact: false, why: leadsToPlusd });
  });
});
