import { Outlet, useParams } from "@tanstack/react-router";
import { Suspense, useEffect } from "react";
import { asProblem } from "../api/problem";
import { useProject } from "../api/queries";
import { Empty } from "../ui/Empty";
import { ErrorNote } from "../ui/ErrorNote";
import { Skeletons } from "../ui/Skeleton";
import { NotFound } from "./PageError";
import { remember } from "./Start";
import { TopBar } from "./TopBar";

/** A project: the tabs, and the page of the one that is open. */
export function ProjectPage() {
  const { projectId } = useParams({ from: "/p/$projectId" });
  const { data: project, error, refetch } = useProject(projectId);
  useEffect(() => {
    if (!project) return;
    remember(project.id);
    document.title = `${project.name} · Data Forge`;
  }, [project]);

  if (!project && error) {
    if (asProblem(error).status === 404) return <NotFound />;
    return (
      <main id="content" className="page">
        <h1 className="visually-hidden">Project</h1>
        <ErrorNote error={error} onRetry={() => refetch()} />
        <Empty title="This project cannot be loaded">Your other projects stand at the side.</Empty>
      </main>
    );
  }
  return (
    <>
      <TopBar projectId={projectId} project={project} />
      <Suspense
        fallback={
          <main id="content" className="page">
            <Skeletons rows={6} height={52} />
          </main>
        }
      >
        <Outlet />
      </Suspense>
    </>
  );
}
