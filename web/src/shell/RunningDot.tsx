import { useQuery } from "@tanstack/react-query";
import { api, ask } from "../api/client";
import styles from "./SideBar.module.css";

/** Says beside a project that a run goes on. Events keep it true. */
export function RunningDot({ project }: { project: string }) {
  const { data } = useQuery({
    queryKey: ["running", project],
    queryFn: async ({ signal }) => {
      const status = ["pending", "parsing", "generating", "validating"] as const;
      const page = await ask(
        api.GET("/projects/{id}/generations", {
          params: { path: { id: project }, query: { status: [...status], limit: 1 } },
          signal,
        }),
      );
      return page.total > 0;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data ? (
    <span className={styles.dot} data-state="running" role="img" aria-label="A run is in progress" />
  ) : null;
}
