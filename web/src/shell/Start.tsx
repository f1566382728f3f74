import { Button } from "@mantine/core";
import { IconFolderPlus, IconMenu2 } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { projectsQuery } from "../api/queries";
import { ErrorNote } from "../ui/ErrorNote";
import { useDemo } from "./demo";
import styles from "./Start.module.css";
import { Steps } from "./Steps";
import { open } from "./shellState";
import { useNarrow } from "./useWidth";

const NAME = "data-forge-project";
export const remember = (project: string) => localStorage.setItem(NAME, project);
export function forget(project: string) {
  if (localStorage.getItem(NAME) === project) localStorage.removeItem(NAME);
}

/** Goes to the project that was open last; without projects, says how to begin. */
export function Start() {
  const query = useInfiniteQuery(projectsQuery(""));
  const demo = useDemo();
  const narrow = useNarrow();
  const projects = query.data?.pages[0]?.items;
  const last = localStorage.getItem(NAME);
  const open_ = projects?.find((project) => project.id === last) ?? projects?.[0];
  if (open_) return <Navigate to="/p/$projectId/documents" params={{ projectId: open_.id }} replace />;

  return (
    <main id="content" className="page">
      {query.error ? (
        <>
          <h1 className="visually-hidden">Data Forge</h1>
          <ErrorNote error={query.error} onRetry={() => query.refetch()} />
        </>
      ) : (
        projects && (
          <div className={styles.start}>
            <h1>Turn your documents into training data</h1>
            <p>Add what your model should know. Every pair you get is tied to the passage it came from.</p>
            <div className={styles.buttons}>
              <Button
                variant="filled"
                size="md"
                leftSection={<IconFolderPlus size={16} stroke={1.75} aria-hidden />}
                onClick={() => open("new-project")}
              >
                New project
              </Button>
              <Button size="md" loading={demo.isPending} onClick={() => demo.mutate()}>
                Try the sample product manual
              </Button>
              {narrow && (
                <Button
                  size="md"
                  leftSection={<IconMenu2 size={16} aria-hidden />}
                  onClick={() => open("projects")}
                >
                  Menu
                </Button>
              )}
            </div>
            {demo.error ? <ErrorNote error={demo.error} onRetry={() => demo.mutate()} /> : null}
            <Steps />
          </div>
        )
      )}
    </main>
  );
}
