import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { need } from '../servers/need.ts';
import { wait } from './wait.ts';

const program = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

/** For `describe.skipIf(!browserIsHere)`. */
export const browserIsHere = need('Chromium', program !== undefined, 'apt install chromium');

/** A browser for a whole file of tests: its start takes seconds. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: program ?? '', args: ['--no-sandbox'] });
}

/** A page that reaches nothing but what is served at this origin, `http://127.0.0.1:8080/`. */
export async function openPage(browser: Browser, origin: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1000, height: 700 } });
  await context.route('**/*', (route) => (route.request().url().startsWith(origin) ? route.continue() : route.abort()));
  // On a busy machine a page takes longer than the half minute that is the default.
  context.setDefaultTimeout(wait.timeout);
  return context.newPage();
}
