import type { Context as HonoContext } from 'hono';
import type { html } from 'hono/html';
import type { Cables } from '../app/open-cables.ts';
import type { Config } from '../config/config.ts';
import type { Role } from '../config/sections/web-section.ts';
import type { Emit } from '../core/event.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { TextLimits } from '../platforms/platform.ts';

/** Escaped HTML, as the `html` tag makes it. */
export type Html = ReturnType<typeof html>;

/** What pages work with. */
export interface Context {
  readonly config: Config;
  readonly ledger: Ledger;
  readonly cables: Cables;
  readonly version: string;
  /** How long a text may be that goes out through this publisher; undefined: there is none. Errors: those of its platform. */
  readonly limits: (publisher: string) => Promise<TextLimits | undefined>;
  readonly emit: Emit;
  /** Something was written that a bot can go on with: in its own process it need not wait for the next sweep. */
  readonly nudge: () => void;
}

/** Somebody who is known. */
export interface Person {
  readonly name: string;
  readonly role: Role;
  /** By a login of ours, which can be ended here. */
  readonly session: boolean;
}

/** One request, once all checks are passed. */
export interface Request {
  readonly context: Context;
  /** Undefined on pages that are for anyone. */
  readonly person: Person | undefined;
  readonly url: URL;
  /** Part of the path: `:key` in the page's pattern. Errors: Refusal where it is not there. */
  param(this: void, name: string): string;
  /** Fields of a form that was sent; empty for GET. */
  readonly form: URLSearchParams;
  /** A hidden field that each form with `method="post"` must hold. */
  readonly token: Html;
  readonly c: HonoContext;
}

/** A page with the frame of all pages around it. */
export interface View {
  readonly title: string;
  readonly body: Html;
  readonly status?: 200 | 400 | 401 | 403 | 404 | 409 | 413 | 422 | 429 | 500;
}

/** The browser goes to another page, which begins with what was done. */
export interface Redirect {
  readonly location: string;
  readonly flash?: string;
}

/** A `Response` is sent as it is. */
export type Answer = View | Redirect | Response;

/** One address and what it answers. */
export interface Page {
  readonly method: 'GET' | 'POST';
  /** A pattern of Hono: `/posts/:key`. */
  readonly path: string;
  /** Who may come. */
  readonly audience: 'anyone' | Role;
  /** Its place in the navigation. Left out: it has none. */
  readonly nav?: string;
  /** Bytes that may be sent to it. Left out: 64 KB. */
  readonly mostBytes?: number;
  /** Other sites and programs post to it: no token is asked for, and whoever is logged in counts for nothing. */
  readonly fromElsewhere?: true;
  /** The answer is the same for all, and may be kept by those between: no cookie is looked at or given. */
  readonly sameForAll?: true;
  readonly answer: (request: Request) => Answer | Promise<Answer>;
}

/** A page as the navigation shows it. */
export type Entry = Pick<Page, 'path' | 'audience' | 'nav'>;

/** An answer that is a refusal; `message` is for the person who asked. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: NonNullable<View['status']>;

  constructor(status: Refusal['status'], message: string) {
    super(message);
    this.status = status;
  }
}

const order: readonly Role[] = ['viewer', 'reviewer', 'operator'];

/** Whether this person may do what is for `role`. */
export function may(person: Person | undefined, role: Role): boolean {
  return person !== undefined && order.indexOf(person.role) >= order.indexOf(role);
}
