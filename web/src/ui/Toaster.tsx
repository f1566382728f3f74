import { IconAlertTriangle, IconCircleCheck } from "@tabler/icons-react";
import { Key } from "./Key";
import styles from "./Toaster.module.css";
import { dismiss, hold, resume, undoToast, useToast } from "./toast";

/** The one toast. Its place is kept in the page, so that screen readers hear what is put there. */
export function Toaster() {
  const toast = useToast();
  return (
    <div role="status" className={styles.place}>
      {toast && (
        // biome-ignore lint/a11y/noStaticElementInteractions: it only stays while pointed at
        <div
          key={toast.id}
          className={styles.toast}
          onPointerEnter={hold}
          onPointerLeave={resume}
          onFocus={hold}
          onBlur={resume}
        >
          {toast.icon ??
            (toast.tone === "bad" ? (
              <IconAlertTriangle size={16} stroke={1.75} aria-hidden />
            ) : (
              <IconCircleCheck size={16} stroke={1.75} aria-hidden />
            ))}
          <span className={styles.message}>{toast.message}</span>
          {toast.action && (
            <button
              type="button"
              className={styles.button}
              onClick={() => {
                toast.action?.run();
                dismiss();
              }}
            >
              {toast.action.label}
            </button>
          )}
          {toast.undo && (
            <button type="button" className={styles.button} onClick={undoToast}>
              Undo <Key>U</Key>
            </button>
          )}
        </div>
      )}
    </div>
  );
}
