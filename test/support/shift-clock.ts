const RealDate = Date;

/** Sets the wall clock of this process off by so much: timers and what is monotonic do not notice. 0 sets it right again. */
export function shiftClock(byMs: number): void {
  const now = () => RealDate.now() + byMs;
  if (byMs === 0) globalThis.Date = RealDate;
  else
    globalThis.Date = new Proxy(RealDate, {
      construct: (target, args) => Reflect.construct(target, args.length === 0 ? [now()] : args) as Date,
      get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
    });
}
