import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { launch } from "./browser";
import { Forge } from "./forge";

/** A server and a browser, for all tests of a file. */
export interface Stage {
  forge: Forge;
  browser: Browser;
}

/** Has both there while the tests of a file run; `ready` is done before the first of them. */
export function stage(arguments_: string[] = [], ready?: (stage: Stage) => Promise<void>): Stage {
  const made = {} as Stage;
  beforeAll(async () => {
    made.forge = await new Forge().start(...arguments_);
    made.browser = await launch();
    await ready?.(made);
  });
  afterAll(async () => {
    await made.browser?.close();
    await made.forge?.end();
  });
  return made;
}
