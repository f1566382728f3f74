import { ActionIcon, Tooltip, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { IconLogout, IconMoon, IconSun } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { key, signOut } from "../api/auth";
import { readinessQuery } from "../api/queries";
import { initials } from "./initials";
import styles from "./SideBar.module.css";

const WORDS = {
  ok: "Gateway connected",
  failed: "Gateway unreachable",
  absent: "Offline teacher alone",
  away: "Server unreachable",
  unknown: "Looking for the gateway",
};

/** How the gateway is, who is here, and the theme. */
export function SideFoot({ rail, user }: { rail: boolean; user: string | undefined }) {
  const readiness = useQuery(readinessQuery);
  const gateway = readiness.data?.parts.gateway;
  const state = readiness.isError ? "away" : (gateway?.state ?? "unknown");
  const dot = state === "away" ? "failed" : state;
  const scheme = useComputedColorScheme("light");
  const { setColorScheme } = useMantineColorScheme();
  const name = user ?? "local";
  return (
    <div className={styles.foot}>
      <Tooltip
        label={gateway?.detail ?? WORDS[state]}
        disabled={!rail && !gateway?.detail}
        multiline
        maw={320}
      >
        <div className={styles.gateway} data-state={dot} role="status">
          <span className={styles.dot} data-state={dot} aria-hidden />
          <span className={rail ? "visually-hidden" : "truncate"}>{WORDS[state]}</span>
        </div>
      </Tooltip>
      <div className={styles.user}>
        <span className={styles.avatar} aria-hidden>
          {initials(name).toUpperCase()}
        </span>
        {!rail && (
          <span className="truncate" style={{ flex: 1 }} dir="auto">
            {name}
          </span>
        )}
        {key() && (
          <ActionIcon aria-label="Sign out" onClick={signOut}>
            <IconLogout size={16} stroke={1.75} aria-hidden />
          </ActionIcon>
        )}
        <ActionIcon
          aria-label={scheme === "dark" ? "Light theme" : "Dark theme"}
          onClick={() => setColorScheme(scheme === "dark" ? "light" : "dark")}
        >
          {scheme === "dark" ? (
            <IconSun size={16} stroke={1.75} aria-hidden />
          ) : (
            <IconMoon size={16} stroke={1.75} aria-hidden />
          )}
        </ActionIcon>
      </div>
    </div>
  );
}
