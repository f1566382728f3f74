import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "../api/client";
import { keys } from "../api/keys";
import type { Format } from "./formats";

/** What a new version is made with. */
export interface Settings {
  format: Format;
  /** 0 is none: pairs that were not measured go in too. */
  minQuality: number;
  prompts: boolean;
  /** None is all. */
  runs: string[];
}

export const exportsQuery = (project: string) =>
  queryOptions({
    queryKey: keys.exports(project),
    queryFn: ({ signal }) =>
      ask(
        api.GET("/projects/{id}/exports", {
          params: { path: { id: project }, query: { limit: 200 } },
          signal,
        }),
      ),
  });

export const analyticsQuery = (project: string, generation?: string | undefined) =>
  queryOptions({
    queryKey: [...keys.analytics(project), generation ?? ""],
    queryFn: ({ signal }) =>
      ask(
        api.GET("/projects/{id}/analytics", {
          params: { path: { id: project }, query: { generation_id: generation } },
          signal,
        }),
      ),
  });

/** How many pairs would go in, and of how many; counted by the list, which the export takes its pairs from. */
export const estimateQuery = (project: string, { minQuality, runs }: Pick<Settings, "minQuality" | "runs">) =>
  queryOptions({
    queryKey: [...keys.pairs(project), "export", minQuality, runs],
    queryFn: async ({ signal }) => {
      const total = async (min_quality?: number) => {
        const query = {
          review_status: ["accepted" as const, "edited" as const],
          generation_id: runs.length > 0 ? runs : undefined,
          min_quality,
          limit: 1,
        };
        return (
          await ask(api.GET("/projects/{id}/pairs", { params: { path: { id: project }, query }, signal }))
        ).total;
      };
      const [of, pairs] = await Promise.all([total(), minQuality > 0 ? total(minQuality) : null]);
      return { pairs: pairs ?? of, of };
    },
    staleTime: 5_000,
  });

export const create = (project: string, { format, minQuality, prompts, runs }: Settings) =>
  ask(
    api.POST("/projects/{id}/export", {
      params: { path: { id: project } },
      body: {
        format,
        include_system_prompts: prompts,
        min_quality_score: minQuality > 0 ? minQuality : null,
        generation_ids: runs,
      },
    }),
  );

/** Has the browser save a file of a version, by a link that is made for it. */
export async function download(project: string, version: number, file: "dataset" | "manifest" | "lineage") {
  const { download_url } = await ask(
    api.GET("/projects/{id}/export/{version}", {
      params: { path: { id: project, version }, query: { file } },
    }),
  );
  const link = document.createElement("a");
  link.href = download_url;
  link.rel = "noopener";
  link.download = "";
  link.click();
}
