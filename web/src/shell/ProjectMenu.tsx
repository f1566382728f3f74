import { Menu } from "@mantine/core";
import { IconChevronDown, IconLink, IconPencil, IconTrash } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import type { Project } from "../api/client";
import { toast } from "../ui/toast";
import styles from "./TopBar.module.css";

const EditProject = lazy(() => import("./EditProject").then((module) => ({ default: module.EditProject })));
const DeleteProject = lazy(() =>
  import("./DeleteProject").then((module) => ({ default: module.DeleteProject })),
);

/** The project's name, and what can be done to the project. */
export function ProjectMenu({ project }: { project: Project | undefined }) {
  const [dialog, setDialog] = useState<"edit" | "delete" | null>(null);
  if (!project) return <span className={styles.name} aria-hidden />;
  const close = () => setDialog(null);
  return (
    <>
      <Menu position="bottom-start" width={220}>
        <Menu.Target>
          <button type="button" className={styles.name} title={project.description || project.name}>
            <span className="truncate" dir="auto">
              {project.name}
            </span>
            <IconChevronDown size={14} stroke={2} aria-hidden />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} stroke={1.75} />} onClick={() => setDialog("edit")}>
            Name and description
          </Menu.Item>
          <Menu.Item
            leftSection={<IconLink size={16} stroke={1.75} />}
            onClick={() =>
              navigator.clipboard.writeText(window.location.href).then(
                () => toast({ message: "Link to this view copied" }),
                () => toast({ message: "The browser does not let the link be copied", tone: "bad" }),
              )
            }
          >
            Copy link to this view
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            c="var(--bad)"
            leftSection={<IconTrash size={16} stroke={1.75} />}
            onClick={() => setDialog("delete")}
          >
            Delete project
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Suspense>
        {dialog === "edit" && <EditProject project={project} onClose={close} />}
        {dialog === "delete" && <DeleteProject project={project} onClose={close} />}
      </Suspense>
    </>
  );
}
