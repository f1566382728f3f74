/** Which pairs are meant by a bulk action: some, or all that match. */
export class Selection {
  readonly ids = new Set<string>();
  all = false;
  /** Counts its changes. */
  version = 0;
  /** Where the selection was begun, so that it can be extended from there. */
  private anchor = -1;

  get isEmpty(): boolean {
    return !this.all && this.ids.size === 0;
  }

  has(id: string): boolean {
    return this.all || this.ids.has(id);
  }

  clear(): void {
    this.version += 1;
    this.ids.clear();
    this.all = false;
    this.anchor = -1;
  }

  toggle(id: string, place: number): void {
    this.version += 1;
    if (this.all) this.clear();
    if (!this.ids.delete(id)) this.ids.add(id);
    this.anchor = place;
  }

  /** Selects from where the selection was begun to that place. */
  extend(rows: readonly { id: string }[], from: number, to: number): void {
    this.version += 1;
    if (this.anchor < 0 || this.all) {
      this.clear();
      this.anchor = from;
    }
    this.ids.clear();
    for (let place = Math.min(this.anchor, to); place <= Math.max(this.anchor, to); place += 1) {
      const row = rows[place];
      if (row) this.ids.add(row.id);
    }
  }

  selectAll(): void {
    this.version += 1;
    this.ids.clear();
    this.all = true;
  }
}
