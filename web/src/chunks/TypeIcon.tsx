import { IconCode, IconLayoutGrid, IconList, IconTable, IconTypography } from "@tabler/icons-react";
import type { ContentType } from "./filters";

const ICONS = {
  prose: IconTypography,
  list: IconList,
  table: IconTable,
  code: IconCode,
  mixed: IconLayoutGrid,
};

export function TypeIcon({ type, size = 13 }: { type: ContentType; size?: number }) {
  const Icon = ICONS[type];
  return <Icon size={size} stroke={1.75} aria-hidden />;
}
