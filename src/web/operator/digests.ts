import { html, raw } from 'hono/html';
import { isDate } from '../../core/zone.ts';
import type { Digest } from '../../core/digest.ts';
import type { DigestPlan } from '../../config/config.ts';
import { periodAt } from '../../digest/period.ts';
import { buildDigest, withReading, withReadingOf } from '../../operations/digests/build-digest.ts';
import { chartOf } from '../../digest/charts.ts';
import { digestFormats, formats } from '../../digest/render/index.ts';
import { type Cell, partsOf, type Row, type Section } from '../../digest/rows.ts';
import { present } from '../../digest/sections.ts';
import { deliveriesOf } from '../../ledger/digests/deliveries.ts';
import { type Edition, type EditionName, editionOf, listEditions } from '../../ledger/digests/editions.ts';
import { type Context, type Html, HttpError, type Page, type PageRequest, type View } from '../page.ts';
import { badge, empty, linkTo, pager, table, time } from '../parts.ts';

export const digestPages: readonly Page[] = [
  { method: 'GET', path: '/digests', audience: 'viewer', nav: 'Digests', handle: list },
  { method: 'GET', path: '/digests/:name/preview', audience: 'viewer', handle: preview },
  { method: 'GET', path: '/digests/:name/:date', audience: 'viewer', handle: view },
  { method: 'GET', path: '/digests/:name/:date/:file', audience: 'viewer', handle: file },
];

/** About three months of one digest. */
const limit = 100;

async function list({ context, url }: PageRequest): Promise<View> {
  const digest = url.searchParams.get('name') || undefined;
  const { found, next } = await listEditions(context.ledger.db, { digest, after: nameIn(url), limit });
  const rows = found.map((edition) => {
    const { posts, cables, corrects } = edition;
    return [
      html`<a href="${addressOf(edition)}">${edition.date}</a>`,
      edition.digest,
      posts,
      cables,
      corrects.length === 0 ? '' : `corrects ${corrects.join(', ')}`,
      time(edition.madeAt),
    ];
  });
  return {
    title: 'Digests',
    body: html`<p class="lead">One edition of each digest per day or week, newest first.</p>
      ${context.config.digests.length > 0 && linkList('The current day or week, so far:', context.config.digests.map(previewLink))}
      ${rows.length === 0 ? empty('No editions yet', html`The first edition is made after the end of the day or week, at the <code>time</code> that the configuration sets under <code>digests</code>.`) : table('Editions', ['From', 'Digest', 'Posts', 'Cables', 'Corrections', 'Made'], rows)}
      ${pager(url, next && `${next.date}~${next.digest}`)}`,
  };
}

/** What `pager` put into the address: `2026-11-24~daily`. */
function nameIn(url: URL): EditionName | undefined {
  const [, date = '', digest] = /^([\d-]{10})~(.{1,200})$/s.exec(url.searchParams.get('after') ?? '') ?? [];
  return digest !== undefined && isDate(date) ? { date, digest } : undefined;
}

function previewLink({ name }: DigestPlan): Html {
  return html`<a href="/digests/${encodeURIComponent(name)}/preview">${name}</a>`;
}

function linkList(label: string, links: readonly Html[]): Html {
  return html`<p>${label} ${links.map((link, at) => html`${at > 0 && ', '}${link}`)}</p>`;
}

/** The edition of the current day or week, as it would be made now. */
async function preview({ context, param }: PageRequest): Promise<View> {
  const { config, ledger, cables } = context;
  const plan = config.digests.find(({ name }) => name === param('name'));
  if (plan === undefined) throw new HttpError(404, 'No digest has this name.');
  const now = await ledger.now();
  const sources = { db: ledger.db, config, corpus: cables.corpus };
  const built = await buildDigest(sources, plan, periodAt(now, plan), now, { corrects: false });
  const later = html`<p>
    Corrections to earlier editions are counted when the edition is made;
    <code>pilcrow digest --preview --date ${built.digest.date}</code> shows them before.
  </p>`;
  return shownAs(context, withReadingOf(built, plan), later);
}

async function view({ context, param }: PageRequest): Promise<View> {
  const edition = await editionAt({ context, param });
  const digest = await shownOf(context, edition);
  const deliveries = await deliveriesOf(context.ledger.db, edition.digest, edition.date);
  return shownAs(
    context,
    digest,
    html`${
      deliveries.length === 0
        ? html`<p>Only this page shows it.</p>`
        : table('Deliveries', ['Target', 'State', 'Attempts', 'Error'], deliveries.map(deliveryRow))
    }
    ${linkList(
      'Download:',
      single.map((format) => html`<a href="${addressOf(edition)}/${formats[format].file(edition.date)}">${format}</a>`),
    )}`,
  );
}

