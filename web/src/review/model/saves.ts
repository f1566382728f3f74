import type { Pair, PairChange } from "./types";

/** How many are under way at once. */
const AT_ONCE = 4;
/** How long to wait after each failure in a row; after the last of them, as long as that. */
const PAUSES = [1000, 2000, 4000, 8000];

/** A change of a pair on its way to the server. */
export interface Save {
  pair: string;
  /** The revision that it was made on. */
  revision: number;
  change: PairChange;
}

/** How a save ended on the server. */
export type Sent =
  | { kind: "saved"; pair: Pair }
  /** Somebody else changed the pair. */
  | { kind: "stale" }
  /** The server will never take it. */
  | { kind: "refused"; problem: Error }
  /** It may go through later. */
  | { kind: "unreachable" };

/** Who sends saves, keeps them, and is told of their ends. */
export interface SavePorts {
  send(save: Save): Promise<Sent>;
  /** Keeps what is not saved yet, so that a reload loses nothing. */
  keep(saves: readonly Save[]): void;
  saved(save: Save, pair: Pair, last: boolean): void;
  refused(save: Save, problem: Error): void;
  /** The saves of that pair wait until `goOn` or `drop`. */
  stale(save: Save): void;
  /** The number of those that wait, or whether the server is reached, has changed. */
  changed(): void;
  wait(milliseconds: number, then: () => void): () => void;
}

/** Saves in the background: in order for each pair, a few at once, again and again until they are through. */
export class SaveQueue {
  private queue: Save[];
  private readonly under = new Set<string>();
  private readonly held = new Set<string>();
  private failures = 0;
  private cancelPause: (() => void) | null = null;
  private stopped = false;

  constructor(
    private readonly ports: SavePorts,
    kept: readonly Save[] = [],
  ) {
    this.queue = [...kept];
  }

  /** Those that are not saved yet. */
  get waiting(): readonly Save[] {
    return this.queue;
  }

  /** Whether the server could not be reached the last time. */
  get unreachable(): boolean {
    return this.failures > 0;
  }

  add(save: Save): void {
    this.queue.push(save);
    this.keep();
    this.pump();
  }

  /** Sends what waits, without waiting for a pause to end. */
  pump(): void {
    if (this.stopped || this.cancelPause) return;
    const seen = new Set<string>(this.under);
    for (const save of this.queue) {
      if (this.under.size >= AT_ONCE) return;
      if (seen.has(save.pair) || this.held.has(save.pair)) continue;
      seen.add(save.pair);
      this.start(save);
    }
  }

  /** The connection is back: tries at once. */
  retryNow(): void {
    this.cancelPause?.();
    this.cancelPause = null;
    this.pump();
  }

  /** After `stale`: what follows of the pair is meant for that revision; `again`: the first of it too. */
  goOn(pair: string, revision: number, again: boolean): void {
    const first = this.queue.find((save) => save.pair === pair);
    if (first && !again) this.queue.splice(this.queue.indexOf(first), 1);
    this.rebase(pair, revision);
    this.held.delete(pair);
    this.keep();
    this.pump();
  }

  /** Gives up all that waits of a pair. */
  drop(pair: string): void {
    this.queue = this.queue.filter((save) => save.pair !== pair);
    this.held.delete(pair);
    this.keep();
    this.pump();
  }

  stop(): void {
    this.stopped = true;
    this.cancelPause?.();
  }

  private start(save: Save): void {
    this.under.add(save.pair);
    const failed = (): Sent => ({ kind: "unreachable" });
    void this.ports
      .send(save)
      .catch(failed)
      .then((sent) => {
        this.under.delete(save.pair);
        if (!this.stopped) this.end(save, sent);
      });
  }

  private end(save: Save, sent: Sent): void {
    if (sent.kind === "unreachable") {
      this.pause();
      this.ports.changed();
      return;
    }
    this.failures = 0;
    if (sent.kind === "stale") {
      this.held.add(save.pair);
      this.ports.stale(save);
    } else if (sent.kind === "refused") {
      this.queue = this.queue.filter((other) => other.pair !== save.pair);
      this.ports.refused(save, sent.problem);
    } else {
      const at = this.queue.indexOf(save);
      if (at >= 0) this.queue.splice(at, 1);
      this.rebase(save.pair, sent.pair.revision);
      const last = !this.queue.some((other) => other.pair === save.pair);
      this.ports.saved(save, sent.pair, last);
    }
    this.keep();
    this.pump();
  }

  private rebase(pair: string, revision: number): void {
    this.queue = this.queue.map((save) => (save.pair === pair ? { ...save, revision } : save));
  }

  private pause(): void {
    if (this.cancelPause) return;
    const milliseconds = PAUSES[Math.min(this.failures, PAUSES.length - 1)] ?? 8000;
    this.failures += 1;
    this.cancelPause = this.ports.wait(milliseconds, () => {
      this.cancelPause = null;
      this.pump();
    });
  }

  private keep(): void {
    this.ports.keep(this.queue);
    this.ports.changed();
  }
}
