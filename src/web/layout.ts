import { html } from 'hono/html';
import { plain } from '../core/storable.ts';
import { documentOf } from './document.ts';
import { type Entry, type Html, may, type Person, type View, type Context } from './page.ts';

interface Around {
  readonly context: Context;
  readonly entries: readonly Entry[];
  readonly person: Person | undefined;
  readonly token: Html | undefined;
  readonly path: string;
  /** What was done just before. */
  readonly flash: string | undefined;
}

/** A whole HTML page. What a stranger wrote into it cannot turn a line around or hide in it, wherever it stands. */
export async function framed({ title, body }: View, around: Around): Promise<string> {
  const { person, flash, context } = around;
  const page = await documentOf({
    title,
    styles: ['pilcrow.css'],
    script: 'pilcrow.js',
    body: html`${person !== undefined && html`data-events="/events"`}`,
    header: html`<a class="brand" href="/"><span class="mark" aria-hidden="true">¶</span> Pilcrow</a>
      ${person !== undefined && navigation(around, person)} ${whoIsHere(around)}`,
    main: html`${flash !== undefined && html`<p class="said" role="status">${flash}</p>`}
      <h1>${title}</h1>
      ${body}`,
    footer: html`¶ Pilcrow ${person !== undefined && context.version} hears #cablegate. Times are UTC.`,
  });
  return plain(page);
}

function navigation({ entries, path }: Around, person: Person): Html {
  const shown = entries.filter(
    ({ nav, audience }) => nav !== undefined && (audience === 'anyone' || may(person, audience)),
  );
  const current = shown
    .filter(({ path: its }) => its === path || (its !== '/' && path.startsWith(`${its}/`)))
    .toSorted((a, b) => b.path.length - a.path.length)[0];
  return html`<nav class="main" aria-label="Main">
    <ul>
      ${shown.map(
        (page) =>
          html`<li><a href="${page.path}" ${page === current && html`aria-current="page"`}>${page.nav}</a></li>`,
      )}
    </ul>
  </nav>`;
}

function whoIsHere({ person, token }: Around): Html {
  if (person === undefined) return html``;
  const leave = html`<form method="post" action="/logout">
    ${token}
    <button class="quiet" type="submit">Log out</button>
  </form>`;
  return html`<div class="who">
    <span>${person.name} <small>${person.role}</small></span>
    ${person.session && token !== undefined && leave}
  </div>`;
}
