import { type QueryKey, useQueries, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import type { Page } from "../api/client";

export const PAGE = 100;
/** Pages that are kept of a list. */
const KEPT = 10;

/** What the API says of a page, with what else it says. */
export type FetchPage<P> = (cursor: string | undefined, signal: AbortSignal) => Promise<P>;

/**
 * A list of any length behind cursors, by the row. Only the pages around what is seen are asked for
 * and kept; a page that was dropped is asked for again by the cursor that began it.
 */
export function usePagedList<T, P extends Page<T>>(key: QueryKey, fetchPage: FetchPage<P>) {
  const client = useQueryClient();
  const name = JSON.stringify(key);
  const [range, setRange] = useState({ name, first: 0, last: 0 });
  const [starts, setStarts] = useState<{ name: string; cursors: (string | undefined)[] }>({
    name,
    cursors: [undefined],
  });
  const cursors = starts.name === name ? starts.cursors : [undefined];
  const seen = range.name === name ? range : { first: 0, last: 0 };

  const wanted = useMemo(() => {
    const first = Math.max(0, Math.floor(seen.first / PAGE) - 1);
    const last = Math.min(cursors.length - 1, Math.floor((seen.last + 30) / PAGE));
    const pages = [0];
    for (let page = Math.max(first, 1); page <= last && pages.length < KEPT; page += 1) pages.push(page);
    return pages;
  }, [seen.first, seen.last, cursors.length]);

  const queries = useQueries({
    queries: wanted.map((page) => ({
      queryKey: [...key, page],
      queryFn: ({ signal }: { signal: AbortSignal }) => fetchPage(cursors[page], signal),
      staleTime: 30_000,
    })),
  });

  // Where the next page begins is known when the one before has come.
  const lastKnown = cursors.length - 1;
  const lastPage = queries[wanted.indexOf(lastKnown)]?.data;
  const next = lastPage?.next_cursor ?? undefined;
  useEffect(() => {
    if (!next) return;
    setStarts((old) => {
      const now = old.name === name ? old.cursors : [undefined];
      return now.length === lastKnown + 1 ? { name, cursors: [...now, next] } : old;
    });
  }, [next, lastKnown, name]);

  // Pages out of sight are let go, the newest seen last.
  useEffect(() => {
    const all = client
      .getQueryCache()
      .findAll({ queryKey: key })
      .filter((query) => !query.isActive());
    all.sort((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt);
    for (const query of all.slice(KEPT)) client.removeQueries({ queryKey: query.queryKey, exact: true });
  });

  const pages = new Map(wanted.map((page, index) => [page, queries[index]?.data]));
  const first = pages.get(0);
  const total = first?.total ?? 0;
  const isAll = next === undefined && lastPage !== undefined;
  const count = isAll
    ? Math.min(total, lastKnown * PAGE + lastPage.items.length)
    : Math.min(total, (lastKnown + 1) * PAGE);

  return {
    /** How many there are. */
    total,
    /** How many rows can be scrolled to now. */
    count,
    /** The first page, which alone tells of facets. */
    first,
    /** The row, or undefined while it is loaded. */
    row: (index: number): T | undefined => pages.get(Math.floor(index / PAGE))?.items[index % PAGE],
    /** All rows at hand, in order. */
    rows: () => [...pages.entries()].sort(([a], [b]) => a - b).flatMap(([, page]) => page?.items ?? []),
    isPending: queries[0]?.isPending ?? true,
    isFetching: queries.some((query) => query.isFetching),
    error: queries.find((query) => query.error)?.error ?? null,
    refetch: () => client.refetchQueries({ queryKey: key, type: "active" }),
    /** Tells which rows are seen. */
    onRange: useCallback(
      (firstRow: number, lastRow: number) =>
        setRange((old) =>
          old.name === name && old.first === firstRow && old.last === lastRow
            ? old
            : { name, first: firstRow, last: lastRow },
        ),
      [name],
    ),
  };
}

/** Changes rows in all pages of a list that are at hand. */
export function patchPages<T extends { id: string }>(
  client: ReturnType<typeof useQueryClient>,
  key: QueryKey,
  change: (item: T) => T,
) {
  client.setQueriesData<Page<T>>({ queryKey: key }, (page) => {
    if (!page?.items) return page;
    let changed = false;
    const items = page.items.map((item) => {
      const now = change(item);
      if (now !== item) changed = true;
      return now;
    });
    return changed ? { ...page, items } : page;
  });
}
