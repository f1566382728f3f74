import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { it } from "vitest";
import { launch, NARROW, open, WIDE } from "./browser";
import { decide, example, telling } from "./demo";
import { Forge } from "./forge";

const FOLDER = process.env.SCREENSHOTS ?? resolve(import.meta.dirname, "../../docs/screenshots");
const PAGES = ["documents", "chunks", "generate", "review", "export", "analytics"];
const LOOKS = [
  { name: "light", viewport: WIDE, dark: false },
  { name: "dark", viewport: WIDE, dark: true },
  { name: "narrow", viewport: NARROW, dark: false },
];

it("takes a picture of each page: light, dark, narrow", async () => {
  mkdirSync(FOLDER, { recursive: true });
  const forge = await new Forge().start("--demo");
  const browser = await launch();
  try {
    const project = await example(forge);
    await decide(forge, project);
    const pair = await telling(forge, project);
    for (const look of LOOKS) {
      const { page, context } = await open(browser, look);
      for (const name of PAGES) {
        await page.goto(`${forge.url}/p/${project}/${name}${name === "review" ? `?pair=${pair}` : ""}`);
        await page.getByRole("heading", { level: 1 }).waitFor({ state: "attached" });
        if (name === "review") await page.getByTestId("question").waitFor();
        await page.waitForTimeout(1_000);
        await page.screenshot({ path: resolve(FOLDER, `${name}-${look.name}.png`) });
      }
      await context.close();
    }
  } finally {
    await browser.close();
    await forge.end();
  }
});
