import { withoutPageBreaks } from '../paragraphs/page-break.ts';

/** An addressee of a message: `RUEHC/SECSTATE WASHDC PRIORITY 3199`. */
export interface Recipient {
  /** Routing indicator. */
  readonly route: string | null;
  readonly name: string;
  /** The word after the name: `PRIORITY`. */
  readonly precedence: string | null;
  /** Message number of the sender to this recipient, padded as printed. */
  readonly mcn: string | null;
  /** Members of a collective that are exempt (`XMT`). */
  readonly excluded: readonly string[];
}

export interface Recipients {
  /** Action addressees. */
  readonly to: readonly Recipient[];
  /** Information addressees. */
  readonly info: readonly Recipient[];
}

/** The sender in a header's FM line: `AMEMBASSY ASTANA`. */
export function parseSender(header: string): string | null {
  const line = /^\s{0,9}FM\s{1,9}([^\n]{1,200})/m.exec(header.slice(0, maxLength))?.[1];
  return line?.replaceAll(/\s+/g, ' ').trim() || null;
}

/** The addressees in a header's TO and INFO lines. Each list continues in the lines below. */
export function parseRecipients(header: string): Recipients {
  const to: Recipient[] = [];
  const info: Recipient[] = [];
  let list: Recipient[] | undefined;
  for (const line of withoutPageBreaks(header.slice(0, maxLength)).split('\n')) {
    const label = /^\s{0,9}(TO|INFO)(?:\s|$)/.exec(line);
    if (label !== null) list = label[1] === 'TO' ? to : info;
    else if (endPattern.test(line)) list = undefined;
    const recipient = recipientIn(label === null ? line : line.slice(label[0].length));
    if (recipient !== undefined) list?.push(recipient);
  }
  return { to, info };
}

const maxLength = 8000;
/** Lines that end the addressees if a copy has no separate header or was cut. */
const endPattern = /^\s{0,9}(?:BT|FM |UNCLAS|C ?O ?N ?F ?I ?D|S ?E ?C ?R ?E ?T\b|E\.?O\.? |TAGS|SUBJECT)/;

const recipientPattern =
  /^(?:([A-Z]{5,8})\/)?(.+?)(?: ((?:NIACT )?(?:FLASH|IMMEDIATE|PRIORITY|ROUTINE)))?(?: (\d{1,6}))?$/;

function recipientIn(line: string): Recipient | undefined {
  const [words = '', left] = line.replaceAll(/\s+/g, ' ').trim().slice(0, 200).split(' XMT ');
  const [, route, name, precedence, mcn] = recipientPattern.exec(words) ?? [];
  if (name === undefined) return undefined;
  const excluded = left === undefined ? [] : left.split(/, ?/);
  return { route: route ?? null, name, precedence: precedence ?? null, mcn: mcn ?? null, excluded };
}
