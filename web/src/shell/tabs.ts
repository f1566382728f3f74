/** The pages of a project, in their order. */
export const TABS = [
  { name: "documents", label: "Documents", to: "/p/$projectId/documents" },
  { name: "chunks", label: "Chunks", to: "/p/$projectId/chunks" },
  { name: "generate", label: "Generate", to: "/p/$projectId/generate" },
  { name: "review", label: "Review", to: "/p/$projectId/review" },
  { name: "export", label: "Export", to: "/p/$projectId/export" },
  { name: "analytics", label: "Analytics", to: "/p/$projectId/analytics" },
] as const;

export type TabName = (typeof TABS)[number]["name"];
