import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { documentsQuery, generationsQuery } from "../../api/queries";
import { ago } from "../../ui/format";
import type { Names } from "../model/words";

export interface Option {
  value: string;
  label: string;
}

/** The runs and documents of a project by name, for filters. */
export function useNames(project: string): Names & { runs: Option[]; documents: Option[] } {
  const generations = useQuery(generationsQuery(project));
  const pages = useInfiniteQuery(documentsQuery(project));
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  return useMemo(() => {
    const runs = (generations.data?.items ?? [])
      .filter((generation) => generation.kind === "generate")
      .map(({ id, teacher_model, created_at }) => ({
        value: id,
        label: `${teacher_model ?? "import"}, ${ago(created_at)}`,
      }));
    const documents = (pages.data?.pages ?? [])
      .flatMap((page) => page.items)
      .map(({ id, filename }) => ({ value: id, label: filename }));
    const name = (options: Option[]) => {
      const names = new Map(options.map(({ value, label }) => [value, label]));
      return (id: string) => names.get(id) ?? "one that is gone";
    };
    return { runs, documents, run: name(runs), document: name(documents) };
  }, [generations.data, pages.data]);
}
