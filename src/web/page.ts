import type { Context as HonoContext } from 'hono';
import type { html } from 'hono/html';
import type { Cables } from '../app/open-cables.ts';
import type { Config } from '../config/config.ts';
import type { Role } from '../config/sections/web-section.ts';
import type { Emit } from '../core/event.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { WaitingWork } from '../ledger/operators/waiting-work.ts';
import type { TextLimits } from '../platforms/platform.ts';

/** Escaped HTML, as the `html` tag makes it. */
export type Html = ReturnType<typeof html>;

/** What every page can use. */
export interface Context {
  readonly config: Config;
  readonly ledger: Ledger;
  readonly cables: Cables;
  readonly version: string;
  /** Text limits of a publisher; undefined: there is no such publisher. Errors: those of its platform. */
  readonly limits: (publisher: string) => Promise<TextLimits | undefined>;
  readonly emit: Emit;
  /** Wakes the workers of this process after a write, so that they need not wait for the next sweep. */
  readonly nudge: () => void;
}

/** The authenticated user. */
export interface Person {
  readonly name: string;
  readonly role: Role;
  /** True after a login on this site: the person can log out here. */
  readonly session: boolean;
}

/** One request after all checks. */
export interface PageRequest {
  readonly context: Context;
  /** Undefined on pages that are open to anyone. */
  readonly person: Person | undefined;
  /** Path and query as they were asked for; the origin is the configured one, never the client's word. */
  readonly url: URL;
  /** The client's address, for counting; behind a trusted proxy, the one that it names. */
  readonly client: string;
  /** A path parameter: `:key` in the page's pattern. Errors: HttpError if it is missing. */
  param(this: void, name: string): string;
  /** The form fields; empty for GET, and where the body is a text. */
  readonly form: URLSearchParams;
  /** The hidden CSRF field; every form with `method="post"` must contain it. */
  readonly token: Html;
  readonly c: HonoContext;
}

/** The content of a page; the site adds its layout. */
export interface View {
  readonly title: string;
  readonly body: Html;
  readonly status?: 200 | 400 | 401 | 403 | 404 | 409 | 413 | 422 | 429 | 500;
}

/** Sends the browser to another page, which shows the flash message once, and below it what is wrong with the result. */
export interface Redirect {
  readonly location: string;
  readonly flash?: string;
  readonly warnings?: readonly string[];
}

/** A `Response` is sent unchanged. */
export type PageResult = View | Redirect | Response;

/** A route and its handler. */
export interface Page {
  readonly method: 'GET' | 'POST';
  /** A path pattern of Hono: `/posts/:key`. */
  readonly path: string;
  readonly audience: 'anyone' | Role;
  /** The label in the navigation; left out: not listed there. */
  readonly nav?: string;
  /** The navigation shows how much of this waits for a person. */
  readonly waits?: readonly (keyof WaitingWork)[];
  /** Maximum size of the request body in bytes. Default: 64 KB. */
  readonly maxBytes?: number;
  /** The body is a text, which the handler reads. Left out: a form. */
  readonly body?: 'text';
  /** Accepts posts from other sites: no CSRF token is required, and the session is ignored. */
  readonly crossOrigin?: true;
  /** The response is the same for everybody, so proxies may cache it; cookies are neither read nor set. */
  readonly cacheable?: true;
  readonly handle: (request: PageRequest) => PageResult | Promise<PageResult>;
}

/** An entry of the navigation. */
export type NavEntry = Pick<Page, 'path' | 'audience' | 'nav' | 'waits'>;

/** Ends a request with this status; the visitor sees `message`. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: NonNullable<View['status']>;

  constructor(status: HttpError['status'], message: string) {
    super(message);
    this.status = status;
  }
}

const order: readonly Role[] = ['viewer', 'reviewer', 'operator'];

/** True if the person has `role` or a higher one. */
export function may(person: Person | undefined, role: Role): boolean {
  return person !== undefined && order.indexOf(person.role) >= order.indexOf(role);
}
