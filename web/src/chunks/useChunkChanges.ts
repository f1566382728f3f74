import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, ask, type Chunk } from "../api/client";
import { keys } from "../api/keys";
import { asProblem } from "../api/problem";
import { plural } from "../ui/format";
import { toast } from "../ui/toast";
import { patchPages } from "../ui/usePagedList";
import type { Filters } from "./filters";

type Change = { text?: string; excluded?: boolean };
/** What is selected: some by name, or all that fit the filters. */
export type Selection = { ids: Set<string> } | { filters: Filters; total: number };
export const sizeOf = (selection: Selection) => ("ids" in selection ? selection.ids.size : selection.total);

function put(client: QueryClient, project: string, chunk: Chunk) {
  patchPages<Chunk>(client, [...keys.chunks(project), "list"], (item) =>
    item.id === chunk.id ? chunk : item,
  );
  client.setQueryData([...keys.chunks(project), "one", chunk.id], chunk);
}

/** Changes of chunks: shown at once, rolled back where they are refused, and undone on demand. */
export function useChunkChanges(project: string) {
  const client = useQueryClient();
  return useMemo(() => {
    const recount = () => {
      client.invalidateQueries({ queryKey: [...keys.chunks(project), "facets"] });
      client.invalidateQueries({ queryKey: keys.project(project) });
    };

    /** Saves a change; resolves to whether it was taken. */
    const save = async (chunk: Chunk, change: Change): Promise<boolean> => {
      put(client, project, { ...chunk, ...change });
      try {
        const path = { id: project, chunk_id: chunk.id };
        const saved = await ask(
          api.PUT("/projects/{id}/chunks/{chunk_id}", { params: { path }, body: change }),
        );
        put(client, project, saved);
        recount();
        return true;
      } catch (error) {
        put(client, project, chunk);
        toast({ message: `Not saved: ${asProblem(error).message}`, tone: "bad" });
        return false;
      }
    };

    const exclude = async (chunk: Chunk, excluded: boolean) => {
      if (!(await save(chunk, { excluded }))) return;
      const undo = () => void save({ ...chunk, excluded }, { excluded: !excluded });
      toast({ message: excluded ? "1 chunk excluded" : "1 chunk included", undo });
    };

    const edit = async (chunk: Chunk, text: string): Promise<boolean> => {
      const isSaved = await save(chunk, { text });
      if (isSaved) {
        toast({ message: "Chunk changed", undo: () => void save({ ...chunk, text }, { text: chunk.text }) });
      }
      return isSaved;
    };

    const readAnew = () => client.invalidateQueries({ queryKey: keys.chunks(project) });

    const undo = async (undo_id: string) => {
      try {
        const undone = await ask(
          api.POST("/projects/{id}/chunks/undo", { params: { path: { id: project } }, body: { undo_id } }),
        );
        await readAnew();
        const kept = undone.kept.length > 0 ? `, ${plural(undone.kept.length, "changed one")} kept` : "";
        toast({ message: `${plural(undone.changed, "chunk")} as before${kept}` });
      } catch (error) {
        toast({ message: `Not undone: ${asProblem(error).message}`, tone: "bad" });
      }
    };

    const excludeMany = async (selection: Selection, excluded: boolean): Promise<boolean> => {
      const what = "ids" in selection ? { chunk_ids: [...selection.ids] } : { filter: selection.filters };
      if ("ids" in selection) {
        const { ids } = selection;
        patchPages<Chunk>(client, [...keys.chunks(project), "list"], (item) =>
          ids.has(item.id) ? { ...item, excluded } : item,
        );
      }
      try {
        const outcome = await ask(
          api.POST("/projects/{id}/chunks/bulk-action", {
            params: { path: { id: project } },
            body: { action: excluded ? "exclude" : "include", ...what },
          }),
        );
        const word = excluded ? "excluded" : "included";
        const of =
          outcome.changed === outcome.matched ? "" : ` of ${outcome.matched.toLocaleString("en-US")}`;
        toast({
          message: `${outcome.changed.toLocaleString("en-US")}${of} ${outcome.matched === 1 ? "chunk" : "chunks"} ${word}`,
          undo: outcome.changed > 0 ? () => void undo(outcome.undo_id) : undefined,
        });
        return true;
      } catch (error) {
        toast({ message: `Not changed: ${asProblem(error).message}`, tone: "bad" });
        return false;
      } finally {
        await readAnew();
        client.invalidateQueries({ queryKey: keys.project(project) });
      }
    };

    return { exclude, edit, excludeMany };
  }, [client, project]);
}
export type ChunkChanges = ReturnType<typeof useChunkChanges>;
