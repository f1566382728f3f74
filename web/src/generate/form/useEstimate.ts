import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, ask, type NewGeneration } from "../../api/client";

/** What a run would come to, asked 300 ms after the last change; the old numbers stay until then. */
export function useEstimate(project: string, request: NewGeneration | null, chunks: number) {
  const [settled] = useDebouncedValue(request, 300);
  const query = useQuery({
    queryKey: ["estimate", project, chunks, settled],
    queryFn: ({ signal }) =>
      ask(
        api.POST("/projects/{id}/generate/estimate", {
          params: { path: { id: project } },
          body: settled as NewGeneration,
          signal,
        }),
      ),
    enabled: settled !== null,
    placeholderData: keepPreviousData,
    gcTime: 60_000,
    retry: false,
  });
  const isOld = JSON.stringify(settled) !== JSON.stringify(request) || query.isPlaceholderData;
  return { estimate: query.data, isOld, error: query.error, refetch: query.refetch };
}
