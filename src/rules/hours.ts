/** A part of the week in one zone. Minutes count from midnight. */
export interface Hours {
  readonly days?: readonly Day[] | undefined;
  readonly from: number;
  /** Not after `from`: on the next day. */
  readonly to: number;
  /** IANA name: `Europe/Berlin`. */
  readonly timezone: string;
}

export const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof days)[number];

/** Whether a time, in milliseconds since the Unix epoch, falls into the hours. What goes past midnight belongs to the day on which it began. */
export function fallsInto(time: number, { days: wanted, from, to, timezone }: Hours): boolean {
  const { day, minute } = localTime(time, timezone);
  const isWanted = (at: number) => wanted === undefined || wanted.includes(days[(at + 7) % 7]!);
  if (from < to) return minute >= from && minute < to && isWanted(day);
  return (minute >= from && isWanted(day)) || (minute < to && isWanted(day - 1));
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockIn(timezone: string): Intl.DateTimeFormat {
  let clock = clocks.get(timezone);
  if (clock === undefined) {
    const parts = { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    clocks.set(timezone, (clock = new Intl.DateTimeFormat('en-GB', { ...parts, timeZone: timezone })));
  }
  return clock;
}

function localTime(time: number, timezone: string): { day: number; minute: number } {
  const parts = new Map(
    clockIn(timezone)
      .formatToParts(time)
      .map(({ type, value }) => [type, value]),
  );
  const day = days.findIndex((name) => name === parts.get('weekday')?.toLowerCase());
  return { day, minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) };
}
