/** Offsets of the API count Unicode scalar values; strings here count UTF-16 units. */

/** The UTF-16 offsets of such offsets, each within the text. One walk over the text for all of them. */
export function utf16Offsets(text: string, offsets: readonly number[]): number[] {
  const order = offsets.map((_, at) => at).sort((a, b) => (offsets[a] ?? 0) - (offsets[b] ?? 0));
  const found = new Array<number>(offsets.length).fill(0);
  let scalars = 0;
  let units = 0;
  for (const at of order) {
    const wanted = Math.max(0, offsets[at] ?? 0);
    while (scalars < wanted && units < text.length) {
      units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
      scalars += 1;
    }
    found[at] = units;
  }
  return found;
}

/** A part of a text. */
export interface Span {
  start: number;
  end: number;
}

/** Spans in UTF-16 offsets from spans in scalar values; those that hold nothing are left out. */
export function utf16Spans<T>(
  text: string,
  items: readonly T[],
  read: (item: T) => Span,
): { item: T; span: Span }[] {
  const spans = items.map(read);
  const offsets = utf16Offsets(
    text,
    spans.flatMap((span) => [span.start, span.end]),
  );
  return items.flatMap((item, at) => {
    const span = { start: offsets[2 * at] ?? 0, end: offsets[2 * at + 1] ?? 0 };
    return span.end > span.start ? [{ item, span }] : [];
  });
}

/** A stretch of a text over which the same things hold. */
export interface Piece {
  text: string;
  start: number;
  /** Which of the spans cover it, by their index. */
  covers: number[];
}

/** A text cut where any of the spans begins or ends: the pieces in order, which together are the text. */
export function pieces(text: string, spans: readonly Span[]): Piece[] {
  const edges = new Set([0, text.length]);
  for (const span of spans) {
    edges.add(Math.min(Math.max(span.start, 0), text.length));
    edges.add(Math.min(Math.max(span.end, 0), text.length));
  }
  const sorted = [...edges].sort((a, b) => a - b);
  const begins = spans.map((_, at) => at).sort((a, b) => (spans[a]?.start ?? 0) - (spans[b]?.start ?? 0));
  const made: Piece[] = [];
  let open: number[] = [];
  let next = 0;
  for (let at = 0; at + 1 < sorted.length; at += 1) {
    const start = sorted[at] ?? 0;
    const end = sorted[at + 1] ?? 0;
    open = open.filter((span) => (spans[span]?.end ?? 0) > start);
    while (next < begins.length && (spans[begins[next] ?? 0]?.start ?? 0) <= start) {
      const span = begins[next] ?? 0;
      if ((spans[span]?.end ?? 0) > start) open.push(span);
      next += 1;
    }
    made.push({ text: text.slice(start, end), start, covers: [...open].sort((a, b) => a - b) });
  }
  return made;
}
