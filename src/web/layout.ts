import { html } from 'hono/html';
import { plain } from '../core/text/strangers.ts';
import type { WaitingWork } from '../ledger/operators/waiting-work.ts';
import { documentOf } from './document.ts';
import { counted } from './operator/waiting.ts';
import { type Context, type Html, may, type NavEntry, type Person, type View } from './page.ts';

interface Layout {
  readonly context: Context;
  readonly entries: readonly NavEntry[];
  readonly person: Person | undefined;
  readonly token: Html | undefined;
  readonly path: string;
  /** What was done, then what is wrong with it. */
  readonly flash: readonly string[];
  readonly waiting: WaitingWork | undefined;
}

/** The HTML document of a view. Bidirectional and invisible control characters in it are neutralized. */
export async function renderPage({ title, body }: View, layout: Layout): Promise<string> {
  const { person, flash, context } = layout;
  const page = await documentOf({
    title,
    styles: ['pilcrow.css'],
    script: 'pilcrow.js',
    body: html`${person !== undefined && html`data-events="/events"`}`,
    header: html`<a class="brand" href="/"><span class="mark" aria-hidden="true">¶</span> Pilcrow</a>
      ${person !== undefined && navigation(layout, person)}`,
    main: html`${flash.map((one, at) => html`<p class="${at === 0 ? 'flash' : 'fault'}" role="${at === 0 ? 'status' : 'alert'}">${one}</p>`)}
      <h1>${title}</h1>
      ${body} ${person !== undefined && shortcuts}`,
    footer: html`¶ Pilcrow ${person !== undefined && context.version} watches #cablegate. Times are
      <span data-zone>UTC</span>.`,
  });
  return plain(page);
}

/** `?` opens it. The keys can be turned off, because some people speak to their computer. */
const shortcuts = html`<dialog id="shortcuts" aria-labelledby="shortcuts-title">
  <h2 id="shortcuts-title">Keys</h2>
  <dl>
    <dt><kbd>j</kbd> <kbd>k</kbd></dt>
    <dd>next and previous card</dd>
    <dt><kbd>a</kbd></dt>
    <dd>approve the reply of the card</dd>
    <dt><kbd>r</kbd></dt>
    <dd>reject it: type the reason</dd>
    <dt><kbd>e</kbd></dt>
    <dd>edit it</dd>
    <dt><kbd>x</kbd></dt>
    <dd>select it</dd>
    <dt><kbd>?</kbd></dt>
    <dd>this list</dd>
  </dl>
  <label class="check"><input type="checkbox" checked /> Keys are on</label>
  <form method="dialog"><button type="submit">Close</button></form>
</dialog>`;

/** The pages, who is logged in, and the logout. On a phone the button opens it, by the browser alone. */
function navigation(layout: Layout, person: Person): Html {
  const { entries, path, waiting } = layout;
  const shown = entries.filter(
    ({ nav, audience }) => nav !== undefined && (audience === 'anyone' || may(person, audience)),
  );
  const current = shown
    .filter((entry) => entry.path === path || (entry.path !== '/' && path.startsWith(`${entry.path}/`)))
    .toSorted((a, b) => b.path.length - a.path.length)[0];
  return html`<button class="menu quiet" type="button" popovertarget="menu">Menu</button>
    <nav class="main" id="menu" popover aria-label="Main">
      <ul data-refresh id="navigation">
        ${shown.map(
          (entry) =>
            html`<li>
              <a href="${entry.path}" ${entry === current && html`aria-current="page"`}
                >${entry.nav}${waiting && counter(entry, waiting)}</a
              >
            </li>`,
        )}
      </ul>
      ${userMenu(layout, person)}
    </nav>`;
}

function counter({ waits = [] }: NavEntry, waiting: WaitingWork): Html | false {
  const n = waits.reduce((sum, kind) => sum + waiting[kind], 0);
  return n > 0 && html` <span class="count">${counted(n)}<span class="unseen"> waiting</span></span>`;
}

function userMenu({ token }: Layout, person: Person): Html {
  const logout = html`<form method="post" action="/logout">
    ${token}
    <button class="quiet" type="submit">Log out</button>
  </form>`;
  return html`<div class="user">
    <span>${person.name} <small>${person.role}</small></span>
    ${person.session && token !== undefined && logout}
  </div>`;
}
