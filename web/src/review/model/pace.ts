/** Pauses longer than this are no work. */
const LONGEST_PAUSE = 2 * 60_000;

/** How fast somebody decides: decisions over the time in which they were at it. */
export class Pace {
  private decisions = 0;
  private active = 0;
  private last: number | null = null;

  /** Notes a decision at a time in milliseconds. */
  decided(now: number): void {
    this.seen(now);
    this.decisions += 1;
  }

  /** Takes a decision back, which was work too. */
  undone(now: number): void {
    this.seen(now);
    this.decisions = Math.max(0, this.decisions - 1);
  }

  /** Notes that somebody is at it: the first sight of a pair begins the clock. */
  seen(now: number): void {
    if (this.last !== null && now > this.last && now - this.last <= LONGEST_PAUSE) {
      this.active += now - this.last;
    }
    this.last = now;
  }

  /** Decisions an hour; null before there are enough to tell. */
  perHour(): number | null {
    if (this.decisions < 2 || this.active < 1000) return null;
    return Math.round(this.decisions / (this.active / 3_600_000));
  }
}
