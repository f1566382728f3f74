import { Modal, TextInput, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconArrowRight, IconBolt, IconFolder, IconSearch } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useId, useRef, useState } from "react";
import { projectsQuery } from "../api/queries";
import styles from "./Palette.module.css";
import { open, useActions } from "./shellState";
import { TABS } from "./tabs";

type Entry = {
  id: string;
  group: "Go to" | "Actions" | "Projects";
  label: string;
  hint?: string;
  run: () => void;
};
const ICONS = { "Go to": IconArrowRight, Actions: IconBolt, Projects: IconFolder };

/** Goes anywhere and does anything by its name: tabs, projects, actions. */
export function Palette({ current, onClose }: { current: string | undefined; onClose: () => void }) {
  const [typed, setTyped] = useState("");
  const [q] = useDebouncedValue(typed, 150);
  const [chosen, setChosen] = useState(0);
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const navigate = useNavigate();
  const projects = useInfiniteQuery(projectsQuery(q)).data?.pages[0]?.items ?? [];
  const pageActions = [...useActions().values()].flat();
  const scheme = useComputedColorScheme("light");
  const { setColorScheme } = useMantineColorScheme();

  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (label: string) => words.every((word) => label.toLowerCase().includes(word));
  const entries: Entry[] = [];
  if (current) {
    for (const tab of TABS) {
      const run = () => void navigate({ to: tab.to, params: { projectId: current } });
      if (fits(tab.label)) entries.push({ id: tab.name, group: "Go to", label: tab.label, run });
    }
  }
  const actions = [
    ...pageActions,
    { label: "New project", run: () => open("new-project") },
    {
      label: scheme === "dark" ? "Light theme" : "Dark theme",
      run: () => setColorScheme(scheme === "dark" ? "light" : "dark"),
    },
    { label: "Open the API browser", run: () => window.open("/docs/", "_blank", "noopener") },
  ];
  for (const action of actions) {
    if (fits(action.label)) entries.push({ id: `action ${action.label}`, group: "Actions", ...action });
  }
  for (const project of projects.slice(0, 20)) {
    if (!fits(project.name)) continue;
    const run = () => void navigate({ to: "/p/$projectId/documents", params: { projectId: project.id } });
    entries.push({ id: project.id, group: "Projects", label: project.name, run });
  }
  const at = Math.min(chosen, entries.length - 1);

  useEffect(() => {
    list.current?.querySelector(`[data-index="${at}"]`)?.scrollIntoView({ block: "nearest" });
  }, [at]);

  const go = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    entry.run();
  };

  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      padding={0}
      size={560}
      yOffset="12vh"
      centered={false}
      title="Go to"
      classNames={{ header: "visually-hidden" }}
      // The overlay fades; the field is there at once.
      transitionProps={{ duration: 0 }}
    >
      <TextInput
        data-autofocus
        variant="unstyled"
        className={styles.field}
        placeholder="Go to a tab or a project, or do something"
        aria-label="Go to"
        role="combobox"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={at >= 0 ? `${listId}-${at}` : undefined}
        leftSection={<IconSearch size={16} stroke={1.75} aria-hidden />}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setChosen(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            const step = event.key === "ArrowDown" ? 1 : -1;
            setChosen((at + step + entries.length) % Math.max(entries.length, 1));
          } else if (event.key === "Enter") {
            event.preventDefault();
            go(entries[at]);
          }
        }}
      />
      <div ref={list} id={listId} role="listbox" aria-label="Places and actions" className={styles.list}>
        {entries.map((entry, index) => {
          const Icon = ICONS[entry.group];
          const isFirst = entries[index - 1]?.group !== entry.group;
          return (
            <div key={entry.id} role="presentation">
              {isFirst && (
                <div className={styles.group} role="presentation">
                  {entry.group}
                </div>
              )}
              {/* biome-ignore lint/a11y/useKeyWithClickEvents: the field above takes the keys */}
              <div
                id={`${listId}-${index}`}
                data-index={index}
                role="option"
                tabIndex={-1}
                aria-selected={index === at}
                className={styles.entry}
                onPointerMove={() => setChosen(index)}
                onClick={() => go(entry)}
              >
                <Icon size={16} stroke={1.75} aria-hidden />
                <span className="truncate" dir="auto">
                  {entry.label}
                </span>
                {entry.hint && <span className={styles.hint}>{entry.hint}</span>}
              </div>
            </div>
          );
        })}
      </div>
      {entries.length === 0 && <p className={styles.none}>Nothing is called that.</p>}
    </Modal>
  );
}