/** `end`: below the digest. */
function shownAs(context: Context, digest: Digest, end: Html): View {
  const { title, language, intro, sections, note } = present(digest);
  const chart = chartOf(digest);
  return {
    title,
    body: html`<div lang="${language}" class="digest">
        ${intro.map((one) => html`<p class="lead">${one}</p>`)}
        ${sections.map((section) => sectionOf(section, context, section.id === 'hours' || section.id === 'days' ? chart : undefined))}
        <p><small>${note}</small></p>
      </div>
      ${end}
      <p><a href="/digests">All editions</a></p>`,
  };
}

function deliveryRow({ target, due_at: dueAt, attempts, error }: Awaited<ReturnType<typeof deliveriesOf>>[number]) {
  const state = dueAt !== null ? badge('planned') : error === null ? badge('delivered', 'good') : badge('abandoned');
  return [target, state, attempts, error ?? ''];
}

/** `chart`: an SVG element that stands for the table. */
function sectionOf(section: Section, context: Context, chart: string | undefined): Html {
  const { id, title, head, rows, remarks } = section;
  const captioned = head.length > 0 && chart === undefined;
  const heading = html`<h2 id="${id}">${title}</h2>`;
  return html`<section>
    ${!captioned && heading} ${chart !== undefined && raw(chart)} ${captioned && tableOf(section, context)}
    ${
      head.length === 0 &&
      html`<ul>
        ${rows.map((row) => entryOf(row, context))}
      </ul>`
    }
    ${remarks.map((one) => html`<p>${one}</p>`)}
  </section>`;
}

/** The caption of the table is its heading. */
function tableOf({ title, head, rows }: Section, context: Context): Html {
  const shared = rows.map(({ cells, share }) => [
    shown(cells[0] ?? { text: '' }, context),
    ...cells.slice(1).map((cell) => html`<span>${shown(cell, context)}${barOf(share)}</span>`),
  ]);
  return table(title, head, shared);
}

function entryOf({ cells, lines, share }: Row, context: Context): Html {
  return html`<li>
    ${cells.map((cell) => shown(cell, context))}${barOf(share)}${lines.map((line) => html`<p class="dim">${line}</p>`)}
  </li>`;
}

function barOf(share: number | undefined): Html {
  if (share === undefined) return html``;
  const width = Math.max(1, Math.round(share * 100));
  return html`<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
    <rect width="${width}" height="8" />
  </svg>`;
}

function shown({ text, url }: Cell, context: Context): Html {
  const written = partsOf(text).map((part, at) => (at % 2 === 1 ? html`<span class="id">${part}</span>` : part));
  const words = html`${written}`;
  return url === undefined || url === null ? words : linkTo(url, words, context);
}

/** The formats with one file per edition. */
const single = digestFormats.filter((format) => !formats[format].many);

/** The edition in one of the formats, as a download. */
async function file({ context, param, c }: PageRequest): Promise<Response> {
  const edition = await editionAt({ context, param });
  const digest = await shownOf(context, edition);
  const wanted = param('file');
  const format = single.find((one) => wanted === formats[one].file(edition.date));
  if (format === undefined) throw new HttpError(404, 'There is no such file.');
  // Always a download: the browser must not render it as a page of this site.
  return c.body(await formats[format].render([digest], undefined), 200, {
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename="${edition.digest}-${wanted}"`,
  });
}

async function editionAt({ context, param }: Pick<PageRequest, 'context' | 'param'>): Promise<Edition> {
  const [name, date] = [param('name'), param('date')];
  const edition = isDate(date) ? await editionOf(context.ledger.db, name, date) : undefined;
  if (edition === undefined)
    throw new HttpError(404, 'There is no such edition: it was never made, or has been deleted.');
  return edition;
}

/** With the posts worth reading, unless the digest is no longer configured. */
async function shownOf({ config, ledger }: PageRequest['context'], edition: Edition): Promise<Digest> {
  const plan = config.digests.find(({ name }) => name === edition.digest);
  return plan === undefined ? edition.model : await withReading(ledger.db, plan, edition);
}

function addressOf({ digest, date }: EditionName): string {
  return `/digests/${encodeURIComponent(digest)}/${date}`;
}
