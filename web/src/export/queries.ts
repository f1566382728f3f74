import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, ask, type Schemas } from "../api/client";
import { keys } from "../api/keys";
import type { FileName, Format } from "./formats";

/** What a new version is made with. */
export interface Settings {
  format: Format;
  /** 0 is none: pairs that were not measured go in too. */
  minQuality: number;
  prompts: boolean;
  /** None is all. */
  runs: string[];
  /** The share that is kept for validation; 0 is none. */
  validation: number;
  seed: number;
}

export type FineTuneJob = Schemas["FineTuneJob"];

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

const asked = ({ format, minQuality, prompts, runs, validation, seed }: Settings) => ({
  format,
  include_system_prompts: prompts,
  min_quality_score: minQuality > 0 ? minQuality : null,
  generation_ids: runs,
  splits: validation > 0 ? { validation, seed } : null,
});

/** What a version would hold. Pairs of the project are behind it: it is asked anew when they change. */
export const estimateQuery = (project: string, settings: Settings) =>
  queryOptions({
    queryKey: [...keys.pairs(project), "export", settings],
    queryFn: ({ signal }) =>
      ask(
        api.POST("/projects/{id}/export/estimate", {
          params: { path: { id: project } },
          body: asked(settings),
          signal,
        }),
      ),
    staleTime: 5_000,
  });

export const create = (project: string, settings: Settings) =>
  ask(api.POST("/projects/{id}/export", { params: { path: { id: project } }, body: asked(settings) }));

/** What a version has otherwise than another, page by page. */
export const compareQuery = (project: string, version: number, other: number) =>
  infiniteQueryOptions({
    queryKey: [...keys.exports(project), "compare", version, other],
    queryFn: ({ signal, pageParam }) =>
      ask(
        api.GET("/projects/{id}/export/{version}/compare", {
          params: {
            path: { id: project, version },
            query: { with: other, limit: 50, cursor: pageParam || undefined },
          },
          signal,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    // Versions never change.
    staleTime: Number.POSITIVE_INFINITY,
  });

const UNDER_WAY = ["creating", "queued", "running"];

/** The fine-tuning jobs of a version; looked at again while one of them is under way. */
export const jobsQuery = (project: string, version: number) =>
  queryOptions({
    queryKey: [...keys.exports(project), "fine-tune", version],
    queryFn: ({ signal }) =>
      ask(
        api.GET("/projects/{id}/export/{version}/fine-tune", {
          params: { path: { id: project, version }, query: { limit: 200 } },
          signal,
        }),
      ),
    refetchInterval: ({ state }) =>
      state.data?.items.some(({ status }) => UNDER_WAY.includes(status)) ? 5_000 : false,
  });

export const fineTune = (project: string, version: number, body: Schemas["NewFineTune"]) =>
  ask(
    api.POST("/projects/{id}/export/{version}/fine-tune", {
      params: { path: { id: project, version } },
      body,
    }),
  );

/** Has the browser save a file of a version, by a link that is made for it. */
export async function download(project: string, version: number, file: FileName) {
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
