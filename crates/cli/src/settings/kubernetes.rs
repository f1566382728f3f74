//! What jobs in a cluster are made of.

use anyhow::anyhow;
use jobs::KubernetesConfig;
use serde::Deserialize;

use crate::failure::{Failure, Outcome};

const NAMESPACE: &str = "default";
const IMAGE: &str = "data-forge-worker";
const CPU: &str = "500m";
const MEMORY: &str = "2Gi";

/// What file and environment may hold of it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct KubernetesLayer {
    k8s_namespace: Option<String>,
    worker_image: Option<String>,
    worker_parallelism: Option<u16>,
    worker_config_map: Option<String>,
    worker_secret: Option<String>,
    worker_cpu: Option<String>,
    worker_memory: Option<String>,
}

/// Every name of it that a settings file may hold.
pub(super) const KNOWN: &[&str] = &[
    "k8s_namespace",
    "worker_image",
    "worker_parallelism",
    "worker_config_map",
    "worker_secret",
    "worker_cpu",
    "worker_memory",
];

impl KubernetesLayer {
    /// The settings of it, with what holds where nothing is said.
    pub(super) fn config(self) -> Outcome<KubernetesConfig> {
        let said = |value: Option<String>| value.filter(|value| !value.is_empty());
        let parallelism = self.worker_parallelism.unwrap_or(1);
        if parallelism == 0 {
            return Err(Failure::usage(anyhow!("worker_parallelism is 0; it has to be 1 or more")));
        }
        Ok(KubernetesConfig {
            namespace: said(self.k8s_namespace).unwrap_or_else(|| NAMESPACE.into()),
            image: said(self.worker_image).unwrap_or_else(|| IMAGE.into()),
            parallelism,
            config_map: said(self.worker_config_map),
            secret: said(self.worker_secret),
            cpu: quantity("worker_cpu", said(self.worker_cpu), CPU)?,
            memory: quantity("worker_memory", said(self.worker_memory), MEMORY)?,
        })
    }
}

/// An amount as Kubernetes writes it: a number with a suffix like `m`, `Mi` or `G`.
fn quantity(name: &str, said: Option<String>, default: &str) -> Outcome<String> {
    let Some(said) = said else { return Ok(default.into()) };
    let number = said.trim_end_matches(|char: char| char.is_ascii_alphabetic());
    let suffix = &said[number.len()..];
    let known = ["", "m", "k", "Ki", "M", "Mi", "G", "Gi", "T", "Ti"].contains(&suffix);
    if known && number.parse::<f64>().is_ok_and(|number| number > 0.0) {
        return Ok(said);
    }
    Err(Failure::usage(anyhow!("{name} is `{said}`; it has to be an amount like `{default}`")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_those_of_kubernetes() {
        for amount in ["1", "0.5", "250m", "2Gi", "512M"] {
            assert_eq!(quantity("worker_cpu", Some(amount.into()), CPU).unwrap(), amount);
        }
        for wrong in ["0", "-1", "much", "2GB", "Gi", "1 Gi"] {
            let said = quantity("worker_memory", Some(wrong.into()), MEMORY).err().unwrap().error.to_string();
            assert!(said.contains(wrong) && said.contains("2Gi"), "{said}");
        }
    }

    #[test]
    fn nothing_said_is_the_contract() {
        let config = KubernetesLayer::default().config().unwrap();
        assert_eq!((config.namespace.as_str(), config.image.as_str()), ("default", "data-forge-worker"));
        assert_eq!((config.parallelism, config.config_map, config.secret), (1, None, None));
        let none = KubernetesLayer { worker_parallelism: Some(0), ..KubernetesLayer::default() };
        assert!(none.config().is_err());
    }
}
