import type { Pair, PairWithSource } from "./types";

/** So many pairs are kept with their source. */
const KEPT = 12;
/** So many more are kept as the list had them: shown at once, while the source is on its way. */
const BODIES = 300;

/** A pair as far as it is known. */
export interface Detail {
  pair: Pair;
  /** Undefined while it is on its way; null where there is none. */
  source: PairWithSource["source"] | undefined;
  /** Whether the scores are of an earlier text. */
  old: boolean;
  problem: Error | null;
}

/** Pairs with their source: a few of them, read before they are looked at. */
export class Details {
  private readonly whole = new Map<string, Detail>();
  private readonly bodies = new Map<string, Detail>();
  private readonly under = new Set<string>();

  constructor(
    private readonly read: (id: string) => Promise<PairWithSource>,
    private readonly changed: () => void,
  ) {}

  get(id: string): Detail | undefined {
    return this.whole.get(id) ?? this.bodies.get(id);
  }

  /** Notes a pair as a list had it. */
  note(pair: Pair): void {
    this.bodies.delete(pair.id);
    this.bodies.set(pair.id, { pair, source: undefined, old: false, problem: null });
    trim(this.bodies, BODIES);
  }

  /** Reads what is not there of these; the first is the one that is looked at. */
  want(ids: readonly string[]): void {
    for (const id of [...ids].reverse()) touch(this.whole, id);
    for (const id of ids) if (!this.whole.has(id)) this.load(id).catch(() => undefined);
  }

  async load(id: string): Promise<PairWithSource | null> {
    if (this.under.has(id)) return null;
    this.under.add(id);
    try {
      const { source, ...pair } = await this.read(id);
      this.keep(id, { pair: pair as Pair, source: source ?? null, old: false, problem: null });
      return { ...pair, source } as PairWithSource;
    } catch (error) {
      const known = this.get(id);
      const problem = error instanceof Error ? error : new Error(String(error));
      if (known) this.bodies.set(id, { ...known, problem });
      throw problem;
    } finally {
      this.under.delete(id);
      this.changed();
    }
  }

  /** Changes what is known of a pair. */
  put(id: string, change: Partial<Pair>, old: boolean): void {
    for (const map of [this.whole, this.bodies]) {
      const detail = map.get(id);
      if (detail) map.set(id, { ...detail, pair: { ...detail.pair, ...change }, old });
    }
  }

  clear(): void {
    this.whole.clear();
    this.bodies.clear();
  }

  forget(id: string): void {
    this.whole.delete(id);
    this.bodies.delete(id);
  }

  get size(): number {
    return this.whole.size;
  }

  private keep(id: string, detail: Detail): void {
    this.bodies.delete(id);
    this.whole.delete(id);
    this.whole.set(id, detail);
    trim(this.whole, KEPT);
  }
}

function touch<T>(map: Map<string, T>, id: string): void {
  const value = map.get(id);
  if (value === undefined) return;
  map.delete(id);
  map.set(id, value);
}

function trim<T>(map: Map<string, T>, most: number): void {
  for (const id of map.keys()) {
    if (map.size <= most) return;
    map.delete(id);
  }
}
