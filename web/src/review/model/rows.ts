import type { PairQuery } from "./filters";
import type { Pair, ReviewStatus } from "./types";

/** Rows are asked for by the hundred, and the next hundred before the last thirty are reached. */
export const PAGE = 100;
export const AHEAD = 30;
/** A row shows two lines. */
const SHOWN = 240;

/** What a row of the queue or the table shows of a pair. */
export interface Row {
  readonly id: string;
  readonly revision: number;
  readonly question: string;
  readonly answer: string;
  readonly quality: number | null;
  readonly grounding: number | null;
  readonly flags: number;
  readonly status: ReviewStatus;
  readonly edited: boolean;
  readonly type: Pair["question_type"];
  readonly difficulty: Pair["difficulty"];
  readonly document: string;
  /** Whether it was decided here, so that it stays in its place, dimmed. */
  readonly decided: boolean;
}

export function rowOf(pair: Pair, decided = false): Row {
  return {
    id: pair.id,
    revision: pair.revision,
    question: pair.question.slice(0, SHOWN),
    answer: pair.answer.slice(0, SHOWN),
    quality: pair.quality_score ?? null,
    grounding: pair.grounding_score ?? null,
    flags: pair.flags.length,
    status: pair.review_status,
    edited: pair.edited,
    type: pair.question_type,
    difficulty: pair.difficulty,
    document: pair.document_id,
    decided,
  };
}

export interface PairPage {
  items: Pair[];
  total: number;
  next_cursor?: string | null;
}

export type ListPairs = (query: PairQuery, cursor: string | null, limit: number) => Promise<PairPage>;

/** The queue as it was when it was opened: what is decided stays in its place, what is new waits. */
export class Rows {
  /** Grows at its end; a row that changes is another object. */
  readonly all: Row[] = [];
  /** Counts the changes of `all`. */
  version = 0;
  /** How many there were when the queue was opened. */
  total = 0;
  loaded = false;
  problem: Error | null = null;
  private readonly places = new Map<string, number>();
  private readonly known = new Set<string>();
  private skipped: Row[] = [];
  private cursor: string | null = null;
  private loading: Promise<void> | null = null;

  constructor(
    private readonly query: PairQuery,
    private readonly list: ListPairs,
    /** Sees each pair that is read, and makes its row of it. */
    private readonly read: (pair: Pair) => Row,
    private readonly changed: () => void,
  ) {}

  get isLoading(): boolean {
    return this.loading !== null;
  }

  get isWhole(): boolean {
    return this.loaded && this.cursor === null;
  }

  place(id: string): number {
    return this.places.get(id) ?? -1;
  }

  row(id: string): Row | undefined {
    return this.all[this.place(id)];
  }

  /** Reads the next page, where there is one. */
  more(): Promise<void> {
    if (this.loading || this.isWhole) return this.loading ?? Promise.resolve();
    this.problem = null;
    this.loading = this.list(this.query, this.cursor, PAGE)
      .then((page) => {
        if (!this.loaded) this.total = page.total;
        this.loaded = true;
        this.cursor = page.next_cursor ?? null;
        this.append(page.items.filter((pair) => !this.known.has(pair.id)).map(this.read));
        if (this.cursor === null) this.append(this.skipped.splice(0));
      })
      .catch((error: unknown) => {
        this.problem = error instanceof Error ? error : new Error(String(error));
      })
      .finally(() => {
        this.loading = null;
        this.changed();
      });
    this.changed();
    return this.loading;
  }

  /** Sees to it that there is something behind that place. */
  reach(place: number): void {
    if (place >= this.all.length - AHEAD && !this.problem) void this.more();
  }

  /** Changes a row, if it is there. */
  put(id: string, change: Partial<Row>): void {
    const place = this.place(id);
    const row = this.all[place];
    if (!row) return;
    this.all[place] = { ...row, ...change };
    this.version += 1;
  }

  /** A row in front of all others: one that the address names and that is not in the first page. */
  putFirst(row: Row): void {
    if (this.places.has(row.id)) return;
    this.skipped = this.skipped.filter((other) => other.id !== row.id);
    this.all.unshift(row);
    this.known.add(row.id);
    this.total = Math.max(this.total, this.all.length);
    this.number(0);
  }

  /** Moves a row behind all others, those too that are not read yet. */
  skip(id: string): void {
    const place = this.place(id);
    const [row] = place < 0 ? [] : this.all.splice(place, 1);
    if (!row) return;
    this.places.delete(id);
    if (this.isWhole) this.all.push(row);
    else this.skipped.push(row);
    this.number(place);
  }

  remove(ids: ReadonlySet<string>): void {
    let kept = 0;
    for (const row of this.all) {
      if (ids.has(row.id)) this.places.delete(row.id);
      else this.all[kept++] = row;
    }
    this.total -= this.all.length - kept;
    this.all.length = kept;
    this.number(0);
  }

  private append(rows: Row[]): void {
    const from = this.all.length;
    for (const row of rows) {
      this.all.push(row);
      this.known.add(row.id);
    }
    this.number(from);
  }

  private number(from: number): void {
    for (let place = from; place < this.all.length; place += 1) {
      const row = this.all[place];
      if (row) this.places.set(row.id, place);
    }
    this.version += 1;
  }
}
