import {
  Button,
  Checkbox,
  type CSSVariablesResolver,
  createTheme,
  Input,
  type MantineColorsTuple,
  Modal,
  SegmentedControl,
} from "@mantine/core";

/** Heights of controls: 26 in rows, 32 in bars, 36 in forms, 44 on touch. */
const HEIGHTS: Record<string, string> = { xs: "26px", sm: "32px", md: "36px", lg: "44px" };
const height = (size: unknown) => HEIGHTS[String(size)] ?? "32px";

const accent: MantineColorsTuple = [
  "#eef0fd",
  "#dfe3fb",
  "#c3caf8",
  "#a3adff",
  "#7c89ff",
  "#5a69e6",
  "#4453d6",
  "#3a47c4",
  "#2e39a0",
  "#1e2342",
];

export const theme = createTheme({
  colors: { accent },
  primaryColor: "accent",
  primaryShade: { light: 6, dark: 6 },
  fontFamilyMonospace: "var(--mono)",
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "18px" },
  spacing: { xs: "10px", sm: "12px", md: "16px", lg: "20px", xl: "32px" },
  radius: { xs: "4px", sm: "6px", md: "8px", lg: "10px", xl: "12px" },
  defaultRadius: "md",
  respectReducedMotion: true,
  cursorType: "pointer",
  components: {
    Button: Button.extend({
      defaultProps: { size: "sm", variant: "default" },
      vars: (_, { size }) => ({
        root: {
          "--button-height": height(size),
          "--button-padding-x": size === "xs" ? "8px" : size === "sm" ? "12px" : "14px",
          "--button-fz": size === "xs" ? "12px" : "13px",
          "--button-radius": size === "xs" ? "6px" : "8px",
        },
      }),
    }),
    ActionIcon: {
      defaultProps: { variant: "subtle", color: "gray", size: 26, radius: "sm" },
    },
    Input: Input.extend({
      vars: (_, { size }) => ({
        wrapper: {
          "--input-height": height(size ?? "sm"),
          "--input-fz": size === "xs" ? "12px" : "13px",
          "--input-radius": size === "xs" ? "6px" : "8px",
        },
      }),
    }),
    InputWrapper: { styles: { label: { fontSize: 13, fontWeight: 500, marginBottom: 5 } } },
    Checkbox: Checkbox.extend({ defaultProps: { size: "xs", radius: 4 } }),
    Radio: { defaultProps: { size: "xs" } },
    SegmentedControl: SegmentedControl.extend({ defaultProps: { size: "xs", radius: "md" } }),
    Modal: Modal.extend({
      defaultProps: {
        radius: "xl",
        centered: true,
        padding: 20,
        closeButtonProps: { "aria-label": "Close" },
      },
    }),
    // A dialog's head is no banner of the page.
    ModalHeader: { defaultProps: { role: "presentation" } },
    DrawerHeader: { defaultProps: { role: "presentation" } },
    Popover: { defaultProps: { radius: "lg", shadow: "md" } },
    Menu: { defaultProps: { radius: "lg", shadow: "md", withInitialFocusPlaceholder: false } },
    Tooltip: { defaultProps: { openDelay: 400 } },
  },
});

const both = {
  "--mantine-color-body": "var(--bg)",
  "--mantine-color-text": "var(--text)",
  "--mantine-color-bright": "var(--text)",
  "--mantine-color-dimmed": "var(--text-3)",
  "--mantine-color-placeholder": "var(--text-3)",
  "--mantine-color-anchor": "var(--accent-text)",
  "--mantine-color-error": "var(--bad)",
  "--mantine-color-default": "var(--card)",
  "--mantine-color-default-hover": "var(--hover)",
  "--mantine-color-default-color": "var(--text)",
  "--mantine-color-default-border": "var(--border-strong)",
  "--mantine-color-disabled": "var(--neutral-soft)",
  "--mantine-color-disabled-color": "var(--text-3)",
  "--mantine-color-disabled-border": "var(--border)",
  "--mantine-primary-color-filled": "var(--accent)",
  "--mantine-primary-color-filled-hover": "var(--accent-hover)",
  "--mantine-color-accent-filled": "var(--accent)",
  "--mantine-color-accent-filled-hover": "var(--accent-hover)",
  "--mantine-color-accent-text": "var(--accent-text)",
  "--mantine-color-accent-light": "var(--accent-soft)",
  "--mantine-color-accent-light-color": "var(--accent-text)",
  "--mantine-color-gray-light": "var(--neutral-soft)",
  "--mantine-color-gray-light-color": "var(--neutral)",
  "--mantine-color-gray-light-hover": "var(--hover)",
  "--mantine-color-red-filled": "var(--bad-fill)",
  "--mantine-color-red-filled-hover": "var(--bad-fill-hover)",
  "--mantine-color-red-light": "var(--bad-soft)",
  "--mantine-color-red-light-color": "var(--bad)",
};

/** Mantine's own variables, set to the tokens in both schemes. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: { "--mantine-shadow-md": "var(--shadow-2)", "--mantine-shadow-xl": "var(--shadow-3)" },
  light: both,
  dark: both,
});
