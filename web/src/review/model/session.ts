import { type Detail, Details } from "./details";
import { changeOf, type Text, textOf, withChange } from "./drafts";
import type { Filters, PairQuery } from "./filters";
import { queryOf } from "./filters";
import { Pace } from "./pace";
import { type ListPairs, type Row, Rows, rowOf } from "./rows";
import { type Save, SaveQueue, type Sent } from "./saves";
import { Selection } from "./selection";
import type { Pair, PairChange, PairWithSource, ReviewStatus } from "./types";

/** So many steps are undone. */
const STEPS = 50;
/** Details of so many pairs behind the one that is looked at are read before they are wanted, and of so many kept. */
const NEXT = 5;
const PREVIOUS = 2;

export type Counts = Record<ReviewStatus, number>;
export type BulkAction = "accept" | "reject" | "reset" | "delete";
export type Which = { pair_ids: string[] } | { filter: PairQuery };
export interface BulkOutcome {
  matched: number;
  changed: number;
  undo_id: string;
}

/** What a session needs of the world. */
export interface SessionPorts {
  list: ListPairs;
  pair(id: string): Promise<PairWithSource>;
  send(save: Save): Promise<Sent>;
  keep(saves: readonly Save[]): void;
  bulk(action: BulkAction, which: Which): Promise<BulkOutcome>;
  undoBulk(undo: string): Promise<{ changed: number; kept: string[] }>;
  counts(): Promise<Counts>;
  notify(note: Note): void;
  now(): number;
  wait(milliseconds: number, then: () => void): () => void;
}

/** Something to tell. */
export type Note =
  | { kind: "decided"; status: ReviewStatus; pair: string }
  | { kind: "bulk"; action: BulkAction; outcome: BulkOutcome }
  | { kind: "undone"; pair: string | null; changed: number; kept: number }
  | { kind: "refused"; pair: string; problem: Error }
  | { kind: "conflict"; pair: string }
  | { kind: "failed"; what: string; problem: Error };

/** A pair that somebody else changed while a change of ours was on its way. */
export interface Conflict {
  mine: PairChange;
  /** The revision that mine was made on. */
  began: number;
  theirs: PairWithSource;
}

type Step =
  | { kind: "one"; pair: string; status: ReviewStatus; text: Text | null; to: ReviewStatus }
  | { kind: "bulk"; undo: string };

/** Somebody's review of the pairs that match some filters: what is shown, at once, and what is saved, later. */
export class Session {
  rows: Rows;
  readonly details: Details;
  readonly saves: SaveQueue;
  readonly selection = new Selection();
  readonly conflicts = new Map<string, Conflict>();
  readonly pace = new Pace();
  readonly query: PairQuery;
  current = 0;
  counts: Counts | null = null;
  /** How many match by now that were not there when the queue was opened. */
  newer = 0;
  /** Decisions of this session. */
  decided = 0;
  private expected = 0;
  private readonly steps: Step[] = [];
  private readonly stored = new Map<string, { status: ReviewStatus; text: Text | null }>();
  private readonly listeners = new Set<() => void>();
  private readonly unsaved = new Map<string, PairChange>();

  constructor(
    private readonly ports: SessionPorts,
    readonly filters: Filters,
    sort: NonNullable<PairQuery["sort"]>,
    kept: readonly Save[] = [],
  ) {
    this.query = { ...queryOf(filters), sort };
    for (const save of kept) this.unsaved.set(save.pair, { ...this.unsaved.get(save.pair), ...save.change });
    const changed = () => this.changed();
    this.details = new Details(ports.pair, changed);
    this.rows = this.snapshot();
    this.saves = new SaveQueue(
      {
        send: ports.send,
        keep: ports.keep,
        changed,
        wait: ports.wait,
        saved: (save, pair, last) => this.saved(save, pair, last),
        refused: (save, problem) => this.refused(save, problem),
        stale: (save) => void this.stale(save),
      },
      kept,
    );
  }

  /** Reads the first page and goes to a pair, else to the first. */
  async open(pair: string | null): Promise<void> {
    void this.count();
    const { rows } = this;
    await rows.more();
    // Not before the list is read: what it says of a pair must not be older than what was saved of it.
    this.saves.pump();
    if (rows !== this.rows) return;
    this.expected = this.rows.total;
    if (pair && this.rows.place(pair) < 0) {
      const found = await this.details.load(pair).catch(() => null);
      if (found) this.rows.putFirst(this.read(found, false));
    }
    this.go(pair ? Math.max(0, this.rows.place(pair)) : 0);
    this.pace.seen(this.ports.now());
  }

