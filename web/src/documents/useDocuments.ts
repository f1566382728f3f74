import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import type { Document } from "../api/client";
import { documentsQuery } from "../api/queries";

/** All documents of a project, page after page: filters, sums and comparison want the whole. */
export function useDocuments(project: string) {
  const query = useInfiniteQuery({
    ...documentsQuery(project),
    // A document that is being parsed is never older than 5 s, whether events come or not.
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.items.some(({ status }) => status === "parsing")) ? 5_000 : false,
  });
  const { hasNextPage, isFetching, isError, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, fetchNextPage]);

  const pages = query.data?.pages;
  const documents = useMemo(() => pages?.flatMap((page) => page.items), [pages]);
  return { query, documents, isWhole: documents !== undefined && !hasNextPage };
}

export const STATUSES = ["parsed", "uploaded", "parsing", "failed"] as const;

/** How many there are of each state, and their sums. */
export function sums(documents: Document[]) {
  const of = { parsed: 0, uploaded: 0, parsing: 0, failed: 0 };
  let pages = 0;
  let chunks = 0;
  let size = 0;
  for (const document of documents) {
    of[document.status] += 1;
    pages += document.pages ?? 0;
    chunks += document.chunk_count;
    size += document.size_bytes;
  }
  return { of, pages, chunks, size };
}
