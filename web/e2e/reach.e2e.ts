import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { barriers, open } from "./browser";
import { decide, example } from "./demo";
import { stage } from "./stage";

let project = "";
const on = stage(["--demo"], async ({ forge }) => {
  project = await example(forge);
  await decide(forge, project);
});

const PAGES = ["documents", "chunks", "generate", "review", "export", "analytics"];
/** More than any page has to go through. */
const MOST = 400;

async function show(page: Page, name: string) {
  await page.goto(`${on.forge.url}/p/${project}/${name}`);
  await page.getByRole("heading", { level: 1 }).waitFor({ state: "attached" });
  if (name === "review") await page.getByTestId("question").waitFor();
  await page.waitForTimeout(700);
}

/** What has the focus: whether it comes after what had it before, and whether that is seen. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    // Of a list of which only what is in sight is there, the one before may be gone.
    const before = (window as { before?: Element }).before;
    const back =
      before?.isConnected && before.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING;
    Object.assign(window, { before: element });
    // A field of no size of its own is shown by its label.
    const label = element instanceof HTMLInputElement ? element.labels?.[0] : undefined;
    const shown = element.getBoundingClientRect().width > 1 ? element : (label ?? element);
    const box = shown.getBoundingClientRect();
    const probe = document.createElement("i");
    probe.style.color = "var(--accent-line)";
    document.body.append(probe);
    const accent = getComputedStyle(probe).color;
    probe.remove();
    // A ring may be around what a control stands in.
    let marked = false;
    for (let at: Element | null = shown, up = 0; at && up < 3; at = at.parentElement, up += 1) {
      const { outlineStyle, outlineWidth, borderTopColor } = getComputedStyle(at);
      if (outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0) marked = true;
      if (borderTopColor === accent) marked = true;
    }
    return {
      back: Boolean(back),
      name: `${element.tagName} ${element.getAttribute("aria-label") ?? element.textContent?.slice(0, 40)}`,
      sized: box.width > 0 && box.height > 0,
      marked,
      raised: (element as HTMLElement).tabIndex > 0,
    };
  });

describe("the keyboard", () => {
  it.each(PAGES)("goes through %s in the order it is read, and out again", async (name) => {
    const { page, context, wrong } = await open(on.browser);
    await show(page, name);
    const seen: NonNullable<Awaited<ReturnType<typeof focused>>>[] = [];
    for (let at = 0; at < MOST; at += 1) {
      await page.keyboard.press("Tab");
      const now = await focused(page);
      if (!now) break;
      seen.push(now);
    }
    expect(seen.length, "it ends").toBeLessThan(MOST);
    expect(seen.length, "all is reached").toBeGreaterThan(15);
    expect(seen[0]?.name).toContain("Skip to content");
    expect(seen.filter(({ sized }) => !sized)).toEqual([]);
    expect(seen.filter(({ marked }) => !marked)).toEqual([]);
    expect(seen.filter(({ raised }) => raised)).toEqual([]);
    expect(seen.filter(({ back }) => back)).toEqual([]);
    expect(wrong).toEqual([]);
    await context.close();
  });
});

describe("at 200%", () => {
  // A window of 1440 × 900, everything twice as large.
  const viewport = { width: 720, height: 450 };
  it.each(PAGES)("%s is whole", async (name) => {
    const { page, context, wrong } = await open(on.browser, { viewport });
    await show(page, name);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wide).toBeLessThanOrEqual(0);
    // Nothing that can be used is cut off where no scrolling leads.
    const lost = await page.evaluate(() => {
      const scrolls = (element: Element) => /auto|scroll/.test(getComputedStyle(element).overflowX);
      return [...document.querySelectorAll("main button, main a, main input, nav a, header button")]
        .filter((element) => element.checkVisibility() && !element.closest(".visually-hidden"))
        .filter((element) => {
          const { left, right, width } = element.getBoundingClientRect();
          if (width <= 1 || (left >= -1 && right <= innerWidth + 1)) return false;
          for (let up = element.parentElement; up; up = up.parentElement) if (scrolls(up)) return false;
          return true;
        })
        .map((element) => element.getAttribute("aria-label") ?? element.textContent);
    });
    expect(lost).toEqual([]);
    expect(await barriers(page)).toEqual([]);
    expect(wrong).toEqual([]);
    await context.close();
  });
});