  /** Takes a new snapshot: what was decided leaves, what is new comes. Steps can still be undone. */
  async reload(): Promise<void> {
    await this.drained();
    const id = this.row?.id ?? null;
    const rows = this.snapshot();
    await rows.more();
    if (rows.problem) throw rows.problem;
    this.rows = rows;
    this.expected = rows.total;
    this.newer = 0;
    this.go(id ? Math.max(0, rows.place(id)) : 0);
    void this.count();
  }

  close(): void {
    this.saves.stop();
    this.listeners.clear();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  get row(): Row | undefined {
    return this.rows.all[this.current];
  }

  get detail(): Detail | undefined {
    return this.row && this.details.get(this.row.id);
  }

  get canUndo(): boolean {
    return this.steps.length > 0;
  }

  /** Goes to a place of the queue, within it. */
  go(place: number): void {
    this.current = Math.max(0, Math.min(place, this.rows.all.length - 1));
    this.prefetch();
    this.changed();
  }

  move(by: number): void {
    this.pace.seen(this.ports.now());
    this.go(this.current + by);
  }

  goTo(id: string): void {
    const place = this.rows.place(id);
    if (place >= 0) this.go(place);
  }

  /** Selects the pair that is looked at, or not any more. */
  toggle(place = this.current): void {
    const row = this.rows.all[place];
    if (row) this.selection.toggle(row.id, place);
    this.changed();
  }

  /** Goes on, and selects from where the selection was begun to there. */
  extend(by: number): void {
    const to = Math.max(0, Math.min(this.current + by, this.rows.all.length - 1));
    this.selectTo(to);
    this.go(to);
  }

  selectTo(place: number): void {
    this.selection.extend(this.rows.all, this.current, place);
    this.changed();
  }

  selectAll(): void {
    this.selection.selectAll();
    this.changed();
  }

  /** False where nothing was selected. */
  clearSelection(): boolean {
    if (this.selection.isEmpty) return false;
    this.selection.clear();
    this.changed();
    return true;
  }

  /** Accepts or rejects the pair that is looked at, and goes on. */
  decide(status: "accepted" | "rejected"): void {
    const row = this.row;
    if (!row) return;
    this.conflicts.delete(row.id);
    const same = row.status === status || (status === "accepted" && row.status === "edited");
    if (!same) {
      this.step({ kind: "one", pair: row.id, status: row.status, text: null, to: status });
      this.change(row, status, null);
      this.save(row, { review_status: status });
      this.ports.notify({ kind: "decided", status, pair: row.id });
    }
    this.next();
  }

  /** Saves a changed text, which accepts the pair, and goes on. */
  edit(text: Text): void {
    const { row, detail } = this;
    if (!row || !detail) return;
    const change = changeOf(textOf(detail.pair), text);
    if (!change) {
      this.decide("accepted");
      return;
    }
    this.conflicts.delete(row.id);
    const before = textOf(detail.pair);
    this.step({ kind: "one", pair: row.id, status: row.status, text: before, to: "edited" });
    this.change(row, "edited", withChange(before, change));
    this.save(row, change);
    this.ports.notify({ kind: "decided", status: "edited", pair: row.id });
    this.next();
  }

  /** Puts the pair that is looked at behind all others. */
  skip(): void {
    const row = this.row;
    if (!row) return;
    this.pace.seen(this.ports.now());
    this.rows.skip(row.id);
    this.go(this.current);
  }

  /** Takes the last step back, and goes to its pair. */
  async undo(): Promise<void> {
    const step = this.steps.pop();
    if (!step) return;
    try {
      if (step.kind === "bulk") return await this.undoBulk(step.undo);
      await this.undoOne(step);
    } catch (problem) {
      this.steps.push(step);
      this.ports.notify({ kind: "failed", what: "Nothing was undone", problem: asError(problem) });
      this.changed();
    }
  }

  /** Changes many pairs at once: those that are selected, or all that match. */
  async bulk(action: BulkAction): Promise<void> {
    const { all, ids } = this.selection;
    const which: Which = all ? { filter: queryOf(this.filters) } : { pair_ids: [...ids] };
    await this.drained();
    const outcome = await this.ports.bulk(action, which);
    this.step({ kind: "bulk", undo: outcome.undo_id });
    this.selection.clear();
    this.details.clear();
    this.ports.notify({ kind: "bulk", action, outcome });
    await this.readAnew();
  }

  /** How many pairs match by now. */
  async matching(): Promise<number> {
    return (await this.ports.list(queryOf(this.filters), null, 1)).total;
  }

  async lookForNewer(): Promise<void> {
    const total = await this.matching().catch(() => null);
    if (total === null) return;
    if (this.saves.waiting.length === 0) this.newer = Math.max(0, total - this.expected);
    this.changed();
  }

  async count(): Promise<void> {
    const counts = await this.ports.counts().catch(() => null);
    if (counts && this.saves.waiting.length === 0) this.counts = counts;
    else if (counts && !this.counts) this.counts = counts;
    this.changed();
  }

  /** After a conflict: what I said, over what they said. */
  saveMine(pair: string): void {
    const conflict = this.conflicts.get(pair);
    const row = this.rows.row(pair);
    if (!conflict || !row) return;
    this.conflicts.delete(pair);
    const { review_status, ...text } = conflict.mine;
    const theirs = textOf(conflict.theirs);
    const mine = Object.keys(text).length > 0 ? withChange(theirs, text as Partial<Text>) : null;
    const status = review_status ?? "edited";
    this.step({ kind: "one", pair, status: row.status, text: mine && theirs, to: status });
    this.change(row, status, mine);
    this.saves.add({ pair, revision: conflict.theirs.revision, change: conflict.mine });
  }

  takeTheirs(pair: string): void {
    this.conflicts.delete(pair);
    this.changed();
  }

  private read(pair: Pair, note = true): Row {
    if (note) this.details.note(pair);
    const unsaved = this.unsaved.get(pair.id);
    if (!unsaved) return rowOf(pair);
    const { review_status, ...text } = unsaved;
    this.stored.set(pair.id, { status: pair.review_status, text: textOf(pair) });
    const changed = withChange(textOf(pair), text as Partial<Text>);
    return { ...rowOf({ ...pair, ...changed }, true), status: review_status ?? "edited" };
  }

  private step(step: Step): void {
    this.steps.push(step);
    if (this.steps.length > STEPS) this.steps.shift();
  }

  /** Shows a change that is not saved yet. */
  private change(row: Row, status: ReviewStatus, text: Text | null): void {
    const pair = this.details.get(row.id)?.pair;
    if (!this.stored.has(row.id)) {
      this.stored.set(row.id, { status: row.status, text: pair ? textOf(pair) : null });
    }
    const decided = status !== "pending";
    this.tally(row.status, status);
    if (decided && !row.decided) this.decided += 1;
    if (decided && !row.decided) this.pace.decided(this.ports.now());
    const shown = text ? { question: text.question.slice(0, 240), answer: text.answer.slice(0, 240) } : {};
    this.rows.put(row.id, { ...shown, status, decided, edited: row.edited || text !== null });
    if (text)
      this.details.put(row.id, { ...text, review_status: status, evidence: [], unsupported: [] }, true);
    else this.details.put(row.id, { review_status: status }, this.details.get(row.id)?.old ?? false);
  }

  private save(row: Row, change: PairChange): void {
    this.saves.add({ pair: row.id, revision: row.revision, change });
  }

  private tally(from: ReviewStatus, to: ReviewStatus): void {
    if (from === to) return;
    if (this.counts)
      this.counts = { ...this.counts, [from]: this.counts[from] - 1, [to]: this.counts[to] + 1 };
    const meant = this.filters.review_status;
    const fits = (status: ReviewStatus) => Number(meant.length === 0 || meant.includes(status));
    this.expected += fits(to) - fits(from);
  }

  /** The next pair that was not decided here; where there is none, the end. */
  private next(): void {
    let place = this.current + 1;
    while (this.rows.all[place]?.decided) place += 1;
    if (place >= this.rows.all.length && this.rows.isWhole) {
      const left = this.rows.all.findIndex((row) => !row.decided);
      if (left >= 0) place = left;
    }
    this.go(place);
  }

  private prefetch(): void {
    const { all } = this.rows;
    const wanted = all.slice(this.current, this.current + NEXT + 1).map((row) => row.id);
    const before = all.slice(Math.max(0, this.current - PREVIOUS), this.current).map((row) => row.id);
    this.details.want([...wanted, ...before]);
    this.rows.reach(this.current);
  }

  private saved(save: Save, pair: Pair, last: boolean): void {
    if (!last) {
      this.rows.put(pair.id, { revision: pair.revision });
      return;
    }
    this.unsaved.delete(save.pair);
    this.stored.delete(save.pair);
    this.show(pair);
  }

  /** Shows a pair as the server has it. */
  private show(pair: Pair): void {
    const row = this.rows.row(pair.id);
    if (row) this.rows.put(pair.id, { ...rowOf(pair, row.decided && pair.review_status !== "pending") });
    this.details.put(pair.id, pair, false);
    this.changed();
  }

  private refused(save: Save, problem: Error): void {
    this.rollBack(save.pair);
    this.ports.notify({ kind: "refused", pair: save.pair, problem });
  }

  private rollBack(id: string): void {
    const before = this.stored.get(id);
    const row = this.rows.row(id);
    this.stored.delete(id);
    this.unsaved.delete(id);
    for (let at = this.steps.length - 1; at >= 0; at -= 1) {
      const step = this.steps[at];
      if (step?.kind === "one" && step.pair === id) this.steps.splice(at, 1);
    }
    if (!before || !row) return;
    if (row.decided) this.decided -= 1;
    this.tally(row.status, before.status);
    const shown = before.text
      ? { question: before.text.question.slice(0, 240), answer: before.text.answer.slice(0, 240) }
      : {};
    this.rows.put(id, { ...shown, status: before.status, decided: false });
    this.details.forget(id);
    this.prefetch();
    this.changed();
  }

  /** Somebody else was first: the same decision is none of anybody's business, another is asked about. */
  private async stale(save: Save): Promise<void> {
    let theirs: PairWithSource;
    try {
      theirs = await this.ports.pair(save.pair);
    } catch (error) {
      if (isPassing(error)) {
        this.ports.wait(4000, () => void this.stale(save));
        return;
      }
      this.saves.drop(save.pair);
      return this.refused(save, asError(error));
    }
    const mine = merged(this.saves.waiting, save.pair);
    if (agrees(mine, theirs)) {
      this.saves.drop(save.pair);
      this.stored.delete(save.pair);
      this.unsaved.delete(save.pair);
      const { source: _, ...pair } = theirs;
      return this.show(pair as Pair);
    }
    this.saves.drop(save.pair);
    this.rollBack(save.pair);
    const { source: _, ...pair } = theirs;
    this.show(pair as Pair);
    this.conflicts.set(save.pair, { mine, began: save.revision, theirs });
    this.ports.notify({ kind: "conflict", pair: save.pair });
    this.changed();
  }

  private async undoOne(step: Step & { kind: "one" }): Promise<void> {
    if (!this.rows.row(step.pair)) {
      const pair = await this.ports.pair(step.pair);
      this.rows.putFirst({ ...this.read(pair), decided: true });
    }
    const row = this.rows.row(step.pair);
    if (!row) return;
    this.pace.undone(this.ports.now());
    if (row.decided) this.decided -= 1;
    this.change(row, step.status, step.text);
    this.rows.put(step.pair, { decided: false });
    this.save(row, { ...(step.text ? written(step.text) : {}), review_status: step.status });
    this.goTo(step.pair);
    this.ports.notify({ kind: "undone", pair: step.pair, changed: 1, kept: 0 });
  }

  private async undoBulk(undo: string): Promise<void> {
    const { changed, kept } = await this.ports.undoBulk(undo);
    this.details.clear();
    this.ports.notify({ kind: "undone", pair: null, changed, kept: kept.length });
    await this.readAnew();
  }

  /** What was done is done, even where the list cannot be read again. */
  private async readAnew(): Promise<void> {
    await this.reload().catch((error: unknown) => {
      this.ports.notify({ kind: "failed", what: "The list is as it was before", problem: asError(error) });
    });
  }

  private snapshot(): Rows {
    const rows: Rows = new Rows(
      this.query,
      this.ports.list,
      (pair) => this.read(pair),
      () => {
        if (rows === this.rows) this.changed();
      },
    );
    return rows;
  }

  /** Waits until all is saved: what is done to many has to come after it. */
  private drained(): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (this.saves.waiting.length === 0) resolve();
        else this.ports.wait(50, look);
      };
      look();
    });
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}

/** A text as a change that writes all of it. */
const written = (text: Text): PairChange =>
  text.turns.length > 0
    ? { turns: text.turns, context: text.context }
    : { question: text.question, answer: text.answer, context: text.context };

/** All that waits of a pair, as one change. */
const merged = (saves: readonly Save[], pair: string): PairChange =>
  Object.assign({}, ...saves.filter((save) => save.pair === pair).map((save) => save.change));

/** Whether a pair is as a change would make it. */
export function agrees(mine: PairChange, theirs: Pair): boolean {
  const { review_status, ...text } = mine;
  const taken = (status: ReviewStatus) => (status === "edited" ? "accepted" : status);
  if (review_status && taken(review_status) !== taken(theirs.review_status)) return false;
  const now = textOf(theirs);
  const changed = changeOf(now, withChange(now, text as Partial<Text>));
  return changed === null;
}

const asError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)));
const isPassing = (error: unknown) => (error as { isPassing?: boolean }).isPassing === true;
