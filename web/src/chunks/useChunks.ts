import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { api, ask, type Chunk, type Page } from "../api/client";
import { keys } from "../api/keys";
import { PAGE, usePagedList } from "../ui/usePagedList";
import type { Filters } from "./filters";

/** The chunks that fit the filters, by the row. */
export function useChunkList(project: string, filters: Filters) {
  const fetchPage = useCallback(
    (cursor: string | undefined, signal: AbortSignal): Promise<Page<Chunk>> =>
      ask(
        api.GET("/projects/{id}/chunks", {
          params: { path: { id: project }, query: { ...filters, limit: PAGE, cursor } },
          signal,
        }),
      ),
    [project, filters],
  );
  return usePagedList<Chunk, Page<Chunk>>([...keys.chunks(project), "list", filters], fetchPage);
}

/** How many chunks there are by the values of each filter. */
export function useFacets(project: string, filters: Filters) {
  return useQuery({
    queryKey: [...keys.chunks(project), "facets", filters],
    queryFn: async ({ signal }) => {
      const list = await ask(
        api.GET("/projects/{id}/chunks", {
          params: { path: { id: project }, query: { ...filters, limit: 1, facets: true } },
          signal,
        }),
      );
      return list.facets ?? {};
    },
    placeholderData: (old) => old,
  });
}

/** A chunk that is open but in no page at hand, as by a link. */
export function useChunk(project: string, id: string | undefined) {
  return useQuery({
    queryKey: [...keys.chunks(project), "one", id],
    queryFn: ({ signal }) =>
      ask(
        api.GET("/projects/{id}/chunks/{chunk_id}", {
          params: { path: { id: project, chunk_id: id ?? "" } },
          signal,
        }),
      ),
    enabled: id !== undefined,
  });
}

/** How many pairs were made of a chunk. */
export function usePairCount(project: string, chunk: string) {
  return useQuery({
    queryKey: [...keys.pairs(project), "count", chunk],
    queryFn: async ({ signal }) => {
      const query = { chunk_id: [chunk], limit: 1 };
      return (
        await ask(api.GET("/projects/{id}/pairs", { params: { path: { id: project }, query }, signal }))
      ).total;
    },
  });
}
