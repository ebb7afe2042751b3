const SLOW_MS = 600_000;
const now = Date.now.bind(Date);

/** A clock that is ten minutes slow. */
class SlowDate extends Date {
  constructor(...given: unknown[]) {
    super(...((given.length === 0 ? [now() - SLOW_MS] : given) as [number]));
  }

  static override now(): number {
    return now() - SLOW_MS;
  }
}

Reflect.set(globalThis, "Date", SlowDate);
export {};
