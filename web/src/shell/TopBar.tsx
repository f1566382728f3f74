import { ActionIcon } from "@mantine/core";
import { IconMenu2, IconSearch } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { Project } from "../api/client";
import { count, short } from "../ui/format";
import { commandKey, Key } from "../ui/Key";
import { LivePaused } from "./LivePaused";
import { ProjectMenu } from "./ProjectMenu";
import { open } from "./shellState";
import styles from "./TopBar.module.css";
import { TABS, type TabName } from "./tabs";
import { useNarrow } from "./useWidth";

/** How many things wait on a tab; nothing where there is none. */
function waiting(project: Project | undefined, tab: TabName): number {
  if (!project) return 0;
  if (tab === "documents") return project.stats.total_documents;
  if (tab === "chunks") return project.stats.total_chunks;
  if (tab === "review") return project.stats.pending_pairs;
  return 0;
}

export function TopBar({ projectId, project }: { projectId: string; project: Project | undefined }) {
  const narrow = useNarrow();
  const tabs = (
    <nav className={styles.tabs} aria-label="Project">
      {TABS.map((tab) => {
        const n = waiting(project, tab.name);
        return (
          <Link
            key={tab.name}
            to={tab.to}
            params={{ projectId }}
            className={styles.tab}
            activeProps={{ "aria-current": "page" }}
          >
            {tab.label}
            {n > 0 && <span className={styles.count}>{narrow ? short(n) : count(n)}</span>}
          </Link>
        );
      })}
    </nav>
  );
  if (narrow) {
    return (
      <>
        <header className={styles.narrow}>
          <ActionIcon size={44} aria-label="Open projects" onClick={() => open("projects")}>
            <IconMenu2 size={16} stroke={1.75} aria-hidden />
          </ActionIcon>
          <ProjectMenu project={project} />
          <LivePaused />
          <ActionIcon size={44} aria-label="Go to" onClick={() => open("palette")}>
            <IconSearch size={16} stroke={1.75} aria-hidden />
          </ActionIcon>
        </header>
        {tabs}
      </>
    );
  }
  return (
    <header className={styles.bar}>
      <ProjectMenu project={project} />
      <span className={styles.divider} aria-hidden />
      {tabs}
      <span className={styles.space} />
      <LivePaused />
      <button
        type="button"
        className={styles.palette}
        onClick={() => open("palette")}
        aria-keyshortcuts="Meta+K Control+K"
      >
        <IconSearch size={14} stroke={1.75} aria-hidden />
        <span>Go to…</span>
        <Key>{commandKey}K</Key>
      </button>
    </header>
  );
}
