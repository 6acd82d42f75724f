import { timeOfGroup } from './times.ts';

/** The transmission lines above a message. */
export interface Transmission {
  /** Precedence letters as printed: `R`, `O P`. */
  readonly precedence: string | null;
  readonly dtg: string | null;
  /** `DE RUEHTA #2244/01 2312355`: route, serial modulo 10,000, day of the year. */
  readonly sent: { readonly route: string; readonly serial: number; readonly day: number } | null;
  /** The copy has a DE line, even if misprinted. */
  readonly hasRoute: boolean;
  readonly hasFrom: boolean;
  readonly hasTo: boolean;
}

export function parseTransmission(header: string): Transmission {
  const group = dateGroupPattern.exec(header);
  const sent = sentPattern.exec(header);
  return {
    precedence: group?.[1] ?? null,
    dtg: (group && timeOfGroup(group[2] ?? '', group[3] ?? '', group[4] ?? '')) ?? null,
    sent: sent === null ? null : { route: sent[1] ?? '', serial: Number(sent[2]), day: Number(sent[3]) },
    hasRoute: /^\s{0,9}DE /m.test(header),
    hasFrom: /^FM /m.test(header),
    hasTo: /^TO /m.test(header),
  };
}

/** `R 192355Z AUG 07 ZDK`; two letters are the precedence for action and for information addressees. */
const dateGroupPattern = /^\s{0,9}(?:([ZOPR](?: ?[ZOPR])?) )?(\d{6})Z ([A-Za-z]{3,9}) (\d\d)\b/m;

/** `DE RUEHTA #2244/01 2312355` */
const sentPattern = /^\s{0,9}DE ([A-Z]{4,8}) #(\d{4})(?:\/\d\d)? (\d{3})\d{4}\b/m;
