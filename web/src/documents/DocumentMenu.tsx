import { ActionIcon, Menu } from "@mantine/core";
import {
  IconDots,
  IconEye,
  IconFileSymlink,
  IconPlayerPlay,
  IconStack2,
  IconTrash,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { Document } from "../api/client";
import type { RowActions } from "./DocumentRow";

export function DocumentMenu({
  document,
  actions,
  size = 26,
}: {
  document: Document;
  actions: RowActions;
  size?: number;
}) {
  // Its pairs are taken out of it, and it is no text.
  const isImported = document.format === "jsonl";
  const icon = { size: 16, stroke: 1.75, "aria-hidden": true } as const;
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <ActionIcon size={size} aria-label={`More for ${document.filename}`}>
          <IconDots {...icon} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconEye {...icon} />}
          disabled={isImported}
          onClick={() => actions.open(document)}
        >
          Preview as parsed
        </Menu.Item>
        <Menu.Item
          leftSection={<IconStack2 {...icon} />}
          disabled={document.chunk_count === 0}
          component={Link}
          to={`/p/${document.project_id}/chunks?document_id=${document.id}`}
        >
          Show its chunks
        </Menu.Item>
        <Menu.Item
          leftSection={<IconPlayerPlay {...icon} />}
          disabled={isImported || document.status === "parsing"}
          onClick={() => actions.parse([document])}
        >
          {document.status === "parsed" ? "Parse again" : "Parse"}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconFileSymlink {...icon} />}
          disabled={isImported}
          onClick={() => actions.replace(document)}
        >
          Replace with a file
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          c="var(--bad)"
          leftSection={<IconTrash {...icon} />}
          onClick={() => actions.remove([document])}
        >
          Delete
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
