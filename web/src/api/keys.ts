/** The names under which answers are cached. Lists end with their filter. */
export const keys = {
  projects: (q = "") => ["projects", q] as const,
  project: (id: string) => ["project", id] as const,
  documents: (project: string) => ["documents", project] as const,
  content: (project: string, document: string) => ["content", project, document] as const,
  chunks: (project: string) => ["chunks", project] as const,
  generations: (project: string) => ["generations", project] as const,
  failures: (generation: string) => ["failures", generation] as const,
  pairs: (project: string) => ["pairs", project] as const,
  pair: (id: string) => ["pair", id] as const,
  exports: (project: string) => ["exports", project] as const,
  analytics: (project: string) => ["analytics", project] as const,
  models: () => ["models"] as const,
  readiness: () => ["readiness"] as const,
};
