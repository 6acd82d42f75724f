import { html } from 'hono/html';
import { type AssetName, assetPath } from './assets.ts';
import type { Html } from './page.ts';

export interface Document {
  readonly title: string;
  /** More elements for the head. */
  readonly head?: Html | undefined;
  readonly styles: readonly AssetName[];
  readonly script: AssetName;
  /** Attributes of the body. */
  readonly body: Html;
  readonly header: Html;
  readonly main: Html;
  readonly footer: Html;
}

/** The HTML skeleton of every page. */
export async function documentOf({ title, styles, script, ...rest }: Document): Promise<string> {
  const { head, body, header, main, footer } = rest;
  const page = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Pilcrow</title>
        ${head}
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        ${styles.map((name) => html`<link rel="stylesheet" href="${assetPath(name)}" />`)}
        <script src="${assetPath(script)}" defer></script>
      </head>
      <body ${body}>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="top">${header}</header>
        <main id="main" tabindex="-1">${main}</main>
        <footer class="bottom"><p>${footer}</p></footer>
      </body>
    </html>`;
  return String(page);
}
