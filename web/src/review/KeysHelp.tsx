import { Modal, Switch } from "@mantine/core";
import { Fragment, useState } from "react";
import { Key } from "../ui/Key";
import { letSingleKeysAct, singleKeysAct } from "../ui/keys";
import styles from "./KeysHelp.module.css";
import { KEYS } from "./useReviewKeys";

/** All keys, and whether those without ⌘ act at all. */
export function KeysHelp({ onClose }: { onClose: () => void }) {
  const [act, setAct] = useState(singleKeysAct);
  return (
    <Modal opened onClose={onClose} title="Keys" size={480}>
      <dl className={styles.keys}>
        {KEYS.map(([keys, does]) => (
          <Fragment key={does}>
            <dt>
              {keys.map((key) => (
                <Key key={key}>{key}</Key>
              ))}
              <span className="visually-hidden">{keys.join(" or ")}</span>
            </dt>
            <dd>{does}</dd>
          </Fragment>
        ))}
      </dl>
      <Switch
        size="sm"
        label="Single keys act"
        description="Switch them off if you dictate or use keys of your own."
        checked={act}
        onChange={(event) => {
          setAct(event.currentTarget.checked);
          letSingleKeysAct(event.currentTarget.checked);
        }}
      />
    </Modal>
  );
}
