import { useParams } from "@tanstack/react-router";
import { number, one, useSearchState } from "../ui/url";
import { Compare } from "./Compare";
import styles from "./Export.module.css";
import { FORMATS, type Format } from "./formats";
import type { Settings as Chosen } from "./queries";
import { Settings } from "./Settings";
import { Versions } from "./Versions";
import { WhatGoesIn } from "./WhatGoesIn";

/** A new version of the dataset, and those that there are. */
export function ExportPage() {
  const { projectId } = useParams({ from: "/p/$projectId/export" });
  const [search, setSearch] = useSearchState();
  const format = one(search, "format");
  const runs = search.generation_id;
  const settings: Chosen = {
    format: format && format in FORMATS ? (format as Format) : "chatml",
    minQuality: number(search, "min_quality") ?? 0,
    prompts: one(search, "system_prompts") === "true",
    validation: number(search, "validation", 0, 0.5) ?? 0,
    seed: Math.round(number(search, "seed", 0, 2 ** 31) ?? 0),
    runs: runs === undefined ? [] : Array.isArray(runs) ? runs : [runs],
  };
  const change = (part: Partial<Chosen>) => {
    const all = { ...settings, ...part };
    setSearch(
      {
        format: all.format === "chatml" ? undefined : all.format,
        min_quality: all.minQuality > 0 ? String(all.minQuality) : undefined,
        system_prompts: all.prompts ? "true" : undefined,
        validation: all.validation > 0 ? String(all.validation) : undefined,
        seed: all.validation > 0 && all.seed > 0 ? String(all.seed) : undefined,
        generation_id: all.runs.length > 0 ? all.runs : undefined,
      },
      { replace: true },
    );
  };
  return (
    <main id="content" className="page" tabIndex={-1}>
      <div className="page-head">
        <h1>Export</h1>
      </div>
      <div className={styles.top}>
        <Settings project={projectId} settings={settings} onChange={change} />
        <WhatGoesIn project={projectId} settings={settings} />
      </div>
      <Versions project={projectId} />
      <Compare project={projectId} />
    </main>
  );
}
