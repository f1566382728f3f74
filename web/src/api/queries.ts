import { infiniteQueryOptions, queryOptions, useQuery } from "@tanstack/react-query";
import { api, ask, type Document, type Generation, type Page, type Project } from "./client";
import { keys } from "./keys";

export const projectsQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: keys.projects(q),
    queryFn: ({ pageParam, signal }): Promise<Page<Project>> =>
      ask(
        api.GET("/projects", {
          params: { query: { q: q || undefined, limit: 100, cursor: pageParam || undefined } },
          signal,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page: Page<Project>) => page.next_cursor ?? undefined,
  });

export const projectQuery = (id: string) =>
  queryOptions({
    queryKey: keys.project(id),
    queryFn: ({ signal }): Promise<Project> =>
      ask(api.GET("/projects/{id}", { params: { path: { id } }, signal })),
  });

export const useProject = (id: string) => useQuery(projectQuery(id));

/** All documents of a project, in pages of 500: names are filtered and contents compared here. */
export const documentsQuery = (project: string) =>
  infiniteQueryOptions({
    queryKey: keys.documents(project),
    queryFn: ({ pageParam, signal }): Promise<Page<Document>> =>
      ask(
        api.GET("/projects/{id}/documents", {
          params: { path: { id: project }, query: { limit: 500, cursor: pageParam || undefined } },
          signal,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page: Page<Document>) => page.next_cursor ?? undefined,
  });

/** The newest 200 runs of a project, of both kinds. */
export const generationsQuery = (project: string) =>
  queryOptions({
    queryKey: keys.generations(project),
    queryFn: ({ signal }): Promise<Page<Generation>> =>
      ask(
        api.GET("/projects/{id}/generations", {
          params: { path: { id: project }, query: { limit: 200 } },
          signal,
        }),
      ),
    // A row of a run that goes on is never older than 5 s, whether events come or not.
    refetchInterval: (query) => (query.state.data?.items.some(isActive) ? 5_000 : false),
  });

export const isActive = (generation: Generation) =>
  !["completed", "failed", "cancelled"].includes(generation.status);

export const modelsQuery = queryOptions({
  queryKey: keys.models(),
  queryFn: ({ signal }) => ask(api.GET("/available-models", { signal })),
  staleTime: 60_000,
});

/** How the outside parts are; a 503 is an answer too. */
export const readinessQuery = queryOptions({
  queryKey: keys.readiness(),
  queryFn: async ({ signal }) => {
    const answer = await fetch("/readyz", { signal, cache: "no-store" });
    return (await answer.json()) as {
      ready: boolean;
      parts: Record<string, { state: "ok" | "failed" | "absent"; detail?: string | null }>;
    };
  },
  refetchInterval: 30_000,
  retry: false,
});
