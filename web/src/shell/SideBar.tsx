import { ActionIcon, Button, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconLayoutSidebar, IconPlus, IconSearch } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { projectsQuery } from "../api/queries";
import { ErrorNote } from "../ui/ErrorNote";
import { Key } from "../ui/Key";
import { Skeletons } from "../ui/Skeleton";
import { initials } from "./initials";
import { Mark } from "./Mark";
import { RunningDot } from "./RunningDot";
import styles from "./SideBar.module.css";
import { SideFoot } from "./SideFoot";
import { close, open } from "./shellState";

/** The projects, how the gateway is, and who is here; as a rail, letters alone. */
export function SideBar({
  current,
  rail,
  inDrawer = false,
}: {
  current: string | undefined;
  rail: boolean;
  inDrawer?: boolean;
}) {
  const [typed, setTyped] = useState("");
  const [q] = useDebouncedValue(typed, 200);
  const query = useInfiniteQuery(projectsQuery(rail ? "" : q));
  const projects = query.data?.pages.flatMap((page) => page.items) ?? [];

  return (
    <aside
      className={styles.side}
      data-rail={rail || undefined}
      data-drawer={inDrawer || undefined}
      aria-label="Projects"
    >
      {!inDrawer && (
        <Link to="/" className={styles.brand} aria-label="Data Forge, start">
          <span className={styles.mark}>
            <Mark />
          </span>
          {!rail && "Data Forge"}
        </Link>
      )}
      {rail ? (
        <div className={styles.railTop}>
          <ActionIcon size={36} aria-label="Projects" onClick={() => open("palette")}>
            <IconLayoutSidebar size={16} stroke={1.75} aria-hidden />
          </ActionIcon>
          <ActionIcon size={36} aria-label="New project" onClick={() => open("new-project")}>
            <IconPlus size={16} stroke={1.75} aria-hidden />
          </ActionIcon>
        </div>
      ) : (
        <>
          <div className={styles.find}>
            <TextInput
              id={inDrawer ? undefined : "find-project"}
              aria-label="Find a project"
              placeholder="Find a project"
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key === "Escape") {
                  setTyped("");
                  event.currentTarget.blur();
                }
              }}
              leftSection={<IconSearch size={14} stroke={1.75} aria-hidden />}
              rightSection={inDrawer ? undefined : <Key>P</Key>}
              aria-keyshortcuts="p"
            />
          </div>
          <div className={styles.head}>
            <span className={styles.label}>Projects</span>
            <ActionIcon aria-label="New project" onClick={() => open("new-project")}>
              <IconPlus size={16} stroke={1.75} aria-hidden />
            </ActionIcon>
          </div>
        </>
      )}
      <nav className={styles.list} aria-label="Projects">
        {query.isPending && <Skeletons rows={5} height={33} label="Loading projects" />}
        {query.isError && !rail && <ErrorNote error={query.error} onRetry={() => query.refetch()} />}
        {projects.map((project, index) => (
          <Link
            key={project.id}
            to="/p/$projectId/documents"
            params={{ projectId: project.id }}
            className={styles.project}
            aria-current={project.id === current ? "page" : undefined}
            aria-label={rail ? project.name : undefined}
            title={project.name}
            onClick={inDrawer ? close : undefined}
          >
            <span className={styles.square} aria-hidden>
              {initials(project.name)}
            </span>
            {!rail && (
              <span className="truncate" dir="auto">
                {project.name}
              </span>
            )}
            {index < 30 && <RunningDot project={project.id} />}
          </Link>
        ))}
        {!rail && query.isSuccess && projects.length === 0 && (
          <p className={styles.none}>{q ? `No project is called “${q}”.` : "No project yet."}</p>
        )}
        {query.hasNextPage && !rail && (
          <Button
            size="xs"
            variant="subtle"
            loading={query.isFetchingNextPage}
            onClick={() => query.fetchNextPage()}
          >
            Show more
          </Button>
        )}
      </nav>
      <SideFoot rail={rail} user={projects[0]?.user_id} />
    </aside>
  );
}
