import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

/** What stands behind the `?` of a page: a value, or several of one name. */
export type Search = Record<string, string | string[] | undefined>;

export function parseSearch(text: string): Search {
  const search: Search = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const old = search[name];
    search[name] = old === undefined ? value : [...(Array.isArray(old) ? old : [old]), value];
  }
  return search;
}

export function stringifySearch(search: Search): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== "") params.append(name, one);
    }
  }
  const text = params.toString();
  return text ? `?${text}` : "";
}

/** The one value of a name; the first of several. */
export function one(search: Search, name: string): string | undefined {
  const value = search[name];
  return Array.isArray(value) ? value[0] : value;
}

/** All values of a name that are among `known`, or all. */
export function many<T extends string = string>(search: Search, name: string, known?: readonly T[]): T[] {
  const value = search[name];
  const all = value === undefined ? [] : Array.isArray(value) ? value : [value];
  return all.filter((one): one is T => !known || (known as readonly string[]).includes(one));
}

/** A number within bounds; undefined where it is none. */
export function number(search: Search, name: string, min = 0, max = 1): number | undefined {
  const value = one(search, name);
  if (value === undefined || value.trim() === "") return undefined;
  const parsed = Number(value);
  return Number.isFinite(parsed) && parsed >= min && parsed <= max ? parsed : undefined;
}

/**
 * The filters, sort and open item of a page, held by its URL. `set` changes the named ones; with
 * `replace` it makes no new step for Back (typing, moving along a list).
 */
export function useSearchState(): [Search, (change: Search, options?: { replace?: boolean }) => void] {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const set = useCallback(
    (change: Search, options?: { replace?: boolean }) => {
      void navigate({
        to: ".",
        search: ((old: Search) => ({ ...old, ...change })) as never,
        replace: options?.replace ?? false,
      });
    },
    [navigate],
  );
  return [search, set];
}
